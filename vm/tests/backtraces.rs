//! What a program leaves in the logs when it stops without returning: which of its functions were running, by name or by
//! index. Logs are for people: whatever they say, what is recorded of the call is the same.

mod common;

use common::{Call, PROGRAM, Report, UNITS, address, call, callee, load, program, simple, writable};
use sealane_vm::{CallError, Program, Trap};
use std::sync::Arc;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CustomSection, Module};

/// Indices of the functions that the text itself defines begin behind the imports and helpers.
const FIRST: u32 = 28;

/// The lines of backtraces alone, without what stands before them.
fn frames(report: &Report) -> Vec<&str> {
    report.messages().into_iter().filter_map(|line| line.strip_prefix("  ")).collect()
}

/// A module without its custom sections.
fn without_custom_sections(module: &[u8]) -> Vec<u8> {
    struct Strip;
    impl Reencode for Strip {
        type Error = std::convert::Infallible;

        fn parse_custom_section(
            &mut self,
            _: &mut Module,
            _: wasmparser::CustomSectionReader<'_>,
        ) -> Result<(), reencode::Error> {
            Ok(())
        }
    }
    let mut output = Module::new();
    let parser = wasmparser::Parser::new(0);
    Strip.parse_core_module(&mut output, parser, module).expect("a valid module");
    output.finish()
}

/// A module with a custom section more.
fn with_section(mut module: Vec<u8>, name: &str, data: &[u8]) -> Vec<u8> {
    use wasm_encoder::Section;
    CustomSection { name: name.into(), data: data.into() }.append_to(&mut module);
    module
}

fn load_bytes(bytes: &[u8]) -> Arc<Program> {
    common::engine().load(bytes).expect("a program")
}

/// Everything that is recorded of a call, and so everything but its logs.
fn recorded(report: &Report) -> Report {
    Report { logs: Vec::new(), ..report.clone() }
}

const NESTED_FUNCTIONS: &str = r#"
    (func $inner unreachable)
    (func $between (call $inner))
    (func $outer (export "entrypoint") (param i32) (result i64) (call $between) (i64.const 0))"#;

#[test]
fn a_trap_tells_which_functions_were_running() {
    let report = call(&program(NESTED_FUNCTIONS), vec![], &[]).run();
    assert_eq!(report.messages(), ["trap: unreachable executed", "  at inner", "  at between", "  at outer"]);
}

/// A module that tells no names is told by indices, and recorded as if it told them.
#[test]
fn without_names_there_are_indices() {
    let bytes = common::assemble(NESTED_FUNCTIONS);
    let bare = without_custom_sections(&bytes);
    assert!(bare.len() < bytes.len(), "the text has names");
    let (named, unnamed) =
        (call(&load_bytes(&bytes), vec![], &[]).run(), call(&load_bytes(&bare), vec![], &[]).run());
    assert_eq!(frames(&unnamed), [0, 1, 2].map(|index| format!("at function {}", FIRST + index)));
    assert_eq!(recorded(&named), recorded(&unnamed));
}

/// Functions that count the stack and mark what they write are rewritten; they are told as the program knows them.
#[test]
fn rewritten_functions_keep_their_indices_and_names() {
    let text = r#"
        (func $leaf (param i32) (i32.store (local.get 0) (i32.const 1)))
        (func $even (param i32)
            (if (i32.eqz (local.get 0)) (then (call $leaf (i32.const -1))) (else (call $odd (i32.sub (local.get 0) (i32.const 1))))))
        (func $odd (param i32) (call $even (i32.sub (local.get 0) (i32.const 1))))
        (func (export "entrypoint") (param i32) (result i64) (call $even (i32.const 4)) (i64.const 0))"#;
    let bytes = common::assemble(text);
    let named = call(&load_bytes(&bytes), vec![], &[]).run();
    let expected = ["at leaf", "at even", "at odd", "at even", "at odd", "at even"];
    assert_eq!(frames(&named)[..6], expected);
    assert_eq!(frames(&named)[6], format!("at function {}", FIRST + 3), "it has no name of its own");
    let unnamed = call(&load_bytes(&without_custom_sections(&bytes)), vec![], &[]).run();
    let expected = [0, 1, 2, 1, 2, 1, 3].map(|index| format!("at function {}", FIRST + index));
    assert_eq!(frames(&unnamed), expected);
}

/// A stack that overflows has thousands of frames. The innermost are told, and that there are others.
#[test]
fn a_deep_stack_is_told_in_part() {
    let text = r#"(func $last (param i32) (call $down (local.get 0)))
        (func $down (param i32) (call $last (i32.add (local.get 0) (i32.const 1))))
        (func (export "entrypoint") (param i32) (result i64) (call $down (i32.const 0)) (i64.const 0))"#;
    let report = common::on_worker_stack(|| call(&program(text), vec![], &[]).run());
    assert_eq!(report.result, Err(Trap::StackOverflow.into()));
    let frames = frames(&report);
    assert_eq!(frames.len(), 33);
    let in_turns = ["at last", "at down"].into_iter().cycle().skip(usize::from(frames[0] == "at down"));
    assert!(frames[..32].iter().copied().eq(in_turns.take(32)), "{frames:?}");
    assert_eq!(frames[32], "... and others, down to the entrypoint");
    assert_eq!(report.messages()[0], "trap: stack overflow");
}

/// As many frames as are told, and one more.
#[test]
fn where_telling_in_part_begins() {
    for (depth, expected) in [(30, 32), (31, 33)] {
        let text = format!(
            r#"(func $down (param i32)
                (if (i32.eqz (local.get 0)) (then unreachable))
                (call $down (i32.sub (local.get 0) (i32.const 1))))
            (func $entrypoint (export "entrypoint") (param i32) (result i64)
                (call $down (i32.const {depth})) (i64.const 0))"#
        );
        let report = call(&program(&text), vec![], &[]).run();
        let frames = frames(&report);
        assert_eq!(frames.len(), expected, "{frames:?}");
        let last = if depth == 30 { "at entrypoint" } else { "... and others, down to the entrypoint" };
        assert_eq!((frames[30], *frames.last().expect("some")), ("at down", last));
    }
}

/// What stops a program in a host call is told like a trap; a program that returns an error was not stopped.
#[test]
fn host_calls_that_end_a_program() {
    for (body, expected) in [
        ("(call $panic (i32.const 0) (i32.const 0))", &["", "trap: panic", "  at main"][..]),
        (
            "(call $log (i32.const -1) (i32.const 1))",
            &["stopped: host call log: bytes 4294967295..+1 are outside the program's memory", "  at main"],
        ),
        ("(loop $l (br $l))", &["stopped: compute units exhausted", "  at main"]),
        ("(call $log (i32.const 0) (i32.const 4000000))", &["stopped: compute units exhausted", "  at main"]),
        ("(return (i64.const 7))", &[]),
    ] {
        let text =
            format!(r#"(func $main (export "entrypoint") (param i32) (result i64) {body} (i64.const 0))"#);
        let report = call(&program(&text), vec![], &[]).run();
        assert!(report.result.is_err());
        assert_eq!(report.messages(), expected, "{body}");
    }
}

/// A chain of calls, of which the innermost traps: each program tells its functions where its own lines stand.
#[test]
fn each_program_of_a_chain_tells_its_own() {
    let inner = program(
        r#"(func $fails (drop (i32.div_u (i32.const 1) (i32.const 0))))
        (func $inner_entrypoint (export "entrypoint") (param i32) (result i64) (call $fails) (i64.const 0))"#,
    );
    let outer = program(
        r#"(func $asks (call $call (i32.const 0) (i32.const 0) (i32.const 0)))
        (func $outer_entrypoint (export "entrypoint") (param i32) (result i64) (call $asks) (i64.const 0))"#,
    );
    let report = call(&outer, vec![callee(201, &inner)], &[]).run();
    assert_eq!(report.result, Err(Trap::IntegerDivisionByZero.into()));
    let (first, second) = (address(PROGRAM), address(201));
    let expected = [
        format!("Program {first} invoke [1]"),
        format!("Program {second} invoke [2]"),
        "Program log: trap: integer division by zero".to_owned(),
        "Program log:   at fails".to_owned(),
        "Program log:   at inner_entrypoint".to_owned(),
        format!("Program {second} consumed UNITS of UNITS compute units"),
        format!("Program {second} failed: the program trapped: integer division by zero"),
        "Program log: stopped: the call above failed".to_owned(),
        "Program log:   at call_signed".to_owned(),
        "Program log:   at call".to_owned(),
        "Program log:   at asks".to_owned(),
        "Program log:   at outer_entrypoint".to_owned(),
        format!("Program {first} consumed {UNITS} of {UNITS} compute units"),
        format!("Program {first} failed: the program trapped: integer division by zero"),
    ];
    let is_like = |(line, expected): (&String, &String)| {
        expected.split_once("UNITS").map_or(line == expected, |(start, _)| line.starts_with(start))
    };
    assert_eq!(report.logs.len(), expected.len(), "{:#?}", report.logs);
    assert!(report.logs.iter().zip(&expected).all(is_like), "{:#?}", report.logs);
}

/// A nested call that is refused is its caller's own failure, and told as such.
#[test]
fn a_nested_call_that_is_refused() {
    let asks = simple("(call $call (i32.const 5) (i32.const 0) (i32.const 0))");
    let report = call(&asks, vec![], &[]).run();
    assert_eq!(report.result, Err(CallError::NoSuchAccount(5)));
    assert_eq!(
        report.messages()[..2],
        ["stopped: account index 5 is not in the caller's account table", "  at call_signed"]
    );
}

/// Names are written by whoever compiled the module: they can be long, many, and made to look like something else.
#[test]
fn hostile_names_do_no_harm() {
    let text = r#"(func $evil (param i32) (if (local.get 0) (then (call $evil (i32.sub (local.get 0) (i32.const 1))))) unreachable)
        (func (export "entrypoint") (param i32) (result i64) (call $evil (i32.const 20)) (i64.const 0))"#;
    let bare = without_custom_sections(&common::assemble(text));
    let run = |name_section: &[u8]| {
        call(&load_bytes(&with_section(bare.clone(), "name", name_section)), vec![], &[]).run()
    };
    let plain = call(&load_bytes(&bare), vec![], &[]).run();
    let named = |name: &[u8]| {
        let mut content = vec![1];
        wasm_encoder::Encode::encode(&FIRST, &mut content);
        wasm_encoder::Encode::encode(name, &mut content);
        let mut section = vec![1];
        wasm_encoder::Encode::encode(content.as_slice(), &mut section);
        section
    };
    // A line that pretends to be another program's.
    let report = run(&named(b"x\nProgram 11111111111111111111111111111111 success"));
    assert!(report.logs.iter().all(|line| !line.contains('\n')), "{:#?}", report.logs);
    // Twenty-one frames with a name of a megabyte: cut, and in the end told by index.
    let report = run(&named(&[b'n'; 1_000_000]));
    let size: usize = report.logs.iter().map(String::len).sum();
    assert!(size < 10_000, "{size}");
    assert!(frames(&report)[0].ends_with("nnn..."), "{:#?}", report.logs);
    assert_eq!(frames(&report)[20], format!("at function {FIRST}"), "{:#?}", report.logs);
    // Sections that are none: as if there were no names.
    for section in [&b""[..], b"\x01", b"\x01\xff\xff\xff\xff\x0f", b"\x01\x02\x05\x00", b"\xff\xff\xff"] {
        assert_eq!(run(section), plain, "{section:?}");
    }
}

/// A program that has used up what it may log still leaves its backtrace, and a backtrace takes nothing of it.
#[test]
fn backtraces_do_not_count_as_the_programs_text() {
    let fill =
        "(call $log (i32.const 0) (i32.const 10000)) (call $log (i32.const 0) (i32.const 1)) unreachable";
    let text = format!(r#"(func $main (export "entrypoint") (param i32) (result i64) {fill})"#);
    let report = call(&program(&text), vec![], &[]).run();
    assert_eq!(report.logs.iter().filter(|line| *line == "Log truncated").count(), 1);
    assert_eq!(report.messages()[1..], ["trap: unreachable executed", "  at main"]);
    // The line of returned data stands behind the backtrace, and there is room for it to the last byte.
    let logged = 10_000 - 4;
    let body = format!(
        "(call $log (i32.const 0) (i32.const {logged})) (call $set_return_data (i32.const 0) (i32.const 3)) unreachable"
    );
    let report = call(&simple(&body), vec![], &[]).run();
    assert!(report.logs.iter().any(|line| line.ends_with(" AAAA")), "{:#?}", report.logs);
}

/// Kept instances and new ones tell the same, also of a program that was stopped before.
#[test]
fn a_program_that_is_stopped_again_and_again() {
    let text = r#"(func $fails (param i32) (if (i32.load8_u (local.get 0)) (then unreachable)))
        (func $main (export "entrypoint") (param i32) (result i64) (call $fails (call $data (i32.const 0))) (i64.const 0))"#;
    let program = program(text);
    let calls: Vec<Call> =
        [1, 0, 1].map(|byte| call(&program, vec![writable(1, address(9), 1, &[byte])], &[])).into();
    let reports: Vec<_> = calls.iter().map(Call::run).collect();
    assert_eq!(frames(&reports[0]), ["at fails", "at main"]);
    assert_eq!(reports[1].messages(), Vec::<&str>::new());
    assert_eq!(reports[0], reports[2]);
}

/// A module written whole, with names of Rust's: told as Rust tells them.
#[test]
fn names_of_rust_are_readable() {
    let program = load(
        r#"(module (memory (export "memory") 1) (global (export "__heap_base") i32 (i32.const 1024))
            (func $_ZN13sealane_token9processor8transfer8transfer17hb8ce8b031dc7a1d9E unreachable)
            (func $_RNvNtCsgXGp5Oqx2Ny_4core9panicking9panic_fmt
                (call $_ZN13sealane_token9processor8transfer8transfer17hb8ce8b031dc7a1d9E))
            (func $entrypoint (export "entrypoint") (param i32) (result i64)
                (call $_RNvNtCsgXGp5Oqx2Ny_4core9panicking9panic_fmt) (i64.const 0)))"#,
    );
    let report = call(&program, vec![], &[]).run();
    let expected =
        ["at sealane_token::processor::transfer::transfer", "at core::panicking::panic_fmt", "at entrypoint"];
    assert_eq!(frames(&report), expected);
}
