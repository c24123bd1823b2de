//! Descriptions of nested calls, altered at random: the same cases as the fuzz target's, from a generator.

use crate::described::Described;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;

const CASE_COUNT: u32 = 3_000;
/// Three bytes for the head, four for each change.
const CASE_SIZE_BYTES: std::ops::Range<usize> = 3..24;

#[test]
fn a_right_description_is_understood_in_every_layout() {
    for layout in [0, 1, 2] {
        assert_eq!(Described::check(&[layout, 0, 0]), Described { succeeded: 1, refused: 0 }, "{layout}");
        // One signer's seeds: they derive an address that nobody asked for, or none.
        Described::check(&[layout, 0, 128 + 16]);
    }
}

#[test]
fn altered_descriptions() {
    let total = RefCell::new(Described::default());
    let cases = prop::collection::vec(any::<u8>(), CASE_SIZE_BYTES);
    let config = Config { cases: CASE_COUNT, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&cases, |bytes| {
        total.borrow_mut().add(Described::check(&bytes));
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let total = total.into_inner();
    // Or the test says nothing.
    assert!(total.succeeded > 300 && total.refused > 1_000, "{total:?}");
}
