//! What a suite is asked for.

use super::workloads::SuiteWorkload;
use crate::contention::Contention;
use crate::measure::Checks;
use crate::workload::WorkloadOptions;
use serde::Serialize;

/// Which cells a suite has, and how each is measured. Its JSON is the key `options` of the suite's.
#[derive(Clone, Debug, Serialize)]
pub struct SuiteOptions {
    /// The command line that asked for it.
    pub command: String,
    /// The workloads.
    pub workloads: Vec<SuiteWorkload>,
    /// Levels of contention, each of which every workload is made at.
    #[serde(rename = "contention")]
    pub contentions: Vec<Contention>,
    /// Numbers of workers, each of which runs every workload; ascending.
    pub workers: Vec<usize>,
    /// Transactions of a cell.
    pub transactions: usize,
    /// How large the worlds are: each workload says what it counts.
    pub accounts: usize,
    /// Transactions a block.
    pub block_size: usize,
    /// What all random choices derive from.
    pub seed: u64,
    /// How often each run is made; the figures are medians.
    pub repeats: usize,
    /// Whether signatures are checked.
    pub signatures_checked: bool,
    /// Whether every block carries its roots.
    pub root_computed: bool,
}

impl SuiteOptions {
    /// What shapes a workload at that contention.
    #[must_use]
    pub const fn workload(&self, contention: Contention) -> WorkloadOptions {
        WorkloadOptions {
            transactions: self.transactions,
            accounts: self.accounts,
            block_size: self.block_size,
            seed: self.seed,
            contention,
        }
    }

    /// What the runs do beside executing.
    #[must_use]
    pub const fn checks(&self) -> Checks {
        Checks { signatures: self.signatures_checked, roots: self.root_computed }
    }

    /// How many cells there are.
    #[must_use]
    pub const fn cell_count(&self) -> usize {
        self.workloads.len() * self.contentions.len() * self.workers.len()
    }

    /// How often a [`Watcher`](super::Watcher) is told of a transaction: when it is signed, and in each run, observed for
    /// the model or measured.
    #[must_use]
    pub const fn step_count(&self) -> usize {
        let runs = self.repeats * (2 + self.workers.len());
        self.workloads.len() * self.contentions.len() * self.transactions * (1 + runs)
    }

    /// What was left out of the runs, and so is in no figure.
    #[must_use]
    pub fn skipped(&self) -> Vec<&'static str> {
        let signatures = (!self.signatures_checked).then_some("signatures");
        let roots = (!self.root_computed).then_some("roots");
        signatures.into_iter().chain(roots).collect()
    }
}

/// 1, 2, 4 and so on, up to `most` itself.
#[must_use]
pub fn doubling(most: usize) -> Vec<usize> {
    let powers = std::iter::successors(Some(1), |count: &usize| count.checked_mul(2));
    let most = most.max(1);
    powers.take_while(|count| *count < most).chain([most]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubling_ends_with_the_most() {
        let cases: [(usize, &[usize]); 5] =
            [(0, &[1]), (1, &[1]), (2, &[1, 2]), (6, &[1, 2, 4, 6]), (8, &[1, 2, 4, 8])];
        for (most, expected) in cases {
            assert_eq!(doubling(most), expected);
        }
    }
}
