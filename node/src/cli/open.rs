//! Opening a ledger as the command line says: its engine, its workers, what it begins with.

use anyhow::{Context, ensure};
use sealane_runtime::face::Engine;
use sealane_runtime::ledger::Genesis;
use sealane_runtime::ledger::store::directory::{self, Missing, OpenOptions, engine_of};
use sealane_runtime::ledger::store::disk;
use sealane_runtime::ledger::store::key_value::KeyValueStore;
use sealane_runtime::{Ledger, LedgerConfig, RuntimeConfig};
use sealane_sdk::ids;
use std::path::Path;
use std::sync::Arc;

/// What keeps the tables of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum EngineName {
    /// A log-structured merge tree: the faster one
    Fjall,
    /// A copy-on-write B-tree
    Redb,
}

impl EngineName {
    pub(super) const fn engine(self) -> Engine {
        match self {
            Self::Fjall => Engine::Fjall,
            Self::Redb => Engine::Redb,
        }
    }
}

/// How a ledger is run where the command line does not say otherwise.
pub(super) fn config(workers: Option<u16>) -> LedgerConfig {
    let mut config = LedgerConfig::default();
    if let Some(workers) = workers {
        config.runtime = RuntimeConfig { workers: usize::from(workers), ..config.runtime };
    }
    config
}

/// What a ledger begins with: the programs built in, the token and the associated-token program.
pub(super) fn default_genesis() -> Genesis {
    Genesis::default()
        .with_program(ids::token::ID, sealane_artifacts::TOKEN)
        .with_program(ids::associated_token::ID, sealane_artifacts::ASSOCIATED_TOKEN)
}

/// Opens the ledger in `directory`, which must be there, with the rules it was made with.
pub(super) fn existing(directory: &Path, workers: Option<u16>) -> anyhow::Result<Ledger> {
    let config = config(workers);
    let context = || format!("cannot open the ledger in {}", directory.display());
    let options = OpenOptions { missing: Missing::Refuse, ..OpenOptions::default() };
    let tables: Arc<dyn KeyValueStore> = directory::open(directory, &options)?.tables.into();
    let rules = disk::look(&*tables).with_context(context)?.rules;
    let runtime = RuntimeConfig {
        fee_collector: rules.fee_collector,
        blockhash_age_blocks: usize::try_from(rules.blockhash_age_blocks)?,
        ..config.runtime
    };
    Ledger::open_in(tables, LedgerConfig { runtime, ..config }).with_context(context)
}

/// Refuses another engine than the one that keeps the ledger in `directory`, if there is one.
pub(super) fn check_engine(directory: &Path, asked: Option<EngineName>) -> anyhow::Result<()> {
    let (Some(asked), Ok(found)) = (asked.map(EngineName::engine), engine_of(directory)) else {
        return Ok(());
    };
    ensure!(
        asked == found,
        "the ledger in {} is kept by {}, not by {}: leave --engine away, or name another directory",
        directory.display(),
        found.name(),
        asked.name()
    );
    Ok(())
}
