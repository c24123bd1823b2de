//! Which transactions may run now: the state machine of execution, without a thread in it.
//!
//! Input is a [`Schedule`] and the news that a transaction is reached or done; output is the transactions that have become
//! free to run.
//!
//! ```text
//! waiting ── reached in block order, and all predecessors completed ──▶ ready ── taken and executed ──▶ completed
//! ```
//!
//! Being reached is one more thing to wait for: who goes through the block in its order and comes by runs what is free, and
//! what is not will be run by who completes the last predecessor. So as long as nobody waits, execution keeps to block order,
//! in which everything lies in memory.
//!
//! The number of what is waited for is all the state there is. It is generic over the kind of counter: plain cells
//! are used by one thread and by the tests, atomic ones by the workers, and the logic is the same.

use std::cell::Cell;

use super::graph::Schedule;
use super::sync::{AtomicU32, Ordering};

/// How many things one transaction still waits for.
pub trait PendingCount {
    /// A counter that stands at `count`.
    fn new(count: u32) -> Self;

    /// Counts one thing off, and says whether it was the last one. Whoever is told so sees everything that was written
    /// before the others were counted off.
    fn complete_one(&self) -> bool;

    /// Whether one thing alone is waited for.
    fn is_last(&self) -> bool;
}

impl PendingCount for Cell<u32> {
    fn new(count: u32) -> Self {
        Self::new(count)
    }

    #[inline]
    fn complete_one(&self) -> bool {
        let count = self.get();
        debug_assert!(count > 0, "a transaction was completed twice");
        self.set(count - 1);
        count == 1
    }

    fn is_last(&self) -> bool {
        self.get() == 1
    }
}

impl PendingCount for AtomicU32 {
    fn new(count: u32) -> Self {
        Self::new(count)
    }

    #[inline]
    fn complete_one(&self) -> bool {
        // If one thing is left it is the caller's, so nobody else touches the counter any more: looking is enough, and
        // what nobody waits for is taken, and a chain followed, without a single locked instruction. Each decrement releases
        // and each look acquires, and decrements in between continue the release sequence, so all predecessors' writes are
        // seen.
        if self.load(Ordering::Acquire) == 1 {
            return true;
        }
        let count = self.fetch_sub(1, Ordering::AcqRel);
        debug_assert!(count > 0, "a transaction was completed twice");
        count == 1
    }

    #[inline]
    fn is_last(&self) -> bool {
        self.load(Ordering::Relaxed) == 1
    }
}

/// The progress of one execution of a [`Schedule`].
#[derive(Debug)]
pub struct Ready<'a, C> {
    schedule: &'a Schedule,
    pending: Vec<C>,
}

impl<'a, C: PendingCount> Ready<'a, C> {
    /// The state before anything has run or was reached.
    pub fn new(schedule: &'a Schedule) -> Self {
        Self { schedule, pending: schedule.predecessor_counts().map(|count| C::new(count + 1)).collect() }
    }

    /// The number of transactions.
    #[inline]
    pub fn count(&self) -> u32 {
        u32::try_from(self.pending.len()).expect("transactions are counted in 32 bits")
    }

    /// Records that the transaction at `index` is reached in block order, and says whether it is ready now; if not,
    /// [`Self::complete`] will give it to somebody.
    ///
    /// To be called once for each transaction, after it was called for those before it, but not necessarily by the same.
    ///
    /// # Panics
    /// If `index` is not a transaction of the schedule.
    #[inline]
    pub fn reach(&self, index: u32) -> bool {
        self.pending[index as usize].complete_one()
    }

    /// Whether the next thing that happens to the transaction at `index` makes it ready. A hint: it may have happened.
    #[inline]
    pub fn is_almost(&self, index: u32) -> bool {
        self.pending[index as usize].is_last()
    }

    /// Records that the transaction at `index` is done. Returns the first transaction in block order that this
    /// made ready, if any, for the caller to go straight on with; the others are added to `more`, in block order.
    ///
    /// To be called once for each transaction, after it was made ready.
    ///
    /// # Panics
    /// If `index` is not a transaction of the schedule.
    #[inline]
    pub fn complete(&self, index: u32, more: &mut Vec<u32>) -> Option<u32> {
        let mut freed = self
            .schedule
            .successors(index as usize)
            .iter()
            .copied()
            .filter(|successor| self.pending[*successor as usize].complete_one());
        let first = freed.next();
        more.extend(freed);
        first
    }
}
