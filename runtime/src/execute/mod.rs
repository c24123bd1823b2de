//! One transaction after another, from its accounts to its outcome: load, charge, run, commit or roll back.

pub mod builtins;
pub mod fees;
pub mod load;
pub mod observe;
pub mod programs;
pub mod recycle;
pub mod run;

use crate::ingest::{Age, Budget, VerifiedTransaction};
use std::ops::Deref;

/// A transaction whose structure, signatures and compute budget are good.
#[derive(Clone, Debug)]
pub struct Prepared<'b> {
    /// The transaction as it came.
    pub bytes: &'b [u8],
    /// The same, parsed and verified.
    pub transaction: VerifiedTransaction<'b>,
    /// What it asked for.
    pub budget: Budget,
    /// Bit `i` is set if key `i` is a write lock.
    pub write_locks: u64,
}

/// A prepared transaction that is fresh: it may run. Whether its payer can pay turns out when it is its turn.
#[derive(Clone, Copy, Debug)]
pub struct Admitted<'b> {
    /// The transaction.
    pub prepared: &'b Prepared<'b>,
    /// How it is protected against being run twice.
    pub age: Age,
}

impl<'b> Deref for Admitted<'b> {
    type Target = Prepared<'b>;

    fn deref(&self) -> &Prepared<'b> {
        self.prepared
    }
}

impl Prepared<'_> {
    /// Whether the key at `key_index` is a write lock.
    #[must_use]
    pub const fn is_write_lock(&self, key_index: usize) -> bool {
        self.write_locks >> key_index & 1 == 1
    }

    /// Lamports the transaction pays, whether it succeeds or fails.
    #[must_use]
    pub fn fee_lamports(&self) -> u64 {
        self.budget.fee(self.transaction.signatures().len() as u64)
    }
}
