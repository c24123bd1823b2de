//! The plain serial executor: one transaction after another, in block order, on the calling thread.
//!
//! It is what every parallel run is held against, in tests and in benchmarks: same loading, same execution, no schedule.

use crate::error::Fatal;
use crate::execute::{Admitted, load::BlockAccounts, run::Worker};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs all transactions in order on one worker.
///
/// # Errors
/// [`Fatal::Worker`] if a bug of ours surfaces.
pub fn run<'b>(
    worker: &mut Worker<'b>,
    accounts: &'b BlockAccounts<'b>,
    admitted: &[Admitted<'b>],
) -> Result<(), Fatal> {
    let run = || (0..admitted.len()).for_each(|index| worker.run(accounts, admitted, index));
    // The worker and the accounts are dropped with the block if this fails: nobody sees them half-changed.
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Fatal::Worker(text.unwrap_or("a panic without a message").to_owned())
    })
}
