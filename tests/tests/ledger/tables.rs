//! The databases that the tests' ledgers stand on, and ways to use them.

use sealane_runtime::face::{CheckpointPolicy, Engine, HistoryPolicy};
use sealane_runtime::ledger::Genesis;
use sealane_runtime::ledger::snapshot::{Expected, SnapshotTotals};
use sealane_runtime::ledger::store::key_value::{KeyValueStore, MemoryTables};
use sealane_runtime::{Ledger, LedgerConfig, LedgerError, RuntimeConfig};
use sealane_tests::Harness;
use std::io::{Read, Seek};
use std::num::NonZeroU64;
use std::sync::Arc;
use tempfile::TempDir;

/// Blocks a recent blockhash stays good for: few, so that random blocks meet both ends.
pub(crate) const BLOCKHASH_AGE_BLOCKS: usize = 3;

/// An empty database in memory.
pub(crate) fn memory() -> Arc<dyn KeyValueStore> {
    Arc::new(MemoryTables::default())
}

/// How the tests' ledgers are executed.
pub(crate) fn runtime_config() -> RuntimeConfig {
    RuntimeConfig { workers: 2, ..RuntimeConfig::default() }
}

/// The harness's genesis, of a ledger whose blockhashes age fast.
pub(crate) fn genesis() -> Genesis {
    ageing_fast(&Harness::genesis())
}

/// A genesis of a ledger whose blockhashes age fast.
pub(crate) fn ageing_fast(genesis: &Genesis) -> Genesis {
    let mut genesis = genesis.clone();
    genesis.rules.blockhash_age_blocks = BLOCKHASH_AGE_BLOCKS;
    genesis
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

/// Where a ledger stands.
pub(crate) enum Ground {
    Memory(Arc<dyn KeyValueStore>),
    Directory(Engine, TempDir),
}

impl Ground {
    /// The number of grounds there are.
    pub(crate) const COUNT: u64 = 1 + Engine::ALL.len() as u64;

    /// One after the other.
    pub(crate) fn new(number: u64) -> Self {
        match usize::try_from(number % Self::COUNT).expect("it is small") {
            0 => Self::Memory(memory()),
            index => {
                Self::Directory(Engine::ALL[index - 1], tempfile::tempdir().expect("a directory is made"))
            }
        }
    }

    pub(crate) fn create(&self, config: &LedgerConfig, genesis: &Genesis) -> Ledger {
        let created = match self {
            Self::Memory(tables) => Ledger::create_in(Arc::clone(tables), config.clone(), genesis),
            Self::Directory(engine, directory) => {
                let config = LedgerConfig { engine: *engine, ..config.clone() };
                Ledger::create(directory.path(), config, genesis)
            }
        };
        created.expect("a ledger is made")
    }

    pub(crate) fn restore(
        &self,
        config: &LedgerConfig,
        snapshot: impl Read + Seek,
        expected: &Expected,
        progress: &mut dyn FnMut(&SnapshotTotals),
    ) -> Result<Ledger, LedgerError> {
        match self {
            Self::Memory(tables) => {
                Ledger::restore_in(Arc::clone(tables), config.clone(), snapshot, expected, progress)
            }
            Self::Directory(engine, directory) => {
                let config = LedgerConfig { engine: *engine, ..config.clone() };
                Ledger::restore(directory.path(), config, snapshot, expected, progress)
            }
        }
    }

    pub(crate) fn open(&self, config: &LedgerConfig) -> Result<Ledger, LedgerError> {
        match self {
            Self::Memory(tables) => Ledger::open_in(Arc::clone(tables), config.clone()),
            Self::Directory(_, directory) => Ledger::open(directory.path(), config.clone()),
        }
    }
}
