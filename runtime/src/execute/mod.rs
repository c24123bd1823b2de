//! One transaction after another, from its accounts to its outcome: load, charge, run, commit or roll back.

mod balances;
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

/// The transactions of a block that may run.
#[derive(Clone, Copy, Debug)]
pub struct AdmittedBlock<'b> {
    transactions: &'b [Prepared<'b>],
    ages: &'b [Age],
}

impl<'b> AdmittedBlock<'b> {
    /// The block of `transactions` with their `ages`.
    ///
    /// # Panics
    /// If there are not as many ages as transactions.
    #[must_use]
    pub fn new(transactions: &'b [Prepared<'b>], ages: &'b [Age]) -> Self {
        assert_eq!(transactions.len(), ages.len(), "every transaction has an age");
        Self { transactions, ages }
    }

    /// How many transactions there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.transactions.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }

    /// The transaction at `index`.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn get(&self, index: usize) -> Admitted<'b> {
        Admitted { prepared: &self.transactions[index], age: self.ages[index] }
    }
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
