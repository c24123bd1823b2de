//! A workload run twice from the same start, serially and in parallel, measured and compared.
//!
//! The span that is timed begins with transaction bytes in memory and ends with the committed block; nothing that is
//! not skipped by a flag lies outside it. The parallel run prepares a block while the one before it executes. State roots
//! are compared even where blocks carry none: they are then computed once, after the clock has stopped.

use crate::on_disk::OnDisk;
use crate::workload::Workload;
use sealane_runtime::explain::BlockObservation;
use sealane_runtime::ledger::Block;
use sealane_runtime::stages::StageTimes;
use sealane_runtime::{
    ExecutedBlock, Execution, Observation, RootPolicy, Runtime, RuntimeConfig, Signatures,
};
use sealane_sdk::instruction::Hash;
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

/// Blocks that are held until the clock is stopped to digest them: few, since fresh memory slows down what follows, and
/// many, since preparing the next ones and writing the last ones are interrupted by it.
pub(crate) const HELD_BLOCK_COUNT: usize = 16;

/// What the runs do beside executing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checks {
    /// Whether signatures are checked.
    pub signatures: bool,
    /// Whether every block carries its roots.
    pub roots: bool,
}

/// One run of a workload.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// Wall time of all blocks, in seconds.
    pub seconds: f64,
    /// State root after the last block.
    pub state_root: Hash,
    /// CPU time by stage, all blocks together.
    pub stages: StageTimes,
    /// Transactions that succeeded.
    pub succeeded: usize,
    /// Transactions that were executed and failed.
    pub failed: usize,
    /// Transactions that were rejected.
    pub rejected: usize,
    /// Transactions on the longest chains of dependencies, summed over the blocks.
    pub critical_path_count: usize,
    /// What was observed of each block; empty unless the configuration says so.
    pub observed: Vec<ObservedBlock>,
    /// Bytes that its ledger takes on disk; 0 in memory.
    pub stored_bytes: u64,
    /// A digest of each block with all its receipts, logs included.
    block_digests: Vec<[u8; 32]>,
}

/// A block of a run that was observed.
#[derive(Clone, Debug)]
pub struct ObservedBlock {
    /// What the workers noted.
    pub observation: BlockObservation,
    /// Wall time from bytes to commit.
    pub wall: Duration,
}

/// Both runs of a workload.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// One transaction after another.
    pub serial: Measurement,
    /// On all workers.
    pub parallel: Measurement,
    /// Whether both gave the same receipts (logs included), batches and state root.
    pub identical: bool,
}

/// Which of the two runs a block belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The serial run.
    Serial,
    /// The parallel run.
    Parallel,
}

/// The runtime's configuration for a measurement with `workers` workers.
#[must_use]
pub fn runtime_config(workers: usize, checks: Checks) -> RuntimeConfig {
    RuntimeConfig {
        workers,
        signatures: if checks.signatures { Signatures::Verify } else { Signatures::Skip },
        roots: if checks.roots { RootPolicy::Compute } else { RootPolicy::Skip },
        ..RuntimeConfig::default()
    }
}

/// Runs `workload` serially and in parallel; `progress` is told of each block when it is committed.
///
/// # Errors
/// If a runtime cannot be made or a block is fatal.
pub fn measure(
    workload: &Workload,
    config: &RuntimeConfig,
    progress: impl FnMut(Side, usize),
) -> anyhow::Result<Comparison> {
    compare(workload, config, |side, progress| run(workload, config, side, progress), progress)
}

/// As [`measure`], but each run makes a ledger of its own on disk, and ends when its last block is durable.
///
/// # Errors
/// As [`measure`]; if a ledger cannot be made or written.
pub fn measure_on_disk(
    workload: &Workload,
    config: &RuntimeConfig,
    disk: &OnDisk,
    progress: impl FnMut(Side, usize),
) -> anyhow::Result<Comparison> {
    let run =
        |side, progress: &mut dyn FnMut(usize)| disk.run(workload, &config_of(side, config), side, progress);
    compare(workload, config, run, progress)
}

fn compare(
    workload: &Workload,
    config: &RuntimeConfig,
    run: impl Fn(Side, &mut dyn FnMut(usize)) -> anyhow::Result<Measurement>,
    mut progress: impl FnMut(Side, usize),
) -> anyhow::Result<Comparison> {
    warm_up(workload, config)?;
    let serial = run(Side::Serial, &mut |count| progress(Side::Serial, count))?;
    let parallel = run(Side::Parallel, &mut |count| progress(Side::Parallel, count))?;
    let identical = serial.agrees_with(&parallel);
    Ok(Comparison { serial, parallel, identical })
}

/// Runs as many blocks as are held at once and forgets them: no run that is measured shall pay for the first touch of memory and
/// the compilation of programs. (A node that goes on for hours does not either.)
///
/// # Errors
/// If a runtime cannot be made or a block is fatal.
pub fn warm_up(workload: &Workload, config: &RuntimeConfig) -> anyhow::Result<()> {
    let blocks = workload.blocks.iter().take(HELD_BLOCK_COUNT).cloned().collect();
    let first = Workload { blocks, ..workload.clone() };
    run_as(&first, config.clone(), |_| ()).map(drop)
}

/// Runs `workload` once, from its start; `progress` is told of each block when it is committed.
///
/// # Errors
/// If a runtime cannot be made or a block is fatal.
pub fn run(
    workload: &Workload,
    config: &RuntimeConfig,
    side: Side,
    progress: impl FnMut(usize),
) -> anyhow::Result<Measurement> {
    run_as(workload, config_of(side, config), progress)
}

fn config_of(side: Side, config: &RuntimeConfig) -> RuntimeConfig {
    match side {
        Side::Serial => RuntimeConfig { workers: 1, execution: Execution::Serial, ..config.clone() },
        Side::Parallel => RuntimeConfig { execution: Execution::Parallel, ..config.clone() },
    }
}

impl Measurement {
    /// Takes a block in that took `wall`.
    pub(crate) fn add(&mut self, mut executed: ExecutedBlock, wall: Duration) -> anyhow::Result<()> {
        self.seconds += wall.as_secs_f64();
        self.stages.add(&executed.stages);
        let succeeded = executed.block.receipts.iter().filter(|receipt| receipt.body.succeeded()).count();
        self.succeeded += succeeded;
        self.failed += executed.block.receipts.len() - succeeded;
        self.rejected += executed.rejected.len();
        self.critical_path_count += executed.critical_path_count;
        let observation = executed.observation.take();
        self.observed.extend(observation.map(|observation| ObservedBlock { observation, wall }));
        self.block_digests.push(digest(&executed.block)?);
        Ok(())
    }

    /// A run that has not begun.
    pub(crate) fn begin() -> Self {
        Self {
            seconds: 0.0,
            state_root: Hash::default(),
            stages: StageTimes::default(),
            succeeded: 0,
            failed: 0,
            rejected: 0,
            critical_path_count: 0,
            observed: Vec::new(),
            stored_bytes: 0,
            block_digests: Vec::new(),
        }
    }

    /// Whether both runs gave the same receipts (logs included), batches and state root.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.state_root == other.state_root && self.block_digests == other.block_digests
    }
}

fn run_as(
    workload: &Workload,
    config: RuntimeConfig,
    mut progress: impl FnMut(usize),
) -> anyhow::Result<Measurement> {
    let is_plain = is_plain(&config);
    let mut runtime = Runtime::new(config, &workload.genesis)?;
    let mut measurement = Measurement::begin();
    if is_plain {
        run_one_by_one(&mut runtime, workload, &mut measurement, &mut progress)?;
    } else {
        run_ahead(&mut runtime, workload, &mut measurement, &mut progress)?;
    }
    measurement.state_root = runtime.state_root()?;
    Ok(measurement)
}

/// Whether blocks run one by one. Who asks what a block did with the workers does not want the next one among it.
pub(crate) fn is_plain(config: &RuntimeConfig) -> bool {
    config.execution == Execution::Serial || config.observation == Observation::On
}

/// One block after another, each from its bytes to its commit.
fn run_one_by_one(
    runtime: &mut Runtime,
    workload: &Workload,
    measurement: &mut Measurement,
    progress: &mut impl FnMut(usize),
) -> anyhow::Result<()> {
    for (unix_time, transactions) in (1_i64..).zip(&workload.blocks) {
        let (executed, wall) = clocked(|| runtime.produce_block(unix_time, transactions));
        measurement.add(executed?, wall)?;
        progress(transactions.len());
    }
    Ok(())
}

/// Blocks are prepared while those before them execute, on the same workers. The clock runs from the first byte of a span of
/// blocks to the commit of its last, whose blocks are held that long; while they are digested it stands, and nothing is prepared.
fn run_ahead(
    runtime: &mut Runtime,
    workload: &Workload,
    measurement: &mut Measurement,
    progress: &mut impl FnMut(usize),
) -> anyhow::Result<()> {
    let preparer = runtime.preparer();
    let mut unix_time = 0;
    for blocks in workload.blocks.chunks(HELD_BLOCK_COUNT) {
        let (held, wall) = clocked(|| {
            std::thread::scope(|scope| {
                let prepared = preparer.prepare_ahead(scope, blocks.iter().map(Vec::as_slice));
                let mut held = Vec::with_capacity(blocks.len());
                for prepared in prepared {
                    unix_time += 1;
                    let executed = runtime.produce_prepared(unix_time, prepared?)?;
                    progress(executed.block.receipts.len() + executed.rejected.len());
                    held.push(executed);
                }
                anyhow::Ok(held)
            })
        });
        measurement.seconds += wall.as_secs_f64();
        for executed in held? {
            measurement.add(executed, Duration::ZERO)?;
        }
    }
    Ok(())
}

/// Runs `work`; gives what came of it and the wall time it took.
fn clocked<R>(work: impl FnOnce() -> R) -> (R, Duration) {
    #[expect(clippy::disallowed_methods, reason = "measuring is what this file is for")]
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// Stands for a block in the comparison: keeping the blocks themselves would make every later one pay for fresh memory.
fn digest(block: &Block) -> anyhow::Result<[u8; 32]> {
    let bytes = bincode::serde::encode_to_vec(block, bincode::config::standard())?;
    Ok(Sha256::digest(bytes).into())
}
