//! What is told of a block once it is durable, and the last of these.

use parking_lot::RwLock;
use sealane_runtime::explain::BlockObservation;
use sealane_runtime::ledger::{AccountChange, Block};
use sealane_runtime::stages::StageTimes;
use sealane_sdk::instruction::Hash;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Blocks that are kept for who asks of the last ones.
const KEPT_BLOCK_COUNT: usize = 150;

/// Transactions in all of those, beyond the last block: about half a gigabyte with what was observed of them.
const KEPT_TRANSACTION_COUNT: usize = 100_000;

/// A block that has become durable.
#[derive(Debug)]
pub(crate) struct BlockEvent {
    /// Its number: slot and height.
    pub(crate) number: u64,
    /// Its hash.
    pub(crate) hash: Hash,
    /// The block.
    pub(crate) block: Arc<Block>,
    /// The first signature of each transaction, in block order.
    pub(crate) signatures: Vec<[u8; 64]>,
    /// How long each waited, from its arrival until the block was durable.
    pub(crate) waited: Vec<Duration>,
    /// Every account that changed, ascending addresses.
    pub(crate) changes: Arc<[AccountChange]>,
    /// Transactions on the longest chain of dependencies.
    pub(crate) critical_path_count: usize,
    /// Transactions that were left out: they could not run when it was their turn.
    pub(crate) rejected_count: usize,
    /// CPU time by stage.
    pub(crate) stages: StageTimes,
    /// Wall time from choosing its transactions until it was executed.
    pub(crate) took: Duration,
    /// Wall time from then until it was durable.
    pub(crate) committed_after: Duration,
    /// What the workers noted, if they do.
    pub(crate) observation: Option<Arc<BlockObservation>>,
}

/// The last blocks.
#[derive(Debug, Default)]
pub(super) struct RecentBlocks(RwLock<VecDeque<Arc<BlockEvent>>>);

impl RecentBlocks {
    /// The last blocks, oldest first.
    pub(super) fn all(&self) -> Vec<Arc<BlockEvent>> {
        self.0.read().iter().cloned().collect()
    }

    pub(super) fn push(&self, event: Arc<BlockEvent>) {
        let mut blocks = self.0.write();
        blocks.push_back(event);
        let mut transaction_count: usize = blocks.iter().map(|event| event.signatures.len()).sum();
        while blocks.len() > KEPT_BLOCK_COUNT
            || (blocks.len() > 1 && transaction_count > KEPT_TRANSACTION_COUNT)
        {
            let oldest = blocks.pop_front();
            transaction_count -= oldest.map_or(0, |event| event.signatures.len());
        }
    }
}
