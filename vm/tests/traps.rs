//! Every way a program can stop without returning, as the closed error it becomes; a trap costs the whole limit.

mod common;

use common::{UNITS, call, program, program_with_memory, simple};
use sealane_vm::{CallError, Program, Trap};
use std::sync::Arc;

fn check(program: &Arc<Program>, expected: CallError) {
    let report = call(program, vec![], &[]).run();
    assert_eq!((report.result, report.units), (Err(expected), UNITS));
}

#[test]
fn each_trap() {
    for (body, trap) in [
        ("unreachable", Trap::Unreachable),
        ("(drop (i32.load (i32.const -4)))", Trap::MemoryOutOfBounds),
        ("(i32.store (i32.const 65533) (i32.const 0))", Trap::MemoryOutOfBounds),
        ("(memory.fill (i32.const 65530) (i32.const 0) (i32.const 7))", Trap::MemoryOutOfBounds),
        ("(drop (i32.div_s (i32.const 1) (i32.load (i32.const 0))))", Trap::IntegerDivisionByZero),
        (
            "(drop (i32.div_s (i32.const 0x80000000) (i32.sub (i32.load (i32.const 0)) (i32.const 1))))",
            Trap::IntegerOverflow,
        ),
        ("(drop (i32.trunc_f64_s (f64.const nan)))", Trap::BadConversionToInteger),
        ("(drop (i32.trunc_f64_s (f64.const 1e300)))", Trap::IntegerOverflow),
        ("(call $panic (i32.const 0) (i32.const 0))", Trap::Panic),
    ] {
        check(&simple(body), trap.into());
    }
}

#[test]
fn indirect_calls() {
    for (index, trap) in [(0, Trap::BadSignature), (1, Trap::IndirectCallToNull), (2, Trap::TableOutOfBounds)]
    {
        let text = format!(
            r#"(table 2 funcref) (elem (i32.const 0) $f) (func $f (param i32))
               (func (export "entrypoint") (param i32) (result i64)
                   (call_indirect (result i64) (i32.const {index})))"#
        );
        check(&program(&text), trap.into());
    }
}

#[test]
fn the_stack_is_counted_in_the_module() {
    let run = || {
        let text = r#"(func $down (param i64) (result i64)
                (i64.add (call $down (i64.add (local.get 0) (i64.const 1))) (local.get 0)))
            (func (export "entrypoint") (param i32) (result i64) (call $down (i64.const 0)))"#;
        let mut call = call(&program(text), vec![], &[]);
        call.units = 100_000_000;
        let report = call.run();
        assert_eq!((report.result, report.units), (Err(Trap::StackOverflow.into()), call.units));
    };
    common::on_worker_stack(run);
}

#[test]
fn out_of_units() {
    check(&simple("(loop $l (br $l))"), CallError::OutOfUnits);
    // Without a loop nothing looks at the fuel until the end: counted all the same.
    let program = simple(&"(i32.store (i32.const 0) (i32.const 0))".repeat(100));
    let full = call(&program, vec![], &[]).succeed().units;
    for (units, expected) in
        [(full, Ok(())), (full - 1, Err(CallError::OutOfUnits)), (0, Err(CallError::OutOfUnits))]
    {
        let mut call = call(&program, vec![], &[]);
        call.units = units;
        let report = call.run();
        assert_eq!((report.result, report.units), (expected, units));
    }
}

#[test]
fn a_host_call_that_cannot_be_paid() {
    let program = simple("(call $log (i32.const 0) (i32.const 400))");
    let full = call(&program, vec![], &[]).succeed().units;
    let mut call = call(&program, vec![], &[]);
    call.units = full - 1;
    let report = call.run();
    assert_eq!((report.result, report.units), (Err(CallError::OutOfUnits), call.units));
    call.units = full;
    assert_eq!(call.succeed().units, full);
}

#[test]
fn memory_grows_to_the_ledgers_limit_and_no_further() {
    let grow = |memory: &str, pages: i32, answer: i32| {
        let body = format!(
            "(if (i32.ne (memory.grow (i32.const {pages})) (i32.const {answer})) (then unreachable))"
        );
        let report = call(&program_with_memory(memory, &common::entrypoint(&body)), vec![], &[]).succeed();
        report.units
    };
    let open = "(memory (export \"memory\") 1)";
    assert_eq!(grow(open, 256, -1), grow(open, -1, -1), "pages that are refused cost nothing");
    let granted = grow(open, 255, 1);
    assert!(granted > 255 * 2_000, "pages are paid: {granted}");
    grow("(memory (export \"memory\") 1 3)", 3, -1);
    grow("(memory (export \"memory\") 1 3)", 2, 1);
}

#[test]
fn a_panic_leaves_its_message() {
    let text = "(data (i32.const 0) \"it broke\")".to_owned()
        + &common::entrypoint("(call $panic (i32.const 0) (i32.const 8))");
    let report = call(&program(&text), vec![], &[]).run();
    assert_eq!(report.messages(), ["it broke", "trap: panic", "  at function 28"]);
}
