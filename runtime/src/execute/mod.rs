//! One transaction after another, from its accounts to its outcome: load, charge, run, commit or roll back.

pub mod builtins;
pub mod fees;
pub mod load;
pub mod observe;
pub mod programs;
pub mod run;

use crate::ingest::{Age, Budget, VerifiedTransaction};

/// A transaction that may run: its structure, signatures, blockhash and compute budget are good. Whether its payer can
/// pay turns out when it is its turn.
#[derive(Clone, Debug)]
pub struct Admitted<'b> {
    /// The transaction as it came.
    pub bytes: &'b [u8],
    /// The same, parsed and verified.
    pub transaction: VerifiedTransaction<'b>,
    /// What it asked for.
    pub budget: Budget,
    /// How it is protected against being run twice.
    pub age: Age,
    /// Bit `i` is set if key `i` is a write lock.
    pub write_locks: u64,
}

impl Admitted<'_> {
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
