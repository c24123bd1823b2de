//! The plain serial executor: one transaction after another, in block order, on the calling thread.
//!
//! It is what every parallel run is held against, in tests and in benchmarks: same loading, same execution, no schedule.

use crate::execute::{AdmittedBlock, load::BlockAccounts, run::Worker};
use crate::outcome::Outcomes;

/// Runs all transactions in order on one worker, and keeps the outcome of each in its place.
pub fn run<'b>(
    worker: &mut Worker<'b>,
    accounts: &'b BlockAccounts<'b>,
    admitted: AdmittedBlock<'b>,
    outcomes: &Outcomes,
) {
    assert_eq!(outcomes.len(), admitted.len(), "every transaction has a place for its outcome");
    for index in 0..admitted.len() {
        outcomes.keep(index, worker.run(accounts, admitted, index));
    }
}
