//! How a ledger on disk is kept. Nothing here changes what a block gives.

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

impl HistoryPolicy {
    /// The oldest block that must be kept when this is the last one; `replayed` blocks are needed in any case.
    pub(super) fn first_kept(self, last_number: u64, replayed: u64) -> u64 {
        match self {
            Self::All => 0,
            Self::Last(count) => (last_number + 1).saturating_sub(count.get().max(replayed)),
        }
    }
}
