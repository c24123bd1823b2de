//! The workers: the only place that owns threads. They execute a block along its dependency graph.
//!
//! Input is a [`Schedule`] and a task to call once for each transaction; output is what each worker did. A worker
//! goes straight on with a successor it has just freed. All else it frees goes on top of its own deque, where others
//! may steal from the far end; transactions are fetched in groups in block order. README.md tells more.
//!
//! **Invariant:** a task starts after the tasks of all transactions it depends on have returned, and sees their
//! writes; each task is called exactly once, unless one panics.

use std::any::Any;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_deque::{Steal, Stealer, Worker as Deque};
use crossbeam_utils::{Backoff, CachePadded};
use parking_lot::Mutex;

use super::bell::Bell;
use super::graph::Schedule;
use super::ready::Ready;

/// The native stack of a worker unless told otherwise, in bytes. It is far more than program calls can use within
/// their own counted limits, since running out of native stack aborts the process. Pages are only taken when touched.
pub const DEFAULT_STACK_SIZE_BYTES: usize = 64 << 20;

/// Transactions fetched at once, at most: enough that fetching costs nothing beside executing.
const MAX_GROUP_COUNT: u32 = 32;

/// Groups shrink so that at least this many are left for each worker, down to a single transaction.
const GROUPS_PER_WORKER: u32 = 4;

/// Of those that wait for the transaction at hand, so many are announced: most often one of the first is next.
const ANNOUNCED_SUCCESSORS_COUNT: usize = 2;

/// How many transactions lie between one that is [`Soon::Next`] and one that is [`Soon::Later`].
const LATER_COUNT: usize = 2;

/// When a transaction that is announced will run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Soon {
    /// In a while: time to look up where the things are that it needs.
    Later,
    /// Next: time to fetch them.
    Next,
}

/// A fixed set of threads that execute blocks.
#[derive(Debug)]
pub struct Workers {
    pub(super) pool: rayon::ThreadPool,
    /// Nanoseconds of processor time spent in chunks since they were last asked for.
    pub(super) chunks_cpu_ns: AtomicU64,
}

/// What one worker did during one block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkerReport {
    /// Processor time it spent, looking for work excluded.
    pub busy_cpu: Duration,
    /// Wall time during which it had nothing to do.
    pub idle: Duration,
    /// The number of transactions it executed.
    pub executed: usize,
}

/// Why workers could not be started or a block not be executed.
#[derive(Debug, thiserror::Error)]
pub enum WorkersError {
    /// There must be a worker.
    #[error("the number of workers must be at least 1")]
    NoWorkers,
    /// The operating system refused the threads.
    #[error("cannot start the worker threads: {0}")]
    Start(#[from] rayon::ThreadPoolBuildError),
    /// Each worker needs a state of its own.
    #[error("{found} states were given for {expected} workers")]
    StateCount {
        /// The number of workers.
        expected: usize,
        /// The number of states.
        found: usize,
    },
    /// A task panicked. Transactions that had not begun were not executed.
    #[error("a worker panicked: {message}")]
    Panicked {
        /// What the panic said.
        message: String,
    },
}

impl Workers {
    /// Starts `count` workers with the default stack.
    ///
    /// # Errors
    /// As [`Workers::with_stack_size`].
    pub fn new(count: usize) -> Result<Self, WorkersError> {
        Self::with_stack_size(count, DEFAULT_STACK_SIZE_BYTES)
    }

    /// Starts `count` workers with a native stack of `stack_size_bytes` each, named `sealane-worker-0` and so on.
    ///
    /// # Errors
    /// - [`WorkersError::NoWorkers`] if `count` is 0;
    /// - [`WorkersError::Start`] if a thread cannot be created.
    pub fn with_stack_size(count: usize, stack_size_bytes: usize) -> Result<Self, WorkersError> {
        if count == 0 {
            return Err(WorkersError::NoWorkers);
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(count)
            .stack_size(stack_size_bytes)
            .thread_name(|index| format!("sealane-worker-{index}"))
            .build()?;
        Ok(Self { pool, chunks_cpu_ns: AtomicU64::new(0) })
    }

    /// The number of workers.
    pub fn count(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Runs `work` on one of the workers, with its large stack.
    pub fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.pool.install(work)
    }

    /// Calls `task` once for each transaction of the schedule, on all workers, each transaction after those it
    /// depends on. Each worker uses its own one of `states`. Returns one report a worker.
    ///
    /// A single worker goes through the block in block order.
    ///
    /// # Errors
    /// - [`WorkersError::StateCount`] if there is not one state for each worker;
    /// - [`WorkersError::Panicked`] if a task panics. No task is running any more by then; states are as the tasks
    ///   left them.
    pub fn run<S: Send>(
        &self,
        schedule: &Schedule,
        states: &mut [S],
        task: impl Fn(&mut S, usize) + Sync,
    ) -> Result<Vec<WorkerReport>, WorkersError> {
        self.run_announced(schedule, states, |_, _| (), task)
    }

    /// As [`Workers::run`], but most transactions are announced by calls of `soon` before they run, on the worker that is
    /// likely to run them: hints, to fetch what they will need. Any may be announced more than once, or never.
    ///
    /// # Errors
    /// As [`Workers::run`].
    pub fn run_announced<S: Send>(
        &self,
        schedule: &Schedule,
        states: &mut [S],
        soon: impl Fn(usize, Soon) + Sync,
        task: impl Fn(&mut S, usize) + Sync,
    ) -> Result<Vec<WorkerReport>, WorkersError> {
        if states.len() != self.count() {
            return Err(WorkersError::StateCount { expected: self.count(), found: states.len() });
        }
        if let [state] = states {
            let run = || run_serially(schedule, state, &soon, &task);
            return self.pool.install(run).map(|report| vec![report]);
        }
        let crew: Vec<_> = states.iter_mut().map(|state| Mutex::new((state, Deque::new_lifo()))).collect();
        let stealers = crew.iter().map(|member| member.lock().1.stealer()).collect();
        let block = Block::new(schedule, stealers);
        let outcomes = self.pool.broadcast(|context| {
            let mut member = crew[context.index()].lock();
            let (state, deque) = &mut *member;
            let mut worker = Worker::new(&block, context.index(), deque);
            let outcome = catch_unwind(AssertUnwindSafe(|| worker.run(&soon, |index| task(state, index))));
            if outcome.is_err() {
                block.stop();
            }
            outcome
        });
        outcomes.into_iter().map(|outcome| outcome.map_err(panicked)).collect()
    }
}

/// What the workers share while they execute one block.
struct Block<'a> {
    schedule: &'a Schedule,
    ready: Ready<'a, AtomicU32>,
    stealers: Vec<Stealer<u32>>,
    /// How many transactions have been fetched, in block order.
    fetched_count: CachePadded<AtomicU32>,
    /// How many transactions are not completed. Workers report what they completed when they run out of work.
    unfinished_count: CachePadded<AtomicUsize>,
    /// A task panicked: nobody begins another one.
    stopped: AtomicBool,
    bell: Bell,
}

impl<'a> Block<'a> {
    fn new(schedule: &'a Schedule, stealers: Vec<Stealer<u32>>) -> Self {
        Self {
            schedule,
            ready: Ready::new(schedule),
            stealers,
            fetched_count: CachePadded::default(),
            unfinished_count: CachePadded::new(AtomicUsize::new(schedule.len())),
            stopped: AtomicBool::new(false),
            bell: Bell::new(),
        }
    }

    /// Fetches the next group in block order. Each worker takes its share of what is left, within bounds, so that the
    /// groups are large while there is much to do and nobody waits long for the last one.
    fn fetch(&self) -> Range<u32> {
        let end = self.ready.count();
        let mut fetched = self.fetched_count.load(Ordering::Relaxed);
        loop {
            let left = end - fetched;
            if left == 0 {
                return end..end;
            }
            let shares =
                u32::try_from(self.stealers.len()).unwrap_or(u32::MAX).saturating_mul(GROUPS_PER_WORKER);
            let next = fetched + (left / shares).clamp(1, MAX_GROUP_COUNT);
            match self.fetched_count.compare_exchange_weak(
                fetched,
                next,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return fetched..next,
                Err(current) => fetched = current,
            }
        }
    }

    /// Whether a worker has a reason to look around.
    fn has_news(&self) -> bool {
        self.is_over()
            || self.fetched_count.load(Ordering::Relaxed) < self.ready.count()
            || self.stealers.iter().any(|stealer| !stealer.is_empty())
    }

    fn is_over(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) || self.unfinished_count.load(Ordering::Acquire) == 0
    }

    /// Reports `count` transactions as completed, and calls everybody if these were the last.
    fn finish(&self, count: usize) {
        if count > 0 && self.unfinished_count.fetch_sub(count, Ordering::AcqRel) == count {
            self.bell.call(self.stealers.len());
        }
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.bell.call(self.stealers.len());
    }
}

/// One worker while it executes one block.
struct Worker<'a> {
    block: &'a Block<'a>,
    index: usize,
    deque: &'a Deque<u32>,
    /// Transactions freed by the one just completed, beyond the first. Empty but for a moment.
    freed: Vec<u32>,
    /// What of the group fetched last could run at once, in block order.
    group: Vec<u32>,
    /// How many of those are announced, or were not worth it.
    announced_count: usize,
    executed: usize,
    /// How many of those executed are already reported as finished.
    reported: usize,
    idle: Duration,
    idle_cpu: Duration,
}

impl<'a> Worker<'a> {
    fn new(block: &'a Block<'a>, index: usize, deque: &'a Deque<u32>) -> Self {
        Self {
            block,
            index,
            deque,
            freed: Vec::new(),
            group: Vec::new(),
            announced_count: 0,
            executed: 0,
            reported: 0,
            idle: Duration::ZERO,
            idle_cpu: Duration::ZERO,
        }
    }

    /// Executes until the block is done, or stopped.
    fn run(&mut self, soon: &impl Fn(usize, Soon), mut task: impl FnMut(usize)) -> WorkerReport {
        let start_cpu = thread_cpu_time();
        while let Some(mut index) = self.find().or_else(|| self.wait()) {
            loop {
                if self.block.stopped.load(Ordering::Relaxed) {
                    break;
                }
                self.announce(index, soon);
                task(index as usize);
                self.executed += 1;
                let next = self.block.ready.complete(index, &mut self.freed);
                if !self.freed.is_empty() {
                    self.share_freed();
                }
                match next {
                    Some(successor) => index = successor,
                    None => break,
                }
            }
        }
        let busy_cpu = thread_cpu_time().saturating_sub(start_cpu).saturating_sub(self.idle_cpu);
        WorkerReport { busy_cpu, idle: self.idle, executed: self.executed }
    }

    /// Announces what is likely to run after the transaction at `index`, which is about to: who waits for it alone, and the
    /// next ones of the group fetched last.
    #[inline]
    fn announce(&mut self, index: u32, soon: &impl Fn(usize, Soon)) {
        let Block { schedule, ready, .. } = self.block;
        let waiting = schedule.successors(index as usize).iter().take(ANNOUNCED_SUCCESSORS_COUNT);
        for next in waiting.copied().filter(|next| ready.is_almost(*next)) {
            soon(next as usize, Soon::Next);
            if let Some(later) = schedule.successors(next as usize).first() {
                soon(*later as usize, Soon::Later);
            }
        }
        if let Some(next) = self.group.get(self.announced_count) {
            soon(*next as usize, Soon::Next);
            if let Some(later) = self.group.get(self.announced_count + LATER_COUNT) {
                soon(*later as usize, Soon::Later);
            }
            self.announced_count += 1;
        }
    }

    /// Puts what was freed on top of the deque, the first in block order topmost.
    #[cold]
    #[inline(never)]
    fn share_freed(&mut self) {
        let count = self.freed.len();
        for index in self.freed.drain(..).rev() {
            self.deque.push(index);
        }
        self.block.bell.call(count);
    }

    /// The next transaction to execute, if there is one to be had: an own one, else a fetched one, else somebody else's.
    #[inline]
    fn find(&mut self) -> Option<u32> {
        self.deque.pop().or_else(|| self.fetch()).or_else(|| self.steal())
    }

    /// The next transaction in block order that may run; those that wait are left to who completes what they wait for.
    fn fetch(&mut self) -> Option<u32> {
        loop {
            let group = self.block.fetch();
            if group.is_empty() {
                return None;
            }
            self.group.clear();
            self.group.extend(group.filter(|index| self.block.ready.reach(*index)));
            self.announced_count = 1;
            if let Some((first, others)) = self.group.split_first() {
                // Those fetched stay open to thieves: this worker may be busy with a long chain behind the first one.
                for index in others.iter().rev() {
                    self.deque.push(*index);
                }
                return Some(*first);
            }
        }
    }

    fn steal(&mut self) -> Option<u32> {
        let stealers = &self.block.stealers;
        let (before, from) = stealers.split_at(self.index);
        let others = from[1..].iter().chain(before);
        for stealer in others {
            loop {
                match stealer.steal_batch_and_pop(self.deque) {
                    Steal::Success(index) => return Some(index),
                    Steal::Empty => break,
                    Steal::Retry => std::hint::spin_loop(),
                }
            }
        }
        None
    }

    /// Waits for something to do; `None` if the block is over. At first it looks again and again, for a chain may
    /// free something any moment; then it sleeps, so as not to take time from those who work.
    #[cold]
    #[inline(never)]
    #[expect(clippy::disallowed_methods, reason = "idle time is reported, and nothing is decided by it")]
    fn wait(&mut self) -> Option<u32> {
        self.block.finish(self.executed - self.reported);
        self.reported = self.executed;
        let (start, start_cpu) = (Instant::now(), thread_cpu_time());
        let backoff = Backoff::new();
        let found = loop {
            if self.block.is_over() {
                break None;
            }
            let found = self.find();
            if found.is_some() {
                break found;
            }
            if rayon::yield_now() == Some(rayon::Yield::Executed) {
                // Something else was to be done, for a block that comes later.
                backoff.reset();
            } else if backoff.is_completed() {
                self.block.bell.sleep(|| self.block.has_news());
            } else {
                backoff.snooze();
            }
        };
        self.idle += start.elapsed();
        self.idle_cpu += thread_cpu_time().saturating_sub(start_cpu);
        found
    }
}

/// Executes in block order, which every dependency agrees with.
fn run_serially<S>(
    schedule: &Schedule,
    state: &mut S,
    soon: impl Fn(usize, Soon),
    task: impl Fn(&mut S, usize),
) -> Result<WorkerReport, WorkersError> {
    let start_cpu = thread_cpu_time();
    let run = || {
        for index in 0..schedule.len() {
            for (distance, when) in [(1, Soon::Next), (1 + LATER_COUNT, Soon::Later)] {
                if index + distance < schedule.len() {
                    soon(index + distance, when);
                }
            }
            task(state, index);
        }
    };
    catch_unwind(AssertUnwindSafe(run)).map_err(panicked)?;
    let busy_cpu = thread_cpu_time().saturating_sub(start_cpu);
    Ok(WorkerReport { busy_cpu, idle: Duration::ZERO, executed: schedule.len() })
}

fn panicked(payload: Box<dyn Any + Send>) -> WorkersError {
    WorkersError::Panicked { message: crate::bug::message(payload) }
}

/// The processor time this thread has used so far.
pub(super) fn thread_cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
