//! What each worker did while the block executed.

use super::observation::BlockObservation;
use serde::Serialize;

/// Slices into which the time of executing is cut for [`WorkerActivity::busy`].
const SLICE_COUNT: usize = 100;

/// One worker during one block.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct WorkerActivity {
    /// Its number, from 0.
    pub worker: u16,
    /// Transactions it executed.
    pub executed: usize,
    /// Nanoseconds it executed.
    pub busy_ns: u64,
    /// Share of the time of executing in which it did not, 0 to 1.
    pub idle_share: f64,
    /// Share of each hundredth of that time in which it executed, 0 to 1.
    pub busy: Vec<f64>,
}

/// The activity of every worker, in the order of their numbers.
#[must_use]
pub fn worker_activity(block: &BlockObservation) -> Vec<WorkerActivity> {
    let total_ns = u64::try_from(block.execute.as_nanos()).unwrap_or(u64::MAX);
    let last_ns = block.transactions.iter().map(|transaction| transaction.end_ns).max().unwrap_or(0);
    let slice_ns = (total_ns.max(last_ns).max(1) as f64) / SLICE_COUNT as f64;
    let mut workers: Vec<WorkerActivity> = (0..block.worker_count)
        .map(|worker| WorkerActivity {
            worker: u16::try_from(worker).unwrap_or(u16::MAX),
            busy: vec![0.0; SLICE_COUNT],
            ..WorkerActivity::default()
        })
        .collect();
    for transaction in &block.transactions {
        let Some(worker) = workers.get_mut(usize::from(transaction.worker)) else { continue };
        worker.executed += 1;
        worker.busy_ns += transaction.time_ns();
        let (start, end) = (transaction.start_ns as f64 / slice_ns, transaction.end_ns as f64 / slice_ns);
        for slice in start as usize..SLICE_COUNT.min(end as usize + 1) {
            let from = start.max(slice as f64);
            worker.busy[slice] += (end.min(slice as f64 + 1.0) - from).max(0.0);
        }
    }
    for worker in &mut workers {
        worker.idle_share = 1.0 - (worker.busy_ns as f64 / (slice_ns * SLICE_COUNT as f64)).min(1.0);
    }
    workers
}
