//! How a ledger is run and kept.

use crate::ledger::store::directory::{Engine, Missing, OpenOptions};
use crate::ledger::store::disk::{CheckpointPolicy, DiskConfig, HistoryPolicy};
use crate::runtime::RuntimeConfig;

/// How a ledger is run and kept. None of it decides about blocks: what does,
/// [`LedgerRules`](crate::ledger::LedgerRules), is the genesis', and is written down when the ledger is made.
#[derive(Clone, Debug)]
pub struct LedgerConfig {
    /// How blocks are executed.
    pub runtime: RuntimeConfig,
    /// What keeps the tables of a ledger that is made; one that is there has its own.
    pub engine: Engine,
    /// Bytes of accounts that are kept in memory, roughly. The state need not fit; its tree of hashes must, at about 200 bytes an
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
}
