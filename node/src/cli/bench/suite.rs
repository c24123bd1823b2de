//! `sealane bench suite`: all workloads over contention and workers, written as one page and one JSON object.
//!
//! What the command line asks for goes to the suite of the library; what it finds is written after each workload, so that
//! whoever stops the command keeps what was measured.

use super::pictures::Folder;
use super::report::{add, table, thousands};
use crate::cli::progress::{Audience, Unit, bar};
use clap::Args;
use clap::builder::PossibleValuesParser;
use comfy_table::Table;
use indicatif::ProgressBar;
use sealane_benches::Contention;
use sealane_benches::suite::{
    self, Cell, Machine, SuiteOptions, SuiteReport, SuiteWorkload, WORKLOADS, Watcher, doubling, utc_now,
};
use std::path::PathBuf;
use std::process::ExitCode;

/// The page's file.
const PAGE: &str = "index.html";
/// The JSON object's file.
const DATA: &str = "suite.json";

/// Levels of contention where none is named.
const CONTENTIONS: [Contention; 4] = [
    Contention::Uniform,
    Contention::Zipf { exponent: 1.0 },
    Contention::Hot { percent: 50.0 },
    Contention::Hot { percent: 100.0 },
];

#[derive(Args, Clone, Debug)]
pub(super) struct SuiteCommand {
    /// Folder for the page and the JSON object, `index.html` and `suite.json`; made if it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Workloads, with commas between them [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = PossibleValuesParser::new(WORKLOADS.map(|workload| workload.name)))]
    workloads: Vec<String>,
    /// A level of contention: `uniform`, `zipf:EXPONENT` or `hot:PERCENT`; repeat it for several [default: uniform, zipf:1,
    /// hot:50 and hot:100]
    #[arg(long, value_name = "PATTERN")]
    contention: Vec<Contention>,
    /// Numbers of workers, with commas between them [default: 1, 2, 4 and so on, up to one a processor]
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Vec<u16>,
    /// Transactions of each workload at each contention
    #[arg(long, default_value_t = 20_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    transactions: u32,
    /// Users; at least 2
    #[arg(long, default_value_t = 10_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(2..=20_000_000))]
    accounts: u32,
    /// Transactions a block
    #[arg(long, default_value_t = 10_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    block_size: u32,
    /// What all random choices derive from: the same seed makes the same transactions
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How often each run is made; the figures are medians
    #[arg(long, default_value_t = 3, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1_000))]
    repeats: u16,
    /// Don't check signatures
    #[arg(long)]
    skip_signatures: bool,
    /// Don't compute roots in each block; the runs are still compared, by a root computed after the clock stopped
    #[arg(long)]
    skip_root: bool,
    /// Print the JSON object on stdout as well, instead of a table
    #[arg(long)]
    json: bool,
}

impl SuiteCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let folder = Folder::prepare(&self.out)?;
        folder.expect_replaceable(&[PAGE, DATA])?;
        let mut report = SuiteReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            date: utc_now(),
            machine: Machine::this(),
            options: self.options(),
            cells: Vec::new(),
        };
        let options = report.options.clone();
        let progress = Progress {
            bar: bar(Some(options.step_count() as u64), "", Unit::Transactions, Audience::People),
        };
        for workload in &options.workloads {
            report.cells.extend(suite::measure(workload, &options, &progress)?);
            folder.replace(DATA, &report.to_json()?)?;
            folder.replace(PAGE, &suite::page(&report)?)?;
        }
        progress.bar.finish_and_clear();
        self.print(&report)?;
        let mut code = ExitCode::SUCCESS;
        for cell in report.differing() {
            eprintln!("error: the parallel run differs from the serial one in the cell {}", cell.name());
            code = ExitCode::FAILURE;
        }
        if report.differing().next().is_some() {
            eprintln!("This is a bug. Please report it with the command line: {}", options.command);
        }
        Ok(code)
    }

    fn options(&self) -> SuiteOptions {
        let named = |name: &String| SuiteWorkload::named(name);
        // Those that are named, in their own order: a workload named twice is measured once.
        let is_asked = |workload: &SuiteWorkload| {
            self.workloads.is_empty()
                || self.workloads.iter().filter_map(named).any(|asked| asked.name == workload.name)
        };
        let mut contentions: Vec<Contention> = Vec::new();
        let asked = if self.contention.is_empty() { &CONTENTIONS[..] } else { &self.contention };
        for contention in asked {
            if !contentions.contains(contention) {
                contentions.push(*contention);
            }
        }
        let mut workers: Vec<usize> = self.workers.iter().map(|count| usize::from(*count)).collect();
        if workers.is_empty() {
            workers = doubling(Machine::this().processors);
        }
        workers.sort_unstable();
        workers.dedup();
        SuiteOptions {
            command: command_line(std::env::args()),
            workloads: WORKLOADS.into_iter().filter(is_asked).collect(),
            contentions,
            workers,
            transactions: self.transactions as usize,
            accounts: self.accounts as usize,
            block_size: self.block_size as usize,
            seed: self.seed,
            repeats: usize::from(self.repeats),
            signatures_checked: !self.skip_signatures,
            root_computed: !self.skip_root,
        }
    }

    /// The JSON object alone, or a table and where the page is.
    fn print(&self, report: &SuiteReport) -> anyhow::Result<()> {
        if self.json {
            println!("{}", report.to_json()?);
            return Ok(());
        }
        println!("\nTransactions a second, and times as fast as serially\n{}", figures(report));
        let skipped = report.options.skipped();
        if !skipped.is_empty() {
            println!("Skipped, and so not in these figures: {}.", skipped.join(", "));
        }
        println!("The page: {}", self.out.join(PAGE).display());
        Ok(())
    }
}

/// A row a workload and contention: they have the serial runs in common.
fn figures(report: &SuiteReport) -> Table {
    let names = report.options.workers.iter().map(|count| match count {
        1 => "1 worker".to_owned(),
        _ => format!("{count} workers"),
    });
    let header: Vec<String> = ["".to_owned(), "serial".to_owned()].into_iter().chain(names).collect();
    let mut table = table(&header.iter().map(String::as_str).collect::<Vec<_>>());
    for row in report.cells.chunks(report.options.workers.len().max(1)) {
        let Some(first) = row.first() else { continue };
        let mut figures = vec![thousands(first.serial.transactions_per_second)];
        figures.extend(row.iter().map(parallel_figures));
        add(&mut table, &format!("{}, {}", first.workload, first.contention), &figures);
    }
    table
}

fn parallel_figures(cell: &Cell) -> String {
    let differs = if cell.identical { "" } else { " DIFFERS" };
    format!("{} ({:.2}){differs}", thousands(cell.parallel.transactions_per_second), cell.speedup)
}

/// The bar over all cells.
struct Progress {
    bar: ProgressBar,
}

impl Watcher for Progress {
    fn began(&self, what: String) {
        self.bar.set_message(what);
    }

    fn advanced(&self, transaction_count: usize) {
        self.bar.inc(transaction_count as u64);
    }
}

/// The command line as somebody would type it, the path of the binary shortened to its name.
fn command_line(arguments: impl Iterator<Item = String>) -> String {
    let words = arguments.skip(1).map(|word| {
        let is_plain = |sign: char| sign.is_alphanumeric() || "-_=./:,".contains(sign);
        match !word.is_empty() && word.chars().all(is_plain) {
            true => word,
            false => format!("'{}'", word.replace('\'', "'\\''")),
        }
    });
    std::iter::once("sealane".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_can_be_typed_again() {
        let words = ["/bin/sealane", "bench", "--out", "my results", "it's", "", "hot:50"].map(str::to_owned);
        assert_eq!(command_line(words.into_iter()), r"sealane bench --out 'my results' 'it'\''s' '' hot:50");
    }
}
