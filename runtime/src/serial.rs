//! The plain serial executor: one transaction after another, in block order, on the calling thread.
//!
//! It is what every parallel run is held against, in tests and in benchmarks: same loading, same execution, no schedule.

use crate::execute::{Admitted, load::BlockAccounts, run::Worker};

/// Runs all transactions in order on one worker.
pub fn run<'b>(worker: &mut Worker<'b>, accounts: &'b BlockAccounts<'b>, admitted: &[Admitted<'b>]) {
    (0..admitted.len()).for_each(|index| worker.run(accounts, admitted, index));
}
