//! The commands, one file or folder each, and what they share.

mod bench;
mod build;
mod check;
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
    ///
    /// The ledger is made where there is none, with the programs built in, the token and the associated-token program, and what
    /// a genesis file adds.
    ///
    /// FILE holds transactions as they are sent to a node, in one of two formats, known by their first bytes. As JSON Lines: a
    /// transaction a line in base64, `"…"` or `{"transaction": "…"}`, and before each block a line `{"block": {"unix_time": SECONDS}}`.
    /// In bincode 2 (standard configuration): blocks `{ unix_time: i64, transactions: Vec<Vec<u8>> }`, one behind the other.
    ///
    /// Each block is reported once it is durable; blocks before a fault in the input stay, and what is printed says how to go
    /// on. Rejected transactions are left out of their block and listed with their place; they do not stop the run.
    ///
    /// Exits with 0 when all blocks are on the ledger, 1 if something stopped it before, 2 if the command line is wrong.
    Run(run::RunCommand),
    /// Build a program with stock cargo: the module that a node deploys
    ///
    /// The crate is a program for Sealane (it depends on sealane-sdk) or one for Solana (solana-program, pinocchio, Anchor, SPL), built
    /// unmodified. Compiler flags, profile, a small memory, and for Solana the allocator, the log of panics and known patches of dependencies
    /// are seen to; overflow checks are those of the workspace's release profile. The module is left in the target directory as
    /// `sealane/NAME.wasm`, with the compiler's version and the program's IDL in sections of their own. The same toolchain,
    /// sources and lock file give the same bytes in every folder.
    ///
    /// Exits with 1 if it does not build, could not be deployed, or has another hash than `--verify` says.
    #[command(after_help = "Examples:\n  sealane build\n  sealane build programs/counter --json\n  \
                      sealane build --verify 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    Build(build::BuildCommand),
    /// Check that a module can be deployed, and say how to mend it
    ///
    /// Exits with 1 if a node would refuse it for another reason than its size, which is a warning.
    #[command(
        after_help = "Examples:\n  sealane check target/sealane/counter.wasm\n  sealane check program.wasm --json"
    )]
    Check(check::CheckCommand),
    /// Read a ledger on disk, check it, or hand it on
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
            Subcommand::Build(command) => command.run(),
            Subcommand::Check(command) => command.run(),
            Subcommand::Ledger(command) => command.run(),
        }
    }
}
