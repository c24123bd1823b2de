//! What the workers tell each other without locks, in a model that runs every interleaving and every order in which memory may
//! show writes: `bell.rs` and `ready.rs` as they stand, over the model's atomics and locks.

#[expect(dead_code, unreachable_pub, reason = "the model uses a part of what it includes")]
#[expect(clippy::duplicate_mod, reason = "it is the same code over other atomics")]
#[path = "../ready.rs"]
mod ready;

#[expect(clippy::duplicate_mod, reason = "it is the same code over other atomics and locks")]
#[path = "../bell.rs"]
mod bell;

#[expect(clippy::duplicate_mod, reason = "it is the same code over other atomics and cells")]
#[path = "../loan.rs"]
mod loan;

use crate::schedule::graph;
use bell::Bell;
use loan::{Loan, Taken};
use loom::sync::Arc;
use loom::thread;
use ready::Ready;
use sync::{AtomicU32, AtomicUsize, Ordering};

/// In the place of `../sync.rs`: the same names, of the model.
mod sync {
    pub(super) use loom::sync::atomic::{AtomicUsize, Ordering, fence};
    use std::ops::{Deref, DerefMut};

    /// The model's counter has no way to be read by its one owner alone: once all threads have ended, any read shows the last value.
    #[derive(Debug)]
    pub(super) struct AtomicU32(loom::sync::atomic::AtomicU32);

    impl AtomicU32 {
        pub(super) fn new(value: u32) -> Self {
            Self(loom::sync::atomic::AtomicU32::new(value))
        }

        pub(super) fn get_mut(&mut self) -> Box<u32> {
            Box::new(self.0.load(Ordering::Relaxed))
        }
    }

    impl Deref for AtomicU32 {
        type Target = loom::sync::atomic::AtomicU32;

        fn deref(&self) -> &Self::Target {
            &self.0
        }
    }

    /// The model sees who reads and writes it, and reports what is not ordered.
    #[derive(Debug)]
    pub(super) struct ValueCell<T>(loom::cell::UnsafeCell<T>);

    impl<T> ValueCell<T> {
        pub(super) fn new(value: T) -> Self {
            Self(loom::cell::UnsafeCell::new(value))
        }

        pub(super) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
            self.0.with(read)
        }

        pub(super) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
            self.0.with_mut(write)
        }

        #[expect(unsafe_code, reason = "the model's cell has no other way")]
        pub(super) fn get_mut(&mut self) -> &mut T {
            // SAFETY: `self` is borrowed exclusively.
            self.0.with_mut(|value| unsafe { &mut *value })
        }
    }

    #[derive(Debug)]
    pub(super) struct Mutex<T>(loom::sync::Mutex<T>);

    /// Empty only while it waits.
    pub(super) struct Guard<'m, T>(Option<loom::sync::MutexGuard<'m, T>>);

    #[derive(Debug)]
    pub(super) struct Condvar(loom::sync::Condvar);

    impl<T> Mutex<T> {
        pub(super) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(super) fn lock(&self) -> Guard<'_, T> {
            Guard(Some(self.0.lock().expect("nobody panics")))
        }
    }

    impl<T> Deref for Guard<'_, T> {
        type Target = T;

        fn deref(&self) -> &T {
            self.0.as_ref().expect("does not wait")
        }
    }

    impl<T> DerefMut for Guard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            self.0.as_mut().expect("does not wait")
        }
    }

    impl Condvar {
        pub(super) fn new() -> Self {
            Self(loom::sync::Condvar::new())
        }

        pub(super) fn wait<T>(&self, guard: &mut Guard<'_, T>) {
            let inner = guard.0.take().expect("does not wait");
            guard.0 = Some(self.0.wait(inner).expect("nobody panics"));
        }

        pub(super) fn notify_one(&self) {
            self.0.notify_one();
        }
    }
}

/// Once the work is there, nobody sleeps who has not found it: the model reports a thread that waits for ever.
#[test]
fn a_call_is_never_missed() {
    loom::model(|| {
        let shared = Arc::new((Bell::new(), AtomicUsize::new(0)));
        let sleepers: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (bell, work) = &*shared;
                    while work.load(Ordering::Acquire) == 0 {
                        bell.sleep(|| work.load(Ordering::Relaxed) != 0);
                    }
                })
            })
            .collect();
        let (bell, work) = &*shared;
        work.store(1, Ordering::Release);
        bell.call(2);
        sleepers.into_iter().for_each(|sleeper| sleeper.join().expect("no panic"));
    });
}

/// One worker is called for one piece of work, twice, by two others: it sleeps at most twice, and finds both.
#[test]
fn calls_of_several_are_not_lost() {
    // All orders would take minutes; faults that need more than three switches at the wrong moment are rare.
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let shared = Arc::new((Bell::new(), AtomicUsize::new(0)));
        let callers: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (bell, work) = &*shared;
                    work.fetch_add(1, Ordering::Release);
                    bell.call(1);
                })
            })
            .collect();
        let (bell, work) = &*shared;
        let mut seen = 0;
        while seen < 2 {
            let before = seen;
            bell.sleep(|| work.load(Ordering::Relaxed) != before);
            seen = work.load(Ordering::Acquire);
        }
        callers.into_iter().for_each(|caller| caller.join().expect("no panic"));
    });
}

/// Two transactions that a third waits for, completed by two workers, while a third one reaches it: it is given to exactly one
/// of them, and that one sees what both have written.
#[test]
fn what_waits_is_given_to_one_who_sees_everything_before() {
    loom::model(|| {
        let schedule = super::case("w0 w1 w0,w1").schedule();
        let schedule: &'static graph::Schedule = Box::leak(Box::new(schedule));
        let ready = Ready::<AtomicU32>::new(schedule);
        assert!(ready.reach(0) && ready.reach(1));
        let shared = Arc::new((ready, [AtomicUsize::new(0), AtomicUsize::new(0)], AtomicUsize::new(0)));
        let run = |shared: &(Ready<'static, AtomicU32>, [AtomicUsize; 2], AtomicUsize)| {
            let (_, written, run_count) = shared;
            assert!(written.iter().all(|written| written.load(Ordering::Relaxed) == 7));
            run_count.fetch_add(1, Ordering::Relaxed);
        };
        let workers: Vec<_> = (0..2_u32)
            .map(|index| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (ready, written, _) = &*shared;
                    written[index as usize].store(7, Ordering::Relaxed);
                    if ready.complete(index, &mut Vec::new()).is_some() {
                        run(&shared);
                    }
                })
            })
            .collect();
        if shared.0.reach(2) {
            run(&shared);
        }
        workers.into_iter().for_each(|worker| worker.join().expect("no panic"));
        assert_eq!(shared.2.load(Ordering::Relaxed), 1, "the third ran once");
    });
}

/// Three threads ask for a value, to write or to read it, when and as they like: whoever gets it has it alone or among readers (which
/// the model's cell checks) and sees all that was written before. In some orders all get it, in others some are refused.
#[test]
fn a_value_is_lent_to_one_writer_or_to_readers() {
    let written_counts = std::sync::Arc::new(std::sync::Mutex::new(std::collections::BTreeSet::new()));
    let seen = std::sync::Arc::clone(&written_counts);
    loom::model(move || {
        let shared = Arc::new((Loan::new(0_usize), AtomicUsize::new(0)));
        let write = |(loan, written_count): &(Loan<usize>, AtomicUsize)| {
            if loan.begin_writing(|value| *value += 1).is_ok() {
                written_count.fetch_add(1, Ordering::Relaxed);
                #[expect(unsafe_code, reason = "what was begun ends")]
                // SAFETY: writing has begun just now.
                unsafe {
                    loan.end_writing(|value| *value += 1);
                }
            }
        };
        let read = |(loan, _): &(Loan<usize>, AtomicUsize)| {
            if let Ok(value) = loan.begin_reading(|value| *value) {
                assert!(value % 2 == 0, "no writer is half done");
                #[expect(unsafe_code, reason = "what was begun ends")]
                // SAFETY: reading has begun just now.
                unsafe {
                    loan.end_reading();
                }
            }
        };
        let others: Vec<_> = [write as fn(&(Loan<usize>, AtomicUsize)), read]
            .into_iter()
            .map(|act| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || act(&shared))
            })
            .collect();
        write(&shared);
        others.into_iter().for_each(|other| other.join().expect("no panic"));
        let (mut loan, written_count) = Arc::try_unwrap(shared).unwrap_or_else(|_| panic!("all have ended"));
        let written_count = written_count.load(Ordering::Relaxed);
        seen.lock().expect("nobody panics").insert(written_count);
        assert_eq!(loan.get_mut().copied(), Ok(2 * written_count));
        assert_eq!(loan.begin_writing(|_| loan.begin_reading(|_| ())), Ok(Err(Taken)));
    });
    // None, if the reader has it whenever a writer asks; else one, or both.
    assert!(written_counts.lock().expect("nobody panics").iter().copied().eq(0..=2));
}
