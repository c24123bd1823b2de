//! `sealane bench`: makes a workload, runs it serially and in parallel, prints how fast each was and whether they agree.

mod contention;
mod pictures;
mod report;

use anyhow::Context;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use report::Report;
use sealane_benches::{
    Checks, Contention, Side, Workload, WorkloadContention, WorkloadOptions, measure, transfer,
};
use sealane_runtime::{Observation, RuntimeConfig};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Measure a workload: the same signed transactions, serially and in parallel, compared.
#[derive(Args, Debug)]
pub(crate) struct BenchCommand {
    #[command(subcommand)]
    workload: WorkloadCommand,
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
                      sealane bench transfer --contention hot:100 --skip-signatures --skip-root --json"
    )]
    Transfer(Options),
}

/// What every workload takes.
#[derive(Args, Clone, Debug)]
struct Options {
    /// Transactions in all
    #[arg(long, default_value_t = 100_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    transactions: u32,
    /// Token accounts, one a user; at least 2
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
    /// `hot:PERCENT` (so many per cent on one account)
    #[arg(long, default_value = "uniform", value_name = "PATTERN")]
    contention: Contention,
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
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

impl BenchCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let WorkloadCommand::Transfer(options) = self.workload;
        let checks = Checks { signatures: !options.skip_signatures, roots: !options.skip_root };
        let block_count = options.transactions.div_ceil(options.block_size) as usize;
        let workers = options.workers.map_or_else(|| RuntimeConfig::default().workers, usize::from);
        let config = measure::runtime_config(workers, checks, block_count);
        let folder = options.pictures.as_deref().map(pictures::Folder::prepare).transpose()?;
        let is_observed = options.explain || folder.is_some();
        let observation = if is_observed { Observation::On } else { Observation::Off };
        let config = RuntimeConfig { observation, ..config };

        let workload = sign_transfers(&options, &config).context("cannot make the workload `transfer`")?;
        let progress = bar(2 * u64::from(options.transactions), "serial  ", options.json);
        let comparison = measure::measure(&workload, &config, |side, count| {
            progress.set_message(match side {
                Side::Serial => "serial  ",
                Side::Parallel => "parallel",
            });
            progress.inc(count as u64);
        })?;
        progress.finish_and_clear();

        let contention = match is_observed {
            true => Some(WorkloadContention::new(&comparison, &workload.labels)?),
            false => None,
        };
        if let (Some(folder), Some(contention)) = (&folder, &contention) {
            folder.draw(&comparison, contention, &workload.labels)?;
        }
        let explained = contention.filter(|_| options.explain);
        let report = Report::new(&workload, &options, workers, checks, &comparison, explained);
        if options.json {
            report.print_json()?
        } else {
            report.print_table();
        }
        Ok(if comparison.identical { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn sign_transfers(options: &Options, config: &RuntimeConfig) -> anyhow::Result<Workload> {
    let transfers = WorkloadOptions {
        transactions: options.transactions as usize,
        accounts: options.accounts as usize,
        block_size: options.block_size as usize,
        seed: options.seed,
        contention: options.contention,
    };
    let progress = bar(u64::from(options.transactions), "signing ", options.json);
    let workload = transfer(&transfers, config, &|| progress.inc(1))?;
    progress.finish_and_clear();
    Ok(workload)
}

/// A progress bar on stderr; none where the output is for a machine (and none, by itself, where stderr is no terminal).
fn bar(length: u64, message: &'static str, hidden: bool) -> ProgressBar {
    if hidden {
        return ProgressBar::hidden();
    }
    let template = "{msg} [{bar:40}] {human_pos}/{human_len} transactions, {per_sec}, {eta} left";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(length).with_style(style.progress_chars("=> ")).with_message(message);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
