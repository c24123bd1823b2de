//! What programs pay, pinned as data: a change of any price, or of how wasmtime counts, shows up here as a difference.

mod common;

use common::{
    PROGRAM, UNITS, address, call, callee, entrypoint, on_worker_stack, program, program_with_memory, simple,
    writable,
};

/// Statements, and the units of a whole call that runs them on one writable account of 8 bytes and a callee.
const PINNED: &[(&str, u64)] = &[
    ("", 211),
    ("nop", 211),
    ("(drop (i32.const 1))", 212),
    ("(i32.store (i32.const 0) (i32.const 1))", 214),
    (
        "(local $i i32) (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 100))))",
        1011,
    ),
    ("(memory.fill (i32.const 0) (i32.const 1) (i32.const 100))", 315),
    ("(memory.copy (i32.const 0) (i32.const 1000) (i32.const 100))", 315),
    ("(drop (memory.grow (i32.const 0)))", 467),
    ("(drop (memory.grow (i32.const 1)))", 2467),
    ("(drop (memory.grow (i32.const 3)))", 6467),
    ("(drop (memory.grow (i32.const 1000)))", 467),
    ("(drop (f64.sqrt (f64.const 2)))", 213),
    ("(drop (call $lamports (i32.const 0)))", 223),
    ("(call $log (i32.const 0) (i32.const 0))", 314),
    ("(call $log (i32.const 0) (i32.const 100))", 339),
    ("(call $log_data (i32.const 0) (i32.const 2))", 334),
    ("(call $sha256 (i32.const 0) (i32.const 0) (i32.const 0))", 300),
    (
        "(i32.store (i32.const 4) (i32.const 64)) (call $sha256 (i32.const 0) (i32.const 1) (i32.const 0))",
        345,
    ),
    ("(call $blake3 (i32.const 0) (i32.const 0) (i32.const 0))", 300),
    ("(drop (call $ed25519_verify (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 100)))", 25266),
    ("(drop (call $secp256k1_recover (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))", 25216),
    ("(drop (call $create_address (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))", 1716),
    (
        "(drop (call $find_address (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32)))",
        1717,
    ),
    ("(call $set_return_data (i32.const 0) (i32.const 32))", 316),
    ("(drop (call $get_return_data (i32.const 0) (i32.const 32) (i32.const 64)))", 317),
    ("(drop (call $sysvar_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 40)))", 319),
    ("(call $account_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8))", 267),
    ("(call $account_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8))", 267),
    ("(call $account_resize (i32.const 0) (i32.const 8))", 315),
    ("(call $account_resize (i32.const 0) (i32.const 1000))", 377),
    ("(call $account_resize (i32.const 0) (i32.const 10000))", 2939),
    ("(drop (call $remaining_units))", 232),
    ("(call $call (i32.const 1) (i32.const 0) (i32.const 0))", 1392),
    ("(call $call (i32.const 1) (i32.const 1) (i32.const 32))", 1410),
];

/// What a program declares besides its entrypoint, the entrypoint's statements, and the units of a whole call.
const PINNED_PROGRAMS: &[(&str, &str, u64)] = &[
    // Bulk memory: a unit a byte, two an element, and one for the operator.
    ("(data $d \"0123456789\")", "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 10))", 218),
    ("(data $d \"0123456789\")", "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))", 208),
    ("(data $d \"0123456789\")", "(data.drop $d)", 205),
    ("", "(memory.fill (i32.const 0) (i32.const 1) (i32.const 0))", 208),
    ("", "(memory.fill (i32.const 0) (i32.const 1) (i32.const 60000))", 60208),
    ("", "(memory.copy (i32.const 0) (i32.const 0) (i32.const 60000))", 60208),
    (TABLE, "(table.init $e (i32.const 0) (i32.const 0) (i32.const 3))", 239),
    (TABLE, "(table.init $e (i32.const 0) (i32.const 0) (i32.const 0))", 233),
    (TABLE, "(table.copy (i32.const 0) (i32.const 1) (i32.const 50))", 333),
    (TABLE, "(elem.drop $e)", 230),
    // A table is paid by its elements, a memory by its pages.
    (TABLE, "", 229),
    ("(table 1000 funcref)", "", 454),
    // Branches: what is not reached is not paid.
    ("", "(block (block (block (br_table 0 1 2 (i32.const 0)))))", 206),
    ("", "(block (block (block (br_table 0 1 2 (i32.const 0))) (drop (i32.const 1))))", 207),
    ("", "(block (block (block (br_table 0 1 2 (i32.const 9))) (drop (i32.const 1))))", 206),
    ("", "(if (i32.const 1) (then nop) (else (drop (i32.const 1))))", 206),
    ("", "(if (i32.const 0) (then nop) (else (drop (i32.const 1))))", 207),
    ("", "(block (br_if 0 (i32.const 1)) (drop (i32.const 1)))", 206),
    ("", "(drop (select (i32.const 1) (i32.const 2) (i32.const 0)))", 208),
    ("", "(return (i64.const 0)) (drop (i32.const 1))", 204),
    // Calls: eleven more for those that count the stack.
    ("(func $f)", "(call $f)", 206),
    ("(func $f (param i32 i64))", "(call $f (i32.const 1) (i64.const 2))", 208),
    ("(func $f (result i32 i64) (i32.const 1) (i64.const 2))", "(call $f) drop drop", 208),
    (RECURSIVE, "(call $f (i32.const 0))", 220),
    (RECURSIVE, "(call $f (i32.const 1))", 238),
    (RECURSIVE, "(call $f (i32.const 100))", 2020),
    (TABLE, "(call_indirect (i32.const 7))", 232),
    // Numbers and memory: one unit an operator, whatever it does.
    ("(global $g (mut i64) (i64.const 0))", "(global.set $g (i64.add (global.get $g) (i64.const 1)))", 208),
    ("", "(drop (i64.div_u (i64.const 7) (i64.const 3)))", 207),
    ("", "(drop (i32.popcnt (i32.clz (i32.const 7))))", 207),
    ("", "(drop (f32.div (f32.const 1) (f32.const 3)))", 207),
    ("", "(drop (f64.nearest (f64.mul (f64.const 1) (f64.const 3))))", 208),
    ("", "(drop (i64.trunc_sat_f64_s (f64.convert_i32_u (i32.const 5))))", 207),
    ("", "(drop (f32.demote_f64 (f64.promote_f32 (f32.const 5))))", 207),
    ("", "(drop (i64.extend8_s (i64.load8_u (i32.const 9))))", 207),
    ("", "(i64.store32 (i32.const 8) (i64.load (i32.const 16)))", 208),
    ("", "(drop (memory.size))", 205),
    ("", "(drop (memory.grow (memory.size)))", 2460),
    // An error that a program returns costs what led to it.
    ("", "(return (i64.const 9))", 204),
    // A trap costs everything, wherever it happens.
    ("", "unreachable", UNITS),
    ("", "(drop (i32.div_u (i32.const 1) (i32.const 0)))", UNITS),
    ("", "(memory.fill (i32.const 0) (i32.const 0) (i32.const 65537))", UNITS),
    (TABLE, "(call_indirect (param i32) (i32.const 1) (i32.const 7))", UNITS),
    ("(func $f (call $f))", "(call $f)", UNITS),
    // So does running out of units, in work whose size is known before as well.
    ("", "(loop $l (br $l))", UNITS),
    ("", "(memory.fill (i32.const 0) (i32.const 0) (i32.const 1000000))", UNITS),
];

const TABLE: &str = "(table 100 funcref) (elem (i32.const 7) $e0) (elem $e func $e0 $e0 $e0) (func $e0)";
/// Calls itself as often as it is told.
const RECURSIVE: &str = "(func $f (param i32)
    (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))))))";

#[test]
fn units_of_whole_programs() {
    let measure = |(fields, body, pinned): &(&'static str, &'static str, u64)| {
        let text = format!("{fields} {}", entrypoint(body));
        let units = call(&program(&text), vec![], &[]).run().units;
        (units != *pinned).then_some((*fields, *body, units, *pinned))
    };
    let differences = on_worker_stack(|| PINNED_PROGRAMS.iter().filter_map(measure).collect::<Vec<_>>());
    assert!(differences.is_empty(), "(fields, body, now, pinned): {differences:#?}");
}

/// A page of initial memory has a price, as every call makes it new.
#[test]
fn memory_is_paid_by_its_pages() {
    let units = |pages: u32| {
        let memory = format!("(memory (export \"memory\") {pages})");
        call(&program_with_memory(&memory, &entrypoint("")), vec![], &[]).succeed().units
    };
    assert_eq!([1, 2, 16].map(units), [204, 404, 3204]);
}

#[test]
fn units_are_what_they_were() {
    let inner = simple("");
    let measured = PINNED.iter().map(|(body, _)| {
        let specs = vec![writable(1, address(PROGRAM), 1, &[0; 8]), callee(201, &inner)];
        (*body, call(&simple(body), specs, &[]).succeed().units)
    });
    let measured: Vec<_> = measured.collect();
    let differences: Vec<_> = measured.iter().zip(PINNED).filter(|(now, pinned)| now != pinned).collect();
    assert!(differences.is_empty(), "(now, pinned): {differences:#?}");
}

/// Input that is larger costs more, by the bytes that are written and compared.
#[test]
fn input_is_paid_by_its_size() {
    let program = simple("");
    let units =
        |size: usize| call(&program, vec![writable(1, address(9), 1, &vec![0; size])], &[]).succeed().units;
    assert_eq!(units(32_000) - units(0), 1_000);
    // A window costs nothing until it is used.
    assert_eq!(units(1_000_000), units(0));
}

/// A large account costs what a call touches of it, however large it is.
#[test]
fn a_window_is_paid_by_what_is_touched() {
    let program = simple(
        "(call $account_read (i32.const 0) (i32.const 5000) (i32.const 0) (i32.const 100))
         (call $account_write (i32.const 0) (i32.const 5000) (i32.const 0) (i32.const 100))",
    );
    let units = |size: usize| {
        call(&program, vec![writable(1, address(PROGRAM), 1, &vec![0; size])], &[]).succeed().units
    };
    // Reading 100 bytes, writing them, and eleven instructions.
    assert_eq!(units(10 * 1024 * 1024), units(40_000));
    assert_eq!(units(40_000) - 207, 50 + 4 + 50 + 7 + 10);
}
