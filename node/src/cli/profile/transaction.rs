//! A transaction in a file, and what it runs on: a ledger on disk, or a ledger in memory that begins with accounts of others.

use super::super::open;
use super::Profiled;
use anyhow::{Context, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sealane_runtime::execute::builtins::builtins;
use sealane_runtime::ledger::{AccountDump, Genesis};
use sealane_runtime::simulate::SimulateOptions;
use sealane_runtime::{Ledger, Profiler, Runtime, RuntimeConfig};
use sealane_sdk::{Address, ids};
use std::fs;
use std::path::{Path, PathBuf};

/// What transactions run on.
#[derive(Debug)]
pub(super) enum Ground {
    OnDisk(Box<Ledger>),
    InMemory(Box<Runtime>),
}

impl Ground {
    /// The ledger in a folder.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        Ok(Self::OnDisk(Box::new(open::existing(folder, Some(1))?)))
    }

    /// A ledger that begins with the accounts in these files and folders.
    pub(super) fn of_accounts(genesis: Option<&Path>, accounts: &[PathBuf]) -> anyhow::Result<Self> {
        let mut genesis: Genesis = open::genesis(genesis)?;
        for path in accounts {
            for (_, dump) in AccountDump::read_all(path)? {
                genesis.accounts.retain(|(address, _)| *address != dump.address);
                genesis.accounts.push((dump.address, dump.account));
            }
        }
        let config = RuntimeConfig { workers: 1, ..RuntimeConfig::default() };
        Ok(Self::InMemory(Box::new(Runtime::new(config, &genesis)?)))
    }

    /// Where the units of the transaction in a file go, were it in the next block. Neither its signatures nor its blockhash matter.
    pub(super) fn profile(&self, file: &Path) -> anyhow::Result<Profiled> {
        let bytes = read(file)?;
        let runtime = match self {
            Self::OnDisk(ledger) => ledger.runtime(),
            Self::InMemory(runtime) => runtime,
        };
        let options = SimulateOptions::unchecked(runtime.last_header().unix_time);
        let profiled = runtime.profile(&Profiler::new()?, &bytes, options)?;
        let failure = profiled.simulation.receipt.body.failure.as_ref().map(ToString::to_string);
        let mut profile = profiled.profile;
        profile.name_programs(|address, _| known_program(address));
        let title = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Profiled { title, profile, transactions: Vec::new(), failure })
    }
}

/// The name of a program that every ledger has.
fn known_program(address: &str) -> Option<String> {
    let address: Address = address.parse().ok()?;
    let builtin =
        builtins().into_iter().find(|(known, _)| *known == address).map(|(_, builtin)| builtin.name);
    let token = (address == ids::token::ID).then_some("token");
    let associated_token = (address == ids::associated_token::ID).then_some("associated_token");
    builtin.or(token).or(associated_token).map(str::to_owned)
}

/// The bytes of a transaction.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    ensure!(!bytes.is_empty(), "{} is empty", file.display());
    let text = std::str::from_utf8(&bytes).ok().map(|text| text.trim().trim_matches('"'));
    Ok(text.and_then(|text| BASE64_STANDARD.decode(text).ok()).unwrap_or(bytes))
}
