//! What a program may change: each rule broken once, the account named; and that the rest is untouched by it.

mod common;

use common::{PROGRAM, address, call, read_only, simple, writable};
use sealane_vm::{CallError, Rule};

/// Runs `body` on four accounts of 100 lamports and 8 bytes: 0 is its own and writable, 1 its own and read-only,
/// 2 another's and writable, 3 another's and read-only.
fn check(body: &str, expected: Result<(), CallError>) {
    let (own, other) = (address(PROGRAM), address(9));
    let specs = vec![
        writable(1, own, 100, &[1; 8]),
        read_only(2, own, 100, &[1; 8]),
        writable(3, other, 100, &[0; 8]),
        read_only(4, other, 100, &[0; 8]),
    ];
    assert_eq!(call(&simple(body), specs, &[]).run().result, expected, "{body}");
}

fn broken(rule: Rule, number: u8) -> Result<(), CallError> {
    Err(CallError::rule(rule, address(number)))
}

#[test]
fn lamports() {
    check("(call $move (i32.const 0) (i32.const 2) (i64.const 100))", Ok(()));
    check("(call $move (i32.const 0) (i32.const 2) (i64.const 101))", Err(CallError::UnbalancedLamports));
    check("(call $move (i32.const 2) (i32.const 0) (i64.const 1))", broken(Rule::ForeignLamports, 3));
    check("(call $move (i32.const 1) (i32.const 2) (i64.const 1))", broken(Rule::ReadOnlyLamports, 2));
    check("(call $move (i32.const 0) (i32.const 3) (i64.const 1))", broken(Rule::ReadOnlyLamports, 4));
    check("(call $set_lamports (i32.const 0) (i64.const 101))", Err(CallError::UnbalancedLamports));
    check("(call $set_lamports (i32.const 0) (i64.const 99))", Err(CallError::UnbalancedLamports));
    check("(call $set_lamports (i32.const 2) (i64.const -1))", Err(CallError::UnbalancedLamports));
}

#[test]
fn data() {
    check("(i64.store (call $data (i32.const 0)) (i64.const 5))", Ok(()));
    check("(i64.store (call $data (i32.const 1)) (i64.const 5))", broken(Rule::ReadOnlyData, 2));
    check("(i64.store (call $data (i32.const 2)) (i64.const 5))", broken(Rule::ForeignData, 3));
    check("(i64.store (call $data (i32.const 3)) (i64.const 5))", broken(Rule::ReadOnlyData, 4));
    // Changed and changed back was never changed.
    check(
        "(i64.store (call $data (i32.const 3)) (i64.const 5)) (i64.store (call $data (i32.const 3)) (i64.const 0))",
        Ok(()),
    );
}

#[test]
fn owner() {
    let clear = "(i64.store (call $data (i32.const 0)) (i64.const 0))";
    check(&format!("{clear} (i64.store (call $owner (i32.const 0)) (i64.const 5))"), Ok(()));
    check("(i64.store (call $owner (i32.const 0)) (i64.const 5))", broken(Rule::OwnerWithData, 1));
    check("(i64.store (call $owner (i32.const 1)) (i64.const 5))", broken(Rule::ReadOnlyOwner, 2));
    check("(i64.store (call $owner (i32.const 2)) (i64.const 5))", broken(Rule::ForeignOwner, 3));
    check("(i64.store (call $owner (i32.const 3)) (i64.const 5))", broken(Rule::ReadOnlyOwner, 4));
}

#[test]
fn sizes() {
    let resize = |position: u8, size: usize| {
        format!("(call $account_resize (i32.const {position}) (i32.const {size}))")
    };
    check(&resize(0, 0), Ok(()));
    check(&resize(0, 8 + 10_240), Ok(()));
    check(&resize(0, 8 + 10_241), broken(Rule::GrowthPerCall, 1));
    check(&resize(1, 9), broken(Rule::ReadOnlyData, 2));
    check(&resize(2, 9), broken(Rule::ForeignData, 3));
    check(&resize(4, 9), Err(CallError::NoSuchAccount(4)));
    // Growth is measured against the size when the call began, whatever lies between.
    check(&format!("{} {}", resize(0, 10_000), resize(0, 10_249)), broken(Rule::GrowthPerCall, 1));
    check(&format!("{} {}", resize(0, 0), resize(0, 10_248)), Ok(()));
}

#[test]
fn a_duplicate_shares_the_union_of_privileges() {
    let program = simple("(call $move (i32.const 0) (i32.const 1) (i64.const 1))");
    let mut call =
        call(&program, vec![writable(1, address(PROGRAM), 5, b""), writable(2, address(9), 5, b"")], &[]);
    call.passed = vec![0, 1, 0];
    assert_eq!(call.succeed().accounts[1].lamports, 6);
    // What is written to a duplicate's entry is nobody's.
    let mut call = common::call(
        &simple("(call $set_lamports (i32.const 1) (i64.const 7))"),
        vec![writable(1, address(PROGRAM), 5, b"")],
        &[],
    );
    call.passed = vec![0, 0];
    assert_eq!(call.succeed().accounts[0].lamports, 5);
}

#[test]
fn a_failing_call_says_where() {
    let report = call(
        &simple("(i64.store (call $data (i32.const 0)) (i64.const 5))"),
        vec![read_only(7, address(9), 1, &[0; 8])],
        &[],
    )
    .run();
    let failure = report.failure.expect("it failed");
    assert_eq!((failure.trace_index, failure.program), (0, address(PROGRAM)));
    assert_eq!(failure.error, CallError::rule(Rule::ReadOnlyData, address(7)));
    // A broken rule is found when the program is done, and costs what the program cost.
    assert!(report.units < 1_000, "{}", report.units);
}
