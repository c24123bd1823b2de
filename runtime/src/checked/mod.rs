//! Transactions that were checked before any block is made of them: what a mempool keeps, and a block need not verify again.
//!
//! Bytes come in from whoever sends transactions; a [`CheckedTransaction`] goes out. Only a [`Checker`] makes one and
//! nothing can change it, so whoever holds one holds the proof that its signatures are valid: blocks made of them
//! ([`Ledger::execute_checked_ahead`](crate::Ledger::execute_checked_ahead)) leave that one step out, and no other block can.

mod gate;

use self::gate::Gate;
use crate::bug;
use crate::error::Rejection;
use crate::ingest::{self, Budget, KeyCache, SanitizedTransaction, VerifiedTransaction, VerifyError};
use crate::prepare::Parsed;
use sealane_sdk::limits::SIGNATURE_SIZE_BYTES;
use std::slice;
use std::sync::Arc;

/// Checks transactions, on any thread. Threads that check at the same time share the work, see `gate.rs`. Cheap to copy; decoded keys are
/// shared with the runtime it came from.
#[derive(Clone, Debug)]
pub struct Checker {
    keys: Arc<KeyCache>,
    gate: Arc<Gate>,
}

/// The bytes of one transaction whose structure, signatures and compute budget are good. It owns them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedTransaction {
    bytes: Box<[u8]>,
    budget: Budget,
    write_locks: u64,
}

/// The same, with signatures that nobody has looked at yet.
#[derive(Clone, Debug)]
struct Unverified(CheckedTransaction);

impl Checker {
    pub(crate) fn new(keys: Arc<KeyCache>) -> Self {
        // Half of the processors: the others have blocks to execute, and larger groups are cheaper.
        let processors_count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { keys, gate: Arc::new(Gate::new(processors_count / 2)) }
    }

    pub(crate) fn keys(&self) -> &KeyCache {
        &self.keys
    }

    /// Checks what can be known of a transaction by its bytes alone. Signatures are checked whatever the runtime's configuration
    /// says. If other threads check as well, this may wait for them, for less time than checking alone would take.
    ///
    /// # Errors
    /// [`Rejection::Sanitize`], [`Rejection::Budget`] and [`Rejection::Verify`].
    pub fn check(&self, bytes: impl Into<Box<[u8]>>) -> Result<CheckedTransaction, Rejection> {
        let unverified = Unverified::new(bytes.into())?;
        self.gate.pass(unverified, |group| verify(group, &self.keys))
    }

    /// As [`Self::check`], of many at once, in their order.
    #[must_use]
    pub fn check_all(&self, all: Vec<Box<[u8]>>) -> Vec<Result<CheckedTransaction, Rejection>> {
        let (mut answers, mut good, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for (place, bytes) in all.into_iter().enumerate() {
            match Unverified::new(bytes) {
                Ok(unverified) => {
                    good.push(unverified);
                    places.push(place);
                }
                Err(rejection) => answers.push((place, Err(rejection))),
            }
        }
        answers.extend(places.into_iter().zip(verify(good, &self.keys)));
        answers.sort_unstable_by_key(|(place, _)| *place);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }
}

impl Unverified {
    fn new(bytes: Box<[u8]>) -> Result<Self, Rejection> {
        let parsed = Parsed::new(&bytes)?;
        let (budget, write_locks) = (parsed.budget, parsed.write_locks);
        Ok(Self(CheckedTransaction { budget, write_locks, bytes }))
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

/// Checks the signatures of a group: the one place where a transaction becomes a checked one.
fn verify(group: Vec<Unverified>, keys: &KeyCache) -> Vec<Result<CheckedTransaction, Rejection>> {
    let views: Vec<SanitizedTransaction<'_>> = group.iter().map(|unverified| unverified.0.view()).collect();
    let verdicts: Vec<Result<(), VerifyError>> =
        ingest::verify_with(&views, keys).into_iter().map(|verdict| verdict.map(drop)).collect();
    let answers = group.into_iter().zip(verdicts);
    answers.map(|(unverified, verdict)| verdict.map(|()| unverified.0).map_err(Rejection::from)).collect()
}

/// Checks the signatures of one transaction.
pub(crate) fn verify_one<'b>(
    transaction: &SanitizedTransaction<'b>,
    keys: &KeyCache,
) -> Result<VerifiedTransaction<'b>, Rejection> {
    let verified = ingest::verify_with(slice::from_ref(transaction), keys).pop();
    Ok(verified.unwrap_or_else(|| bug!("one transaction gives one answer"))?)
}
