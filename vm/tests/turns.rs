//! Kept instances are as new, whatever the program: random modules of every feature that programs may use, called in
//! random turns, each call with a look at all memory and all globals before and after it. The same generator and the
//! same judgement are a fuzz target.

mod common;

use common::on_worker_stack;
use common::turns::Turns;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;

/// Bytes that a case is made of. A module takes about half of what is left.
const CASE_SIZE_BYTES: std::ops::Range<usize> = 1_500..6_000;
const CASE_COUNT: u32 = 320;

#[test]
fn random_programs_in_turns() {
    let total = on_worker_stack(|| {
        let total = RefCell::new(Turns::default());
        let cases = prop::collection::vec(any::<u8>(), CASE_SIZE_BYTES);
        let result =
            TestRunner::new(Config { cases: CASE_COUNT, failure_persistence: None, ..Config::default() })
                .run(&cases, |bytes| {
                    total.borrow_mut().add(&Turns::check(&bytes));
                    Ok(())
                });
        result.unwrap_or_else(|error| panic!("{error}"));
        total.into_inner()
    });
    // Or the test says nothing: the generator may have changed.
    assert!(total.returned > 1_500 && total.trapped > 300 && total.kept > 100, "{total:?}");
    assert!(total.second.modules > 400, "{total:?}");
}
