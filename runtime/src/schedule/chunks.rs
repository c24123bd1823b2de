//! Stages that treat every item by itself: the workers share the items out in chunks.
//!
//! Input is a slice and a task for a chunk of it; output is the result of each chunk, in order, and the processor time.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::workers::{Workers, thread_cpu_time};

/// The results of a stage that treats every item by itself.
#[derive(Clone, Debug)]
pub struct ChunkResults<R> {
    /// The result of each chunk, in order.
    pub results: Vec<R>,
    /// Processor time spent, summed over the workers.
    pub cpu: Duration,
}

impl Workers {
    /// Calls `task` with the position of the first item and the items for each chunk of `chunk_count` items, on all
    /// workers.
    ///
    /// # Panics
    /// If a task does, or `chunk_count` is 0.
    pub fn map_chunks<'i, T: Sync, R: Send>(
        &self,
        items: &'i [T],
        chunk_count: usize,
        task: impl Fn(usize, &'i [T]) -> R + Sync,
    ) -> ChunkResults<R> {
        let timed = self.pool.install(|| {
            let chunks = items.par_chunks(chunk_count).enumerate();
            chunks.map(|(chunk, items)| timed(|| task(chunk * chunk_count, items))).collect()
        });
        self.chunk_results(timed)
    }

    /// As [`Workers::map_chunks`], but the task may change the items.
    ///
    /// # Panics
    /// If a task does, or `chunk_count` is 0.
    pub fn map_chunks_mut<T: Send, R: Send>(
        &self,
        items: &mut [T],
        chunk_count: usize,
        task: impl Fn(usize, &mut [T]) -> R + Sync,
    ) -> ChunkResults<R> {
        let timed = self.pool.install(|| {
            let chunks = items.par_chunks_mut(chunk_count).enumerate();
            chunks.map(|(chunk, items)| timed(|| task(chunk * chunk_count, items))).collect()
        });
        self.chunk_results(timed)
    }

    /// Processor time spent in [`Workers::map_chunks`] and [`Workers::map_chunks_mut`] since this was last asked,
    /// for whichever block it was.
    pub fn take_chunks_cpu(&self) -> Duration {
        Duration::from_nanos(self.chunks_cpu_ns.swap(0, Ordering::Relaxed))
    }

    fn chunk_results<R>(&self, timed: Vec<(R, Duration)>) -> ChunkResults<R> {
        let cpu: Duration = timed.iter().map(|(_, cpu)| *cpu).sum();
        let cpu_ns = u64::try_from(cpu.as_nanos()).unwrap_or(u64::MAX);
        self.chunks_cpu_ns.fetch_add(cpu_ns, Ordering::Relaxed);
        ChunkResults { results: timed.into_iter().map(|(result, _)| result).collect(), cpu }
    }
}

fn timed<R>(work: impl FnOnce() -> R) -> (R, Duration) {
    let start = thread_cpu_time();
    let result = work();
    (result, thread_cpu_time().saturating_sub(start))
}
