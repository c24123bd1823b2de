//! Profiles of programs written for it: each function has what its instructions cost, host functions their price, nested
//! calls stand on top of who made them; and the sum is what the plain run consumed, however the run ends.

mod common;

use common::{Call, PROGRAM, Report, Spec, address, assemble, call, engine, entrypoint, sysvars, writable};
use sealane_sdk::Address;
use sealane_vm::{
    Builtin, CallError, Callee, Context, FrameKind, InstancePolicy, Instances, Profile, Profiler, Trap,
};

const CALLEE: u8 = 201;
const BUILTIN: u8 = 202;

/// Programs as text, the one that is called first at the end, and what stands beside them.
struct Case<'a> {
    main: &'a str,
    nested: Option<&'a str>,
    units: u64,
}

impl Case<'_> {
    /// The call, with programs that `load` has made.
    fn call(&self, load: impl Fn(&[u8]) -> Callee) -> Call {
        let program = |text: &str| load(&assemble(text));
        let mut accounts = vec![writable(1, address(PROGRAM), 10, &[0; 8])];
        let builtin = Builtin { name: "builtin", units: 150, entry: |_| Ok(()) };
        let account = sealane_sdk::Account { lamports: 1, executable: true, ..Default::default() };
        let spec = |number: u8, callee: Callee| Spec {
            address: address(number),
            account: account.clone(),
            writable: false,
            signer: false,
            callee: Some(callee),
        };
        accounts.push(spec(BUILTIN, Callee::Builtin(builtin)));
        accounts.extend(self.nested.map(|nested| spec(CALLEE, program(nested))));
        let Callee::Wasm(main) = program(self.main) else { panic!("a module is no builtin") };
        Call { units: self.units, ..call(&main, accounts, &[]) }
    }
}

/// Runs a case in both ways; gives what came of it, and where its units went.
#[track_caller]
fn profiled(case: &Case<'_>) -> (Report, Profile) {
    let sysvars = sysvars();
    let instances = || Instances::new(InstancePolicy::Fresh);
    let plain = case.call(|bytes| Callee::Wasm(engine().load(bytes).expect("a program")));
    let plain = plain.run_in(&mut Context::new(instances(), &sysvars));
    let profiler = Profiler::new().expect("this machine runs compiled WebAssembly");
    let telling = case.call(|bytes| Callee::Wasm(profiler.programs().load(bytes).expect("a program")));
    let mut context = Context::new(instances(), &sysvars);
    profiler.begin();
    let report = telling.run_in(&mut context);
    let addresses: Vec<Address> = telling.accounts.iter().map(|spec| spec.address).collect();
    let profile = profiler
        .finish(context.trace(), |entry| addresses[usize::from(entry.program_index)])
        .expect("what was recorded is what was charged");
    // Backtraces tell positions of functions, which have moved.
    let (logs, expected) = (report.logs.clone(), Report { logs: report.logs.clone(), ..plain.clone() });
    assert_eq!(report, expected, "{logs:#?}");
    assert_eq!(profile.total_units(), plain.units);
    (plain, profile)
}

/// The profile as lines `frame;frame own calls`, programs by their numbers.
fn lines(profile: &Profile) -> Vec<String> {
    profile
        .stacks()
        .map(|(stack, units)| {
            let names = stack.iter().map(|frame| match frame.kind {
                FrameKind::Program => [PROGRAM, CALLEE, BUILTIN]
                    .into_iter()
                    .find(|number| address(*number).to_string() == frame.name)
                    .map_or_else(|| frame.name.clone(), |number| number.to_string()),
                FrameKind::Input => "input".to_owned(),
                FrameKind::Stopped => "stopped".to_owned(),
                FrameKind::Function | FrameKind::Host => frame.name.clone(),
            });
            let calls = stack.last().map_or(0, |frame| frame.call_count);
            format!("{} {units} x{calls}", names.collect::<Vec<_>>().join(";"))
        })
        .collect()
}

#[track_caller]
fn check(case: &Case<'_>, expected: &[&str]) -> Report {
    let (report, profile) = profiled(case);
    let lines: Vec<String> = lines(&profile).into_iter().filter(|line| !line.contains(";input ")).collect();
    assert_eq!(lines, expected, "{:#?}", report.logs);
    report
}

#[test]
fn functions_have_what_their_instructions_cost() {
    // Each: 1 to be entered. $leaf: drop is free, const 1. $twice: two calls. The entrypoint: call, if (1 + 1), const.
    let main = r#"
        (func $leaf (drop (i32.const 1)))
        (func $twice (call $leaf) (call $leaf))
        (func $early (param i32) (if (local.get 0) (then return)) (call $leaf))
        (func $branches (param i32) (br_if 0 (local.get 0)) (call $leaf))
        (func (export "entrypoint") (param i32) (result i64)
            (call $twice) (call $early (i32.const 1)) (call $early (i32.const 0))
            (call $branches (i32.const 1)) (call $branches (i32.const 0)) (i64.const 0))"#;
    let case = Case { main, nested: None, units: 10_000 };
    let report = check(
        &case,
        &[
            "200;function 32 11 x1",
            "200;function 32;twice 3 x1",
            "200;function 32;twice;leaf 4 x2",
            "200;function 32;early 7 x2",
            "200;function 32;early;leaf 2 x1",
            "200;function 32;branches 7 x2",
            "200;function 32;branches;leaf 2 x1",
        ],
    );
    assert_eq!(report.result, Ok(()));
}

#[test]
fn host_functions_have_their_price() {
    let main = &entrypoint("(call $log (i32.const 0) (i32.const 8)) (drop (call $remaining_units))");
    let (report, profile) = profiled(&Case { main, nested: None, units: 10_000 });
    assert_eq!(report.result, Ok(()));
    let lines = lines(&profile);
    for expected in ["log 102 x1", "remaining_units 20 x1"] {
        assert!(lines.iter().any(|line| line.ends_with(expected)), "{expected}: {lines:?}");
    }
}

/// Lists account 0 as writable for a nested call, and calls.
fn nesting(program: u32) -> String {
    entrypoint(&format!(
        "(i32.store (i32.const 2048) (i32.const {})) (call $call (i32.const {program}) (i32.const 1) (i32.const 0))",
        2 << 16
    ))
}

#[test]
fn nested_calls_stand_on_who_made_them() {
    let nested = entrypoint("(drop (i32.add (i32.const 1) (i32.const 2)))");
    let (report, profile) = profiled(&Case { main: &nesting(2), nested: Some(&nested), units: 10_000 });
    assert_eq!(report.result, Ok(()));
    let lines = lines(&profile);
    let stack = "call;call_signed;invoke;201";
    // 946 for the call, 10 for its account, and the account's data twice compared: 8 bytes are begun 32.
    let invoke = lines.iter().find(|line| line.contains("call_signed;invoke ")).expect("it is there");
    assert!(invoke.ends_with(" 957 x1"), "{invoke}");
    let function = lines.iter().find(|line| {
        line.contains(stack)
            && line.contains(";function ")
            && !line.contains("input")
            && line.split(';').count() == 7
    });
    assert!(function.is_some_and(|line| line.ends_with(" 5 x1")), "{lines:#?}");
    // The nested call's units are in the trace; so they must be in the tree above it.
    let nested_units: u64 = profile
        .stacks()
        .filter(|(stack, _)| stack.iter().any(|frame| frame.name == address(CALLEE).to_string()))
        .map(|(_, units)| units)
        .sum();
    assert_eq!(nested_units, report.trace[1].2);
}

#[test]
fn built_in_programs_have_a_frame() {
    let (report, profile) = profiled(&Case { main: &nesting(1), nested: None, units: 10_000 });
    assert_eq!(report.result, Ok(()));
    let lines = lines(&profile);
    assert!(lines.iter().any(|line| line.ends_with("call_signed;invoke;202 150 x1")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.ends_with("call_signed;invoke 957 x1")), "{lines:#?}");
}

#[test]
fn however_it_ends_the_sum_is_what_was_charged() {
    let traps = entrypoint("(drop (i32.const 1)) unreachable");
    let endless = entrypoint("(loop (br 0))");
    let recursive = r#"(func $f (call $f)) (func (export "entrypoint") (param i32) (result i64) (call $f) (i64.const 0))"#;
    let refused = r#"(func (export "entrypoint") (param i32) (result i64) (i64.const 7))"#;
    let bad_pointer = entrypoint("(call $log (i32.const -1) (i32.const 8))");
    let grows = entrypoint("(drop (memory.grow (i32.const 1))) (call $log (i32.const 0) (i32.const 8))");
    let programs = [traps.as_str(), &endless, recursive, refused, &bad_pointer, &grows];
    for (index, program) in programs.iter().enumerate() {
        for units in [100, 300, 700, 1_500, 3_000, 10_000] {
            for (main, nested) in [(*program, None), (&*nesting(2), Some(*program))] {
                let (report, _) = common::on_worker_stack(|| profiled(&Case { main, nested, units }));
                // Whether it can succeed at all: with these units, only the last program does.
                assert!(report.result.is_err() || (index == 5 && units >= 3_000), "{index}, {units}");
            }
        }
    }
    let (report, profile) = profiled(&Case { main: &traps, nested: None, units: 10_000 });
    assert_eq!(report.result, Err(CallError::Trap(Trap::Unreachable)));
    let stopped = profile
        .frames()
        .iter()
        .find(|frame| frame.kind == FrameKind::Stopped)
        .expect("the rest of the limit");
    assert!(stopped.own_units > 9_000, "{stopped:?}");
}

/// A program is told that it has exactly as many units left, and runs out of them at the same instruction.
#[test]
fn units_run_out_at_the_same_place() {
    let body = "(loop (i64.store (call $data (i32.const 0)) (i64.add (i64.load (call $data (i32.const 0))) (i64.const 1)))
        (i64.store (i32.const 0) (call $remaining_units)) (call $log_data (i32.const 0) (i32.const 0)) (br 0))";
    let main = entrypoint(body);
    for units in (2_000..2_200).step_by(7) {
        let (report, _) = profiled(&Case { main: &main, nested: None, units });
        assert_eq!(report.result, Err(CallError::OutOfUnits));
    }
}

#[test]
fn functions_are_summed_over_their_stacks() {
    let main = r#"
        (func $leaf (drop (i32.const 1)))
        (func $down (param i32) (call $leaf)
            (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "entrypoint") (param i32) (result i64) (call $down (i32.const 3)) (i64.const 0))"#;
    let (_, mut profile) = profiled(&Case { main, nested: None, units: 10_000 });
    let functions = profile.functions();
    let named = |name: &str| functions.iter().find(|function| function.name == name).expect("it ran").clone();
    let (leaf, down) = (named("leaf"), named("down"));
    assert_eq!((leaf.call_count, leaf.own_units, leaf.total_units), (4, 8, 8));
    // A function that calls itself has its whole once.
    assert_eq!((down.call_count, down.total_units), (4, down.own_units + 8));
    let sum: u64 = functions.iter().map(|function| function.own_units).sum();
    assert_eq!(sum, profile.total_units());
    let once = profile.clone();
    profile.add(&once);
    assert_eq!(profile.total_units(), 2 * once.total_units());
    assert_eq!(profile.frames().len(), once.frames().len());
}
