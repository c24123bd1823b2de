//! A run of a workload on a ledger on disk, as a node would do it: a block is executed while the one before it is written,
//! and the clock stops when the last one is durable.
//!
//! Blocks are digested for the comparison while the clock stands. The disk must not use that time, so before the clock
//! is stopped all blocks are waited for, and whatever the ledger does behind them.

use crate::measure::{Measurement, Side, is_plain};
use crate::workload::Workload;
use sealane_runtime::face::Engine;
use sealane_runtime::ledger::store::directory::{self, Missing, OpenOptions};
use sealane_runtime::{ExecutedBlock, Ledger, LedgerConfig, PendingBlock, RuntimeConfig};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Blocks that are held, until the clock is stopped to digest them: few, since fresh memory slows down what follows, and
/// many, since waiting for all of them interrupts the writing behind the executing.
const HELD_BLOCK_COUNT: usize = 16;

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
    let mut done = Vec::with_capacity(blocks.len());
    let mut last: Option<PendingBlock> = None;
    let mut clock = Clock::start();
    let preparer = ledger.preparer();
    let mut prepared = None;
    for (index, transactions) in blocks.iter().enumerate() {
        *unix_time += 1;
        let pending = match ahead {
            Ahead::None => ledger.execute_ahead(*unix_time, transactions)?,
            Ahead::Prepared => {
                let now = match prepared.take() {
                    Some(now) => now,
                    None => preparer.prepare(transactions)?,
                };
                let follower = blocks.get(index + 1);
                let (pending, next) = std::thread::scope(|scope| {
                    let next = follower.map(|follower| scope.spawn(|| preparer.prepare(follower)));
                    (ledger.execute_prepared_ahead(*unix_time, now), next.map(|next| next.join()))
                });
                prepared = next
                    .transpose()
                    .map_err(|_| anyhow::anyhow!("the thread that prepares blocks panicked"))?
                    .transpose()?;
                pending?
            }
        };
        if let Some(before) = last.replace(pending) {
            let durable = before.wait()?;
            progress(transaction_count(&durable));
            done.push((durable, clock.lap()));
        }
    }
    if let Some(before) = last {
        let durable = before.wait()?;
        if !are_last {
            ledger.reader().wait_until_idle()?;
        }
        progress(transaction_count(&durable));
        done.push((durable, clock.lap()));
    }
    Ok(done)
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
