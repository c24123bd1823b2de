//! What was seen of a block while it executed: by the workers, a transaction at a time.

use crate::schedule::{AccessSets, Schedule};
use sealane_sdk::Address;
use std::time::Duration;

/// A block as it was executed. Transactions are those that were admitted, in block order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockObservation {
    /// Number of the block.
    pub number: u64,
    /// The accounts the block names, by slot.
    pub addresses: Vec<Address>,
    /// What each transaction declared, in the order of its keys.
    pub access_sets: AccessSets,
    /// What each transaction did.
    pub transactions: Vec<ObservedTransaction>,
    /// Workers that executed it.
    pub worker_count: usize,
    /// Wall time of executing alone: calling the workers, all transactions, the last one's end.
    pub execute: Duration,
    /// CPU time of the work beside executing that is shared among the workers: parsing, signatures, loading, hashing.
    pub shared_cpu: Duration,
}

/// One transaction as it was executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObservedTransaction {
    /// Its index in what the block was made of, rejected transactions counted.
    pub index: u32,
    /// The worker it ran on, from 0.
    pub worker: u16,
    /// Nanoseconds from the begin of executing to its own begin.
    pub start_ns: u64,
    /// The same for its end.
    pub end_ns: u64,
    /// Compute units it used; 0 if it was rejected when it was its turn.
    pub units: u64,
    /// Bit `i` is set if it changed the account of key `i`, even if it was rolled back afterwards.
    pub written: u64,
    /// Bit `i` is set if the account of key `i` paid, was called, or was handed to a program.
    pub touched: u64,
}

impl ObservedTransaction {
    /// Wall time it took on its worker, in nanoseconds.
    #[must_use]
    pub const fn time_ns(&self) -> u64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}

impl BlockObservation {
    /// The block's dependency graph.
    #[must_use]
    pub fn schedule(&self) -> Schedule {
        Schedule::build(&self.access_sets, self.addresses.len())
    }

    /// Compute units of each transaction.
    #[must_use]
    pub fn units(&self) -> Vec<u64> {
        self.transactions.iter().map(|transaction| transaction.units).collect()
    }

    /// Wall time of each transaction, in nanoseconds.
    #[must_use]
    pub fn times_ns(&self) -> Vec<u64> {
        self.transactions.iter().map(ObservedTransaction::time_ns).collect()
    }
}
