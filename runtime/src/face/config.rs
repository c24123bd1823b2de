//! How a ledger is run and kept.

use crate::ledger::store::directory::{Engine, Missing, OpenOptions};
use crate::ledger::store::disk::{CheckpointPolicy, DiskConfig, HistoryPolicy, Rules};
use crate::runtime::RuntimeConfig;

/// How a ledger is run and kept. What decides about blocks, the fee collector and the age of blockhashes, is written down when
/// the ledger is made, and must be the same at every opening.
#[derive(Clone, Debug)]
pub struct LedgerConfig {
    /// How blocks are executed.
    pub runtime: RuntimeConfig,
    /// What keeps the tables of a ledger that is made; one that is there has its own.
    pub engine: Engine,
    /// Bytes of accounts that are kept in memory, roughly. The state need not fit; its tree of hashes must, at 104 bytes an
    /// account.
    pub cache_size_bytes: usize,
    /// Which blocks are kept.
    pub history: HistoryPolicy,
    /// When the tables are brought up to the log.
    pub checkpoint: CheckpointPolicy,
}

impl Default for LedgerConfig {
    /// All processors, 512 MiB of accounts, all blocks.
    fn default() -> Self {
        let DiskConfig { cache_size_bytes, history, checkpoint } = DiskConfig::default();
        Self {
            runtime: RuntimeConfig::default(),
            engine: Engine::default(),
            cache_size_bytes,
            history,
            checkpoint,
        }
    }
}

impl LedgerConfig {
    pub(super) const fn disk(&self) -> DiskConfig {
        let Self { cache_size_bytes, history, checkpoint, .. } = *self;
        DiskConfig { cache_size_bytes, history, checkpoint }
    }

    pub(super) fn directory(&self, missing: Missing) -> OpenOptions {
        OpenOptions { engine: self.engine, missing, ..OpenOptions::default() }
    }

    pub(super) const fn rules(&self) -> Rules {
        Rules {
            fee_collector: self.runtime.fee_collector,
            blockhash_age_blocks: self.runtime.blockhash_age_blocks as u64,
        }
    }
}
