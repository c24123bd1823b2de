//! The databases that the tests' ledgers stand on, and ways to use them.

use sealane_runtime::ledger::store::disk::{CheckpointPolicy, HistoryPolicy};
use sealane_runtime::ledger::store::key_value::{KeyValueStore, MemoryTables};
use sealane_runtime::{LedgerConfig, RuntimeConfig};
use std::num::NonZeroU64;
use std::sync::Arc;

/// Blocks a recent blockhash stays good for: few, so that random blocks meet both ends.
pub(crate) const BLOCKHASH_AGE_BLOCKS: usize = 3;

/// An empty database in memory.
pub(crate) fn memory() -> Arc<dyn KeyValueStore> {
    Arc::new(MemoryTables::default())
}

/// How the tests' ledgers are executed: two workers, blockhashes that age fast.
pub(crate) fn runtime_config() -> RuntimeConfig {
    RuntimeConfig { workers: 2, blockhash_age_blocks: BLOCKHASH_AGE_BLOCKS, ..RuntimeConfig::default() }
}

/// A ledger with a cache that holds a few accounts, and a checkpoint every so many blocks.
pub(crate) fn config(checkpoint_blocks: usize, history: HistoryPolicy) -> LedgerConfig {
    LedgerConfig {
        runtime: runtime_config(),
        cache_size_bytes: 64 << 10,
        history,
        checkpoint: CheckpointPolicy { block_count: checkpoint_blocks, ..CheckpointPolicy::default() },
        ..LedgerConfig::default()
    }
}

/// The last so many blocks.
pub(crate) fn last(count: u64) -> HistoryPolicy {
    HistoryPolicy::Last(NonZeroU64::new(count).expect("at least one"))
}
