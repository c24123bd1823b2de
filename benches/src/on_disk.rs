//! A run of a workload on a ledger on disk, as a node would do it: a block is executed while the one before it is written,
//! and the clock stops when the last one is durable.
//!
//! Blocks are digested for the comparison while the clock stands. The disk must not use that time, so before the clock
//! is stopped all blocks are waited for, and whatever the ledger does behind them.

use crate::measure::{HELD_BLOCK_COUNT, Measurement, Side, is_plain};
use crate::workload::Workload;
use sealane_runtime::face::Engine;
use sealane_runtime::ledger::store::directory::{self, Missing, OpenOptions};
use sealane_runtime::{ExecutedBlock, Ledger, LedgerConfig, PendingBlock, RuntimeConfig};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Whether a block is prepared while the one before it executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ahead {
    None,
    Prepared,
}

/// Where the ledgers of the runs are made.
#[derive(Clone, Debug)]
pub struct OnDisk {
    /// A folder that has room for one a [`Side`], see [`Self::directory`].
    pub folder: PathBuf,
    /// What keeps the tables.
    pub engine: Engine,
}

impl OnDisk {
    /// The directory of the ledger of a run.
    #[must_use]
    pub fn directory(&self, side: Side) -> PathBuf {
        self.folder.join(match side {
            Side::Serial => "serial",
            Side::Parallel => "parallel",
        })
    }

    pub(crate) fn run(
        &self,
        workload: &Workload,
        config: &RuntimeConfig,
        side: Side,
        progress: &mut dyn FnMut(usize),
    ) -> anyhow::Result<Measurement> {
        let is_plain = is_plain(config);
        let config = LedgerConfig { runtime: config.clone(), engine: self.engine, ..LedgerConfig::default() };
        let mut ledger = Ledger::create(&self.directory(side), config, &workload.genesis)?;
        let mut measurement = Measurement::begin();
        let mut unix_time = 0;
        let mut blocks = workload.blocks.as_slice();
        while !blocks.is_empty() {
            let (held, rest) = blocks.split_at(blocks.len().min(HELD_BLOCK_COUNT));
            let ahead = if is_plain { Ahead::None } else { Ahead::Prepared };
            for (executed, wall) in
                execute(&mut ledger, &mut unix_time, held, ahead, rest.is_empty(), progress)?
            {
                measurement.add(executed, wall)?;
            }
            blocks = rest;
        }
        measurement.state_root = ledger.runtime().state_root()?;
        ledger.close()?;
        // Opened again: while a ledger is written, its journal takes room ahead.
        let options = OpenOptions { missing: Missing::Refuse, ..OpenOptions::default() };
        measurement.stored_bytes = directory::open(&self.directory(side), &options)?.tables.size_bytes();
        Ok(measurement)
    }
}

/// Executes blocks, and waits until all are durable; unless they are the last ones, also until nothing is left to do behind
/// them. Gives each with the wall time it added.
fn execute(
    ledger: &mut Ledger,
    unix_time: &mut i64,
    blocks: &[Vec<Vec<u8>>],
    ahead: Ahead,
    are_last: bool,
    progress: &mut dyn FnMut(usize),
) -> anyhow::Result<Vec<(ExecutedBlock, Duration)>> {
    let mut line =
        Line { pending: None, durable: Vec::with_capacity(blocks.len()), clock: Clock::start(), progress };
    let mut next_time = || {
        *unix_time += 1;
        *unix_time
    };
    match ahead {
        Ahead::None => {
            for transactions in blocks {
                line.push(ledger.execute_ahead(next_time(), transactions)?)?;
            }
        }
        Ahead::Prepared => {
            let preparer = ledger.preparer();
            std::thread::scope(|scope| -> anyhow::Result<()> {
                for prepared in preparer.prepare_ahead(scope, blocks.iter().map(Vec::as_slice)) {
                    line.push(ledger.execute_prepared_ahead(next_time(), prepared?)?)?;
                }
                Ok(())
            })?;
        }
    }
    line.wait()?;
    if !are_last {
        ledger.reader().wait_until_idle()?;
        let idle = line.clock.lap();
        if let Some((_, wall)) = line.durable.last_mut() {
            *wall += idle;
        }
    }
    Ok(line.durable)
}

/// Blocks that were executed: the last of them is being written.
struct Line<'p> {
    pending: Option<PendingBlock>,
    durable: Vec<(ExecutedBlock, Duration)>,
    clock: Clock,
    progress: &'p mut dyn FnMut(usize),
}

impl Line<'_> {
    /// Takes a block in, and waits for the one before it.
    fn push(&mut self, pending: PendingBlock) -> anyhow::Result<()> {
        self.wait()?;
        self.pending = Some(pending);
        Ok(())
    }

    /// Waits until the block that was pushed last is durable.
    fn wait(&mut self) -> anyhow::Result<()> {
        if let Some(pending) = self.pending.take() {
            let durable = pending.wait()?;
            (self.progress)(transaction_count(&durable));
            self.durable.push((durable, self.clock.lap()));
        }
        Ok(())
    }
}

fn transaction_count(executed: &ExecutedBlock) -> usize {
    executed.block.receipts.len() + executed.rejected.len()
}

/// Wall time, cut into pieces without gaps.
struct Clock {
    last: Instant,
}

impl Clock {
    fn start() -> Self {
        Self { last: now() }
    }

    /// The time since the last call.
    fn lap(&mut self) -> Duration {
        let now = now();
        let lap = now - self.last;
        self.last = now;
        lap
    }
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "measuring is what this file is for")]
    Instant::now()
}
