//! What is measured of each block once it is durable.

use crate::rpc::BlockEvent;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use sealane_runtime::stages::StageTimes;
use std::time::Duration;

type Label = [(&'static str, &'static str); 1];

/// What is measured of each block.
#[derive(Debug)]
pub(in crate::serve) struct BlockMetrics {
    blocks: Counter,
    transactions: Family<Label, Counter>,
    units: Counter,
    sizes: Histogram,
    batches: Histogram,
    critical_path: Histogram,
    parallelism: Histogram,
    execute: Histogram,
    commit: Histogram,
    confirmation: Histogram,
    stages: Family<Label, Histogram, fn() -> Histogram>,
}

/// From 100 µs to about 3 s, each bucket twice the one before.
fn times() -> Histogram {
    Histogram::new(exponential_buckets(0.0001, 2.0, 16))
}

/// From 1 to about 65,000, each bucket twice the one before.
fn counts() -> Histogram {
    Histogram::new(exponential_buckets(1.0, 2.0, 17))
}

impl BlockMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            blocks: Counter::default(),
            transactions: Family::default(),
            units: Counter::default(),
            sizes: counts(),
            batches: counts(),
            critical_path: counts(),
            parallelism: counts(),
            execute: times(),
            commit: times(),
            // Bounds around what clients are promised: half a second to two.
            confirmation: Histogram::new([
                0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0,
                60.0,
            ]),
            stages: Family::new_with_constructor(times),
        };
        let m = &metrics;
        registry.register("blocks", "Blocks that became durable", m.blocks.clone());
        registry.register(
            "transactions",
            "Transactions by what became of them: succeeded and failed ones are in blocks, rejected ones were left out",
            m.transactions.clone(),
        );
        registry.register("compute_units", "Compute units of the transactions in blocks", m.units.clone());
        registry.register("block_transactions", "Transactions of a block that is not empty", m.sizes.clone());
        registry.register("block_batches", "Batches of a block that is not empty", m.batches.clone());
        registry.register(
            "block_critical_path_transactions",
            "Transactions on the longest chain of dependencies of a block that is not empty",
            m.critical_path.clone(),
        );
        registry.register(
            "block_parallelism",
            "Transactions over those on the critical path: the speed-up that endless workers would give",
            m.parallelism.clone(),
        );
        let mut seconds = |name: &str, help: &str, histogram: &Histogram| {
            registry.register_with_unit(name, help, Unit::Seconds, histogram.clone());
        };
        seconds(
            "block_execution",
            "Wall time from the begin of a block to its last transaction and root",
            &m.execute,
        );
        seconds("block_commit", "Wall time from then until the block is durable", &m.commit);
        seconds(
            "confirmation",
            "Wall time of a transaction from admission until its block is durable",
            &m.confirmation,
        );
        registry.register_with_unit(
            "stage_cpu",
            "CPU time of each stage of a block that is not empty, over all threads",
            Unit::Seconds,
            m.stages.clone(),
        );
        metrics
    }

    /// Notes a block that is durable.
    pub(in crate::serve) fn note(&self, event: &BlockEvent) {
        self.blocks.inc();
        self.commit.observe(event.committed_after.as_secs_f64());
        let count = event.block.receipts.len();
        let succeeded_count = event.block.receipts.iter().filter(|receipt| receipt.body.succeeded()).count();
        self.count("succeeded", succeeded_count);
        self.count("failed", count - succeeded_count);
        self.count("rejected", event.rejected_count);
        if count == 0 {
            return;
        }
        self.units.inc_by(event.block.receipts.iter().map(|receipt| receipt.body.units_consumed).sum());
        self.sizes.observe(count as f64);
        let batches = event.block.batches.iter().max().map_or(0, |last| last + 1);
        self.batches.observe(f64::from(batches));
        self.critical_path.observe(event.critical_path_count as f64);
        self.parallelism.observe(count as f64 / event.critical_path_count.max(1) as f64);
        self.execute.observe(event.took.as_secs_f64());
        event.waited.iter().for_each(|waited| self.confirmation.observe(waited.as_secs_f64()));
        for (stage, time) in stages(&event.stages) {
            self.stages.get_or_create(&[("stage", stage)]).observe(time.as_secs_f64());
        }
    }

    fn count(&self, result: &'static str, count: usize) {
        self.transactions.get_or_create(&[("result", result)]).inc_by(count as u64);
    }
}

fn stages(times: &StageTimes) -> [(&'static str, Duration); 7] {
    let StageTimes { sanitize, verify, schedule, load, execute, commit, root } = *times;
    [
        ("sanitize", sanitize),
        ("verify", verify),
        ("schedule", schedule),
        ("load", load),
        ("execute", execute),
        ("commit", commit),
        ("root", root),
    ]
}
