//! What answers calls: the table of all methods, and the state they share.

use super::context::Answer;
use super::error::RpcError;
use super::index::Index;
use super::methods::Cost;
use super::params::Params;
use super::prices::Prices;
use super::scan::Scans;
use super::subscribe::Subscription;
use super::{Chain, methods};
use anyhow::Context as _;
use sealane_runtime::LedgerReader;
use serde_json::value::RawValue;
use std::sync::Arc;

/// Answers calls about a chain, from any thread.
#[derive(Debug)]
pub(crate) struct Rpc {
    chain: Chain,
    index: Arc<Index>,
    prices: Prices,
    scans: Scans,
}

/// What answers one method.
pub(super) type Method = fn(&Rpc, &Params<'_>) -> Answer;

impl Rpc {
    /// What answers calls about `chain`.
    ///
    /// # Errors
    /// If there can be no thread for the index of accounts.
    pub(crate) fn new(chain: Chain) -> anyhow::Result<Self> {
        let index = Index::start(chain.reader().clone()).context("cannot start the index of accounts")?;
        Ok(Self { chain, index, prices: Prices::default(), scans: Scans::default() })
    }

    /// Answers one call. It may read from the disk, and run a transaction, but waits for no block.
    ///
    /// # Errors
    /// An [`RpcError`] with the code that Solana's clients expect; -32601 if there is no such method.
    pub(crate) fn call(&self, method: &str, params: Option<&RawValue>) -> Answer {
        let (_, answer) = methods::find(method).ok_or_else(RpcError::method_not_found)?;
        answer(self, &Params::new(params)?)
    }

    /// Whether a call of this method takes microseconds: it looks at what is in memory, or there is no such method.
    pub(crate) fn is_short(method: &str) -> bool {
        methods::find(method).is_none_or(|(cost, _)| cost == Cost::Short)
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

    /// Which accounts are whose.
    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    /// What was paid for priority.
    pub(super) const fn prices(&self) -> &Prices {
        &self.prices
    }

    /// The scans that go on.
    pub(super) const fn scans(&self) -> &Scans {
        &self.scans
    }

    /// Number of the last durable block.
    pub(super) fn slot(&self) -> u64 {
        self.reader().last().header.number
    }
}
