//! What programs pay, pinned as data: a change of any price, or of how wasmtime counts, shows up here as a difference.

mod common;

use common::{PROGRAM, address, call, callee, simple, writable};

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
    ("(call $call (i32.const 1) (i32.const 1) (i32.const 32))", 1409),
];

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
