//! One call: what a program finds in its region, what it may answer, and that its changes arrive.

mod common;

use common::{PROGRAM, REGION, address, call, entrypoint, program, read_only, simple, writable};
use sealane_vm::CallError;

#[test]
fn answers() {
    for (answer, expected) in [
        ("0", Ok(())),
        ("1", Err(CallError::Returned(1))),
        ("-1", Err(CallError::Returned(u64::MAX))),
        ("0x1_0000_0000", Err(CallError::Returned(1 << 32))),
    ] {
        let text = format!(r#"(func (export "entrypoint") (param i32) (result i64) (i64.const {answer}))"#);
        assert_eq!(call(&program(&text), vec![], &[]).run().result, expected, "{answer}");
    }
}

/// The program logs its whole region; the test reads it as `sdk/ABI.md` describes it.
#[test]
fn the_region_is_laid_out_as_documented() {
    let body = "(call $set_return_data (local.get $input) (i32.const 520))";
    let program = simple(body);
    let owner = address(9);
    let mut call =
        call(&program, vec![writable(1, owner, 11, b"abc").signed(), read_only(2, owner, 22, b"")], b"hello");
    call.passed = vec![0, 1, 0];
    let report = call.succeed();
    let region = report.return_data.data;
    let u32_at =
        |offset: usize| u32::from_le_bytes(region[offset..offset + 4].try_into().expect("four bytes"));
    let u64_at =
        |offset: usize| u64::from_le_bytes(region[offset..offset + 8].try_into().expect("eight bytes"));
    let data_offset = 64 + 3 * 96;
    // Header: version, accounts, table, instruction data, region size, height.
    let size = data_offset + 8 + 8 + 4096;
    assert_eq!([0, 4, 8, 12, 16, 20, 24, 28].map(u32_at), [1, 3, 64, data_offset, 5, size, 1, 0]);
    assert_eq!(region[32..64], [PROGRAM; 32]);
    let entry = |index: usize| 64 + 96 * index;
    for (index, number, owner, lamports, data, size, flags, first) in [
        (0, 1, [9; 32], 11, REGION + data_offset + 8, 3, 1 | 2, 0),
        (1, 2, [9; 32], 22, REGION + data_offset + 16, 0, 0, 1),
        (2, 1, [0; 32], 0, 0, 0, 1 | 2 | 8, 0),
    ] {
        let at = entry(index);
        assert_eq!(region[at..at + 32], [number; 32], "address of {index}");
        assert_eq!(region[at + 32..at + 64], owner, "owner of {index}");
        assert_eq!((u64_at(at + 64), u64_at(at + 88)), (lamports, 0), "lamports and reserved of {index}");
        assert_eq!(
            [72, 76, 80, 84].map(|field| u32_at(at + field)),
            [data, size, flags, first],
            "fields of {index}"
        );
    }
    let data_offset = data_offset as usize;
    assert_eq!(&region[data_offset..data_offset + 5], b"hello");
    assert_eq!(&region[data_offset + 8..data_offset + 11], b"abc");
}

#[test]
fn changes_arrive() {
    let program = simple(
        "(call $move (i32.const 0) (i32.const 1) (i64.const 5))
         (i32.store8 offset=1 (call $data (i32.const 0)) (i32.const 0x58))",
    );
    let owner = address(PROGRAM);
    let report =
        call(&program, vec![writable(1, owner, 10, b"abc"), writable(2, address(8), 1, b"")], &[]).succeed();
    assert_eq!((report.accounts[0].lamports, report.accounts[1].lamports), (5, 6));
    assert_eq!(report.accounts[0].data, b"aXc");
}

/// Data first, then the owner: a program may clear an account and give it away in one call.
#[test]
fn an_account_is_cleared_and_given_away_in_one_call() {
    let program = simple(
        "(i32.store8 (call $data (i32.const 0)) (i32.const 0))
         (i64.store (call $owner (i32.const 0)) (i64.const 7))",
    );
    let report = call(&program, vec![writable(1, address(PROGRAM), 10, b"a")], &[]).succeed();
    assert_eq!(report.accounts[0].data, [0]);
    assert_eq!(report.accounts[0].owner.to_bytes()[..9], [7, 0, 0, 0, 0, 0, 0, 0, PROGRAM]);
}

#[test]
fn what_a_program_may_not_change_is_ignored() {
    // Address, data offset, data size, flags, duplicate-of, header: all overwritten.
    let body = "(memory.fill (call $entry (i32.const 0)) (i32.const 0x55) (i32.const 32))
         (memory.fill (i32.add (call $entry (i32.const 0)) (i32.const 72)) (i32.const 0x55) (i32.const 24))
         (memory.fill (local.get $input) (i32.const 0x55) (i32.const 64))";
    let specs = vec![writable(1, address(PROGRAM), 10, b"abc")];
    let call = call(&simple(body), specs, b"data");
    let report = call.succeed();
    assert_eq!(report.accounts[0], call.accounts[0].account);
}

#[test]
fn a_region_larger_than_the_memory_makes_it_grow() {
    let data = vec![7; 30_000];
    let specs = (1..=6).map(|number| writable(number, address(PROGRAM), 1, &data)).collect();
    let body = "(i32.store8 (i32.add (call $data (i32.const 5)) (i32.const 29999)) (i32.const 1))";
    let report = call(&simple(body), specs, &[]).succeed();
    assert_eq!(report.accounts[5].data[29_998..], [7, 1]);
}

#[test]
fn a_region_that_the_module_has_no_room_for() {
    use sealane_vm::Trap;
    let memory = "(memory (export \"memory\") 1 1)";
    let specs = (1..=6).map(|number| writable(number, address(PROGRAM), 1, &[7; 30_000])).collect();
    let program = common::program_with_memory(memory, &entrypoint(""));
    let report = call(&program, specs, &[]).run();
    assert_eq!((report.result, report.units), (Err(Trap::InputTooLarge.into()), common::UNITS));
}

#[test]
fn the_log_tells_the_story() {
    let report = call(
        &simple("(i32.store8 (i32.const 0) (i32.const 104)) (call $log (i32.const 0) (i32.const 1))"),
        vec![],
        &[],
    );
    let report = report.succeed();
    let program = address(PROGRAM);
    assert_eq!(
        report.logs,
        [
            format!("Program {program} invoke [1]"),
            "Program log: h".to_owned(),
            format!("Program {program} consumed {} of 1000000 compute units", report.units),
            format!("Program {program} success"),
        ]
    );
}
