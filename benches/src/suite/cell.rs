//! One cell of the suite: a workload at one contention on one number of workers, as medians of its runs.

use super::median::median;
use crate::contention::Contention;
use crate::measure::Measurement;
use crate::pictures::text::counted;
use sealane_runtime::explain::WhatIf;
use sealane_runtime::stages::StageTimes;
use serde::Serialize;
use std::time::Duration;

/// Numbers of workers for which the model's expectation is reported.
pub const EXPECTED_WORKERS: [usize; 3] = [4, 16, 64];

/// What was measured of a cell. The keys of its JSON and their order are relied upon from outside.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// Name of the workload.
    pub workload: &'static str,
    /// How its transactions meet.
    pub contention: Contention,
    /// Workers of the parallel runs.
    pub workers: usize,
    /// Runs of each side.
    pub repeats: usize,
    /// One transaction after another.
    pub serial: Side,
    /// On all workers.
    pub parallel: Side,
    /// Serial over parallel seconds.
    pub speedup: f64,
    /// Whether every parallel run gave what the serial run beside it gave.
    pub identical: bool,
    /// Transactions that succeeded.
    pub succeeded: usize,
    /// Transactions that were executed and failed.
    pub failed: usize,
    /// Transactions that were rejected.
    pub rejected: usize,
    /// CPU time by stage, of the parallel runs.
    pub stages: Stages,
    /// Speed-up of executing alone that endless workers would give: compute units over those on the critical paths.
    pub bound: f64,
    /// What the model expects of [`EXPECTED_WORKERS`].
    pub expected: Vec<Expected>,
}

/// How fast one side was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Side {
    /// Wall time from bytes to commit, all blocks together.
    pub seconds: f64,
    /// Transactions over seconds.
    pub transactions_per_second: f64,
}

/// CPU microseconds a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the stages of `StageTimes`, which tells of each")]
pub struct Stages {
    pub sanitize: f64,
    pub verify: f64,
    pub schedule: f64,
    pub load: f64,
    pub execute: f64,
    pub commit: f64,
    pub root: f64,
}

/// What the model expects of a number of workers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Expected {
    /// The workers.
    pub workers: usize,
    /// Throughput of the serial run times the model's speed-up.
    pub transactions_per_second: f64,
}

impl Cell {
    /// What the cell is called: `dex, zipf:1, 2 workers`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}, {}, {}", self.workload, self.contention, counted(self.workers as u64, "worker"))
    }
}

impl Side {
    /// The median of runs.
    pub(super) fn new(runs: &[Measurement], transactions: usize) -> Self {
        let seconds = median(runs.iter().map(|run| run.seconds));
        Self { seconds, transactions_per_second: transactions as f64 / seconds }
    }
}

impl Stages {
    /// Names of the stages, in the order of the pipeline.
    pub const NAMES: [&'static str; 7] =
        ["sanitize", "verify", "schedule", "load", "execute", "commit", "root"];

    /// The median of each stage over runs.
    pub(super) fn new(runs: &[Measurement], transactions: usize) -> Self {
        let each = |stage: fn(&StageTimes) -> Duration| {
            let seconds = median(runs.iter().map(|run| stage(&run.stages).as_secs_f64()));
            seconds * 1e6 / transactions as f64
        };
        Self {
            sanitize: each(|times| times.sanitize),
            verify: each(|times| times.verify),
            schedule: each(|times| times.schedule),
            load: each(|times| times.load),
            execute: each(|times| times.execute),
            commit: each(|times| times.commit),
            root: each(|times| times.root),
        }
    }

    /// The figures, in the order of their names.
    #[must_use]
    pub const fn figures(&self) -> [f64; 7] {
        let Self { sanitize, verify, schedule, load, execute, commit, root } = *self;
        [sanitize, verify, schedule, load, execute, commit, root]
    }
}

impl Expected {
    /// What the model's speed-ups make of a throughput that was measured serially.
    pub(super) fn all(what_if: &[WhatIf], serial: &Side) -> Vec<Self> {
        let wanted = what_if.iter().filter(|figure| EXPECTED_WORKERS.contains(&figure.workers));
        wanted
            .map(|figure| Self {
                workers: figure.workers,
                transactions_per_second: serial.transactions_per_second * figure.speedup,
            })
            .collect()
    }
}
