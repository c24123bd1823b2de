//! `sealane ledger`: reading a ledger on disk, checking it, handing it on.

mod account;
mod block;
mod info;
mod snapshot;
mod transaction;
mod verify;

use super::print::{print, print_json, print_rows};
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Read a ledger on disk, check it, or hand it on.
#[derive(Args, Debug)]
pub(crate) struct LedgerCommand {
    #[command(subcommand)]
    subcommand: LedgerSubcommand,
}

#[derive(Debug, Subcommand)]
enum LedgerSubcommand {
    /// What the ledger is: its engine, its last block, the blocks it keeps, how much it holds, its rules
    #[command(after_help = "Examples:\n  sealane ledger info LEDGER\n  sealane ledger info LEDGER --json")]
    Info(info::InfoCommand),
    /// An account, as the last block left it
    #[command(
        after_help = "Examples:\n  sealane ledger account LEDGER SysvarC1ock11111111111111111111111111111111\n  \
                      sealane ledger account LEDGER ADDRESS --json > account.json"
    )]
    Account(account::AccountCommand),
    /// A block with its transactions
    #[command(
        after_help = "Examples:\n  sealane ledger block LEDGER 7\n  sealane ledger block LEDGER 7 --json"
    )]
    Block(block::BlockCommand),
    /// A transaction: where it stands, and what became of it
    #[command(after_help = "Examples:\n  sealane ledger transaction LEDGER SIGNATURE\n  \
                      sealane ledger transaction LEDGER SIGNATURE --json")]
    Transaction(transaction::TransactionCommand),
    /// Execute all blocks anew and compare everything they say
    ///
    /// Begins with the genesis of the ledger and executes block after block beside it, in memory: parents, transactions, receipts,
    /// batches and state roots must be what executing gives. Exits with 1 if something is not, and names the first block
    /// that differs, and in what.
    Verify(verify::VerifyCommand),
    /// Write the ledger, as its last block left it, to one file
    ///
    /// The file has all accounts, what replay protection remembers and the rules, checked by the last header's state root, and no
    /// blocks. It bears its name once it is whole. The same ledger at the same block gives the same file.
    #[command(after_help = "Examples:\n  sealane ledger snapshot LEDGER --out block-7.snapshot\n  \
                      sealane ledger snapshot LEDGER --out block-7.snapshot --json")]
    Snapshot(snapshot::SnapshotCommand),
    /// Make a ledger of a snapshot
    ///
    /// It goes on as the ledger that the snapshot was written of, but has no blocks before it. A restoration that was interrupted
    /// goes on with the same command. That the snapshot's block is the right one only somebody else can say: compare
    /// its hash, or give it by `--block-hash`.
    #[command(after_help = "Examples:\n  sealane ledger restore block-7.snapshot --ledger COPY\n  \
                      sealane ledger restore block-7.snapshot --ledger COPY --engine redb --block-hash HASH")]
    Restore(snapshot::RestoreCommand),
    /// Check all of a snapshot, and keep nothing of it
    #[command(after_help = "Examples:\n  sealane ledger check-snapshot block-7.snapshot\n  \
                      sealane ledger check-snapshot block-7.snapshot --digest DIGEST --json")]
    CheckSnapshot(snapshot::CheckSnapshotCommand),
}

impl LedgerCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.subcommand {
            LedgerSubcommand::Info(command) => command.run(),
            LedgerSubcommand::Account(command) => command.run(),
            LedgerSubcommand::Block(command) => command.run(),
            LedgerSubcommand::Transaction(command) => command.run(),
            LedgerSubcommand::Verify(command) => command.run(),
            LedgerSubcommand::Snapshot(command) => command.run(),
            LedgerSubcommand::Restore(command) => command.run(),
            LedgerSubcommand::CheckSnapshot(command) => command.run(),
        }
    }
}
