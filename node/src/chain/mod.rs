//! The chain of one node: transactions come in from any thread, wait in the mempool, and become blocks on a ledger; what became
//! durable goes out as events. Nothing here knows a socket or JSON.
//!
//! The way of a transaction: [`submit`] checks it, [`mempool`] keeps it, [`building`] chooses it for a block, [`producer`] executes
//! that block when [`pace`] says that one is due, and [`publisher`] tells of it once it is durable. **Invariant:** nobody hears of
//! a block, or reads what it did, before that.

mod submit;

mod building;
mod mempool;

mod pace;
mod producer;

mod event;
mod publisher;

mod faucet;
mod prove;

mod handle;

#[cfg(test)]
mod stepped;
#[cfg(test)]
mod tests;

pub(crate) use building::BlockLimits;
pub(crate) use event::BlockEvent;
pub(crate) use faucet::{AirdropError, FaucetConfig};
pub(crate) use handle::{Chain, ChainConfig, ChainGuard, Simulated};
pub(crate) use mempool::MempoolLimits;
pub(crate) use submit::SubmitError;
