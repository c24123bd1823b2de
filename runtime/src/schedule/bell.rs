//! How workers without work sleep, and are called when there is some. What there is to do lies elsewhere.
//!
//! A worker counts itself among the sleepers, then looks once more, both under the lock under which it is called: either it
//! sees the work, or whoever has made it sees the worker. Who calls takes the called off the count itself, so that one that is
//! slow to wake is not called twice.

use super::sync::{AtomicUsize, Condvar, Mutex, Ordering, fence};
use crossbeam_utils::CachePadded;

/// Where the workers of one block sleep.
#[derive(Debug)]
pub(super) struct Bell {
    /// How many workers sleep and have not been called.
    sleeping_count: CachePadded<AtomicUsize>,
    /// How many workers were called and have not woken up yet.
    called_count: Mutex<usize>,
    call: Condvar,
}

impl Bell {
    /// Nobody sleeps.
    pub(super) fn new() -> Self {
        Self {
            sleeping_count: CachePadded::new(AtomicUsize::new(0)),
            called_count: Mutex::new(0),
            call: Condvar::new(),
        }
    }

    /// Calls up to `count` sleeping workers, after work was put where they would look. Costs a fence and a look when
    /// nobody sleeps.
    pub(super) fn call(&self, count: usize) {
        // Pairs with the fence in `sleep`: either that worker sees the new work, or this one sees it sleep.
        fence(Ordering::SeqCst);
        if self.sleeping_count.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut called_count = self.called_count.lock();
        let sleeping_count = self.sleeping_count.load(Ordering::Relaxed);
        let count = count.min(sleeping_count);
        self.sleeping_count.store(sleeping_count - count, Ordering::Relaxed);
        *called_count += count;
        drop(called_count);
        for _ in 0..count {
            self.call.notify_one();
        }
    }

    /// Sleeps until called. Returns at once if `has_news` says that there is a reason to look around.
    pub(super) fn sleep(&self, has_news: impl FnOnce() -> bool) {
        // `sleeping_count` changes under this lock only, so a call cannot fall between the look and the wait.
        let mut called_count = self.called_count.lock();
        let sleeping_count = self.sleeping_count.load(Ordering::Relaxed);
        self.sleeping_count.store(sleeping_count + 1, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if has_news() {
            self.sleeping_count.store(sleeping_count, Ordering::Relaxed);
            return;
        }
        while *called_count == 0 {
            self.call.wait(&mut called_count);
        }
        *called_count -= 1;
    }
}
