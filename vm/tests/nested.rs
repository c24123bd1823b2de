//! Nested calls: privileges, depth, reentrancy, seeds, and that caller and callee see each other's changes.

mod common;

use common::{PROGRAM, Spec, address, call, callee, program, read_only, simple, writable};
use sealane_sdk::Address;
use sealane_vm::{Builtin, CallError, Callee, Privilege, Program, Rule, SeedsError, Trap};
use std::sync::Arc;

const CALLEE: u8 = 201;

/// Text that lists nested accounts at 2048: (index, flags), flags 1 signer, 2 writable.
fn list(accounts: &[(u32, u32)]) -> String {
    let store = |(at, (index, flags)): (usize, &(u32, u32))| {
        format!("(i32.store (i32.const {}) (i32.const {}))", 2048 + 4 * at, index | flags << 16)
    };
    accounts.iter().enumerate().map(store).collect()
}

/// A program that calls the account at `position` with `accounts`.
fn caller(position: usize, accounts: &[(u32, u32)]) -> Arc<Program> {
    let count = accounts.len();
    simple(&format!(
        "{} (call $call (i32.const {position}) (i32.const {count}) (i32.const 0))",
        list(accounts)
    ))
}

#[test]
fn caller_and_callee_see_each_others_changes() {
    // The program calls itself: above it writes 1, below it adds 2, then above it adds 4.
    let recursive = simple(&format!(
        "{} (if (i32.eq (i32.load offset=24 (local.get $input)) (i32.const 1))
            (then
              (i64.store (call $data (i32.const 0)) (i64.const 1))
              (call $move (i32.const 0) (i32.const 1) (i64.const 4))
              (call $call (i32.const 2) (i32.const 2) (i32.const 0))
              (i64.store (call $data (i32.const 0)) (i64.add (i64.load (call $data (i32.const 0))) (i64.const 4)))
              (if (i64.ne (call $lamports (i32.const 1)) (i64.const 5)) (then unreachable)))
            (else
              (i64.store (call $data (i32.const 0)) (i64.add (i64.load (call $data (i32.const 0))) (i64.const 2)))
              (call $move (i32.const 0) (i32.const 1) (i64.const 1))))",
        list(&[(0, 2), (1, 2)])
    ));
    let specs = vec![writable(1, address(PROGRAM), 10, &[0; 8]), writable(2, address(9), 0, b"")];
    let mut call = call(&recursive, specs, &[]);
    call.passed = vec![0, 1, 2];
    let report = call.succeed();
    assert_eq!(report.accounts[0].data, 7_u64.to_le_bytes());
    assert_eq!([report.accounts[0].lamports, report.accounts[1].lamports], [5, 5]);
    assert_eq!(report.trace.iter().map(|entry| entry.1).collect::<Vec<_>>(), [1, 2]);
}

/// Runs a caller that passes account 0 with `flags` on to a program that does nothing.
fn pass_on(spec: Spec, flags: u32) -> Result<(), CallError> {
    let inner = simple("");
    call(&caller(1, &[(0, flags)]), vec![spec, callee(CALLEE, &inner)], &[]).run().result
}

#[test]
fn privileges_never_grow() {
    let escalated = |privilege| Err(CallError::PrivilegeEscalation { privilege, account: address(1) });
    let (own, data) = (address(9), b"");
    assert_eq!(pass_on(read_only(1, own, 1, data), 0), Ok(()));
    assert_eq!(pass_on(writable(1, own, 1, data), 2), Ok(()));
    assert_eq!(pass_on(writable(1, own, 1, data).signed(), 3), Ok(()));
    assert_eq!(pass_on(read_only(1, own, 1, data), 2), escalated(Privilege::Writable));
    assert_eq!(pass_on(writable(1, own, 1, data), 1), escalated(Privilege::Signer));
}

#[test]
fn a_callee_may_not_change_what_was_passed_read_only() {
    let inner = simple("(i32.store8 (call $data (i32.const 0)) (i32.const 1))");
    let specs = vec![writable(1, address(CALLEE), 1, b"a"), callee(CALLEE, &inner)];
    let report = call(&caller(1, &[(0, 0)]), specs, &[]).run();
    assert_eq!(report.result, Err(CallError::rule(Rule::ReadOnlyData, address(1))));
    assert_eq!(
        report.failure.map(|failure| (failure.trace_index, failure.program)),
        Some((1, address(CALLEE)))
    );
}

#[test]
fn rules_hold_for_the_caller_before_the_callee_runs() {
    let text = |body: &str| {
        format!("{body} {} (call $call (i32.const 1) (i32.const 1) (i32.const 0))", list(&[(0, 2)]))
    };
    let check = |body: &str, expected| {
        let specs = vec![
            writable(1, address(9), 5, b"a"),
            callee(CALLEE, &simple("(call $panic (i32.const 0) (i32.const 0))")),
        ];
        assert_eq!(call(&simple(&text(body)), specs, &[]).fail(), expected);
    };
    check(
        "(i32.store8 (call $data (i32.const 0)) (i32.const 1))",
        CallError::rule(Rule::ForeignData, address(1)),
    );
    check("(call $set_lamports (i32.const 0) (i64.const 6))", CallError::UnbalancedLamports);
}

#[test]
fn a_failure_below_is_the_callers_too() {
    for (body, expected) in [
        ("unreachable", CallError::from(Trap::Unreachable)),
        ("(return (i64.const 77))", CallError::Returned(77)),
        ("(loop $l (br $l))", CallError::OutOfUnits),
        (
            "(call $log (i32.const -1) (i32.const 1))",
            CallError::BadPointer { call: sealane_vm::HostCall::Log, offset: u32::MAX, size: 1 },
        ),
    ] {
        let report = call(&caller(0, &[]), vec![callee(CALLEE, &simple(body))], &[]).run();
        assert_eq!(report.result, Err(expected), "{body}");
        assert_eq!(report.failure.map(|failure| failure.trace_index), Some(1), "{body}");
    }
}

#[test]
fn depth_trace_and_reentrancy() {
    // Calls itself until told otherwise: the stack is five high.
    let program = caller(0, &[(0, 0)]);
    let mut itself = call(&program, vec![], &[]);
    itself.passed = vec![0];
    let report = itself.run();
    assert_eq!(report.result, Err(CallError::StackHeightExceeded));
    assert_eq!(report.trace.iter().map(|entry| entry.1).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);

    // A calls B, B calls A.
    let (first, second) = (caller(0, &[(1, 0)]), caller(0, &[]));
    let mut around = call(&first, vec![callee(CALLEE, &second)], &[]);
    around.passed = vec![0, 1];
    assert_eq!(around.fail(), CallError::Reentrancy(address(PROGRAM)));

    // Sixty-four instructions, the first of them the caller.
    let many = simple(
        "(local $i i32) (loop $l (call $call (i32.const 0) (i32.const 0) (i32.const 0))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (i32.load8_u (call $instruction)))))",
    );
    let run = |count: u8| call(&many, vec![callee(CALLEE, &simple(""))], &[count]).run().result;
    assert_eq!(run(63), Ok(()));
    assert_eq!(run(64), Err(CallError::TraceFull));
}

#[test]
fn what_is_called_must_be_there() {
    let missing = call(&caller(5, &[]), vec![], &[]).fail();
    assert_eq!(missing, CallError::NoSuchAccount(5));
    let no_program = call(&caller(0, &[]), vec![read_only(1, address(9), 1, b"")], &[]).fail();
    assert_eq!(no_program, CallError::NotCallable(address(1)));
    let no_account = call(&caller(0, &[(3, 0)]), vec![callee(CALLEE, &simple(""))], &[]).fail();
    assert_eq!(no_account, CallError::NoSuchAccount(3));
}

/// Seeds at 512: one slice to "vault" and one to the bump in the instruction data; derived from PROGRAM.
fn signing(bump: u8, extra: &str) -> (Address, Arc<Program>) {
    let derived = Address::create_program_address(&[b"vault", &[bump]], &address(PROGRAM));
    let text = format!(
        r#"(data (i32.const 512) "\00\03\00\00\05\00\00\00" "\05\03\00\00\01\00\00\00" "\00\02\00\00\02\00\00\00")
        (data (i32.const 768) "vault\{bump:02x}")
        {}"#,
        common::entrypoint(&format!(
            "{} {extra} (call $call_signed (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 528) (i32.const 1))",
            list(&[(0, 1)])
        ))
    );
    (derived.unwrap_or_default(), program(&text))
}

#[test]
fn seeds_sign_for_derived_addresses() {
    let is_signer = simple("(if (i32.ne (call $flags (i32.const 0)) (i32.const 1)) (then unreachable))");
    let (_, bump) = Address::find_program_address(&[b"vault"], &address(PROGRAM));
    let (derived, program) = signing(bump, "");
    let spec = |address| Spec { address, ..read_only(1, self::address(9), 1, b"") };
    call(&program, vec![spec(derived), callee(CALLEE, &is_signer)], &[]).succeed();
    // Another address does not sign by these seeds.
    let error = call(&program, vec![spec(address(5)), callee(CALLEE, &is_signer)], &[]).fail();
    assert_eq!(error, CallError::PrivilegeEscalation { privilege: Privilege::Signer, account: address(5) });
    // A bump on the curve derives nothing.
    let on_curve = (0..=255)
        .rev()
        .find(|bump| Address::create_program_address(&[b"vault", &[*bump]], &address(PROGRAM)).is_err());
    let (_, program) = signing(on_curve.expect("half of them are"), "");
    let error = call(&program, vec![spec(derived), callee(CALLEE, &is_signer)], &[]).fail();
    assert_eq!(error, CallError::Seeds(SeedsError::OnCurve));
    // Seventeen seeds, and a seed of thirty-three bytes.
    for (extra, expected) in [
        ("(i32.store (i32.const 532) (i32.const 17))", SeedsError::TooMany),
        ("(i32.store (i32.const 516) (i32.const 33))", SeedsError::TooLong),
    ] {
        let (_, program) = signing(bump, extra);
        let error = call(&program, vec![spec(derived), callee(CALLEE, &is_signer)], &[]).fail();
        assert_eq!(error, CallError::Seeds(expected));
    }
}

/// A builtin that makes account 0 of its call 300 bytes long and fills it, as the system program's create does.
fn allocate(context: &mut sealane_vm::Context<'_>) -> Result<(), CallError> {
    context.resize_data(0, 300)?;
    context.write_data(0, 0, &[9; 300])
}

#[test]
fn an_account_that_grew_below_is_shown_to_the_caller() {
    let builtin = |entry| Spec {
        callee: Some(Callee::Builtin(Builtin { name: "test", units: 150, entry })),
        ..read_only(CALLEE, address(0), 1, b"")
    };
    let program = simple(&format!(
        "{} (call $call (i32.const 1) (i32.const 1) (i32.const 0))
         (if (i32.ne (call $size (i32.const 0)) (i32.const 300)) (then unreachable))
         (if (i32.ne (i32.load8_u offset=299 (call $data (i32.const 0))) (i32.const 9)) (then unreachable))",
        list(&[(0, 2)])
    ));
    for size in [0, 1, 299, 301, 5_000] {
        let specs = vec![writable(1, address(CALLEE), 1, &vec![0; size]), builtin(allocate)];
        let report = call(&program, specs, &[]).succeed();
        assert_eq!(report.accounts[0].data, [9; 300], "{size}");
    }
}

/// What a builtin may do alone, ten mebibytes at once, it may not do below a program.
#[test]
fn growth_below_counts_against_the_call() {
    fn grow(context: &mut sealane_vm::Context<'_>) -> Result<(), CallError> {
        context.resize_data(0, 10_241)
    }
    let builtin = Callee::Builtin(Builtin { name: "test", units: 150, entry: grow });
    let program = caller(1, &[(0, 2)]);
    let specs = vec![
        writable(1, address(CALLEE), 1, b""),
        Spec { callee: Some(builtin), ..read_only(CALLEE, address(0), 1, b"") },
    ];
    let error = call(&program, specs, &[]).fail();
    assert_eq!(error, CallError::rule(Rule::GrowthPerCall, address(1)));
}

#[test]
fn return_data_is_the_last_callees() {
    let inner = simple(
        "(i32.store (i32.const 0) (i32.const 0x44434241)) (call $set_return_data (i32.const 0) (i32.const 4))",
    );
    let program = simple(
        "(call $call (i32.const 0) (i32.const 0) (i32.const 0))
         (if (i32.ne (call $get_return_data (i32.const 0) (i32.const 2) (i32.const 16)) (i32.const 4)) (then unreachable))
         (if (i32.ne (i32.load (i32.const 0)) (i32.const 0x4241)) (then unreachable))
         (call $log (i32.const 16) (i32.const 32))",
    );
    let report = call(&program, vec![callee(CALLEE, &inner)], &[]).succeed();
    assert_eq!(
        (report.return_data.program, report.return_data.data.as_slice()),
        (address(CALLEE), &b"ABCD"[..])
    );
    assert!(
        report.logs.contains(&format!("Program return: {} QUJDRA==", address(CALLEE))),
        "{:#?}",
        report.logs
    );
}

/// Data of an account that is not passed on is taken over when the caller ends; what is passed on, and all lamports,
/// before the callee runs.
#[test]
fn what_is_not_passed_on_waits_for_the_end() {
    let inner = simple(
        "(if (i32.ne (i32.load8_u (call $data (i32.const 0))) (i32.const 8)) (then unreachable))
         (if (i64.ne (call $lamports (i32.const 0)) (i64.const 13)) (then unreachable))",
    );
    let run = |before: &str, after: &str, owner| {
        let body = format!(
            "{} {before} (i32.store8 (call $data (i32.const 1)) (i32.const 8))
             (call $move (i32.const 2) (i32.const 1) (i64.const 3))
             (call $call (i32.const 3) (i32.const 1) (i32.const 0)) {after}",
            list(&[(1, 2)])
        );
        let specs = vec![
            writable(1, owner, 10, &[1, 2]),
            writable(2, address(PROGRAM), 10, &[1, 2]),
            writable(3, address(PROGRAM), 10, b""),
            callee(CALLEE, &inner),
        ];
        call(&simple(&body), specs, &[]).run()
    };
    let write = |at: u32, value: u32| {
        format!("(i32.store8 offset={at} (call $data (i32.const 0)) (i32.const {value}))")
    };
    let own = address(PROGRAM);
    let report = run(&write(0, 7), &write(1, 9), own);
    assert_eq!((report.result, &report.accounts[0].data[..]), (Ok(()), &[7, 9][..]), "{:#?}", report.logs);
    assert_eq!(report.accounts[1].data, [8, 2]);
    // What may not be written is found at the end, after the nested call; and was never written if it is undone.
    let foreign = run(&write(0, 7), "", address(9));
    assert_eq!(foreign.result, Err(CallError::rule(Rule::ForeignData, address(1))));
    assert_eq!(foreign.trace.len(), 2);
    assert_eq!(run(&write(0, 7), &write(0, 1), address(9)).result, Ok(()));
    // Data is cleared before the owner changes, whether the account is passed on or not.
    let give_away = "(i32.store16 (call $data (i32.const 0)) (i32.const 0))
        (i64.store (call $owner (i32.const 0)) (i64.const 7))";
    let given = run(give_away, "", own);
    assert_eq!((given.result, &given.accounts[0].data[..]), (Ok(()), &[0, 0][..]));
    assert_ne!(given.accounts[0].owner, own);
    // It belongs to another now.
    let late = run(give_away, &write(0, 1), own);
    assert_eq!(late.result, Err(CallError::rule(Rule::ForeignData, address(1))));
}

/// The caller pays for the data that it passes on, not for what it keeps.
#[test]
fn what_is_not_passed_on_costs_nothing() {
    let units = |kept: usize, passed: usize| {
        let nothing = Builtin { name: "test", units: 150, entry: |_| Ok(()) };
        let specs = vec![
            writable(1, address(PROGRAM), 1, &vec![1; kept]),
            writable(2, address(PROGRAM), 1, &vec![1; passed]),
            Spec { callee: Some(Callee::Builtin(nothing)), ..read_only(CALLEE, address(0), 1, b"") },
        ];
        call(&caller(2, &[(1, 2)]), specs, &[]).succeed().units
    };
    // Both are the caller's own input, a unit for 32 bytes.
    assert_eq!(units(32_000, 0) - units(0, 0), 1_000);
    assert_eq!(units(0, 32_000) - units(0, 0), 2_000);
}
