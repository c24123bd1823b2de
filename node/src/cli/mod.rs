//! The commands, one file or folder each, and what they share.

mod bench;
mod ledger;
mod run;

mod open;
mod progress;
mod records;

use clap::Parser;
use std::process::ExitCode;

/// The Sealevel execution model on WebAssembly: transactions name their accounts, a dependency graph finds what can run
/// side by side, and the result is always the one that running them one after another would give.
#[derive(Debug, Parser)]
#[command(name = "sealane", version, propagate_version = true, max_term_width = 120)]
pub(crate) struct Command {
    #[command(subcommand)]
    subcommand: Subcommand,
}

#[derive(Debug, clap::Subcommand)]
enum Subcommand {
    /// Measure a workload: the same signed transactions, serially and in parallel, compared
    Bench(bench::BenchCommand),
    /// Execute a file of blocks of raw transactions on a ledger on disk
    Run(run::RunCommand),
    /// Read a ledger on disk, or check it
    Ledger(ledger::LedgerCommand),
}

impl Command {
    /// Runs the command. The exit code is not 0 where the command ran and its answer is bad news.
    ///
    /// # Errors
    /// Whatever kept the command from running.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.subcommand {
            Subcommand::Bench(command) => command.run(),
            Subcommand::Run(command) => command.run(),
            Subcommand::Ledger(command) => command.run(),
        }
    }
}
