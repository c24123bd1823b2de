//! Notes what each transaction did and when, on the worker it ran on, for `explain`.

use super::load::Interned;
use super::run::Worker;
use crate::explain::{BlockObservation, ObservedTransaction};
use crate::outcome::Outcome;
use crate::runtime::Observation;
use sealane_vm::{Context, TableEntry};
use std::time::{Duration, Instant};

/// What one worker notes during one block.
#[derive(Debug)]
pub struct Observer {
    /// When executing began.
    begin: Instant,
    worker: u16,
    /// Its notes, by the position of each transaction in the block; their `index` is that position.
    pub notes: Vec<ObservedTransaction>,
}

impl Observer {
    /// One observer for each of `count` workers, all of which begin now; or none for each.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "times are reported, and nothing is decided by them")]
    pub fn crew(observation: Observation, count: usize) -> Vec<Option<Self>> {
        let begin = Instant::now();
        let observer = |worker| match observation {
            Observation::On => Some(Self { begin, worker, notes: Vec::new() }),
            Observation::Off => None,
        };
        (0..=u16::MAX).cycle().take(count).map(observer).collect()
    }

    /// Nanoseconds since executing began.
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        u64::try_from(self.begin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Notes the transaction at `index`, whose accounts are still in `context`. It goes on until [`Self::end`].
    pub fn observe(&mut self, index: u32, start_ns: u64, context: &Context<'_>, outcome: &Outcome) {
        let entries = context.accounts.entries();
        let units = match outcome {
            Outcome::Executed(receipt) => receipt.body.units_consumed,
            Outcome::Rejected(_) => 0,
        };
        // The payer is key 0, and paid, whether or not a program saw it.
        let payer = u64::from(matches!(outcome, Outcome::Executed(_)));
        self.notes.push(ObservedTransaction {
            index,
            worker: self.worker,
            start_ns,
            end_ns: start_ns,
            units,
            written: mask(entries, |entry| entry.changed),
            touched: mask(entries, |entry| entry.touched || entry.changed) | payer,
        });
    }

    /// Notes that the accounts of the transaction noted last are given back: others may have them.
    pub fn end(&mut self) {
        let now_ns = self.now_ns();
        if let Some(last) = self.notes.last_mut() {
            last.end_ns = now_ns;
        }
    }
}

/// What all workers noted of one block.
#[derive(Debug)]
pub struct Notes {
    /// In no particular order.
    transactions: Vec<ObservedTransaction>,
    worker_count: usize,
    execute: Duration,
}

impl Notes {
    /// Takes the notes of all workers; `None` if they were not to observe. Executing ends now.
    #[must_use]
    pub fn collect(workers: &mut [Worker<'_>]) -> Option<Self> {
        let execute = workers.first()?.observer.as_ref()?.begin.elapsed();
        let notes = workers.iter_mut().filter_map(|worker| worker.observer.take());
        let transactions = notes.flat_map(|observer| observer.notes).collect();
        Some(Self { transactions, worker_count: workers.len(), execute })
    }

    /// Joins the notes with what the block declared. `indices` says which position among the admitted was which index
    /// in the input.
    #[must_use]
    pub fn into_observation(mut self, interned: &Interned<'_>, indices: &[usize]) -> BlockObservation {
        self.transactions.sort_unstable_by_key(|note| note.index);
        for (note, index) in self.transactions.iter_mut().zip(indices) {
            note.index = u32::try_from(*index).unwrap_or(u32::MAX);
        }
        BlockObservation {
            addresses: interned.addresses().iter().map(|address| **address).collect(),
            access_sets: interned.access_sets.clone(),
            transactions: self.transactions,
            worker_count: self.worker_count,
            execute: self.execute,
            ..BlockObservation::default()
        }
    }
}

/// Bit `i` is set if `holds` holds for entry `i`; a transaction has at most 64.
fn mask(entries: &[TableEntry<'_>], holds: impl Fn(&TableEntry<'_>) -> bool) -> u64 {
    entries.iter().enumerate().fold(0, |mask, (index, entry)| mask | u64::from(holds(entry)) << index)
}
