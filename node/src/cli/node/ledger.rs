//! The ledger of a node: deleted if that was asked for, made where there is none, opened; and what the node keeps beside it.
//!
//! ```text
//! LEDGER/node/identity.json   the node's own keypair
//! LEDGER/node/faucet.json     the faucet's, if it was not given
//! LEDGER/node/genesis.json    what the genesis had that no file says: its time, the faucet, and the hash of its block,
//!                             which is asked for long after that block was pruned
//! ```

use super::super::open::{self, EngineName};
use super::keys;
use super::settings::{FaucetChoice, Settings};
use anyhow::{Context, bail};
use sealane_runtime::ledger::Genesis;
use sealane_runtime::ledger::store::directory::{self, engine_of};
use sealane_runtime::{Balances, Ledger, LedgerConfig, LedgerError, Observation, RuntimeConfig};
use sealane_sdk::instruction::Hash;
use sealane_sdk::{Account, Address};
use serde::{Deserialize, Serialize};
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Lamports that a faucet has at the beginning: 500 million SOL.
const FAUCET_LAMPORTS: u64 = 500_000_000 * 1_000_000_000;

/// An open ledger, and what a node needs beside it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) ledger: Ledger,
    pub(super) identity: Address,
    pub(super) faucet: Option<Keypair>,
    /// The hash of block 0; `None` if it was pruned, or left out of a snapshot, before anybody wrote it down.
    pub(super) genesis_hash: Option<Hash>,
}

/// What a ledger began with that no file says.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Beginning {
    unix_time: i64,
    faucet: Option<String>,
    #[serde(default)]
    genesis_hash: Option<String>,
}

/// Opens the ledger as the settings say, or makes it.
///
/// # Errors
/// Whatever stands in the way; nothing has been lost by then but a ledger that was to be deleted.
pub(super) fn open(settings: &Settings) -> anyhow::Result<Kept> {
    let directory = settings.directory();
    let told = || format!("cannot open the ledger in {}", directory.display());
    if settings.reset {
        directory::clear(directory)
            .with_context(|| format!("cannot reset the ledger in {}", directory.display()))?;
    }
    open::check_engine(directory, settings.engine)?;
    if engine_of(directory).is_ok() {
        match Ledger::open(directory, config(settings)) {
            // It exists by name alone: making it was interrupted.
            Err(LedgerError::Missing | LedgerError::Incomplete) => (),
            opened => return existing(settings, opened.with_context(told)?),
        }
    }
    let beside = directory.join(directory::NODE);
    fs::create_dir_all(&beside).with_context(|| format!("cannot make {}", beside.display()))?;
    let (identity, faucet) = keypairs(settings, &beside)?;
    let unix_time = now_unix_seconds();
    let faucet_address = faucet.as_ref().map(|keypair| keypair.pubkey().to_string());
    let beginning = Beginning { unix_time, faucet: faucet_address, genesis_hash: None };
    let genesis = beginning.genesis(settings.genesis.as_deref())?;
    beginning.write(&beside)?;
    let ledger = Ledger::open_or_create(directory, config(settings), &genesis).with_context(told)?;
    tracing::info!(ledger = %directory.display(), genesis = %ledger.last_hash(), "made a ledger");
    let genesis_hash = genesis_hash(&ledger, &beside)?;
    Ok(Kept { ledger, identity, faucet, genesis_hash })
}

/// What goes with a ledger that was there.
fn existing(settings: &Settings, ledger: Ledger) -> anyhow::Result<Kept> {
    let beside = settings.directory().join(directory::NODE);
    fs::create_dir_all(&beside).with_context(|| format!("cannot make {}", beside.display()))?;
    let (identity, faucet) = keypairs(settings, &beside)?;
    if let Some(file) = &settings.genesis {
        let beginning = Beginning::read(&beside)?.unwrap_or_default();
        open::check_genesis(&ledger, &beginning.genesis(Some(file))?)?;
    }
    if let Some(keypair) = &faucet
        && ledger.account(&keypair.pubkey())?.is_none()
    {
        bail!(
            "the ledger in {} has no lamports for the faucet {}: name a keypair that has some by --faucet=KEYPAIR, or begin anew by \
             --reset",
            settings.directory().display(),
            keypair.pubkey()
        );
    }
    let genesis_hash = genesis_hash(&ledger, &beside)?;
    Ok(Kept { ledger, identity, faucet, genesis_hash })
}

/// The hash of block 0, which is written down while that block is there.
fn genesis_hash(ledger: &Ledger, beside: &Path) -> anyhow::Result<Option<Hash>> {
    let beginning = Beginning::read(beside)?;
    let written = beginning.as_ref().and_then(|beginning| beginning.genesis_hash.clone());
    let Some(header) = ledger.reader().header(0)? else {
        let told = |written: &str| format!("{}: {written} is no hash", beside.join("genesis.json").display());
        return written.map(|written| written.parse().with_context(|| told(&written))).transpose();
    };
    let hash = header.hash();
    if let Some(beginning) = beginning.filter(|_| written != Some(hash.to_string())) {
        Beginning { genesis_hash: Some(hash.to_string()), ..beginning }.write(beside)?;
    }
    Ok(Some(hash))
}

fn keypairs(settings: &Settings, beside: &Path) -> anyhow::Result<(Address, Option<Keypair>)> {
    let identity = keys::read_or_make(&beside.join("identity.json"))?.pubkey();
    let faucet = match &settings.faucet {
        None | Some(FaucetChoice::Own(false)) => None,
        Some(FaucetChoice::Own(true)) => Some(keys::read_or_make(&beside.join("faucet.json"))?),
        Some(FaucetChoice::File(file)) => Some(keys::read(file)?),
    };
    Ok((identity, faucet))
}

fn config(settings: &Settings) -> LedgerConfig {
    let config = open::config(settings.workers);
    LedgerConfig {
        // For clients that ask what a transaction moved, and for the dashboard.
        runtime: RuntimeConfig { balances: Balances::Record, observation: Observation::On, ..config.runtime },
        engine: settings.engine.map(EngineName::engine).unwrap_or_default(),
        history: settings.history_policy(),
        ..config
    }
}

impl Beginning {
    /// The genesis: the default programs, what the file adds, and the faucet, if the file does not name it.
    fn genesis(&self, file: Option<&Path>) -> anyhow::Result<Genesis> {
        let mut genesis = open::genesis_at(file, self.unix_time)?;
        if let Some(faucet) = &self.faucet {
            let address: Address =
                faucet.parse().map_err(|_| anyhow::anyhow!("{faucet} is no address of a faucet"))?;
            if !genesis.accounts.iter().any(|(listed, _)| *listed == address) {
                genesis.accounts.push((address, Account::system(FAUCET_LAMPORTS)));
            }
        }
        Ok(genesis)
    }

    fn write(&self, beside: &Path) -> anyhow::Result<()> {
        let file = beside.join("genesis.json");
        // Written beside and put in its place, so that it is never half there.
        let new_file = beside.join("genesis.json.new");
        let write = || -> anyhow::Result<()> {
            let mut new = File::create(&new_file)?;
            new.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
            new.sync_all()?;
            Ok(fs::rename(&new_file, &file)?)
        };
        write().with_context(|| format!("cannot write {}", file.display()))
    }

    fn read(beside: &Path) -> anyhow::Result<Option<Self>> {
        let file = beside.join("genesis.json");
        match fs::read(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
            Ok(bytes) => Ok(Some(
                serde_json::from_slice(&bytes).with_context(|| format!("cannot read {}", file.display()))?,
            )),
        }
    }
}

/// Unix time in seconds.
fn now_unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
