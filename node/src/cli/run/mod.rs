//! `sealane run`: executes a file of blocks of raw transactions on a ledger on disk, block by block, and says what became of
//! each as soon as it is durable.
//!
//! While a block is written to disk, the next one is executed, and those behind it are read.

mod input;
mod report;

use super::open::{self, EngineName};
use super::progress::{Audience, Unit, bar};
use anyhow::{Context, ensure};
use clap::Args;
use indicatif::ProgressBar;
use input::{Format, Input, InputBlock, InputError, Place};
use report::{Detail, Reporter, Style, Totals};
use sealane_runtime::face::HistoryPolicy;
use sealane_runtime::ledger::store::directory::engine_of;
use sealane_runtime::{Ledger, LedgerError, PendingBlock};
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

/// Execute a file of blocks of raw transactions on a ledger on disk.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  sealane run --ledger LEDGER --input blocks.jsonl --genesis genesis.toml\n  \
                  sealane run --ledger LEDGER --input blocks.bin --json --receipts > results.jsonl\n  \
                  sealane run --ledger LEDGER --input blocks.jsonl --resume\n  \
                  zcat transactions.gz | sealane run --ledger LEDGER --input - --block-size 10000"
)]
pub(crate) struct RunCommand {
    /// Directory of the ledger; made if it is missing
    #[arg(long, value_name = "DIR")]
    ledger: PathBuf,
    /// The blocks; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Format of the input [default: what its first bytes look like]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Transactions a block where the input does not say where blocks begin [default: all are one block]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    block_size: Option<u32>,
    /// What a ledger that is made begins with, beside the default programs: a TOML file; one that is there must have begun
    /// with it [default: the programs alone]
    #[arg(long, value_name = "FILE")]
    genesis: Option<PathBuf>,
    /// What keeps the tables of a ledger that is made [default: fjall]
    #[arg(long, value_enum)]
    engine: Option<EngineName>,
    /// Threads that execute [default: one a processor]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    /// Blocks that are kept, with their receipts: the last so many at least, older ones are taken away in the background; those
    /// that replay protection needs stay in any case [default: all]
    #[arg(long, value_name = "COUNT")]
    history: Option<NonZeroU64>,
    /// Leave out the first so many blocks of the input: they are on the ledger already
    #[arg(long, value_name = "COUNT", default_value_t = 0, conflicts_with = "resume")]
    skip_blocks: u64,
    /// Go on with an input that this ledger began with: leave out as many blocks as the ledger has
    #[arg(long)]
    resume: bool,
    /// Say what became of each transaction, too
    #[arg(long)]
    receipts: bool,
    /// Print JSON Lines: an object a block, with `--receipts` one a transaction behind it, and one at the end
    #[arg(long)]
    json: bool,
}

/// Blocks that are read while others are executed.
const READ_AHEAD_COUNT: usize = 2;

/// How a run ended.
enum End {
    /// All blocks of the input are on the ledger.
    Complete,
    /// Something stopped it.
    Stopped {
        /// Where, if the input is to blame.
        place: Option<String>,
        /// Why.
        reason: String,
    },
}

/// The last object of `--json`.
#[derive(Serialize)]
struct Summary {
    #[serde(flatten)]
    totals: Totals,
    /// Number of the ledger's last block.
    last_block: u64,
    complete: bool,
    /// Where in the input the run stopped, if the input is to blame.
    stopped_at: Option<String>,
    reason: Option<String>,
    /// What `--skip-blocks` goes on with.
    skip_blocks: u64,
}

impl RunCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let (source, length) = self.source()?;
        let file = self.input.display().to_string();
        let block_size = self.block_size.map(|count| count as usize);
        let input = Input::open(source, self.format, block_size)
            .with_context(|| format!("{file}: cannot read the input"))?;
        let mut ledger = self.open_ledger()?;
        let audience = Audience::of_json(self.json);
        let progress = bar(length, "executing", Unit::Bytes, audience);
        let reporter = Reporter {
            out: BufWriter::new(io::stdout().lock()),
            style: if self.json { Style::Json } else { Style::Text },
            detail: if self.receipts { Detail::Receipts } else { Detail::Blocks },
            file,
            totals: Totals::default(),
        };
        let skip_count = if self.resume { ledger.last_header().number } else { self.skip_blocks };
        let steps = read_ahead(input).context("cannot start a thread to read the input")?;
        let mut run = Run { ledger: &mut ledger, steps, reporter, progress, skip_count, last: None };
        let end = run.all(self.resume)?;
        let code = run.finish(&end)?;
        ledger.close()?;
        Ok(code)
    }

    /// The input, and its size in bytes if it has one.
    fn source(&self) -> anyhow::Result<(Box<dyn Read + Send>, Option<u64>)> {
        if self.input == Path::new("-") {
            return Ok((Box::new(io::stdin()), None));
        }
        let file = self.input.display();
        let source = File::open(&self.input).with_context(|| format!("{file}: cannot open the input"))?;
        let metadata = source.metadata().with_context(|| format!("{file}: cannot open the input"))?;
        ensure!(!metadata.is_dir(), "{file}: this is a folder; name a file of blocks");
        let length = metadata.is_file().then_some(metadata.len());
        Ok((Box::new(source), length))
    }

    fn open_ledger(&self) -> anyhow::Result<Ledger> {
        open::check_engine(&self.ledger, self.engine)?;
        let mut config = open::config(self.workers);
        config.history = self.history.map_or(HistoryPolicy::All, HistoryPolicy::Last);
        config.engine = self.engine.map(EngineName::engine).unwrap_or_default();
        if self.genesis.is_none() && engine_of(&self.ledger).is_ok() {
            match Ledger::open(&self.ledger, config.clone()) {
                // It exists by name alone: making it was interrupted.
                Err(LedgerError::Missing | LedgerError::Incomplete) => (),
                opened => return opened.with_context(|| self.cannot_open()),
            }
        }
        let genesis = open::genesis(self.genesis.as_deref())?;
        let ledger =
            Ledger::open_or_create(&self.ledger, config, &genesis).with_context(|| self.cannot_open())?;
        if self.genesis.is_some() {
            open::check_genesis(&ledger, &genesis)?;
        }
        Ok(ledger)
    }

    fn cannot_open(&self) -> String {
        format!("cannot open the ledger in {}", self.ledger.display())
    }
}

/// What reading the input once more gave, and how many bytes of it were read by then.
type Step = (Result<Option<InputBlock>, InputError>, u64);

/// Reads the input in a thread of its own, a few blocks ahead.
fn read_ahead<R: Read + Send + 'static>(mut input: Input<R>) -> io::Result<Receiver<Step>> {
    let (sender, receiver) = sync_channel(READ_AHEAD_COUNT);
    // It is never waited for: a run that stops shall not wait for the rest of its input.
    thread::Builder::new().name("input".to_owned()).spawn(move || {
        loop {
            let block = input.next_block();
            let is_last = !matches!(block, Ok(Some(_)));
            if sender.send((block, input.offset())).is_err() || is_last {
                break;
            }
        }
    })?;
    Ok(receiver)
}

/// A run under way.
struct Run<'r, W: Write> {
    ledger: &'r mut Ledger,
    steps: Receiver<Step>,
    reporter: Reporter<W>,
    progress: ProgressBar,
    /// Blocks of the input that are left out.
    skip_count: u64,
    /// The block that is being written.
    last: Option<(InputBlock, PendingBlock)>,
}

impl<W: Write> Run<'_, W> {
    /// Executes all blocks; `resumes` says that those left out must be the ledger's first.
    ///
    /// # Errors
    /// If results cannot be written.
    fn all(&mut self, resumes: bool) -> anyhow::Result<End> {
        let mut read_count = 0;
        loop {
            let (step, offset) = match self.steps.try_recv() {
                Ok(step) => step,
                // A result does not wait for a next block that is not there yet.
                Err(_) => {
                    if let Some(end) = self.settle()? {
                        return Ok(end);
                    }
                    self.steps.recv().context("the thread that reads the input has ended")?
                }
            };
            let block = match step {
                Ok(Some(block)) => block,
                Ok(None) => break,
                Err(error) => {
                    let ended = self.settle()?;
                    return Ok(ended.unwrap_or_else(|| self.malformed(read_count, &error)));
                }
            };
            read_count += 1;
            self.progress.set_position(offset);
            if read_count <= self.skip_count {
                if resumes && let Some(reason) = self.differs(read_count, &block)? {
                    return Ok(self.stopped_at(block.place, &reason));
                }
                continue;
            }
            if let Some(end) = self.execute(block)? {
                return Ok(end);
            }
        }
        if let Some(end) = self.settle()? {
            return Ok(end);
        }
        if read_count < self.skip_count {
            let reason = format!(
                "the input has {read_count} blocks, and {} were to be left out: is it another one?",
                self.skip_count
            );
            return Ok(End::Stopped { place: None, reason });
        }
        if read_count == 0 {
            return Ok(End::Stopped { place: None, reason: "the input holds no block".to_owned() });
        }
        Ok(End::Complete)
    }

    /// Executes a block and reports the one before it. Gives how the run ended, if it did.
    fn execute(&mut self, block: InputBlock) -> anyhow::Result<Option<End>> {
        let last = *self.ledger.last_header();
        let next_number = last.number + 1;
        if let Some(number) = block.number.filter(|number| *number != next_number) {
            let ended = self.settle()?;
            let reason = format!(
                "the input says that this is block {number}, but the ledger's next one is {next_number}: leave out what is \
                 there already with --skip-blocks, or name the ledger that the input continues"
            );
            return Ok(Some(ended.unwrap_or_else(|| self.stopped_at(block.place, &reason))));
        }
        let unix_time = block.unix_time.unwrap_or_else(|| last.unix_time.saturating_add(1));
        match self.ledger.execute_ahead(unix_time, &block.transactions) {
            Ok(pending) => {
                let ended = self.settle()?;
                self.last = Some((block, pending));
                Ok(ended)
            }
            Err(error) => {
                let ended = self.settle()?;
                let place = block.place;
                Ok(Some(ended.unwrap_or_else(|| match error {
                    LedgerError::Block(error) => self.stopped_at(place, &error.to_string()),
                    error => End::Stopped { place: None, reason: error.to_string() },
                })))
            }
        }
    }

    /// Waits for the block that is being written, and reports it. Gives how the run ended, if it did.
    fn settle(&mut self) -> anyhow::Result<Option<End>> {
        let Some((input, pending)) = self.last.take() else { return Ok(None) };
        match pending.wait() {
            Ok(executed) => {
                let Self { reporter, progress, .. } = self;
                progress.suspend(|| reporter.block(&input, &executed)).context("cannot write results")?;
                Ok(None)
            }
            Err(error) => Ok(Some(End::Stopped { place: None, reason: error.to_string() })),
        }
    }

    /// Why a block that is left out cannot be the one that the ledger has, if it cannot.
    fn differs(&self, number: u64, block: &InputBlock) -> anyhow::Result<Option<String>> {
        let Some(header) = self.ledger.reader().header(number)? else { return Ok(None) };
        let unix_time = header.unix_time;
        Ok(block.unix_time.filter(|stated| *stated != unix_time).map(|stated| {
            format!(
                "the input's block {number} has the time {stated}, the ledger's {unix_time}: the ledger did not begin with \
                 this input; say with --skip-blocks how many of its blocks are there"
            )
        }))
    }

    fn malformed(&self, read_count: u64, error: &InputError) -> End {
        let InputError { place, transaction_index, reason } = error;
        let block = read_count + 1;
        let what = match transaction_index {
            Some(index) => format!("block {block} of the input, transaction {index}: {reason}"),
            None => format!("block {block} of the input: {reason}"),
        };
        self.stopped_at(*place, &what)
    }

    fn stopped_at(&self, place: Place, reason: &str) -> End {
        End::Stopped { place: Some(place.of(&self.reporter.file)), reason: reason.to_owned() }
    }

    /// Says how the run ended, and where the ledger stands.
    fn finish(mut self, end: &End) -> anyhow::Result<ExitCode> {
        self.progress.finish_and_clear();
        let totals = self.reporter.totals;
        let last_block = self.ledger.reader().last().header.number;
        let skip_blocks = self.skip_count + totals.blocks;
        let (place, reason) = match end {
            End::Complete => (None, None),
            End::Stopped { place, reason } => (place.clone(), Some(reason.clone())),
        };
        if self.reporter.style == Style::Json {
            let complete = reason.is_none();
            let stopped_at = place.clone();
            let reason = reason.clone();
            let summary = Summary { totals, last_block, complete, stopped_at, reason, skip_blocks };
            self.reporter.json(&summary)?;
        }
        let Some(reason) = reason else {
            if self.reporter.style == Style::Text {
                let Totals { blocks, succeeded, failed, rejected } = totals;
                writeln!(
                    self.reporter.out,
                    "{blocks} blocks, {succeeded} transactions succeeded, {failed} failed, {rejected} were rejected; \
                     the ledger is at block {last_block}"
                )?;
            }
            self.reporter.out.flush()?;
            return Ok(ExitCode::SUCCESS);
        };
        self.reporter.out.flush()?;
        let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
        eprintln!("error: {place}{reason}");
        eprintln!(
            "{} blocks of this run are committed and stay; the ledger is at block {last_block}. To go on with this \
             input: --skip-blocks {skip_blocks}",
            totals.blocks
        );
        Ok(ExitCode::FAILURE)
    }
}
