//! How a node is run: the flags, and the same from a file. What neither says is decided where it is used.

use super::super::open::EngineName;
use super::log::LogFormat;
use crate::chain::{BlockLimits, ChainConfig, FaucetConfig, MempoolLimits};
use crate::serve::ServeConfig;
use anyhow::{Context, ensure};
use clap::Args;
use sealane_runtime::face::HistoryPolicy;
use sealane_sdk::Address;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

/// Lamports in a SOL.
const LAMPORTS_PER_SOL: u64 = 1_000_000_000;
/// The port that Solana's clients look for.
const RPC_PORT: u16 = 8899;

/// How a node is run; `None` where nobody has said so.
#[derive(Args, Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Settings {
    /// Directory of the ledger; made if it is missing [default: sealane-ledger]
    #[arg(long, value_name = "DIR")]
    pub(super) ledger: Option<PathBuf>,
    /// Begin anew: the ledger in the directory is deleted first, the node's keypairs stay
    #[arg(long)]
    pub(super) reset: bool,
    /// What a ledger that is made begins with, beside the built-in, token and associated-token programs: a TOML file; one that is
    /// there must have begun with it [default: the programs alone, and the time of the first start]
    #[arg(long, value_name = "FILE")]
    pub(super) genesis: Option<PathBuf>,
    /// Give lamports to whoever asks (requestAirdrop), from a keypair in LEDGER/node/ that is made if it is missing, or from this
    /// one (--faucet=KEYPAIR.json); a ledger that is made funds it [default: there is no airdrop]
    #[arg(long, value_name = "KEYPAIR", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) faucet: Option<FaucetChoice>,
    /// Most SOL that one airdrop gives [default: 1000]
    #[arg(long, value_name = "SOL", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub(super) faucet_limit: Option<u64>,
    /// Milliseconds from one block to the next, if there is work [default: 400]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    pub(super) block_ms: Option<u64>,
    /// The same if nothing waits and nobody looks: then an empty block is made [default: 10000]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    pub(super) idle_block_ms: Option<u64>,
    /// Blocks that are kept: the last so many at least, those that replay protection needs in any case [default: all]
    #[arg(long, value_name = "COUNT")]
    pub(super) history: Option<NonZeroU64>,
    /// Threads that execute [default: one a processor]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) workers: Option<u16>,
    /// What keeps the tables of a ledger that is made [default: fjall]
    #[arg(long, value_enum)]
    pub(super) engine: Option<EngineName>,
    /// The address to listen on; another than a loopback address exposes the node, see below [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    pub(super) bind: Option<IpAddr>,
    /// Port for JSON-RPC, the dashboard and /metrics; 0 takes a free one [default: 8899]
    #[arg(long, value_name = "PORT")]
    pub(super) rpc_port: Option<u16>,
    /// Port for WebSockets; 0 takes a free one [default: the one after --rpc-port, where clients look for it]
    #[arg(long, value_name = "PORT")]
    pub(super) ws_port: Option<u16>,
    /// Most transactions that may wait for a block [default: 100000]
    #[arg(long, value_name = "COUNT")]
    pub(super) mempool_transactions: Option<usize>,
    /// Most bytes they may have together [default: 128 MiB]
    #[arg(long, value_name = "BYTES")]
    pub(super) mempool_bytes: Option<usize>,
    /// Most compute units of a block, by what its transactions ask for [default: 60000000]
    #[arg(long, value_name = "UNITS")]
    pub(super) block_units: Option<u64>,
    /// Of these, most of the transactions that write the same account [default: 24000000]
    #[arg(long, value_name = "UNITS")]
    pub(super) account_units: Option<u64>,
    /// What is logged, to the standard error: error, warn, info, debug or trace, or a filter by module [default: info]
    #[arg(long, value_name = "FILTER")]
    pub(super) log: Option<String>,
    /// How it is written [default: text]
    #[arg(long, value_enum)]
    pub(super) log_format: Option<LogFormat>,
    /// Say where the node listens as a line of JSON, not as text
    #[arg(long)]
    pub(super) json: bool,
}

/// Where a faucet's keypair comes from.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub(super) enum FaucetChoice {
    /// `true`: one that is kept with the ledger. `false`: there is no faucet.
    Own(bool),
    /// This file.
    File(PathBuf),
}

impl std::str::FromStr for FaucetChoice {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "true" => Self::Own(true),
            "false" => Self::Own(false),
            file => Self::File(file.into()),
        })
    }
}

impl Settings {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, or has a name that is no flag or a value that is none of it.
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let name = file.display();
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{name}: cannot read the configuration"))?;
        let settings: Self = toml::from_str(&text).with_context(|| format!("{name}: wrong configuration"))?;
        settings.check().with_context(|| format!("{name}: wrong configuration"))?;
        Ok(settings)
    }

    /// The bounds that clap checks for flags.
    fn check(&self) -> anyhow::Result<()> {
        let milliseconds = [("block-ms", self.block_ms), ("idle-block-ms", self.idle_block_ms)];
        for (name, value) in milliseconds {
            ensure!(
                value.is_none_or(|value| (1..=3_600_000).contains(&value)),
                "{name} is not in 1..=3600000"
            );
        }
        ensure!(self.workers.is_none_or(|count| (1..=256).contains(&count)), "workers is not in 1..=256");
        let limit = self.faucet_limit;
        ensure!(
            limit.is_none_or(|sol| (1..=1_000_000_000).contains(&sol)),
            "faucet-limit is not in 1..=1000000000"
        );
        Ok(())
    }

    /// These settings, and `other`'s where these say nothing.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            ledger: self.ledger.or(other.ledger),
            reset: self.reset || other.reset,
            genesis: self.genesis.or(other.genesis),
            faucet: self.faucet.or(other.faucet),
            faucet_limit: self.faucet_limit.or(other.faucet_limit),
            block_ms: self.block_ms.or(other.block_ms),
            idle_block_ms: self.idle_block_ms.or(other.idle_block_ms),
            history: self.history.or(other.history),
            workers: self.workers.or(other.workers),
            engine: self.engine.or(other.engine),
            bind: self.bind.or(other.bind),
            rpc_port: self.rpc_port.or(other.rpc_port),
            ws_port: self.ws_port.or(other.ws_port),
            mempool_transactions: self.mempool_transactions.or(other.mempool_transactions),
            mempool_bytes: self.mempool_bytes.or(other.mempool_bytes),
            block_units: self.block_units.or(other.block_units),
            account_units: self.account_units.or(other.account_units),
            log: self.log.or(other.log),
            log_format: self.log_format.or(other.log_format),
            json: self.json || other.json,
        }
    }

    /// Directory of the ledger.
    pub(super) fn directory(&self) -> &Path {
        self.ledger.as_deref().unwrap_or(Path::new("sealane-ledger"))
    }

    /// Which blocks are kept.
    pub(super) fn history_policy(&self) -> HistoryPolicy {
        self.history.map_or(HistoryPolicy::All, HistoryPolicy::Last)
    }

    /// Where the server listens.
    ///
    /// # Errors
    /// If there is no port after the HTTP port, or it is the same.
    pub(super) fn serve(&self) -> anyhow::Result<ServeConfig> {
        let address = self.bind.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let rpc_port = self.rpc_port.unwrap_or(RPC_PORT);
        let ws_port = match self.ws_port {
            Some(port) => port,
            None if rpc_port == 0 => 0,
            None => {
                rpc_port.checked_add(1).context("there is no port after --rpc-port: name one by --ws-port")?
            }
        };
        ensure!(ws_port != rpc_port || ws_port == 0, "--ws-port is the same as --rpc-port");
        if !address.is_loopback() {
            tracing::warn!(%address, "this node can be reached from other machines; see `sealane node --help` for what that means");
        }
        let (http, websocket) = ((address, rpc_port).into(), (address, ws_port).into());
        Ok(ServeConfig { http, websocket, ..ServeConfig::default() })
    }

    /// How the chain works.
    pub(super) fn chain(&self, identity: Address, faucet: Option<solana_keypair::Keypair>) -> ChainConfig {
        let defaults = ChainConfig::new(identity);
        let MempoolLimits { transaction_count, size_bytes } = defaults.mempool;
        let BlockLimits { units, account_units } = defaults.limits;
        ChainConfig {
            block_ms: self.block_ms.unwrap_or(defaults.block_ms),
            idle_block_ms: self.idle_block_ms.unwrap_or(defaults.idle_block_ms),
            mempool: MempoolLimits {
                transaction_count: self.mempool_transactions.unwrap_or(transaction_count),
                size_bytes: self.mempool_bytes.unwrap_or(size_bytes),
            },
            limits: BlockLimits {
                units: self.block_units.unwrap_or(units),
                account_units: self.account_units.unwrap_or(account_units),
            },
            faucet: faucet
                .map(|keypair| FaucetConfig { keypair, limit_lamports: self.faucet_limit_lamports() }),
            identity,
            genesis_hash: None,
        }
    }

    /// Most lamports that one airdrop gives.
    pub(super) fn faucet_limit_lamports(&self) -> u64 {
        self.faucet_limit.unwrap_or(1_000).saturating_mul(LAMPORTS_PER_SOL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        settings: Settings,
    }

    fn flags(text: &str) -> Settings {
        Flags::parse_from(std::iter::once("node").chain(text.split_whitespace())).settings
    }

    /// Every flag, as a flag and as a line of a file: they mean the same, so no flag is missing in either.
    #[test]
    fn a_file_can_say_what_flags_say() {
        let from_flags = flags(
            "--ledger L --reset --genesis G --faucet=K --faucet-limit 7 --block-ms 1 --idle-block-ms 2 --history 3 --workers 4 \
             --engine redb --bind ::1 --rpc-port 5 --ws-port 6 --mempool-transactions 8 --mempool-bytes 9 --block-units 10 \
             --account-units 11 --log warn --log-format json --json",
        );
        let file: Settings = toml::from_str(
            "ledger = 'L'\nreset = true\ngenesis = 'G'\nfaucet = 'K'\nfaucet-limit = 7\nblock-ms = 1\nidle-block-ms = 2\n\
             history = 3\nworkers = 4\nengine = 'redb'\nbind = '::1'\nrpc-port = 5\nws-port = 6\nmempool-transactions = 8\n\
             mempool-bytes = 9\nblock-units = 10\naccount-units = 11\nlog = 'warn'\nlog-format = 'json'\njson = true\n",
        )
        .unwrap();
        assert_eq!(file, from_flags);
        file.check().unwrap();
        assert_eq!(Settings::default().or(file.clone()), file, "what flags do not say is the file's");
        let command_line = flags("--block-ms 99 --faucet");
        let both = command_line.or(file.clone());
        assert_eq!((both.block_ms, both.faucet), (Some(99), Some(FaucetChoice::Own(true))), "flags win");
        assert_eq!(both.idle_block_ms, file.idle_block_ms);
    }

    #[test]
    fn wrong_files_are_refused() {
        for (text, expected) in [
            ("blockms = 1", "unknown field `blockms`"),
            ("block-ms = 'soon'", "invalid type"),
            ("workers = 70000", "u16"),
            ("engine = 'none'", "unknown variant"),
        ] {
            let error = toml::from_str::<Settings>(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        for text in ["block-ms = 0", "workers = 0", "faucet-limit = 0", "idle-block-ms = 3600001"] {
            let settings: Settings = toml::from_str(text).unwrap();
            assert!(settings.check().is_err(), "{text}");
        }
    }

    #[test]
    fn ports_follow_one_another() {
        let serve =
            |text| flags(text).serve().map(|serve| (serve.http.to_string(), serve.websocket.to_string()));
        let of = |http: &str, websocket: &str| (http.to_owned(), websocket.to_owned());
        assert_eq!(serve("").unwrap(), of("127.0.0.1:8899", "127.0.0.1:8900"));
        assert_eq!(serve("--rpc-port 9000").unwrap(), of("127.0.0.1:9000", "127.0.0.1:9001"));
        assert_eq!(serve("--rpc-port 0").unwrap(), of("127.0.0.1:0", "127.0.0.1:0"));
        assert_eq!(serve("--bind ::1 --ws-port 7").unwrap(), of("[::1]:8899", "[::1]:7"));
        assert!(serve("--rpc-port 65535").is_err());
        assert!(serve("--rpc-port 7 --ws-port 7").is_err());
    }
}
