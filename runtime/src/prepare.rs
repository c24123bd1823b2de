//! What of a block depends on its bytes alone: structure, signatures, interned accounts, the dependency graph.
//!
//! Bytes come in, a [`PreparedBlock`] goes to [`block`](crate::block). No account and no earlier block is looked at, so a
//! block can be prepared while those before it still execute: a [`Preparer`] does that.
//!
//! Transactions that turn out to be stale when the ledger is looked at are rare. Then the rest is interned and its graph
//! built once more (`PreparedBlock::leave_out`).

use crate::bug;
use crate::error::{Fatal, Rejection};
use crate::execute::Prepared;
use crate::execute::load::Interned;
use crate::ingest::{self, KeyCache, VerifiedTransaction};
use crate::ledger::TransactionList;
use crate::runtime::Signatures;
use crate::schedule::{Schedule, Workers};
use crate::stages::{CHUNK_COUNT, StageTimes, thread_cpu_time, timed};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;

/// A block is divided into so many chunks a worker at least, down to [`CHUNK_COUNT`] transactions each: signatures are cheaper
/// the more of them are checked at once, but nobody shall wait long for who checks the last.
const CHUNKS_PER_WORKER_COUNT: usize = 4;

/// A transaction whose structure and compute budget are good.
#[derive(Clone, Debug)]
pub(crate) struct Parsed<'b> {
    bytes: &'b [u8],
    pub(crate) transaction: ingest::SanitizedTransaction<'b>,
    pub(crate) budget: ingest::Budget,
    pub(crate) write_locks: u64,
}

impl<'b> Parsed<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Result<Self, Rejection> {
        let transaction = ingest::sanitize(bytes)?;
        let budget = ingest::budget(&transaction)?;
        let write_locks = ingest::write_locks(&transaction);
        Ok(Self { bytes, transaction, budget, write_locks })
    }

    /// The same, verified as `transaction`.
    pub(crate) fn prepared(self, transaction: VerifiedTransaction<'b>) -> Prepared<'b> {
        let Self { bytes, budget, write_locks, .. } = self;
        Prepared { bytes, transaction, budget, write_locks }
    }
}

/// A block's transactions, checked as far as their bytes allow, and what waits for what.
#[derive(Debug)]
pub struct PreparedBlock<'b> {
    /// How many transactions came in.
    pub(crate) input_count: usize,
    /// The good ones, in order.
    pub(crate) transactions: Vec<Prepared<'b>>,
    /// Their indices in the input.
    pub(crate) indices: Vec<usize>,
    /// The others, by index in the input, and why.
    pub(crate) rejected: Vec<(usize, Rejection)>,
    /// The accounts of the good ones.
    pub(crate) interned: Interned<'b>,
    /// Their dependency graph.
    pub(crate) schedule: Schedule,
    /// Their bytes, as a block records them.
    pub(crate) list: TransactionList,
    /// What it took.
    pub(crate) stages: StageTimes,
    /// The part of it that was shared among workers.
    pub(crate) shared_cpu: Duration,
}

/// What preparing needs beside the bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Means<'m> {
    pub(crate) workers: &'m Workers,
    pub(crate) keys: &'m KeyCache,
    pub(crate) signatures: Signatures,
}

/// One chunk of the input.
#[derive(Debug, Default)]
struct Chunk<'b> {
    good: Vec<Prepared<'b>>,
    /// Their indices in the input.
    indices: Vec<usize>,
    rejected: Vec<(usize, Rejection)>,
    sanitize: Duration,
    verify: Duration,
}

impl<'b> PreparedBlock<'b> {
    /// Prepares a block; its graph is built in the room of `schedule`.
    pub(crate) fn new<T: AsRef<[u8]> + Sync>(bytes: &'b [T], means: Means<'_>, schedule: Schedule) -> Self {
        let share = bytes.len().div_ceil(means.workers.count() * CHUNKS_PER_WORKER_COUNT);
        let chunk_count = share.clamp(CHUNK_COUNT, ingest::verify::GROUP_COUNT);
        let chunks = means.workers.map_chunks(bytes, chunk_count, |first, chunk| check(first, chunk, means));
        let mut block = Self {
            input_count: bytes.len(),
            transactions: Vec::with_capacity(bytes.len()),
            indices: Vec::with_capacity(bytes.len()),
            rejected: Vec::new(),
            interned: Interned::default(),
            schedule,
            list: TransactionList::default(),
            stages: StageTimes::default(),
            shared_cpu: chunks.cpu,
        };
        let mut stages = StageTimes::default();
        timed(&mut stages.sanitize, || {
            for mut chunk in chunks.results {
                block.stages.sanitize += chunk.sanitize;
                block.stages.verify += chunk.verify;
                block.rejected.append(&mut chunk.rejected);
                block.indices.append(&mut chunk.indices);
                block.transactions.append(&mut chunk.good);
            }
        });
        block.stages.add(&stages);
        block.relate();
        block
    }

    /// Takes those transactions out whose positions are given, ascending: they are stale.
    pub(crate) fn leave_out(&mut self, stale: &[usize]) {
        if stale.is_empty() {
            return;
        }
        let mut stale_left = stale.iter().copied().peekable();
        let stays: Vec<bool> =
            (0..self.transactions.len()).map(|position| stale_left.next_if_eq(&position).is_none()).collect();
        let mut stays_left = stays.iter();
        self.transactions.retain(|_| stays_left.next() == Some(&true));
        let mut stays_left = stays.iter();
        self.indices.retain(|_| stays_left.next() == Some(&true));
        self.relate();
    }

    /// Finds out which accounts the transactions name and who waits for whom.
    fn relate(&mut self) {
        let Self { transactions, interned, schedule, list, stages, .. } = self;
        timed(&mut stages.load, || *interned = Interned::new(transactions));
        timed(&mut stages.schedule, || {
            schedule.rebuild(&interned.access_sets, interned.account_count());
        });
        timed(&mut stages.commit, || {
            *list = TransactionList::of(transactions.iter().map(|transaction| transaction.bytes));
        });
    }
}

impl<'b> Chunk<'b> {
    /// Takes a good transaction in, once `verify` has said that it is verified.
    fn keep(
        &mut self,
        index: usize,
        parsed: Parsed<'b>,
        verify: impl FnOnce(ingest::SanitizedTransaction<'b>) -> VerifiedTransaction<'b>,
    ) {
        let verified = verify(parsed.transaction);
        self.good.push(parsed.prepared(verified));
        self.indices.push(index);
    }
}

/// Structure, compute budget, locks and signatures of some transactions, of which the first has the index `first`.
fn check<'b, T: AsRef<[u8]>>(first: usize, bytes: &'b [T], means: Means<'_>) -> Chunk<'b> {
    let mut chunk = Chunk {
        good: Vec::with_capacity(bytes.len()),
        indices: Vec::with_capacity(bytes.len()),
        ..Chunk::default()
    };
    let begin = thread_cpu_time();
    if means.signatures == Signatures::Skip {
        for (index, bytes) in (first..).zip(bytes) {
            match Parsed::new(bytes.as_ref()) {
                Ok(parsed) => chunk.keep(index, parsed, VerifiedTransaction::assume_verified),
                Err(rejection) => chunk.rejected.push((index, rejection)),
            }
        }
        chunk.sanitize = thread_cpu_time().saturating_sub(begin);
        return chunk;
    }
    let mut parsed = Vec::with_capacity(bytes.len());
    for (index, bytes) in (first..).zip(bytes) {
        match Parsed::new(bytes.as_ref()) {
            Ok(good) => parsed.push((index, good)),
            Err(rejection) => chunk.rejected.push((index, rejection)),
        }
    }
    let middle = thread_cpu_time();
    let transactions: Vec<_> = parsed.iter().map(|(_, parsed)| parsed.transaction).collect();
    let results = ingest::verify_with(&transactions, means.keys);
    for ((index, parsed), result) in parsed.into_iter().zip(results) {
        match result {
            Ok(verified) => chunk.keep(index, parsed, |_| verified),
            Err(error) => chunk.rejected.push((index, error.into())),
        }
    }
    chunk.sanitize = middle.saturating_sub(begin);
    chunk.verify = thread_cpu_time().saturating_sub(middle);
    chunk
}

/// Prepares blocks for a [`Runtime`](crate::Runtime) while it executes those before them, on the runtime's own workers: they
/// do the one where the other leaves them idle. To be used from another thread than the runtime. Cheap to copy.
#[derive(Clone, Debug)]
pub struct Preparer {
    workers: Arc<Workers>,
    keys: Arc<KeyCache>,
    signatures: Signatures,
    schedules: Arc<Schedules>,
}

/// Graphs of blocks that are over, whose room the next ones are built in.
#[derive(Debug, Default)]
pub(crate) struct Schedules {
    spare: Mutex<Vec<Schedule>>,
}

impl Schedules {
    /// A graph to rebuild.
    pub(crate) fn take(&self) -> Schedule {
        self.spare.lock().pop().unwrap_or_default()
    }

    /// Keeps the room of a graph that is no longer needed.
    pub(crate) fn give_back(&self, schedule: Schedule) {
        self.spare.lock().push(schedule);
    }
}

impl Preparer {
    pub(crate) fn new(
        workers: Arc<Workers>,
        keys: Arc<KeyCache>,
        signatures: Signatures,
        schedules: Arc<Schedules>,
    ) -> Self {
        Self { workers, keys, signatures, schedules }
    }

    /// Checks a block's transactions as far as their bytes allow, and finds out who waits for whom.
    ///
    /// # Errors
    /// [`Fatal::Bug`] if an invariant of this crate does not hold. What is wrong with a transaction is no error: whoever
    /// executes the block hears of it.
    pub fn prepare<'b, T: AsRef<[u8]> + Sync>(&self, bytes: &'b [T]) -> Result<PreparedBlock<'b>, Fatal> {
        let means = Means { workers: &self.workers, keys: &self.keys, signatures: self.signatures };
        bug::caught(|| Ok(self.workers.install(|| PreparedBlock::new(bytes, means, self.schedules.take()))))
    }
}
