//! Host calls are paid before their work: with one unit too few, nothing is done. Each call stands here with something
//! that its work stumbles over, so that who comes first is seen: the payment or the work.

mod common;

use common::{Call, PROGRAM, address, call, callee, program, read_only, simple, writable};
use sealane_sdk::limits::MAX_ACCOUNT_DATA_SIZE_BYTES;
use sealane_vm::{CallError, HostCall, Privilege, Rule};

/// A stage of a host call: what stands before it, the call, how its work ends, and the price of all that is paid in the
/// call until then.
struct Stage {
    before: &'static str,
    call: &'static str,
    error: CallError,
    price_units: u64,
}

const fn stage(before: &'static str, call: &'static str, error: CallError, price_units: u64) -> Stage {
    Stage { before, call, error, price_units }
}

const fn pointer(call: HostCall, offset: u32, size: u32) -> CallError {
    CallError::BadPointer { call, offset, size }
}

/// The memory ends here.
const END: u32 = 65_536;
/// Lists at 0 one piece of 64 bytes.
const PIECE: &str = "(i32.store (i32.const 4) (i32.const 64))";
/// Writes at 0 a nested instruction to account 2 with 160 bytes of data and two accounts, listed at 32: the large one,
/// which shall be writable, and itself again. Both are read-only.
const INSTRUCTION: &str = "(i32.store (i32.const 0) (i32.const 2)) (i32.store (i32.const 4) (i32.const 32))
    (i32.store (i32.const 8) (i32.const 2)) (i32.store (i32.const 16) (i32.const 160))
    (i32.store (i32.const 32) (i32.const 0x20001)) (i32.store (i32.const 36) (i32.const 1))";

/// Account 0 is writable and has 8 bytes, account 1 is read-only and has 3,200, account 2 is a program.
#[rustfmt::skip]
fn stages() -> Vec<Stage> {
    use HostCall as H;
    let escalated = CallError::PrivilegeEscalation { privilege: Privilege::Writable, account: address(2) };
    vec![
        stage("", "(call $log (i32.const 65536) (i32.const 40))", pointer(H::Log, END, 40), 100 + 10),
        stage("", "(call $log_data (i32.const 65536) (i32.const 2))", pointer(H::LogData, END, 16), 100 + 20),
        stage("", "(call $panic (i32.const 65536) (i32.const 40))", pointer(H::Panic, END, 40), 100 + 10),
        stage("", "(call $sha256 (i32.const 65536) (i32.const 2) (i32.const 0))", pointer(H::Sha256, END, 16), 85 + 20),
        stage(PIECE, "(call $sha256 (i32.const 0) (i32.const 1) (i32.const 65536))", pointer(H::Sha256, END, 32), 85 + 10 + 32),
        stage("", "(call $blake3 (i32.const 65536) (i32.const 2) (i32.const 0))", pointer(H::Blake3, END, 16), 85 + 20),
        stage(PIECE, "(call $blake3 (i32.const 0) (i32.const 1) (i32.const 65536))", pointer(H::Blake3, END, 32), 85 + 10 + 32),
        stage("", "(drop (call $ed25519_verify (i32.const 65536) (i32.const 0) (i32.const 0) (i32.const 100)))", pointer(H::Ed25519Verify, END, 64), 25_000 + 50),
        stage("", "(drop (call $secp256k1_recover (i32.const 65536) (i32.const 0) (i32.const 0) (i32.const 0)))", pointer(H::Secp256k1Recover, END, 32), 25_000),
        stage("", "(drop (call $create_address (i32.const 0) (i32.const 3) (i32.const 65536) (i32.const 0)))", pointer(H::CreateAddress, END, 32), 1_500 + 30),
        stage("", "(drop (call $find_address (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 65536) (i32.const 0)))", pointer(H::FindAddress, END, 32), 30),
        stage("", "(call $invoke (i32.const 65536) (i32.const 0) (i32.const 0))", pointer(H::Invoke, END, 20), 946),
        stage("(i32.store (i32.const 4) (i32.const 65536)) (i32.store (i32.const 8) (i32.const 3)) (i32.store (i32.const 16) (i32.const 160))",
            "(call $invoke (i32.const 0) (i32.const 0) (i32.const 0))", pointer(H::Invoke, END, 12), 946 + 10 + 30),
        stage("", "(call $invoke (i32.const 0) (i32.const 65536) (i32.const 2))", pointer(H::Invoke, END, 16), 946 + 3_000),
        stage(INSTRUCTION, "(call $invoke (i32.const 0) (i32.const 0) (i32.const 0))", escalated, 946 + 10 + 20 + 200),
        stage("", "(call $set_return_data (i32.const 65536) (i32.const 160))", pointer(H::SetReturnData, END, 160), 100 + 10),
        stage("(call $set_return_data (i32.const 0) (i32.const 8))",
            "(drop (call $get_return_data (i32.const 65536) (i32.const 160) (i32.const 0)))", pointer(H::GetReturnData, END, 8), 100 + 10),
        stage("", "(drop (call $sysvar_read (i32.const 0) (i32.const 0) (i32.const 65536) (i32.const 40)))", pointer(H::SysvarRead, END, 40), 100 + 3),
        stage("", "(call $account_read (i32.const 1) (i32.const 0) (i32.const 65536) (i32.const 3200))", pointer(H::AccountRead, END, 3_200), 50 + 100),
        stage("", "(call $account_write (i32.const 0) (i32.const 0) (i32.const 65536) (i32.const 8))", pointer(H::AccountWrite, END, 8), 50 + 1),
        stage("", "(call $account_resize (i32.const 9) (i32.const 1600))", CallError::NoSuchAccount(9), 100),
        stage("", "(call $account_resize (i32.const 1) (i32.const 4800))", CallError::rule(Rule::ReadOnlyData, address(2)), 100 + 300),
        // What is cut off counts if it is more than what stays.
        stage("", "(call $account_resize (i32.const 1) (i32.const 1600))", CallError::rule(Rule::ReadOnlyData, address(2)), 100 + 100),
        stage("", "(call $account_resize (i32.const 1) (i32.const 0))", CallError::rule(Rule::ReadOnlyData, address(2)), 100 + 200),
    ]
}

fn a_call(body: &str) -> Call {
    let specs = vec![
        writable(1, address(PROGRAM), 5, &[1; 8]),
        read_only(2, address(PROGRAM), 5, &[2; 3_200]),
        callee(201, &simple("(call $log (i32.const 0) (i32.const 1))")),
    ];
    call(&program(&common::entrypoint(body)), specs, &[])
}

/// The fewest units with which a call ends otherwise than by running out of them.
fn fewest_units(body: &str) -> u64 {
    let mut call = a_call(body);
    let (mut too_few, mut enough) = (0, 60_000);
    while enough - too_few > 1 {
        call.units = u64::midpoint(too_few, enough);
        match call.run().result {
            Err(CallError::OutOfUnits) => too_few = call.units,
            _ => enough = call.units,
        }
    }
    enough
}

#[test]
fn payment_comes_before_the_work() {
    for Stage { before, call, error, price_units } in stages() {
        // As many constants, and one more for the call itself.
        let constants = "(drop (i32.const 0))".repeat(call.matches("i32.const").count());
        let until_then = a_call(&format!("{before} {constants}")).succeed().units;
        let body = format!("{before} {call}");
        let units = fewest_units(&body);
        assert_eq!(units - until_then, price_units, "{call}");
        let mut paid = a_call(&body);
        paid.units = units;
        assert_eq!(paid.fail(), error, "{call}");
    }
}

/// What is seen from outside of a call that is paid for is not seen of one that lacks a unit.
#[test]
fn one_unit_too_few_and_nothing_is_done() {
    let window = |body: &str| {
        let large = writable(1, address(PROGRAM), 1, &vec![1; MAX_ACCOUNT_DATA_SIZE_BYTES]);
        call(&simple(body), vec![large, callee(201, &simple(""))], &[])
    };
    for (body, price_units) in [
        ("(call $log (i32.const 0) (i32.const 40))", 110),
        ("(i32.store (i32.const 4) (i32.const 64)) (call $log_data (i32.const 0) (i32.const 1))", 174),
        ("(call $panic (i32.const 0) (i32.const 40))", 110),
        ("(call $set_return_data (i32.const 0) (i32.const 160))", 110),
        ("(call $account_write (i32.const 0) (i32.const 5000000) (i32.const 0) (i32.const 160))", 60),
        ("(call $account_resize (i32.const 0) (i32.const 10485600))", 100 + 655_350),
        ("(call $account_resize (i32.const 0) (i32.const 0))", 100 + 655_360),
        ("(call $call (i32.const 1) (i32.const 0) (i32.const 160))", 946 + 10),
    ] {
        let done = window(body);
        let all = done.run();
        let mut missing_one = window(body);
        // Behind the call stand two units at most: what `call` has to return through, and a constant. The nested
        // program takes more.
        let behind = if body.contains("$call ") { all.trace.get(1).expect("it ran").2 } else { 0 };
        let full = if all.result.is_ok() { all.units } else { price_units + 300 };
        missing_one.units = full - behind - 1;
        while missing_one.run().result != Err(CallError::OutOfUnits) || did_something(&missing_one) {
            missing_one.units -= 1;
            assert!(full - behind - missing_one.units < price_units, "{body}: done for less");
        }
        assert!(did_something(&done), "{body}: it is seen");
    }
}

/// Whether a call left anything: text, return data, changed data, a nested call.
fn did_something(call: &Call) -> bool {
    let report = call.run();
    let said = report.messages().iter().any(|line| !line.starts_with("stopped") && !line.starts_with("  at"));
    let logged_data = report.logs.iter().any(|line| line.starts_with("Program data: "));
    let changed = report.accounts.iter().zip(&call.accounts).any(|(now, spec)| *now != spec.account);
    said || logged_data || changed || !report.return_data.data.is_empty() || report.trace.len() > 1
}
