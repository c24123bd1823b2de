//! `sealane bench`: makes a workload, runs it serially and in parallel, prints how fast each was and whether they agree.

mod contention;
mod node;
mod pictures;
mod report;
mod store;
mod suite;

use super::progress::{Audience, Unit, bar};
use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use report::{Asked, Report};
use sealane_benches::trace::Recording;
use sealane_benches::traffic::{Generator, Progress};
use sealane_benches::{
    Checks, Contention, Shares, Side, Workload, WorkloadContention, WorkloadOptions, dex, lending, measure,
    mixed_by, orderbook, spl, transfer,
};
use sealane_runtime::{Observation, RuntimeConfig};
use std::path::PathBuf;
use std::process::ExitCode;

/// Measure a workload: the same signed transactions, serially and in parallel, compared.
#[derive(Args, Debug)]
pub(crate) struct BenchCommand {
    #[command(subcommand)]
    subcommand: BenchSubcommand,
}

#[derive(Debug, Subcommand)]
enum BenchSubcommand {
    #[command(flatten)]
    Workload(WorkloadCommand),
    /// All generated workloads over levels of contention and numbers of workers, as one HTML page
    ///
    /// Each workload is made at each contention, and run serially and on each number of workers, several times in turns;
    /// each parallel run is compared with the serial one beside it. DIR gets `index.html`, which needs no other file
    /// (plots of throughput by contention, of speed-up by workers and of the stages, with tables, and the throughput that
    /// a model expects of 4, 16 and 64 workers), and the same figures as `suite.json`. Both are written anew after each
    /// workload. The defaults take a few minutes on two processors. Exits with 1 if any two runs differ.
    #[command(after_help = "Examples:\n  sealane bench suite --out results\n  \
                      sealane bench suite --out results --workloads dex,lending --contention zipf:1 --contention hot:20\n  \
                      sealane bench suite --out results --workers 1,2,4 --transactions 100000 --repeats 5\n  \
                      sealane bench suite --out results --skip-signatures --skip-root --json")]
    Suite(suite::SuiteCommand),
    /// A node that runs: signed transfers over HTTP, at a given rate
    ///
    /// Users are funded by the node's faucet and all transfers signed before the time counts. Reported are the transactions that
    /// the node accepted a second, how long answers and confirmations took (by `signatureSubscribe`, from writing the
    /// request), and the CPU time of the node's process a transaction. Exits with 1 if the node accepted nothing.
    #[command(after_help = "Examples:\n  sealane node --faucet & sealane bench node --rate 20000\n  \
                      sealane bench node --url http://127.0.0.1:8899 --rate 10000 --seconds 20 --json")]
    Node(node::NodeCommand),
}

#[derive(Debug, Subcommand)]
enum WorkloadCommand {
    /// Users send each other tokens of one mint
    ///
    /// Makes a mint and token accounts, makes and signs real token-transfer transactions, executes them once serially
    /// and once in parallel from the same start, and compares receipts and state root. Timed from transaction bytes in
    /// memory to the committed block. Exits with 1 if the two runs differ.
    #[command(
        after_help = "Examples:\n  sealane bench transfer\n  sealane bench transfer --contention zipf:1.1 --workers 2\n  \
                      sealane bench transfer --contention zipf:1.1 --explain\n  \
                      sealane bench transfer --contention hot:100 --skip-signatures --skip-root --json\n  \
                      sealane bench transfer --store bench-ledgers --engine redb --reset"
    )]
    Transfer(Options),
    /// Users trade on constant-product pools
    ///
    /// Swaps with exact input and exact output, trades over two pools, and providers who add and remove liquidity; one
    /// pool for a hundred users, all trading against one quote token. The contention says how popular each pool is.
    /// Measured and compared as `transfer` is.
    #[command(
        after_help = "Examples:\n  sealane bench dex\n  sealane bench dex --contention hot:50 --explain\n  sealane bench dex --program spl-token-swap"
    )]
    Dex {
        /// The program that the pools belong to: `own`, or `spl-token-swap` 3, built unmodified from the package registry, with
        /// SPL Token 9 for the tokens
        #[arg(long, value_enum, default_value_t = DexProgram::Own)]
        program: DexProgram,
        #[command(flatten)]
        options: Options,
    },
    /// Traders place, cancel and settle orders on limit order books
    ///
    /// One market for fifty traders; about every other order trades. The contention says how busy each market is: one market
    /// is one account, which all of its transactions write. Measured and compared as `transfer` is.
    #[command(
        after_help = "Examples:\n  sealane bench orderbook\n  sealane bench orderbook --contention uniform --workers 2"
    )]
    Orderbook(Options),
    /// Users deposit, borrow and repay, prices move, loans are liquidated
    ///
    /// Several reserves with a price oracle each. The contention says how popular each reserve is. Measured and compared as
    /// `transfer` is.
    #[command(
        after_help = "Examples:\n  sealane bench lending\n  sealane bench lending --contention uniform --explain\n  sealane bench lending --program spl-token-lending"
    )]
    Lending {
        /// The program that the market belongs to: `own`, or `spl-token-lending` 0.2, built unmodified from the package
        /// registry, with SPL Token 9 for the tokens
        #[arg(long, value_enum, default_value_t = LendingProgram::Own)]
        program: LendingProgram,
        #[command(flatten)]
        options: Options,
    },
    /// All of these on one ledger, each with a share of the transactions
    ///
    /// FILE is TOML: a number each for `transfer`, `dex`, `orderbook` and `lending`, in relation to the sum of all; what is
    /// not named is not drawn. Without FILE the shares resemble a chain of decentralised finance: transfer = 25, dex = 50,
    /// orderbook = 15, lending = 10. Measured and compared as `transfer` is.
    #[command(
        after_help = "Examples:\n  sealane bench mixed\n  sealane bench mixed shares.toml --workers 2 --explain"
    )]
    Mixed {
        /// The shares
        file: Option<PathBuf>,
        #[command(flatten)]
        options: Options,
    },
    /// Replays access sets and costs that were recorded elsewhere
    ///
    /// FILE is JSON Lines: `{"id": "…", "writes": ["…"], "reads": ["…"], "cost": units}` a transaction, and a line
    /// `{"block": number}` before each block. Accounts are any names. Each transaction touches exactly those accounts and
    /// spends that many compute units. Blocks, accounts and what they meet on are the file's: `--transactions`,
    /// `--accounts`, `--block-size` and `--contention` have no effect. Measured and compared as `transfer` is.
    #[command(after_help = "Examples:\n  sealane bench trace benches/traces/example.jsonl\n  \
                      sealane bench trace mainnet.jsonl --workers 2 --explain")]
    Trace {
        /// The trace
        file: PathBuf,
        #[command(flatten)]
        options: Options,
    },
}

/// Which program trades.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum DexProgram {
    Own,
    SplTokenSwap,
}

/// Which program lends.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum LendingProgram {
    Own,
    SplTokenLending,
}

/// Where the transactions come from.
enum Source {
    /// They are made, and meet on accounts as the contention says.
    Generated(Generator, Contention),
    /// As before, by shares.
    Mixed(Shares, Contention),
    /// They were recorded.
    Recorded(Recording),
}

impl WorkloadCommand {
    /// The workload's name, where it comes from, and what else was asked for. Files are read, and so refused, here.
    fn open(self) -> anyhow::Result<(&'static str, Source, Options)> {
        const TRADE: Contention = Contention::Zipf { exponent: 1.0 };
        let generated = |name, generator: Generator, contention, options: Options| {
            (name, Source::Generated(generator, options.contention.unwrap_or(contention)), options)
        };
        Ok(match self {
            Self::Transfer(options) => generated("transfer", transfer, Contention::Uniform, options),
            Self::Dex { program: DexProgram::Own, options } => generated("dex", dex, TRADE, options),
            Self::Dex { program: DexProgram::SplTokenSwap, options } => {
                generated("dex", spl::dex, TRADE, options)
            }
            Self::Orderbook(options) => generated("orderbook", orderbook, TRADE, options),
            Self::Lending { program: LendingProgram::Own, options } => {
                generated("lending", lending, TRADE, options)
            }
            Self::Lending { program: LendingProgram::SplTokenLending, options } => {
                generated("lending", spl::lending, TRADE, options)
            }
            Self::Mixed { file, options } => {
                let shares = file.map_or_else(|| Ok(Shares::default()), |file| Shares::read(&file))?;
                ("mixed", Source::Mixed(shares, options.contention.unwrap_or(TRADE)), options)
            }
            Self::Trace { file, options } => ("trace", Source::Recorded(Recording::read(&file)?), options),
        })
    }
}

impl Source {
    fn transaction_count(&self, options: &Options) -> usize {
        match self {
            Self::Generated(..) | Self::Mixed(..) => options.transactions as usize,
            Self::Recorded(recording) => recording.transaction_count(),
        }
    }

    /// What the report calls the pattern of contention.
    fn pattern(&self) -> String {
        match self {
            Self::Generated(_, contention) | Self::Mixed(_, contention) => contention.to_string(),
            Self::Recorded(_) => "recorded".to_owned(),
        }
    }

    fn make(
        self,
        options: &Options,
        config: &RuntimeConfig,
        progress: Progress<'_>,
    ) -> anyhow::Result<Workload> {
        match self {
            Self::Generated(generator, contention) => {
                generator(&options.workload(contention), config, progress)
            }
            Self::Mixed(shares, contention) => {
                mixed_by(&shares, &options.workload(contention), config, progress)
            }
            Self::Recorded(recording) => recording.workload(options.seed, config, progress),
        }
    }
}

/// What every workload takes.
#[derive(Args, Clone, Debug)]
struct Options {
    /// Transactions in all
    #[arg(long, default_value_t = 100_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    transactions: u32,
    /// Users; at least 2
    #[arg(long, default_value_t = 10_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(2..=20_000_000))]
    accounts: u32,
    /// Transactions a block
    #[arg(long, default_value_t = 10_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    block_size: u32,
    /// Threads that execute [default: one a processor]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    /// What all random choices derive from: the same seed makes the same transactions
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Which accounts the transactions meet on: `uniform`, `zipf:EXPONENT` (rank k in proportion to 1/k^EXPONENT), or
    /// `hot:PERCENT` (so many per cent on one account) [default: `uniform` for `transfer`, else `zipf:1`]
    #[arg(long, value_name = "PATTERN")]
    contention: Option<Contention>,
    /// Don't check signatures
    #[arg(long)]
    skip_signatures: bool,
    /// Don't compute roots in each block; the two runs are still compared, by a root computed after the clock stopped
    #[arg(long)]
    skip_root: bool,
    /// Say what limits parallelism: the longest chains, the hottest accounts, what more workers would give
    #[arg(long)]
    explain: bool,
    /// Draw what limits parallelism: pictures (SVG) and a graph (DOT) of the block with the most costly chain of
    /// dependencies, and the speed-up by workers; files of the same names are overwritten
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
    #[command(flatten)]
    store: store::StoreOptions,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

impl BenchCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.subcommand {
            BenchSubcommand::Workload(command) => command.run(),
            BenchSubcommand::Suite(command) => command.run(),
            BenchSubcommand::Node(command) => command.run(),
        }
    }
}

impl WorkloadCommand {
    fn run(self) -> anyhow::Result<ExitCode> {
        let (name, source, options) = self.open()?;
        let checks = Checks { signatures: !options.skip_signatures, roots: !options.skip_root };
        let workers = options.workers.map_or_else(|| RuntimeConfig::default().workers, usize::from);
        let config = measure::runtime_config(workers, checks);
        let folder = options.pictures.as_deref().map(pictures::Folder::prepare).transpose()?;
        let on_disk = options.store.prepare()?;
        let is_observed = options.explain || folder.is_some();
        let observation = if is_observed { Observation::On } else { Observation::Off };
        let config = RuntimeConfig { observation, ..config };

        let audience = Audience::of_json(options.json);
        let signing =
            bar(Some(source.transaction_count(&options) as u64), "signing ", Unit::Transactions, audience);
        let pattern = source.pattern();
        let workload = source
            .make(&options, &config, &|| signing.inc(1))
            .with_context(|| format!("cannot make the workload `{name}`"))?;
        signing.finish_and_clear();
        let progress =
            bar(Some(2 * workload.transaction_count() as u64), "serial  ", Unit::Transactions, audience);
        let watch = |side, count| {
            progress.set_message(match side {
                Side::Serial => "serial  ",
                Side::Parallel => "parallel",
            });
            progress.inc(count as u64);
        };
        let comparison = match &on_disk {
            None => measure::measure(&workload, &config, watch)?,
            Some(on_disk) => measure::measure_on_disk(&workload, &config, on_disk, watch)?,
        };
        progress.finish_and_clear();

        let contention = match is_observed {
            true => Some(WorkloadContention::new(&comparison, &workload.labels)?),
            false => None,
        };
        if let (Some(folder), Some(contention)) = (&folder, &contention) {
            folder.draw(&comparison, contention, &workload.labels)?;
        }
        let explained = contention.filter(|_| options.explain);
        let store = options.store.report(on_disk.as_ref(), comparison.parallel.stored_bytes);
        let asked = Asked { contention: pattern, seed: options.seed, workers, checks, store };
        let report = Report::new(&workload, asked, &comparison, explained);
        if options.json {
            report.print_json()?
        } else {
            report.print_table();
        }
        Ok(if comparison.identical { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Options {
    fn workload(&self, contention: Contention) -> WorkloadOptions {
        WorkloadOptions {
            transactions: self.transactions as usize,
            accounts: self.accounts as usize,
            block_size: self.block_size as usize,
            seed: self.seed,
            contention,
        }
    }
}
