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
    let end_ns = total_ns.max(last_ns).max(1);
    let slice_ns = end_ns.div_ceil(SLICE_COUNT as u64);
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
        let first = usize::try_from(transaction.start_ns / slice_ns).unwrap_or(SLICE_COUNT);
        let slices = (0_u64..).zip(&mut worker.busy).skip(first);
        for (from_ns, share) in slices.map(|(slice, share)| (slice * slice_ns, share)) {
            if from_ns >= transaction.end_ns {
                break;
            }
            let busy_ns =
                transaction.end_ns.min(from_ns + slice_ns).saturating_sub(transaction.start_ns.max(from_ns));
            *share += busy_ns as f64 / slice_ns as f64;
        }
    }
    for worker in &mut workers {
        worker.idle_share = 1.0 - (worker.busy_ns as f64 / end_ns as f64).min(1.0);
    }
    workers
}
