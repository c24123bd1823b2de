//! Opening a ledger as the command line says: its engine, its workers, what it begins with.

use anyhow::{Context, ensure};
use sealane_runtime::face::Engine;
use sealane_runtime::ledger::store::directory::engine_of;
use sealane_runtime::ledger::{BlockHeader, Genesis};
use sealane_runtime::{Ledger, LedgerConfig, RootPolicy, Runtime, RuntimeConfig};
use std::path::Path;

/// What keeps the tables of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
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

/// What a ledger begins with: the programs built in, the token and the associated-token program, and what the file adds.
pub(super) fn genesis(file: Option<&Path>) -> anyhow::Result<Genesis> {
    genesis_at(file, 0)
}

/// As [`genesis`], at `unix_time` seconds if the file says no other.
pub(super) fn genesis_at(file: Option<&Path>, unix_time: i64) -> anyhow::Result<Genesis> {
    let base = Genesis { unix_time, ..Genesis::default() }
        .with_token_programs(sealane_artifacts::TOKEN, sealane_artifacts::ASSOCIATED_TOKEN);
    Ok(file.map_or_else(|| Ok(base.clone()), |file| Genesis::read(file, base.clone()))?)
}

/// Checks that the ledger began with this genesis, if it still keeps its first header.
pub(super) fn check_genesis(ledger: &Ledger, genesis: &Genesis) -> anyhow::Result<()> {
    match ledger.reader().header(0)? {
        Some(header) => genesis_runtime(ledger, &header, genesis).map(drop),
        None => Ok(()),
    }
}

/// A runtime in memory at the genesis block of the ledger, whose header this is.
pub(super) fn genesis_runtime(
    ledger: &Ledger,
    header: &BlockHeader,
    genesis: &Genesis,
) -> anyhow::Result<Runtime> {
    let roots = if header.roots.is_some() { RootPolicy::Compute } else { RootPolicy::Skip };
    let config = RuntimeConfig { roots, ..ledger.runtime().config().clone() };
    let runtime = Runtime::new(config, genesis)?;
    ensure!(
        runtime.last_header() == header && runtime.rules() == ledger.runtime().rules(),
        "the ledger did not begin with this genesis (its block 0 is {}, that of the genesis {}): name the file that it was \
         made with by --genesis",
        header.hash(),
        runtime.last_hash()
    );
    Ok(runtime)
}

/// Opens the ledger in `directory`, which must be there.
pub(super) fn existing(directory: &Path, workers: Option<u16>) -> anyhow::Result<Ledger> {
    Ledger::open(directory, config(workers))
        .with_context(|| format!("cannot open the ledger in {}", directory.display()))
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
