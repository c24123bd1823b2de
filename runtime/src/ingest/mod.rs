//! From bytes to transactions that may run: structure, signatures, locks, budget, replay protection.
//!
//! In the order a transaction passes them: [`sanitize`](sanitize::sanitize) checks structure only,
//! [`verify`](verify::verify) signatures only; [`access`] and [`budget`](mod@budget) read what a transaction asks for out of its
//! message; [`replay`] says whether it is fresh. Nothing here knows an account's contents or a thread.

mod reader;
pub mod sanitize;

pub mod verify;

pub mod access;
pub mod budget;

pub mod replay;

pub use access::{is_reserved, write_locks};
pub use budget::{Budget, BudgetError, budget};
pub use replay::{Age, RecentBlockRecord, ReplayError, ReplayRecordError, ReplayState};
pub use sanitize::{Config, InstructionView, SanitizeError, SanitizedTransaction, Version, sanitize};
pub use verify::{KeyCache, VerifiedTransaction, VerifyError, verify, verify_with};

#[cfg(test)]
mod tests;
