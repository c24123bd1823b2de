//! What more workers would give, or less contention: the block's graph and measured costs, executed in thought.
//!
//! The stages around executing are not left out: part of them is shared among the workers, the rest is not, and bounds
//! what any number of workers can give. What workers cost each other, by sharing caches and memory, is not in it.

use super::observation::BlockObservation;
use crate::schedule::{Access, AccessSets, Schedule};
use serde::Serialize;
use std::time::Duration;

/// How fast a block would be on so many workers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WhatIf {
    /// The workers.
    pub workers: usize,
    /// Speed-up of the whole way of the block, from bytes to commit, against one worker.
    pub speedup: f64,
    /// Speed-up of executing alone, against one worker.
    pub execute_speedup: f64,
    /// As `speedup`, if the hottest account were two, each used by every other of its transactions.
    pub split_speedup: f64,
    /// As `execute_speedup`, in the same case.
    pub split_execute_speedup: f64,
}

/// Where the time of the whole way goes on one worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageSplit {
    /// Wall time, from bytes to commit.
    pub whole: Duration,
    /// Executing, which goes along the graph.
    pub execute: Duration,
    /// Work of the other stages that any number of workers can share evenly.
    pub shared: Duration,
}

impl StageSplit {
    /// Speed-up of the whole if executing takes `execute_speedup` times less, on so many workers.
    #[must_use]
    pub fn speedup(&self, workers: usize, execute_speedup: f64) -> f64 {
        let [whole, execute, shared] =
            [self.whole, self.execute, self.shared].map(|duration| duration.as_secs_f64());
        let alone = (whole - execute - shared).max(0.0);
        let parallel = alone + shared / workers.max(1) as f64 + execute / execute_speedup;
        if parallel > 0.0 { (alone + shared + execute) / parallel } else { 1.0 }
    }
}

/// Computes [`WhatIf`] for each number of workers from `costs`, nanoseconds each transaction takes, of which there is one
/// a transaction; `hottest` is the slot that is split.
///
/// # Panics
/// If there is not one cost for each transaction, or a number of workers is 0.
#[must_use]
pub fn what_if(
    block: &BlockObservation,
    schedule: &Schedule,
    costs: &[u64],
    hottest: Option<u32>,
    split: &StageSplit,
    workers: &[usize],
) -> Vec<WhatIf> {
    let parted = hottest.map(|slot| {
        let sets = split_account(&block.access_sets, slot, block.addresses.len());
        Schedule::build(&sets, block.addresses.len() + 1)
    });
    let one: u64 = costs.iter().fold(0, |sum, cost| sum.saturating_add(*cost));
    let execute_speedup = |schedule: &Schedule, workers: usize| {
        let makespan = schedule.simulate_makespan(costs, workers);
        if makespan > 0 { one as f64 / makespan as f64 } else { 1.0 }
    };
    let figures = |&workers: &usize| {
        let now = execute_speedup(schedule, workers);
        let parted = parted.as_ref().map_or(now, |parted| execute_speedup(parted, workers));
        WhatIf {
            workers,
            speedup: split.speedup(workers, now),
            execute_speedup: now,
            split_speedup: split.speedup(workers, parted),
            split_execute_speedup: parted,
        }
    };
    workers.iter().map(figures).collect()
}

/// The same access sets, but every other transaction that names the account in `slot` names `new_slot` instead.
pub(super) fn split_account(sets: &AccessSets, slot: u32, new_slot: usize) -> AccessSets {
    let new_slot = u32::try_from(new_slot).unwrap_or(Access::MAX_ACCOUNT);
    let mut split = AccessSets::with_capacity(sets.len(), sets.access_count());
    let mut moves = false;
    for accesses in sets.iter() {
        let here = moves;
        moves ^= accesses.iter().any(|lock| lock.account() == slot);
        split.push(accesses.iter().map(|lock| match lock.account() == slot && here {
            true => Access::new(new_slot, lock.is_write()),
            false => *lock,
        }));
    }
    split
}
