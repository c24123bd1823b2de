//! The commands, one file each.

mod bench;

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
}

impl Command {
    /// Runs the command. The exit code is not 0 where the command ran and its answer is bad news.
    ///
    /// # Errors
    /// Whatever kept the command from running.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.subcommand {
            Subcommand::Bench(command) => command.run(),
        }
    }
}
