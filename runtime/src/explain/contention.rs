//! Everything there is to say about the contention of one block, in one structure.

use super::access::Declarations;
use super::observation::BlockObservation;
use super::path::{CriticalPathReport, bound};
use super::waits::{AccountHeat, account_heat, sort_hottest_first};
use super::what_if::{StageSplit, WhatIf, what_if};
use super::workers::{WorkerActivity, worker_activity};
use serde::Serialize;

/// Numbers of workers that [`WhatIf`] is computed for, beside the number that executed the block.
const WHAT_IF_WORKERS: [usize; 5] = [1, 2, 4, 16, 64];

/// What limited the parallelism of a block.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BlockContention {
    /// Number of the block.
    pub number: u64,
    /// Its transactions, as far as they were admitted.
    pub transactions: usize,
    /// Compute units they used.
    pub units: u64,
    /// Wall time of executing alone, in nanoseconds: calling the workers, all transactions, the last one's end.
    pub execute_ns: u64,
    /// The most costly chain of dependencies.
    pub critical_path: CriticalPathReport,
    /// Units over units along the critical path: the speed-up of executing that endless workers would give.
    pub bound: f64,
    /// Accounts that somebody waited for or that chain the critical path, most waiting first.
    pub accounts: Vec<AccountHeat>,
    /// How many transactions each batch holds.
    pub batch_widths: Vec<u32>,
    /// What the workers did.
    pub workers: Vec<WorkerActivity>,
    /// Declarations wider than needed.
    pub declarations: Declarations,
    /// What more workers would give.
    pub what_if: Vec<WhatIf>,
}

/// What a transaction costs and a block takes when one worker executes it: what bounds are computed from.
#[derive(Clone, Copy, Debug)]
pub struct Costs<'a> {
    /// Nanoseconds each transaction takes on one worker, in block order.
    pub times_ns: &'a [u64],
    /// Where the time of the block goes on one worker.
    pub split: StageSplit,
}

impl BlockContention {
    /// Explains a block. Bounds are computed from `costs`, or from the block's own times if there are none, as if
    /// executing were all there is.
    ///
    /// # Panics
    /// If there is not one cost for each transaction.
    #[must_use]
    pub fn new(block: &BlockObservation, costs: Option<Costs<'_>>) -> Self {
        let schedule = block.schedule();
        let units = block.units();
        let critical_path = CriticalPathReport::new(block, &schedule);
        let heat = heat_with_path(account_heat(block, &units), &critical_path);
        let hottest = hottest_slot(&heat);
        let own_times = block.times_ns();
        let execute = block.execute;
        let costs = costs.unwrap_or(Costs {
            times_ns: &own_times,
            split: StageSplit { whole: execute, execute, ..StageSplit::default() },
        });
        let total = units.iter().fold(0_u64, |sum, units| sum.saturating_add(*units));
        Self {
            number: block.number,
            transactions: block.transactions.len(),
            units: total,
            execute_ns: u64::try_from(execute.as_nanos()).unwrap_or(u64::MAX),
            bound: bound(total, critical_path.units),
            critical_path,
            accounts: waited_for(heat),
            batch_widths: batch_widths(schedule.batches(), schedule.batch_count()),
            workers: worker_activity(block),
            declarations: Declarations::new(block),
            what_if: what_if(block, &schedule, costs.times_ns, hottest, &costs.split, &worker_counts(block)),
        }
    }
}

fn worker_counts(block: &BlockObservation) -> Vec<usize> {
    let counts = WHAT_IF_WORKERS.into_iter().chain([block.worker_count.max(1)]);
    let counts: std::collections::BTreeSet<usize> = counts.collect();
    counts.into_iter().collect()
}

fn heat_with_path(mut heat: Vec<AccountHeat>, path: &CriticalPathReport) -> Vec<AccountHeat> {
    for link in &path.links {
        for slot in &link.slots {
            let account = &mut heat[*slot as usize];
            account.critical_links += 1;
            account.critical_units = account.critical_units.saturating_add(link.units);
        }
    }
    heat
}

/// The account that made others wait most; among equals the one that came first in the block.
fn hottest_slot(heat: &[AccountHeat]) -> Option<u32> {
    let hottest = heat.iter().enumerate().rev().max_by_key(|(_, account)| account.waiting_units);
    let (slot, _) = hottest.filter(|(_, account)| account.waiters > 0)?;
    u32::try_from(slot).ok()
}

fn waited_for(mut heat: Vec<AccountHeat>) -> Vec<AccountHeat> {
    heat.retain(|account| account.waiters > 0 || account.critical_links > 0);
    sort_hottest_first(&mut heat);
    heat
}

fn batch_widths(batches: &[u32], count: usize) -> Vec<u32> {
    let mut widths = vec![0; count];
    batches.iter().for_each(|batch| widths[*batch as usize] += 1);
    widths
}
