//! What answers calls: the table of all methods, and the state they share.

use super::context::Answer;
use super::error::RpcError;
use super::params::Params;
use super::subscribe::Subscription;
use super::{Chain, methods};
use sealane_runtime::LedgerReader;
use serde_json::value::RawValue;

/// Answers calls about a chain, from any thread.
#[derive(Debug)]
pub(crate) struct Rpc {
    chain: Chain,
}

/// What answers one method.
pub(super) type Method = fn(&Rpc, &Params<'_>) -> Answer;

impl Rpc {
    /// What answers calls about `chain`.
    pub(crate) fn new(chain: Chain) -> Self {
        Self { chain }
    }

    /// Answers one call. It may read from the disk, and run a transaction, but waits for no block.
    ///
    /// # Errors
    /// An [`RpcError`] with the code that Solana's clients expect; -32601 if there is no such method.
    pub(crate) fn call(&self, method: &str, params: Option<&RawValue>) -> Answer {
        let answer = methods::find(method).ok_or_else(RpcError::method_not_found)?;
        answer(self, &Params::new(params)?)
    }

    /// Begins a subscription: `accountSubscribe` and the like.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub(crate) fn subscription(
        &self,
        method: &str,
        params: Option<&RawValue>,
    ) -> Result<Subscription, RpcError> {
        self.chain.note_interest();
        Subscription::new(method, &Params::new(params)?)
    }

    /// The chain that calls are about.
    pub(crate) const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// What reads its ledger.
    pub(super) fn reader(&self) -> &LedgerReader {
        self.chain.reader()
    }

    /// Number of the last durable block.
    pub(super) fn slot(&self) -> u64 {
        self.reader().last().header.number
    }
}
