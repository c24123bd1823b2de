//! Options that many methods share.

use super::Rpc;
use super::error::RpcError;
use serde::Deserialize;

/// How sure the caller wants to be. All answers are of the last durable block, so all of them mean the same here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Commitment {
    /// Executed.
    #[serde(alias = "recent")]
    Processed,
    /// Voted for.
    #[serde(alias = "single", alias = "singleGossip")]
    Confirmed,
    /// Not to be undone.
    #[default]
    #[serde(alias = "root", alias = "max")]
    Finalized,
}

/// Which block an answer may be of.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ContextOptions {
    /// Read to be checked; see [`Commitment`].
    pub(crate) commitment: Option<Commitment>,
    /// The block that the answer must have seen.
    pub(crate) min_context_slot: Option<u64>,
}

impl ContextOptions {
    /// Checks that the ledger is where the caller wants it to be.
    ///
    /// # Errors
    /// -32016 if it is not.
    pub(crate) fn check(&self, rpc: &Rpc) -> Result<(), RpcError> {
        check_min_context_slot(self.min_context_slot, rpc.slot())
    }
}

/// Checks that block `slot` is not before the one asked for.
///
/// # Errors
/// -32016 if it is.
pub(crate) fn check_min_context_slot(wanted: Option<u64>, slot: u64) -> Result<(), RpcError> {
    if wanted.is_some_and(|wanted| slot < wanted) { Err(RpcError::min_context_slot(slot)) } else { Ok(()) }
}
