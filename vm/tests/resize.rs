//! Account data that grows and shrinks, and data too large to be copied in, reached through windows.

mod common;

use common::{PROGRAM, address, call, callee, read_only, simple, writable};
use proptest::prelude::*;
use sealane_sdk::limits::{ACCOUNT_WINDOW_THRESHOLD_BYTES, MAX_ACCOUNT_DATA_SIZE_BYTES};
use sealane_vm::{CallError, HostCall, Rule};

const THRESHOLD: usize = ACCOUNT_WINDOW_THRESHOLD_BYTES;

fn resize(position: u8, size: usize) -> String {
    format!("(call $account_resize (i32.const {position}) (i32.const {size}))")
}

/// Expects the program to see these sizes and flags for account 0.
fn expect_entry(size: usize, flags: u32) -> String {
    format!(
        "(if (i32.ne (call $size (i32.const 0)) (i32.const {size})) (then unreachable))
         (if (i32.ne (call $flags (i32.const 0)) (i32.const {flags})) (then unreachable))"
    )
}

#[test]
fn data_keeps_its_bytes_and_new_ones_are_zero() {
    let fill = "(memory.fill (call $data (i32.const 0)) (i32.const 5) (call $size (i32.const 0)))";
    for (before, sizes) in [
        (10, vec![20, 5, 100]),
        (0, vec![165]),
        (8, vec![0, 8]),
        (100, vec![10_340, 1, 10_340]),
        (5_000, vec![10_000, 15_240, 3]),
        (THRESHOLD, vec![THRESHOLD + 10_240, 1]),
        (THRESHOLD - 10_240, vec![THRESHOLD]),
    ] {
        let steps: String = sizes.iter().map(|size| resize(0, *size) + &expect_entry(*size, 2)).collect();
        let specs = vec![
            writable(1, address(PROGRAM), 1, &vec![1; before]),
            writable(2, address(9), 1, b"neighbour"),
        ];
        let report = call(&simple(&format!("{fill} {steps}")), specs, &[]).succeed();
        let mut expected = vec![5; before];
        sizes.iter().for_each(|size| expected.resize(*size, 0));
        assert!(report.accounts[0].data == expected, "{before} {sizes:?}");
        assert_eq!(report.accounts[1].data, b"neighbour");
    }
}

#[test]
fn a_neighbour_is_not_overwritten_when_memory_grows_for_data() {
    let specs = vec![
        writable(1, address(PROGRAM), 1, &[1; 100]),
        writable(2, address(PROGRAM), 1, &[2; 100]),
        writable(3, address(PROGRAM), 1, &[3; 100]),
    ];
    let body: String = (0..3).map(|position| resize(position, 10_000)).collect();
    let write = "(i32.store8 offset=9999 (call $data (i32.const 0)) (i32.const 7))
         (i32.store8 offset=9999 (call $data (i32.const 1)) (i32.const 8))
         (i32.store8 offset=9999 (call $data (i32.const 2)) (i32.const 9))";
    let report = call(&simple(&(body + write)), specs, &[]).succeed();
    for (index, (first, last)) in [(1, 7), (2, 8), (3, 9)].into_iter().enumerate() {
        let data = &report.accounts[index].data;
        assert_eq!((data.len(), data[0], data[99], data[100], data[9_999]), (10_000, first, first, 0, last));
    }
}

#[test]
fn growth_that_memory_has_no_room_for() {
    use sealane_vm::Trap;
    let program = common::program_with_memory(
        "(memory (export \"memory\") 1 1)",
        &common::entrypoint(&resize(0, 10_000)),
    );
    let report = call(&program, vec![writable(1, address(PROGRAM), 1, b"")], &[]).run();
    assert_eq!(report.result, Err(Trap::InputTooLarge.into()));
}

#[test]
fn windows_show_what_is_not_copied_in() {
    let mut data = vec![0; MAX_ACCOUNT_DATA_SIZE_BYTES];
    data[5_000_000..5_000_004].copy_from_slice(b"deep");
    let body = expect_entry(MAX_ACCOUNT_DATA_SIZE_BYTES, 2 | 16)
        + "(if (call $data (i32.const 0)) (then unreachable))
           (call $account_read (i32.const 0) (i32.const 5000000) (i32.const 0) (i32.const 4))
           (call $log (i32.const 0) (i32.const 4))
           (call $account_write (i32.const 0) (i32.const 10485756) (i32.const 0) (i32.const 4))
           (call $account_read (i32.const 0) (i32.const 10485755) (i32.const 64) (i32.const 5))
           (call $log (i32.const 65) (i32.const 4))";
    let report = call(&simple(&body), vec![writable(1, address(PROGRAM), 1, &data)], &[]).succeed();
    assert_eq!(report.messages(), ["deep", "deep"]);
    assert_eq!(report.accounts[0].data[10_485_755..], *b"\0deep");
    assert!(report.units < 2_000, "a window costs what is touched: {}", report.units);
}

#[test]
fn windowed_data_is_resized_in_the_table() {
    let body = resize(0, THRESHOLD + 100)
        + &expect_entry(THRESHOLD + 100, 2 | 16)
        + &resize(0, 10)
        + &expect_entry(10, 2 | 16)
        + "(call $account_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 10)) (call $log (i32.const 0) (i32.const 10))";
    let report =
        call(&simple(&body), vec![writable(1, address(PROGRAM), 1, &vec![b'x'; THRESHOLD + 1])], &[])
            .succeed();
    assert_eq!(report.messages(), ["xxxxxxxxxx"]);
    assert_eq!(report.accounts[0].data, [b'x'; 10]);
}

#[test]
fn reads_and_writes_are_checked() {
    let own = address(PROGRAM);
    let read = |offset: i64, size: i64| {
        format!("(call $account_read (i32.const 0) (i32.const {offset}) (i32.const 0) (i32.const {size}))")
    };
    let write = |offset: i64, size: i64| {
        format!("(call $account_write (i32.const 0) (i32.const {offset}) (i32.const 0) (i32.const {size}))")
    };
    let rule = |rule| Err(CallError::rule(rule, address(1)));
    for large in [false, true] {
        let size = if large { THRESHOLD + 8 } else { 8 };
        let at_end = i64::try_from(size).expect("small");
        let check =
            |spec: fn(u8, sealane_sdk::Address, u64, &[u8]) -> common::Spec, owner, body: &str, expected| {
                let specs = vec![spec(1, owner, 1, &vec![6; size])];
                assert_eq!(call(&simple(body), specs, &[]).run().result, expected, "{body} {large}");
            };
        check(writable, own, &read(at_end - 4, 4), Ok(()));
        check(writable, own, &read(at_end, 0), Ok(()));
        check(writable, own, &read(at_end - 4, 5), rule(Rule::DataOutOfBounds));
        check(writable, own, &read(-1, 2), rule(Rule::DataOutOfBounds));
        check(read_only, address(9), &read(0, 8), Ok(()));
        check(writable, own, &write(at_end - 4, 4), Ok(()));
        check(writable, own, &write(at_end - 4, 5), rule(Rule::DataOutOfBounds));
        check(writable, own, &write(-1, 1), rule(Rule::DataOutOfBounds));
        check(read_only, own, &write(0, 1), rule(Rule::ReadOnlyData));
        check(writable, address(9), &write(0, 1), rule(Rule::ForeignData));
        let pointer = |call| Err(CallError::BadPointer { call, offset: 65_533, size: 4 });
        let body = |call: &str| {
            format!("(call ${call} (i32.const 0) (i32.const 0) (i32.const 65533) (i32.const 4))")
        };
        check(writable, own, &body("account_read"), pointer(HostCall::AccountRead));
        check(writable, own, &body("account_write"), pointer(HostCall::AccountWrite));
    }
}

#[test]
fn windowed_changes_cross_nested_calls() {
    let callee_address = 201;
    let inner = simple(
        "(i32.store (i32.const 0) (i32.const 0x6f6c6c61))
         (call $account_write (i32.const 0) (i32.const 40000) (i32.const 0) (i32.const 4))",
    );
    let outer = simple(
        "(i32.store (i32.const 2048) (i32.const 0x20000)) (call $call (i32.const 1) (i32.const 1) (i32.const 0))
         (call $account_read (i32.const 0) (i32.const 40000) (i32.const 0) (i32.const 4))
         (call $log (i32.const 0) (i32.const 4))",
    );
    let specs =
        vec![writable(1, address(callee_address), 1, &vec![0; 50_000]), callee(callee_address, &inner)];
    assert_eq!(call(&outer, specs, &[]).succeed().messages(), ["allo"]);
}

/// The growth a transaction may do in all is bounded too.
#[test]
fn growth_per_transaction() {
    let specs = (0..4).map(|number| writable(number, address(PROGRAM), 1, &vec![0; 6_000_000])).collect();
    let mut call = call(&simple(&resize(0, 6_010_240)), specs, &[]);
    call.units = 1_400_000;
    call.succeed();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Any sequence of resizes leaves what a plain vector would hold.
    #[test]
    fn random_resizes(
        before in 0_usize..3_000,
        steps in prop::collection::vec((0_usize..2, 0_usize..10_000), 1..8),
    ) {
        let mut expected = [vec![1_u8; before], vec![1_u8; before / 2]];
        let mut body = String::new();
        for (step, (position, size)) in steps.iter().enumerate() {
            body += &format!(
                "{} (memory.fill (call $data (i32.const {position})) (i32.const {step})
                    (i32.div_u (call $size (i32.const {position})) (i32.const 2)))",
                resize(u8::try_from(*position).expect("0 or 1"), *size),
            );
            expected[*position].resize(*size, 0);
            expected[*position][..size / 2].fill(u8::try_from(step).expect("few"));
        }
        let specs = vec![
            writable(1, address(PROGRAM), 1, &vec![1; before]),
            writable(2, address(PROGRAM), 1, &vec![1; before / 2]),
        ];
        let report = call(&simple(&body), specs, &[]).succeed();
        prop_assert!(report.accounts[0].data == expected[0]);
        prop_assert!(report.accounts[1].data == expected[1]);
    }
}
