//! `sealane ledger verify`: executes all blocks of a ledger anew, from its genesis, and compares everything they say.
//!
//! Opening the ledger has already held its accounts against the last block's state root, so that when all blocks agree, so
//! does what is stored.

use super::print_json;
use super::snapshot;
use crate::cli::open;
use crate::cli::progress::{Audience, Unit, bar};
use anyhow::{Context, ensure};
use clap::Args;
use sealane_runtime::ledger::snapshot::Expected;
use sealane_runtime::{BlockError, Fatal, Ledger, LedgerReader, Runtime};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Execute all blocks anew and compare everything they say.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  sealane ledger verify LEDGER --genesis genesis.toml\n  sealane ledger verify LEDGER --from block-7.snapshot\n  sealane ledger verify LEDGER --workers 4 --json"
)]
pub(super) struct VerifyCommand {
    /// Directory of the ledger
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// What the ledger began with, as `sealane run` was given it [default: the programs alone]
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    genesis: Option<PathBuf>,
    /// Begin with a snapshot, and not with the genesis: blocks up to the snapshot's are taken as they are
    #[arg(long, value_name = "SNAPSHOT")]
    from: Option<PathBuf>,
    /// Threads that execute [default: one a processor]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Verdict {
    verified: bool,
    /// The block it began behind, which was taken as it is.
    from_block: u64,
    /// The last block that agrees.
    last_block: u64,
    state_root: String,
    difference: Option<Difference>,
}

/// The first block that is not what executing gives.
#[derive(Serialize)]
struct Difference {
    block: u64,
    /// What of it differs.
    field: String,
    reason: String,
}

/// What the blocks are executed on, and where its state comes from.
struct Beginning {
    runtime: Runtime,
    /// The first block to be executed.
    first: u64,
}

impl VerifyCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let ledger = open::existing(&self.directory, self.workers)?;
        let reader = ledger.reader();
        let Beginning { mut runtime, first } = self.beginning(&ledger)?;
        let last_number = reader.last().header.number;
        let count = (last_number + 1).saturating_sub(first);
        let progress = bar(Some(count), "verifying", Unit::Blocks, Audience::of_json(self.json));
        let mut difference = None;
        for number in first..=last_number {
            if let Err(found) = check(&mut runtime, &reader, number)? {
                difference = Some(found);
                break;
            }
            progress.inc(1);
        }
        progress.finish_and_clear();
        self.report(&Verdict {
            verified: difference.is_none(),
            from_block: first - 1,
            last_block: runtime.last_header().number,
            state_root: runtime.state_root()?.to_string(),
            difference,
        })
    }

    fn beginning(&self, ledger: &Ledger) -> anyhow::Result<Beginning> {
        let reader = ledger.reader();
        let first_kept = reader.first_available_block();
        if let Some(snapshot) = &self.from {
            let runtime = snapshot_runtime(snapshot, ledger)?;
            let first = runtime.last_header().number + 1;
            ensure!(
                first_kept <= first,
                "the ledger keeps no blocks before {first_kept}, and the snapshot is of block {}: take a later one",
                first - 1
            );
            return Ok(Beginning { runtime, first });
        }
        let header = reader.header(0)?.filter(|_| first_kept <= 1).with_context(|| {
            format!(
                "the ledger keeps no blocks before {first_kept}, so they cannot be executed from the genesis on: name a \
                 snapshot of that block or a later one by --from"
            )
        })?;
        let genesis = open::genesis(self.genesis.as_deref())?;
        Ok(Beginning { runtime: open::genesis_runtime(ledger, &header, &genesis)?, first: 1 })
    }

    fn report(&self, verdict: &Verdict) -> anyhow::Result<ExitCode> {
        if self.json {
            print_json(verdict)?;
        }
        let Verdict { from_block, last_block, state_root, difference, .. } = verdict;
        if let Some(Difference { block, reason, .. }) = difference {
            eprintln!(
                "error: block {block}: {reason}. Blocks up to {last_block} are right; restore the ledger from a snapshot or \
                 a copy of before"
            );
            return Ok(ExitCode::FAILURE);
        }
        if self.json {
            return Ok(ExitCode::SUCCESS);
        }
        if from_block == last_block {
            println!(
                "There is no block behind block {from_block}, which was taken as it is: state root {state_root}"
            );
        } else {
            println!(
                "Blocks {} to {last_block} are what executing them gives: state root {state_root}",
                from_block + 1
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A runtime in memory where the snapshot stands, which must be of a block of the ledger.
fn snapshot_runtime(path: &Path, ledger: &Ledger) -> anyhow::Result<Runtime> {
    let snapshot = snapshot::open(path)?;
    let number = snapshot.head().header.number;
    let header = ledger.reader().header(number)?.with_context(|| {
        format!("{}: the snapshot is of block {number}, which the ledger does not have", path.display())
    })?;
    let expected = Expected { block_hash: Some(header.hash()), digest: None };
    Runtime::from_snapshot(ledger.runtime().config().clone(), snapshot, &expected)
        .with_context(|| format!("{}: the snapshot is refused", path.display()))
}

/// Executes a block of the ledger anew; gives in what it differs, if it does.
///
/// # Errors
/// If this node is at fault.
fn check(
    runtime: &mut Runtime,
    reader: &LedgerReader,
    number: u64,
) -> anyhow::Result<Result<(), Difference>> {
    let differs =
        |field: &str, reason: String| Ok(Err(Difference { block: number, field: field.to_owned(), reason }));
    let block = match reader.block(number) {
        Ok(Some(block)) => block,
        Ok(None) => return differs("block", "it is missing".to_owned()),
        Err(error) => return differs("block", error.to_string()),
    };
    match runtime.replay_block(&block) {
        Ok(_) => Ok(Ok(())),
        Err(BlockError::Fatal(fatal)) => Err(cannot_execute(number, fatal)),
        Err(error) => differs(field(&error), error.to_string()),
    }
}

fn cannot_execute(number: u64, fatal: Fatal) -> anyhow::Error {
    anyhow::Error::from(fatal).context(format!("block {number} cannot be executed"))
}

/// What of a block is wrong.
const fn field(error: &BlockError) -> &'static str {
    match error {
        BlockError::RejectedInBlock { .. } => "transactions",
        BlockError::NotNext { .. } => "parent",
        BlockError::TimeRunsBackwards { .. } => "unix_time",
        BlockError::Mismatch { field } => field,
        BlockError::TooLarge { .. } => "count",
        BlockError::Fatal(_) => "fatal",
    }
}
