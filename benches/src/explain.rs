//! What limited the parallelism of a workload: both runs of a comparison joined, block by block and in all.
//!
//! The serial run says what each transaction costs, the parallel run who waited. Both must have been observed.

use crate::measure::{Comparison, Measurement};
use crate::workload::Labels;
use sealane_runtime::explain::{
    AccountHeat, BlockContention, BlockObservation, Costs, StageSplit, WhatIf, bound, sort_hottest_first,
};
use sealane_sdk::Address;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The contention of a whole workload: the key `contention` of the JSON object.
#[derive(Clone, Debug, Serialize)]
pub struct WorkloadContention {
    /// Transactions that were admitted, over all blocks.
    pub transactions: usize,
    /// Compute units they used.
    pub units: u64,
    /// Compute units along the critical paths of all blocks.
    pub critical_units: u64,
    /// Units over units along the critical paths: the speed-up of executing that endless workers would give.
    pub bound: f64,
    /// Accounts by the waiting they caused over all blocks, most first.
    pub accounts: Vec<AccountHeat>,
    /// What was measured.
    pub measured: Measured,
    /// What the model says of the same number of workers.
    pub predicted: Option<WhatIf>,
    /// What the model says of other numbers of workers.
    pub what_if: Vec<WhatIf>,
    /// Each block by itself.
    pub blocks: Vec<BlockContention>,
    /// What people call the accounts named above.
    pub labels: BTreeMap<String, String>,
}

/// The speed-ups that were measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Workers of the parallel run.
    pub workers: usize,
    /// Serial over parallel wall time, from bytes to commit.
    pub speedup: f64,
    /// Serial over parallel wall time of executing alone.
    pub execute_speedup: f64,
    /// Share of the time of executing in which a worker did not execute, over all workers, 0 to 1.
    pub idle_share: f64,
    /// How many times as long the transactions took on these workers as on one: above 1 where workers slow each other
    /// down, by sharing caches and memory. The model knows nothing of it.
    pub slowdown: f64,
}

impl WorkloadContention {
    /// Explains a comparison.
    ///
    /// # Errors
    /// If a run was not observed, or the two runs did not execute the same transactions.
    pub fn new(comparison: &Comparison, labels: &Labels) -> anyhow::Result<Self> {
        Self::of_runs(&comparison.serial, &comparison.parallel, labels)
    }

    /// Explains two runs of a workload. Where the model alone is wanted, a serial run stands for both: the model takes
    /// its costs from the serial run, and what depends on what is the same in every run.
    ///
    /// # Errors
    /// If a run was not observed, or the two runs did not execute the same transactions.
    pub fn of_runs(serial: &Measurement, parallel: &Measurement, labels: &Labels) -> anyhow::Result<Self> {
        anyhow::ensure!(
            !parallel.observed.is_empty() && serial.observed.len() == parallel.observed.len(),
            "both runs must be observed to be explained"
        );
        let mut blocks = Vec::with_capacity(parallel.observed.len());
        let mut totals = Totals::default();
        for (one, many) in serial.observed.iter().zip(&parallel.observed) {
            let times_ns = one.observation.times_ns();
            anyhow::ensure!(
                times_ns.len() == many.observation.transactions.len(),
                "the two runs admitted different transactions to block {}",
                many.observation.number
            );
            let split = stage_split(&one.observation, one.wall);
            let contention =
                BlockContention::new(&many.observation, Some(Costs { times_ns: &times_ns, split }));
            totals.add(&contention, &split);
            blocks.push(contention);
        }
        let measured = Measured::new(serial, parallel);
        let what_if = totals.what_if();
        let mut accounts: Vec<AccountHeat> = totals.accounts.into_values().collect();
        sort_hottest_first(&mut accounts);
        let critical_units: u64 = blocks.iter().map(|block| block.critical_path.units).sum();
        let units: u64 = blocks.iter().map(|block| block.units).sum();
        Ok(Self {
            transactions: blocks.iter().map(|block| block.transactions).sum(),
            units,
            critical_units,
            bound: bound(units, critical_units),
            labels: names(&accounts, &blocks, labels),
            accounts,
            measured,
            predicted: what_if.iter().find(|figure| figure.workers == measured.workers).copied(),
            what_if,
            blocks,
        })
    }
}

/// Where the time of a block went when one worker executed it.
fn stage_split(block: &BlockObservation, whole: Duration) -> StageSplit {
    StageSplit { whole, execute: block.execute, shared: block.shared_cpu }
}

impl Measured {
    fn new(serial: &Measurement, parallel: &Measurement) -> Self {
        let execute = |run: &Measurement| -> f64 {
            run.observed.iter().map(|block| block.observation.execute.as_secs_f64()).sum()
        };
        let workers = parallel.observed.first().map_or(1, |block| block.observation.worker_count);
        let busy = |run: &Measurement| -> f64 {
            let times_ns = run.observed.iter().flat_map(|block| block.observation.times_ns());
            times_ns.sum::<u64>() as f64 / 1e9
        };
        let (busy_on_one, busy_on_all) = (busy(serial), busy(parallel));
        Self {
            workers,
            speedup: ratio(serial.seconds, parallel.seconds),
            execute_speedup: ratio(execute(serial), execute(parallel)),
            idle_share: (1.0 - ratio(busy_on_all, execute(parallel) * workers as f64)).max(0.0),
            slowdown: ratio(busy_on_all, busy_on_one),
        }
    }
}

/// 1 where there is nothing to compare with.
fn ratio(whole: f64, part: f64) -> f64 {
    if part > 0.0 { whole / part } else { 1.0 }
}

/// Sums over the blocks.
#[derive(Default)]
struct Totals {
    accounts: BTreeMap<Address, AccountHeat>,
    /// By number of workers: seconds of the whole and of executing, as they are and with the hottest accounts split.
    seconds: BTreeMap<usize, [f64; 4]>,
    whole: f64,
    execute: f64,
}

impl Totals {
    fn add(&mut self, block: &BlockContention, split: &StageSplit) {
        let (whole, execute) = (split.whole.as_secs_f64(), split.execute.as_secs_f64());
        self.whole += whole;
        self.execute += execute;
        for figure in &block.what_if {
            let seconds = self.seconds.entry(figure.workers).or_default();
            seconds[0] += whole / figure.speedup;
            seconds[1] += execute / figure.execute_speedup;
            seconds[2] += whole / figure.split_speedup;
            seconds[3] += execute / figure.split_execute_speedup;
        }
        for heat in &block.accounts {
            self.accounts
                .entry(heat.account)
                .and_modify(|total| total.add(heat))
                .or_insert_with(|| heat.clone());
        }
    }

    fn what_if(&self) -> Vec<WhatIf> {
        let figure = |(workers, seconds): (&usize, &[f64; 4])| WhatIf {
            workers: *workers,
            speedup: ratio(self.whole, seconds[0]),
            execute_speedup: ratio(self.execute, seconds[1]),
            split_speedup: ratio(self.whole, seconds[2]),
            split_execute_speedup: ratio(self.execute, seconds[3]),
        };
        self.seconds.iter().map(figure).collect()
    }
}

/// Names of the accounts that the report speaks of, as far as they have one.
fn names(accounts: &[AccountHeat], blocks: &[BlockContention], labels: &Labels) -> BTreeMap<String, String> {
    let unused = blocks.iter().flat_map(|block| {
        let declarations = &block.declarations;
        declarations.never_written.iter().chain(&declarations.never_touched).map(|unused| unused.account)
    });
    let named = accounts.iter().map(|heat| heat.account).chain(unused);
    named.filter_map(|account| Some((account.to_string(), labels.accounts.get(&account)?.clone()))).collect()
}
