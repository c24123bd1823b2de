//! What a transaction must be to wait for a block: well formed, signed, fresh, and its payer able to pay.

use super::handle::Shared;
use super::mempool::{AddError, Waiting};
use sealane_runtime::execute::fees::check_payer;
use sealane_runtime::ingest::Age;
use sealane_runtime::simulate::{SimulateError, SimulateOptions};
use sealane_runtime::{CheckedTransaction, Rejection};
use sealane_sdk::instruction::TransactionError;

/// Why a transaction is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SubmitError {
    /// Its bytes are no transaction.
    #[error("malformed: {0}")]
    Malformed(String),
    /// A signature is not valid.
    #[error("a signature is not valid")]
    Signature,
    /// The next block would reject it.
    #[error("{0}")]
    Refused(TransactionError),
    /// As much waits as may, and nothing of it pays less.
    #[error("as many transactions wait as may, and all pay at least as much")]
    Full,
    /// This node makes no blocks any more.
    #[error("this node makes no blocks any more: {0}")]
    Stopped(String),
}

impl SubmitError {
    /// A word for the reason, for counting.
    pub(crate) const fn reason(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Signature => "signature",
            Self::Refused(TransactionError::AlreadyProcessed) => "known",
            Self::Refused(TransactionError::BlockhashNotFound) => "blockhash",
            Self::Refused(_) => "payer or limits",
            Self::Full => "full",
            Self::Stopped(_) => "stopped",
        }
    }
}

impl From<Rejection> for SubmitError {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Sanitize(error) => Self::Malformed(error.to_string()),
            Rejection::Verify(_) => Self::Signature,
            other => Self::Refused(other.transaction_error()),
        }
    }
}

impl Shared {
    /// Checks a transaction and lets it wait; gives its first signature.
    pub(super) fn admit(&self, bytes: Vec<u8>) -> Result<[u8; 64], SubmitError> {
        if let Some(reason) = self.failure() {
            return Err(SubmitError::Stopped(reason));
        }
        let transaction = self.checker.check(bytes)?;
        // Readers see a block's hash as soon as it is durable, which may be before the publisher has taken the block up.
        self.follower.catch_up().map_err(|error| SubmitError::Stopped(error.to_string()))?;
        let age = self.follower.check(&transaction.view()).map_err(Rejection::from)?;
        self.check_ground(&transaction, age)?;
        let waiting = Waiting::new(transaction, age != Age::Recent, self.began.elapsed());
        if !self.limits.can_hold(waiting.units) {
            return Err(SubmitError::Refused(TransactionError::WouldExceedMaxBlockCostLimit));
        }
        let signature = waiting.signature;
        let mut mempool = self.mempool.lock();
        // Once more, and not before: a block may have become durable since, and then its signatures were forgotten here.
        self.follower.check(&waiting.transaction.view()).map_err(Rejection::from)?;
        match mempool.add(waiting) {
            Ok(evicted_count) => self.counts.note_evicted(evicted_count),
            Err(AddError::Known) => return Err(SubmitError::Refused(TransactionError::AlreadyProcessed)),
            Err(AddError::Full) => return Err(SubmitError::Full),
        }
        drop(mempool);
        Ok(signature)
    }

    /// What can be known from accounts as they are: the payer's lamports, a durable nonce's value. Both may change until it is the
    /// transaction's turn; this keeps out those that could not run as things stand.
    fn check_ground(&self, transaction: &CheckedTransaction, age: Age) -> Result<(), SubmitError> {
        if age != Age::Recent {
            let options = SimulateOptions::checked(super::producer::unix_time());
            return match self.simulator.simulate(transaction.bytes(), options) {
                Ok(_) => Ok(()),
                Err(SimulateError::Rejected(rejection)) => Err(rejection.into()),
                Err(error) => Err(SubmitError::Stopped(error.to_string())),
            };
        }
        let payer = *transaction.view().payer();
        let account = self.reader.account(&payer).map_err(|error| SubmitError::Stopped(error.to_string()))?;
        let account = account.ok_or(SubmitError::Refused(TransactionError::AccountNotFound))?;
        check_payer(&account, transaction.fee_lamports())
            .map_err(|reason| Rejection::Payer { payer, reason })?;
        Ok(())
    }
}
