//! Which transactions may run now: the state machine of execution, without a thread in it.
//!
//! Input is a [`Schedule`] and the news that a transaction is done; output is the transactions that have become
//! free to run.
//!
//! ```text
//! waiting ── last predecessor completed ──▶ ready ── taken and executed ──▶ completed
//!    ▲                                        ▲
//!    └ has predecessors                       └ has none: one of Schedule::roots
//! ```
//!
//! The number of open predecessors is all the state there is. It is generic over the kind of counter: plain cells
//! are used by one thread and by the tests, atomic ones by the workers, and the logic is the same.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

use super::graph::Schedule;

/// How many predecessors of one transaction are still to be completed.
pub trait PendingCount {
    /// A counter that stands at `count`.
    fn new(count: u32) -> Self;

    /// Counts one predecessor as completed, and says whether it was the last one. Whoever is told so sees
    /// everything that was written before the other predecessors were counted.
    fn complete_one(&self) -> bool;
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
}

impl PendingCount for AtomicU32 {
    fn new(count: u32) -> Self {
        Self::new(count)
    }

    #[inline]
    fn complete_one(&self) -> bool {
        // If one predecessor is left it is the caller's, so nobody else touches the counter any more: looking is
        // enough, and a chain is followed without a single locked instruction. Each decrement releases and each
        // look acquires, and decrements in between continue the release sequence, so all predecessors' writes are
        // seen.
        if self.load(Ordering::Acquire) == 1 {
            return true;
        }
        let count = self.fetch_sub(1, Ordering::AcqRel);
        debug_assert!(count > 0, "a transaction was completed twice");
        count == 1
    }
}

/// The progress of one execution of a [`Schedule`].
#[derive(Debug)]
pub struct Ready<'a, C> {
    schedule: &'a Schedule,
    pending: Vec<C>,
}

impl<'a, C: PendingCount> Ready<'a, C> {
    /// The state before anything has run. [`Schedule::roots`] are ready.
    pub fn new(schedule: &'a Schedule) -> Self {
        Self { schedule, pending: schedule.predecessor_counts().map(C::new).collect() }
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
