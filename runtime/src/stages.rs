//! Where the time of a block goes: CPU time a stage, over all threads.

use crate::schedule::Workers;
use std::time::Duration;

/// CPU time of each stage of one block, summed over all threads that worked on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageTimes {
    /// Parsing, structure, compute budget, replay protection.
    pub sanitize: Duration,
    /// Signatures.
    pub verify: Duration,
    /// The dependency graph.
    pub schedule: Duration,
    /// Interning addresses and fetching accounts.
    pub load: Duration,
    /// Running the transactions, each with its own commit or rollback.
    pub execute: Duration,
    /// Collecting outcomes, fees, and handing the changes to the store.
    pub commit: Duration,
    /// Hashing transactions, receipts and state.
    pub root: Duration,
}

impl StageTimes {
    /// Adds another block's times.
    pub fn add(&mut self, other: &Self) {
        self.sanitize += other.sanitize;
        self.verify += other.verify;
        self.schedule += other.schedule;
        self.load += other.load;
        self.execute += other.execute;
        self.commit += other.commit;
        self.root += other.root;
    }

    /// All stages together.
    #[must_use]
    pub fn sum(&self) -> Duration {
        let Self { sanitize, verify, schedule, load, execute, commit, root } = *self;
        sanitize + verify + schedule + load + execute + commit + root
    }
}

/// CPU time this thread has used so far.
#[must_use]
pub fn thread_cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    // Both are never negative: the clock starts with the thread.
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Runs `work` and adds the CPU time this thread spends on it to `total`.
pub fn timed<T>(total: &mut Duration, work: impl FnOnce() -> T) -> T {
    let before = thread_cpu_time();
    let result = work();
    *total += thread_cpu_time().saturating_sub(before);
    result
}

/// Items a worker takes at once in the stages that treat every item by itself: enough that taking costs nothing.
pub const CHUNK_COUNT: usize = 128;

/// Maps `items` in parallel, `chunk_count` at a time: `map` adds one result an item. The CPU time goes to `total`.
pub fn map_chunks<'i, T: Sync, R: Send>(
    workers: &Workers,
    items: &'i [T],
    chunk_count: usize,
    total: &mut Duration,
    map: impl Fn(&'i [T], &mut Vec<R>) + Sync,
) -> Vec<R> {
    let chunks = workers.map_chunks(items, chunk_count, |_, chunk| {
        let mut results = Vec::with_capacity(chunk.len());
        map(chunk, &mut results);
        results
    });
    *total += chunks.cpu;
    timed(total, || {
        let mut all = Vec::with_capacity(items.len());
        chunks.results.into_iter().for_each(|mut results| all.append(&mut results));
        all
    })
}
