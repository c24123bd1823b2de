//! Transactions that were checked before any block is made of them: what a mempool keeps, and a block need not verify again.
//!
//! Bytes come in one at a time, from whoever sends transactions; a [`CheckedTransaction`] goes out. Only a [`Checker`] makes one and
//! nothing can change it, so whoever holds one holds the proof that its signatures are valid: blocks made of them
//! ([`Ledger::execute_checked_ahead`](crate::Ledger::execute_checked_ahead)) leave that one step out, and no other block can.

use crate::bug;
use crate::error::Rejection;
use crate::ingest::{self, Budget, KeyCache, SanitizedTransaction, VerifiedTransaction};
use crate::prepare::Parsed;
use sealane_sdk::limits::SIGNATURE_SIZE_BYTES;
use std::slice;
use std::sync::Arc;

/// Checks transactions one by one, on any thread. Cheap to copy; decoded keys are shared with the runtime it came from.
#[derive(Clone, Debug)]
pub struct Checker {
    keys: Arc<KeyCache>,
}

/// The bytes of one transaction whose structure, signatures and compute budget are good. It owns them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedTransaction {
    bytes: Box<[u8]>,
    budget: Budget,
    write_locks: u64,
}

impl Checker {
    pub(crate) const fn new(keys: Arc<KeyCache>) -> Self {
        Self { keys }
    }

    pub(crate) fn keys(&self) -> &KeyCache {
        &self.keys
    }

    /// Checks what can be known of a transaction by its bytes alone. Signatures are checked whatever the runtime's configuration
    /// says.
    ///
    /// # Errors
    /// [`Rejection::Sanitize`], [`Rejection::Budget`] and [`Rejection::Verify`].
    pub fn check(&self, bytes: impl Into<Box<[u8]>>) -> Result<CheckedTransaction, Rejection> {
        let bytes = bytes.into();
        let parsed = Parsed::new(&bytes)?;
        let prepared = parsed.clone().prepared(verify_one(&parsed.transaction, &self.keys)?);
        let (budget, write_locks) = (prepared.budget, prepared.write_locks);
        Ok(CheckedTransaction { budget, write_locks, bytes })
    }
}

impl CheckedTransaction {
    /// The transaction as it came.
    #[must_use]
    pub const fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it asks for.
    #[must_use]
    pub const fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Bit `i` is set if it locks key `i` for writing.
    #[must_use]
    pub const fn write_locks(&self) -> u64 {
        self.write_locks
    }

    /// The transaction, read again: well under a microsecond.
    ///
    /// # Panics
    /// Never: the same bytes were read before.
    #[must_use]
    pub fn view(&self) -> SanitizedTransaction<'_> {
        ingest::sanitize(&self.bytes).unwrap_or_else(|error| bug!("checked bytes are malformed: {error}"))
    }

    /// Its first signature: its name.
    #[must_use]
    pub fn signature(&self) -> [u8; SIGNATURE_SIZE_BYTES] {
        *self.view().signature()
    }

    /// Lamports it pays, whether it succeeds or fails.
    #[must_use]
    pub fn fee_lamports(&self) -> u64 {
        self.budget.fee(self.view().signatures().len() as u64)
    }
}

impl AsRef<[u8]> for CheckedTransaction {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Checks the signatures of one transaction.
pub(crate) fn verify_one<'b>(
    transaction: &SanitizedTransaction<'b>,
    keys: &KeyCache,
) -> Result<VerifiedTransaction<'b>, Rejection> {
    let verified = ingest::verify_with(slice::from_ref(transaction), keys).pop();
    Ok(verified.unwrap_or_else(|| bug!("one transaction gives one answer"))?)
}
