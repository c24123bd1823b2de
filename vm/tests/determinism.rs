//! The same module and input give the same output, units and error on every machine: the claims of DESIGN section 5
//! that no other suite makes, each as a test that fails without it.
//!
//! | what could differ | where it is held |
//! |---|---|
//! | features of WebAssembly | `src/validate/tests.rs`; for the compiler, which has features of its own, `src/config.rs` |
//! | validity, results, traps | `wast/`: the suite of WebAssembly; `second_engine/`: another engine |
//! | bits of NaNs | `second_engine/floats.rs`, for every operator |
//! | growth of memory | `traps.rs`; here at every border |
//! | units at a trap, prices of bulk operations and of `memory.grow` | `traps.rs`, `units.rs` |
//! | how deep calls go | `src/stack_limit/tests.rs` at several levels of optimisation; `native_stack.rs`; here as numbers |
//! | words of wasmtime's or wasmparser's | here |
//! | code compiled under other prices or settings | `src/engine.rs`: the key it is kept under |
//! | what an earlier call left | `kept.rs`, `twins.rs`, `turns.rs` |
//! | whether a call is paid or done first | `prices.rs` |

mod common;

use common::adapt::as_program;
use common::{call, engine, entrypoint, on_worker_stack, program, program_with_memory, simple};
use sealane_sdk::limits::MAX_MEMORY_PAGES;
use sealane_vm::validate::{explain, validate};
use sealane_vm::{CallError, Exports, LoadError, Trap, Value};

/// Functions that call themselves without end, and how often each is entered before the stack is used up: the same
/// whatever compiled the host, and whatever the compiler makes of the frames.
const DEPTHS: &[(&str, u32)] = &[
    ("(func $f (export \"f\") COUNT (call $f))", 5461),
    ("(func $f (export \"f\") (local i64) COUNT (call $f))", 5041),
    ("(func $f (export \"f\") (local i64 i64 i64 i64 i64 i64 i64 i64) COUNT (call $f))", 3276),
    ("(func $f (export \"f\") (result i64) COUNT (i64.add (i64.const 1) (call $f)))", 5461),
    ("(func $f (export \"f\") (result f64) COUNT (f64.add (f64.sqrt (f64.load (i32.const 8))) (call $f)))", 5461),
    // Two that call each other: both count.
    ("(func $f (export \"f\") COUNT (call $g)) (func $g (local i64 i64) (call $f))", 2849),
    // One between them that does not count is paid by the first.
    ("(func $f (export \"f\") COUNT (call $g)) (func $g (local i64 i64) (call $h)) (func $h (call $f))", 2048),
    // Through a table.
    (
        "(table 1 funcref) (elem (i32.const 0) $f)
         (func $f (export \"f\") COUNT (call_indirect (i32.const 0)))",
        5461,
    ),
    // A branch that is not taken is counted all the same: the frame has room for it.
    (
        "(func $f (export \"f\") COUNT (if (i32.eqz (i32.load (i32.const 0)))
            (then (drop (i32.add (i32.const 1) (i32.add (i32.const 2) (i32.add (i32.const 3) (i32.const 4)))))))
            (call $f))",
        4681,
    ),
];
/// Counts in memory, where it is read after the trap.
const COUNT: &str = "(i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))";

#[test]
fn calls_go_as_deep_everywhere() {
    let depth = |text: &str| {
        let text = format!("(module (memory (export \"memory\") 1) {})", text.replace("COUNT", COUNT));
        let bytes = as_program(&wat::parse_str(&text).expect("text that assembles")).expect("a module");
        let mut exports = Exports::new(&engine().load(&bytes).expect("a program"));
        let result = exports.call("f", &[], u64::from(u32::MAX)).expect("exported");
        assert_eq!(result, Err(CallError::Trap(Trap::StackOverflow)), "{text}");
        u32::from_le_bytes(*exports.memory().first_chunk().expect("a page"))
    };
    let differences = on_worker_stack(|| {
        let measured = DEPTHS.iter().map(|(text, pinned)| (*text, depth(text), *pinned));
        measured.filter(|(_, now, pinned)| now != pinned).collect::<Vec<_>>()
    });
    assert!(differences.is_empty(), "(text, now, pinned): {differences:#?}");
}

/// A program learns from `memory.grow` how much there is: it must be the ledger's limit, or the module's own, to the
/// page, and never what the machine has left.
#[test]
fn memory_grows_to_the_same_page_everywhere() {
    let grow = |memory: &str, delta: u32| {
        let text = format!(
            "(module (memory {memory}) (func (export \"grow\") (param i32) (result i32 i32)
                (memory.grow (local.get 0)) (memory.size)))"
        );
        let bytes = as_program(&wat::parse_str(&text).expect("text that assembles")).expect("a module");
        let mut exports = Exports::new(&engine().load(&bytes).expect("a program"));
        exports.call("grow", &[Value::I32(delta.cast_signed())], 10_000_000).expect("exported")
    };
    let answer = |old: i32, size: u32| Ok(vec![Value::I32(old), Value::I32(size.cast_signed())]);
    for (memory, initial, most) in [
        ("0", 0, MAX_MEMORY_PAGES),
        ("1", 1, MAX_MEMORY_PAGES),
        ("256", 256, MAX_MEMORY_PAGES),
        ("1 256", 1, MAX_MEMORY_PAGES),
        ("1 7", 1, 7),
        ("7 7", 7, 7),
    ] {
        let old = i32::try_from(initial).expect("small");
        assert_eq!(grow(memory, most - initial), answer(old, most), "{memory}");
        for beyond in [most - initial + 1, 65_536, u32::MAX] {
            assert_eq!(grow(memory, beyond), answer(-1, initial), "{memory} by {beyond}");
        }
    }
}

/// Errors are recorded, so their words are our own; and the logs, which people read, name no part of the machine.
#[test]
fn no_word_of_the_engine_is_recorded() {
    const fn has_no_room_for_text<T: Copy>() {}
    has_no_room_for_text::<CallError>();
    let foreign = ["wasm", "cranelift", "(at offset", "0x", "backtrace", "error while"];
    let expect_our_own = |text: &str| {
        let found = foreign.iter().find(|word| text.contains(**word));
        assert_eq!(found, None, "{text}");
    };
    for body in [
        "unreachable",
        "(drop (i32.load (i32.const -1)))",
        "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
        "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
        "(drop (i32.trunc_f32_s (f32.const nan)))",
        "(loop $l (br $l))",
        "(call $log (i32.const -1) (i32.const 1))",
    ] {
        let report = call(&simple(body), vec![], &[]).run();
        let error = report.result.expect_err("it fails");
        expect_our_own(&format!("{error} {error:?}"));
        report.logs.iter().for_each(|line| expect_our_own(line));
    }
    for text in [
        "(module (func (result i32)))",
        "(module (func (drop (v128.const i64x2 0 0))))",
        "(module (memory 1) (func (i32.store8 align=2 (i32.const 0) (i32.const 0))))",
        "(module (func (local.get 0)))",
    ] {
        let bytes = wat::parse_str(text).expect("text that assembles");
        let error = validate(&bytes).expect_err("invalid");
        let words = explain(&bytes).expect("wasmparser has words of its own");
        let words = words.split(" (at").next().unwrap_or_default().to_owned();
        assert!(!words.is_empty() && !error.to_string().contains(&words), "{error}");
        assert_eq!(engine().load(&bytes).expect_err("invalid"), LoadError::Refused(error));
    }
}

/// What a trapped call leaves to the transaction does not depend on where fuel was looked at last: nothing is left.
#[test]
fn a_trap_takes_all_units_wherever_it_is() {
    for work in ["", "(memory.fill (i32.const 0) (i32.const 0) (i32.const 999))"] {
        for units in [5_000, 77_777] {
            let mut call = call(&program(&entrypoint(&format!("{work} unreachable"))), vec![], &[]);
            call.units = units;
            let report = call.run();
            assert_eq!((report.result, report.units), (Err(Trap::Unreachable.into()), units));
        }
    }
    let memory = "(memory (export \"memory\") 1)";
    let grown = program_with_memory(memory, &entrypoint("(drop (memory.grow (i32.const 1))) unreachable"));
    let report = call(&grown, vec![], &[]).run();
    assert_eq!((report.result, report.units), (Err(Trap::Unreachable.into()), common::UNITS));
}
