//! What limited the parallelism of a block: who waited for which account, how long, and what could be had instead.
//!
//! Input is a [`BlockObservation`], which executing a block gives if the runtime is told to observe; output is
//! [`BlockContention`], figures for people, machines and pictures. Nothing here is on the way of a block.

mod access;
mod contention;
mod observation;
mod path;
mod waits;
mod what_if;
mod workers;

pub use access::{Declarations, UnusedDeclaration};
pub use contention::{BlockContention, Costs};
pub use observation::{BlockObservation, ObservedTransaction};
pub use path::{CriticalPathReport, Link, bound};
pub use waits::{AccountHeat, account_heat, sort_hottest_first};
pub use what_if::{StageSplit, WhatIf, what_if};
pub use workers::{WorkerActivity, worker_activity};

#[cfg(test)]
mod tests;
