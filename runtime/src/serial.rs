//! The plain serial executor: one transaction after another, in block order, on the calling thread.
//!
//! It is what every parallel run is held against, in tests and in benchmarks: same loading, same execution, no schedule.

use crate::bug;
use crate::execute::{AdmittedBlock, load::BlockAccounts, run::Worker};
use crate::outcome::Outcome;
use std::sync::OnceLock;

/// Runs all transactions in order on one worker, and keeps the outcome of each in its place.
pub fn run<'b>(
    worker: &mut Worker<'b>,
    accounts: &'b BlockAccounts<'b>,
    admitted: AdmittedBlock<'b>,
    outcomes: &[OnceLock<Outcome>],
) {
    assert_eq!(outcomes.len(), admitted.len(), "every transaction has a place for its outcome");
    for (index, place) in outcomes.iter().enumerate() {
        keep(place, worker.run(accounts, admitted, index));
    }
}

/// Keeps a transaction's outcome in its place, which must be empty: each runs once.
pub(crate) fn keep(place: &OnceLock<Outcome>, outcome: Outcome) {
    if place.set(outcome).is_err() {
        bug!("a transaction was executed twice");
    }
}
