//! Threaded execution, many seeds and worker counts: no conflicting pair overlaps, block order decides between
//! them, every transaction runs once, its writes are seen, and a panic ends the block instead of hanging it.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::{Case, Random, case};
use crate::schedule::{Access, AccessSets, WorkerReport, Workers, WorkersError};

const WORKER_COUNTS: [usize; 4] = [1, 2, 3, 8];
const SEED_COUNT: u64 = 150;

fn workers(count: usize) -> Workers {
    Workers::with_stack_size(count, 1 << 20).expect("threads can be started")
}

/// A random block. The seed chooses its size, how many accounts there are, how hot one of them is, and how often
/// locks are write locks.
fn random_case(seed: u64) -> Case {
    let mut random = Random(seed);
    let transaction_count = 1 + random.below(300);
    let account_count = [1, 2, 8, 40, 2_000][random.below(5)];
    let hot_percent = [0, 0, 20, 90][random.below(4)];
    let write_percent = [10, 50, 100][random.below(3)];
    let mut sets = AccessSets::new();
    for _ in 0..transaction_count {
        let lock_count = random.below(5);
        sets.push((0..lock_count).map(|_| {
            let account = if random.below(100) < hot_percent { 0 } else { random.below(account_count) };
            let account = u32::try_from(account).expect("few accounts");
            Access::new(account, random.below(100) < write_percent)
        }));
    }
    Case { sets, account_count }
}

/// When each transaction began and ended, by a clock that ticks at each of these events.
struct Trace {
    clock: AtomicU64,
    began: Vec<AtomicU64>,
    ended: Vec<AtomicU64>,
    run_count: Vec<AtomicUsize>,
}

impl Trace {
    fn new(len: usize) -> Self {
        Self {
            clock: AtomicU64::new(1),
            began: (0..len).map(|_| AtomicU64::new(0)).collect(),
            ended: (0..len).map(|_| AtomicU64::new(0)).collect(),
            run_count: (0..len).map(|_| AtomicUsize::new(0)).collect(),
        }
    }

    fn record(&self, index: usize, work: impl FnOnce()) {
        self.run_count[index].fetch_add(1, Ordering::SeqCst);
        self.began[index].store(self.clock.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
        work();
        self.ended[index].store(self.clock.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
    }

    fn check(&self, case: &Case) {
        assert!(self.run_count.iter().all(|count| count.load(Ordering::SeqCst) == 1), "each runs once");
        for (first, second) in case.conflicting_pairs() {
            let (ended, began) =
                (self.ended[first].load(Ordering::SeqCst), self.began[second].load(Ordering::SeqCst));
            assert!(ended < began, "{second} began before {first} had ended");
        }
    }
}

/// Accounts that every transaction reads and some write, in a way that depends on the order. Accesses are relaxed
/// on purpose: what makes them seen must be the scheduler.
struct Accounts(Vec<AtomicU64>);

impl Accounts {
    fn new(count: usize) -> Self {
        Self((0..count as u64).map(AtomicU64::new).collect())
    }

    fn execute(&self, case: &Case, index: usize) {
        let locks = case.sets.get(index);
        let mut digest = index as u64;
        for lock in locks {
            let value = self.0[lock.account() as usize].load(Ordering::Relaxed);
            digest = (digest ^ value).wrapping_mul(0x100_0000_01b3).rotate_left(23);
        }
        for lock in locks.iter().filter(|lock| lock.is_write()) {
            self.0[lock.account() as usize].store(digest, Ordering::Relaxed);
        }
    }

    fn into_values(self) -> Vec<u64> {
        self.0.into_iter().map(AtomicU64::into_inner).collect()
    }
}

/// Takes some time, mostly little, now and then enough for others to fall asleep.
fn dawdle(index: usize, seed: u64) {
    let mut random = Random(seed ^ (index as u64) << 20);
    match random.below(40) {
        0 => std::thread::yield_now(),
        1 => std::thread::sleep(Duration::from_micros(30)),
        _ => (0..random.below(200)).for_each(|_| std::hint::spin_loop()),
    }
}

#[test]
fn parallel_equals_serial_and_conflicts_never_overlap() {
    for count in WORKER_COUNTS {
        let workers = workers(count);
        for seed in 0..SEED_COUNT {
            let case = random_case(seed);
            let schedule = case.schedule();
            let serial = Accounts::new(case.account_count);
            (0..schedule.len()).for_each(|index| serial.execute(&case, index));
            let trace = Trace::new(schedule.len());
            let accounts = Accounts::new(case.account_count);
            let mut executed_counts = vec![0; count];
            let reports = workers.run(&schedule, &mut executed_counts, |executed_count, index| {
                trace.record(index, || {
                    dawdle(index, seed);
                    accounts.execute(&case, index);
                });
                *executed_count += 1;
            });
            let reports = reports.expect("no task panics");
            trace.check(&case);
            assert_eq!(accounts.into_values(), serial.into_values(), "{count} workers, seed {seed}");
            let reported: Vec<_> = reports.iter().map(|report| report.executed).collect();
            assert_eq!(reported, executed_counts, "each worker uses its own state");
            assert_eq!(reported.iter().sum::<usize>(), schedule.len());
        }
    }
}

/// A writer frees many readers, which free the next writer: workers fall asleep and must be called again each time.
#[test]
fn sleeping_workers_are_called() {
    let case = case(&"w0 r0 r0 r0 r0 r0 r0 r0 r0 ".repeat(40));
    let schedule = case.schedule();
    for count in WORKER_COUNTS {
        let trace = Trace::new(schedule.len());
        let reports = workers(count).run(&schedule, &mut vec![(); count], |(), index| {
            trace.record(index, || std::thread::sleep(Duration::from_micros(60)));
        });
        assert!(reports.is_ok());
        trace.check(&case);
    }
}

/// Nothing goes wrong if a sleeping worker is not called for work that another one freed, except that it stays
/// asleep. So two readers wait for each other here, after a writer that took long enough for all others to sleep.
#[test]
fn freed_transactions_run_side_by_side() {
    let schedule = case("w0 r0 r0").schedule();
    for count in [2, 3, 8] {
        let running_count = AtomicUsize::new(0);
        let outcome = workers(count).run(&schedule, &mut vec![(); count], |(), index| {
            if index == 0 {
                std::thread::sleep(Duration::from_millis(30));
                return;
            }
            running_count.fetch_add(1, Ordering::SeqCst);
            let met = (0..5_000).any(|_| {
                std::thread::sleep(Duration::from_millis(1));
                running_count.load(Ordering::SeqCst) == 2
            });
            assert!(met, "the other reader does not run");
        });
        assert!(outcome.is_ok(), "{count} workers: {outcome:?}");
    }
}

#[test]
fn a_panic_ends_the_block_and_leaves_the_workers_usable() {
    // Everything waits for the transaction that panics, directly or not, so the others can only be sleeping.
    let chain = case(&"w0 ".repeat(50));
    let fan = case(&format!("w0 {}", "r0 ".repeat(50)));
    let free = case(&"- ".repeat(500));
    for count in WORKER_COUNTS {
        let workers = workers(count);
        for (case, at) in [(&chain, 0), (&chain, 25), (&chain, 49), (&fan, 0), (&fan, 30), (&free, 250)] {
            let schedule = case.schedule();
            let outcome = workers.run(&schedule, &mut vec![(); count], |(), index| {
                if index == at {
                    std::thread::sleep(Duration::from_micros(300));
                    // Unlike `panic!`, this prints nothing.
                    resume_unwind(Box::new(format!("transaction {at}")));
                }
            });
            match outcome {
                Err(WorkersError::Panicked { message }) => assert_eq!(message, format!("transaction {at}")),
                other => panic!("expected the panic, found {other:?}"),
            }
            let executed = AtomicUsize::new(0);
            let outcome = workers.run(&schedule, &mut vec![(); count], |(), _| {
                executed.fetch_add(1, Ordering::Relaxed);
            });
            assert!(outcome.is_ok());
            assert_eq!(executed.into_inner(), schedule.len());
        }
    }
}

#[test]
fn panics_without_text_are_reported_too() {
    let schedule = case("-").schedule();
    let outcome = workers(2).run(&schedule, &mut [(), ()], |(), _| resume_unwind(Box::new(7)));
    let error = outcome.expect_err("the task panicked");
    assert_eq!(error.to_string(), "a worker panicked: it did not say why");
    let outcome = workers(1).run(&schedule, &mut [()], |(), _| resume_unwind(Box::new("a plain reason")));
    assert_eq!(outcome.expect_err("the task panicked").to_string(), "a worker panicked: a plain reason");
}

#[test]
fn refuses_what_cannot_work() {
    assert!(matches!(Workers::new(0), Err(WorkersError::NoWorkers)));
    let outcome = workers(2).run(&case("-").schedule(), &mut [()], |(), _| ());
    assert!(matches!(outcome, Err(WorkersError::StateCount { expected: 2, found: 1 })));
}

#[test]
fn an_empty_block_is_done_at_once() {
    for count in WORKER_COUNTS {
        let reports = workers(count).run(&case("").schedule(), &mut vec![(); count], |(), _| unreachable!());
        let reports = reports.expect("nothing can fail");
        assert_eq!(reports.len(), count);
        assert!(reports.iter().all(|report| report.executed == 0));
    }
}

#[test]
fn one_worker_goes_in_block_order() {
    let schedule = case("w0 w1 w0 - w1").schedule();
    let mut order = [Vec::new()];
    let outcome = workers(1).run(&schedule, &mut order, |order, index| order.push(index));
    assert!(matches!(outcome.as_deref(), Ok([WorkerReport { executed: 5, idle: Duration::ZERO, .. }])));
    assert_eq!(order, [[0, 1, 2, 3, 4]]);
}

#[test]
fn chunks_come_back_in_order_and_their_time_is_counted() {
    let workers = workers(3);
    let items: Vec<u64> = (0..1_000).collect();
    let mapped = workers.map_chunks(&items, 64, |first, chunk| {
        assert_eq!(chunk[0], first as u64);
        (first, chunk.iter().sum::<u64>())
    });
    assert_eq!(mapped.results.len(), 16);
    assert!(mapped.results.is_sorted());
    assert_eq!(mapped.results.iter().map(|(_, sum)| sum).sum::<u64>(), 499_500);
    assert!(mapped.cpu > Duration::ZERO);
    let mut items = items;
    let mapped = workers.map_chunks_mut(&mut items, 7, |first, chunk| {
        chunk.iter_mut().for_each(|item| *item += first as u64);
        chunk.len()
    });
    assert_eq!(mapped.results.iter().sum::<usize>(), 1_000);
    assert!(items.iter().enumerate().all(|(index, item)| *item == (index + index / 7 * 7) as u64));
    assert!(workers.map_chunks(&[0u8; 0], 8, |_, _| ()).results.is_empty());
}

#[test]
fn workers_are_named_and_have_their_stack() {
    let workers = Workers::new(2).expect("threads can be started");
    assert_eq!(workers.count(), 2);
    let name = workers.install(|| std::thread::current().name().map(str::to_owned));
    assert!(name.is_some_and(|name| name.starts_with("sealane-worker-")));
    // 16 MiB of frames would overflow the usual 2 MiB stack of a thread.
    fn descend(depth: usize) -> usize {
        let frame = std::hint::black_box([depth; 128]);
        if depth == 0 { 0 } else { descend(depth - 1) + frame[7] - frame[8] + 1 }
    }
    assert_eq!(workers.install(|| descend(16 << 10)), 16 << 10);
}
