//! `sealane ledger snapshot|restore|check-snapshot`: a whole ledger at one block as a file, and back.

use super::{print_json, print_rows};
use crate::cli::open::{self, EngineName};
use crate::cli::progress::{Audience, Unit, bar};
use crate::cli::records::HeaderRecord;
use anyhow::Context;
use clap::Args;
use indicatif::ProgressBar;
use sealane_runtime::Ledger;
use sealane_runtime::ledger::snapshot::{
    Expected, SnapshotReader, SnapshotSummary, verify_snapshot, write_snapshot_file,
};
use sealane_runtime::schedule::Workers;
use sealane_sdk::instruction::Hash;
use serde::Serialize;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Write the ledger, as its last block left it, to one file.
#[derive(Args, Debug)]
pub(super) struct SnapshotCommand {
    /// Directory of the ledger
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// The snapshot; one of that name is replaced when the new one is whole
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Make a ledger of a snapshot.
#[derive(Args, Debug)]
pub(super) struct RestoreCommand {
    /// The snapshot
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Directory for the ledger; made if it is missing
    #[arg(long, value_name = "DIR")]
    ledger: PathBuf,
    /// What keeps the tables [default: fjall]
    #[arg(long, value_enum)]
    engine: Option<EngineName>,
    #[command(flatten)]
    expected: ExpectedOptions,
    /// Threads that check accounts [default: one a processor]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Check all of a snapshot, and keep nothing of it.
#[derive(Args, Debug)]
pub(super) struct CheckSnapshotCommand {
    /// The snapshot
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    expected: ExpectedOptions,
    /// Threads that check accounts [default: one a processor]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What is known of a snapshot from elsewhere.
#[derive(Args, Clone, Debug)]
struct ExpectedOptions {
    /// Hash of the snapshot's block, as somebody trustworthy has it
    #[arg(long, value_name = "HASH")]
    block_hash: Option<Hash>,
    /// Digest of the snapshot, as somebody trustworthy has it: it covers rules and replay protection, too
    #[arg(long, value_name = "HASH")]
    digest: Option<Hash>,
}

/// What a snapshot is.
#[derive(Serialize)]
struct SnapshotRecord {
    #[serde(flatten)]
    header: HeaderRecord,
    accounts: u64,
    data_bytes: u64,
    lamports: u128,
    file_bytes: u64,
    digest: String,
}

impl SnapshotCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let ledger = open::existing(&self.directory, None)?;
        let source = ledger.snapshot()?.into_source()?;
        let progress = bar(None, "writing", Unit::Accounts, Audience::of_json(self.json));
        let summary = write_snapshot_file(&source, &self.out, &mut |totals| {
            progress.set_position(totals.account_count);
        });
        progress.finish_and_clear();
        let summary =
            summary.with_context(|| format!("{}: the snapshot cannot be written", self.out.display()))?;
        SnapshotRecord::new(&summary).print(self.json)
    }
}

impl RestoreCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let refused = || format!("cannot restore {} to {}", self.file.display(), self.ledger.display());
        open::check_engine(&self.ledger, self.engine)?;
        let mut config = open::config(self.workers);
        config.engine = self.engine.map(EngineName::engine).unwrap_or_default();
        let file = open_file(&self.file)?;
        let progress = reading(&file, "restoring", self.json)?;
        let expected = self.expected.expected();
        let ledger = Ledger::restore(&self.ledger, config, BufReader::new(file), &expected, &mut |totals| {
            progress.set_position(totals.file_bytes);
        });
        progress.finish_and_clear();
        let ledger = ledger.with_context(refused)?;
        let record = HeaderRecord::new(ledger.last_header(), ledger.last_hash());
        ledger.close().with_context(refused)?;
        if self.json {
            print_json(&record)?;
        } else {
            print_rows(&record.rows())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl CheckSnapshotCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let file = open_file(&self.file)?;
        let progress = reading(&file, "checking", self.json)?;
        let refused = || format!("{}: the snapshot is refused", self.file.display());
        let reader = SnapshotReader::new(BufReader::new(file)).with_context(refused)?;
        let workers = Workers::new(open::config(self.workers).runtime.workers)?;
        let summary = verify_snapshot(reader, &self.expected.expected(), &workers, &mut |totals| {
            progress.set_position(totals.file_bytes);
        });
        progress.finish_and_clear();
        SnapshotRecord::new(&summary.with_context(refused)?).print(self.json)
    }
}

impl ExpectedOptions {
    const fn expected(&self) -> Expected {
        Expected { block_hash: self.block_hash, digest: self.digest }
    }
}

impl SnapshotRecord {
    fn new(summary: &SnapshotSummary) -> Self {
        let SnapshotSummary { head, totals, digest } = summary;
        Self {
            header: HeaderRecord::new(&head.header, head.hash()),
            accounts: totals.account_count,
            data_bytes: totals.data_bytes,
            lamports: totals.lamports,
            file_bytes: totals.file_bytes,
            digest: digest.to_string(),
        }
    }

    fn print(&self, json: bool) -> anyhow::Result<ExitCode> {
        if json {
            print_json(self)?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut rows = self.header.rows();
        rows.extend([
            ("accounts", self.accounts.to_string()),
            ("bytes of data", self.data_bytes.to_string()),
            ("lamports", self.lamports.to_string()),
            ("bytes of the file", self.file_bytes.to_string()),
            ("digest", self.digest.clone()),
        ]);
        print_rows(&rows)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A snapshot, its head checked.
pub(super) fn open(path: &Path) -> anyhow::Result<SnapshotReader<BufReader<File>>> {
    SnapshotReader::new(BufReader::new(open_file(path)?))
        .with_context(|| format!("{}: the snapshot is refused", path.display()))
}

fn open_file(path: &Path) -> anyhow::Result<File> {
    File::open(path).with_context(|| format!("{}: cannot open the snapshot", path.display()))
}

/// A bar over the bytes of a file.
fn reading(file: &File, message: &'static str, json: bool) -> anyhow::Result<ProgressBar> {
    Ok(bar(Some(file.metadata()?.len()), message, Unit::Bytes, Audience::of_json(json)))
}
