//! How a ledger on disk is kept. Nothing here changes what a block gives.

use sealane_sdk::Address;
use sealane_sdk::limits::SLOT_HASHES_COUNT;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// How a ledger on disk is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskConfig {
    /// Bytes of accounts that are kept in memory, roughly; what the tables do not have yet comes on top.
    pub cache_size_bytes: usize,
    /// Which blocks are kept.
    pub history: HistoryPolicy,
    /// When the tables are brought up to the log.
    pub checkpoint: CheckpointPolicy,
}

impl Default for DiskConfig {
    /// 512 MiB of accounts, all blocks.
    fn default() -> Self {
        Self {
            cache_size_bytes: 512 << 20,
            history: HistoryPolicy::All,
            checkpoint: CheckpointPolicy::default(),
        }
    }
}

/// Which blocks are kept, with their receipts and their part of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryPolicy {
    /// All of them.
    All,
    /// At least so many of the last ones, and those that replay protection needs. Older ones are taken away in the
    /// background, some at a time.
    Last(NonZeroU64),
}

/// When the tables are brought up to the log: as soon as the log is so long. Until then a block's accounts stay in memory,
/// where each later block that changes the same ones spares writing them; opening must read the log again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointPolicy {
    /// Blocks in the log.
    pub block_count: usize,
    /// Bytes they keep in memory.
    pub size_bytes: usize,
}

impl Default for CheckpointPolicy {
    /// 32 blocks or 256 MiB.
    fn default() -> Self {
        Self { block_count: 32, size_bytes: 256 << 20 }
    }
}

/// What all who open a ledger must agree on, since it decides what blocks give. It is written down when the ledger is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Who gets the fees.
    pub fee_collector: Option<Address>,
    /// Blocks a recent blockhash stays good for.
    pub blockhash_age_blocks: u64,
}

impl Rules {
    /// Blocks whose transactions replay protection remembers.
    pub(super) const fn replayed_block_count(&self) -> u64 {
        if self.blockhash_age_blocks == 0 { 1 } else { self.blockhash_age_blocks }
    }

    /// Blocks whose headers replay protection and the slot hashes look back to.
    ///
    /// A remembered transaction may name a blockhash that was recent when it ran and is not any more; telling it from one
    /// that advances a durable nonce takes the blockhashes of twice the time.
    pub(super) const fn recent_header_count(&self) -> u64 {
        let twice = 2 * self.replayed_block_count();
        if twice < SLOT_HASHES_COUNT as u64 { SLOT_HASHES_COUNT as u64 } else { twice }
    }
}

impl HistoryPolicy {
    /// The oldest block that must be kept when this is the last one; `replayed` blocks are needed in any case.
    pub(super) fn first_kept(self, last_number: u64, replayed: u64) -> u64 {
        match self {
            Self::All => 0,
            Self::Last(count) => (last_number + 1).saturating_sub(count.get().max(replayed)),
        }
    }
}
