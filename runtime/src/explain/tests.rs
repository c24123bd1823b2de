//! Small blocks with answers worked out by hand, and random ones held against the plainest computation there is: every
//! pair of transactions compared, lock by lock.

use super::what_if::split_account;
use super::{
    AccountHeat, BlockContention, BlockObservation, Costs, ObservedTransaction, StageSplit, account_heat,
};
use crate::schedule::{Access, AccessSets, Schedule};
use proptest::prelude::*;
use sealane_sdk::Address;
use std::time::Duration;

fn address(slot: usize) -> Address {
    Address::new_from_array([u8::try_from(slot).expect("few accounts"); 32])
}

/// A block as text: transactions are separated by blanks, `w3,r0@50` writes account 3, reads account 0 and costs 50 units
/// and 50 ns. They run one after another on worker 0.
fn block(text: &str) -> BlockObservation {
    let mut block = BlockObservation { worker_count: 1, ..BlockObservation::default() };
    let (mut now, mut account_count) = (0, 0);
    for (index, transaction) in (0..).zip(text.split_whitespace()) {
        let (locks, cost) = transaction.split_once('@').expect("a cost");
        let cost: u64 = cost.parse().expect("a cost is a number");
        let locks: Vec<Access> = locks
            .split(',')
            .map(|lock| Access::new(lock[1..].parse().expect("an account"), lock.starts_with('w')))
            .collect();
        account_count = locks.iter().map(|lock| lock.account() as usize + 1).fold(account_count, usize::max);
        block.access_sets.push(locks);
        block.transactions.push(ObservedTransaction {
            index,
            start_ns: now,
            end_ns: now + cost,
            units: cost,
            written: u64::MAX,
            touched: u64::MAX,
            ..ObservedTransaction::default()
        });
        now += cost;
    }
    block.addresses = (0..account_count).map(address).collect();
    block.execute = Duration::from_nanos(now);
    block
}

/// Slot, writers, readers, waiters and waiting of each account somebody waited for, hottest first.
#[track_caller]
fn check_heat(text: &str, expected: &[(usize, u32, u32, u32, u64)]) {
    let contention = BlockContention::new(&block(text), None);
    let found: Vec<_> = contention
        .accounts
        .iter()
        .map(|heat| {
            (
                usize::from(heat.account.to_bytes()[0]),
                heat.writers,
                heat.readers,
                heat.waiters,
                heat.waiting_units,
            )
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn heat_of_small_blocks() {
    check_heat("", &[]);
    check_heat("w0@5 w1@5", &[]);
    check_heat("r0@5 r0@5", &[]);
    // The second waits 5, the third 10.
    check_heat("w0@5 w0@5 w0@5", &[(0, 3, 0, 2, 15)]);
    // Readers wait for the writer alone, the next writer for the slowest reader.
    check_heat("w0@5 r0@3 r0@7 w0@1", &[(0, 2, 2, 3, 5 + 5 + 12)]);
    // Account 1 is free at 2, account 0 at 5: account 0 is what the third waits for.
    check_heat("w0@5 w1@2 w0,w1@1", &[(0, 2, 0, 1, 5)]);
    // Both become free at the same time: both caused the wait.
    check_heat("w0,w1@4 w0,w1@4", &[(0, 2, 0, 1, 4), (1, 2, 0, 1, 4)]);
}

#[test]
fn critical_path_names_its_accounts() {
    // 0 ─(account 0)─▶ 2 ─(accounts 1 and 2)─▶ 3; transaction 1 is beside it.
    let contention = BlockContention::new(&block("w0@5 w3@1 w0,w1,w2@7 w1,r2@2 r3@1"), None);
    let path = &contention.critical_path;
    let links: Vec<(u32, u64, Vec<Address>)> =
        path.links.iter().map(|link| (link.transaction, link.units, link.accounts.clone())).collect();
    let expected = [(0, 5, vec![]), (2, 7, vec![address(0)]), (3, 2, vec![address(1), address(2)])];
    assert_eq!(links, expected);
    assert_eq!((path.units, path.time_ns), (14, 14));
    assert!((contention.bound - 16.0 / 14.0).abs() < 1e-12);
    assert_eq!(contention.batch_widths, [2, 2, 1]);
    let critical = |slot: usize| {
        let heat = contention.accounts.iter().find(|heat| heat.account == address(slot));
        heat.map(|heat| (heat.critical_links, heat.critical_units))
    };
    assert_eq!([critical(0), critical(1), critical(2)], [Some((1, 7)), Some((1, 2)), Some((1, 2))]);
}

#[test]
fn what_if_of_small_blocks() {
    let speedups = |text: &str| -> Vec<(f64, f64)> {
        let contention = BlockContention::new(&block(text), None);
        assert_eq!(
            contention.what_if.iter().map(|figure| figure.workers).collect::<Vec<_>>(),
            [1, 2, 4, 16, 64]
        );
        contention
            .what_if
            .iter()
            .map(|figure| (figure.execute_speedup, figure.split_execute_speedup))
            .collect()
    };
    // Nothing to wait for: as many times as fast as there are workers, and there are four transactions.
    assert_eq!(speedups("w0@5 w1@5 w2@5 w3@5"), [(1.0, 1.0), (2.0, 2.0), (4.0, 4.0), (4.0, 4.0), (4.0, 4.0)]);
    // One chain: nothing helps but splitting it.
    assert_eq!(speedups("w0@5 w0@5 w0@5 w0@5"), [(1.0, 1.0), (1.0, 2.0), (1.0, 2.0), (1.0, 2.0), (1.0, 2.0)]);
    // Two chains, the longer of which is split: 6 and 4 become 3, 3 and 4. Two workers, who go by block order, then begin
    // the chain of 4 only at 3.
    let expected = [(1.0, 1.0), (10.0 / 6.0, 10.0 / 7.0), (10.0 / 6.0, 10.0 / 4.0)];
    assert_eq!(speedups("w0@1 w0@2 w0@2 w0@1 w1@2 w1@2")[..3], expected);
}

#[test]
fn what_is_not_executing_bounds_the_whole() {
    let nanoseconds = Duration::from_nanos;
    let split = StageSplit { whole: nanoseconds(40), execute: nanoseconds(20), shared: nanoseconds(10) };
    let observed = block("w0@10 w1@10");
    let contention = BlockContention::new(&observed, Some(Costs { times_ns: &observed.times_ns(), split }));
    let speedups: Vec<f64> = contention.what_if.iter().map(|figure| figure.speedup).collect();
    // 10 alone, 10 shared, 20 executed along the graph.
    let expected = [1.0, 40.0 / 25.0, 40.0 / 22.5, 40.0 / 20.625, 40.0 / 20.15625];
    for (found, expected) in speedups.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{speedups:?}");
    }
}

#[test]
fn declarations_that_were_too_wide() {
    let mut observed = block("w0,w1,r2@1 w0,r1,r2@1 w0,w1@1");
    for (transaction, (written, touched)) in
        observed.transactions.iter_mut().zip([(0b001, 0b011), (0b001, 0b111), (0b010, 0b011)])
    {
        (transaction.written, transaction.touched) = (written, touched);
        transaction.index += 10;
    }
    let found = BlockContention::new(&observed, None).declarations;
    assert_eq!((found.writes, found.unwritten, found.accounts, found.untouched), (5, 2, 8, 1));
    let named = |unused: &[super::UnusedDeclaration]| -> Vec<(Address, Vec<u32>)> {
        unused.iter().map(|unused| (unused.account, unused.transactions.clone())).collect()
    };
    assert_eq!(named(&found.never_written), [(address(0), vec![12]), (address(1), vec![10])]);
    assert_eq!(named(&found.never_touched), [(address(2), vec![10])]);
}

#[test]
fn activity_of_workers() {
    let mut observed = block("w0@100 w1@50 w1@50");
    observed.worker_count = 2;
    observed.execute = Duration::from_nanos(200);
    for (transaction, (worker, start_ns)) in observed.transactions.iter_mut().zip([(0, 0), (1, 0), (1, 150)])
    {
        let time_ns = transaction.time_ns();
        (transaction.worker, transaction.start_ns, transaction.end_ns) =
            (worker, start_ns, start_ns + time_ns);
    }
    let workers = BlockContention::new(&observed, None).workers;
    let found: Vec<_> =
        workers.iter().map(|one| (one.worker, one.executed, one.busy_ns, one.idle_share)).collect();
    assert_eq!(found, [(0, 1, 100, 0.5), (1, 2, 100, 0.5)]);
    let busy = |worker: usize, slice: usize| workers[worker].busy[slice];
    assert_eq!([busy(0, 0), busy(0, 49), busy(0, 50), busy(0, 99)], [1.0, 1.0, 0.0, 0.0]);
    assert_eq!(
        [busy(1, 0), busy(1, 24), busy(1, 25), busy(1, 74), busy(1, 75), busy(1, 99)],
        [1.0, 1.0, 0.0, 0.0, 1.0, 1.0]
    );
}

#[test]
fn contention_is_json_with_addresses_as_text() {
    let contention = BlockContention::new(&block("w0@5 w0@5"), None);
    let value = bincode::serde::encode_to_vec(&contention, bincode::config::standard()).expect("encodes");
    let text = String::from_utf8_lossy(&value).into_owned();
    assert!(text.contains(&address(0).to_string()), "addresses are base58");
}

/// When each transaction begins on endless workers, and when each of its accounts is free for it.
fn plain_starts(block: &BlockObservation, costs: &[u64]) -> Vec<(u64, Vec<u64>)> {
    let mut ends: Vec<u64> = Vec::new();
    let mut starts = Vec::new();
    for (index, cost) in costs.iter().enumerate() {
        let free: Vec<u64> = block
            .access_sets
            .get(index)
            .iter()
            .map(|lock| {
                let holders = (0..index).filter(|other| {
                    block.access_sets.get(*other).iter().any(|theirs| theirs.conflicts_with(*lock))
                });
                holders.map(|other| ends[other]).max().unwrap_or(0)
            })
            .collect();
        let start = free.iter().copied().max().unwrap_or(0);
        ends.push(start + cost);
        starts.push((start, free));
    }
    starts
}

fn plain_heat(block: &BlockObservation, costs: &[u64], slot: usize) -> (u32, u64) {
    let (mut waiters, mut waiting) = (0, 0);
    for (index, (start, free)) in plain_starts(block, costs).into_iter().enumerate() {
        let locks = block.access_sets.get(index).iter().zip(free);
        for (_, free) in locks.filter(|(lock, _)| lock.account() as usize == slot) {
            if start > 0 && free == start {
                (waiters, waiting) = (waiters + 1, waiting + start);
            }
        }
    }
    (waiters, waiting)
}

/// Blocks of up to 40 transactions over up to 12 accounts, none named twice by a transaction.
fn blocks() -> impl Strategy<Value = BlockObservation> {
    let lock = (0..12_u32, proptest::bool::ANY);
    let transaction = (proptest::collection::vec(lock, 1..5), 0..30_u64);
    proptest::collection::vec(transaction, 0..40).prop_map(|transactions| {
        let texts = transactions.into_iter().map(|(mut locks, cost)| {
            locks.sort_unstable();
            locks.dedup_by_key(|(account, _)| *account);
            let locks: Vec<String> = locks
                .iter()
                .map(|(account, write)| format!("{}{account}", if *write { 'w' } else { 'r' }))
                .collect();
            format!("{}@{cost}", locks.join(","))
        });
        block(&texts.collect::<Vec<_>>().join(" "))
    })
}

proptest! {
    #[test]
    fn heat_is_what_comparing_all_pairs_gives(block in blocks()) {
        let costs = block.units();
        for (slot, AccountHeat { waiters, waiting_units, .. }) in account_heat(&block, &costs).into_iter().enumerate() {
            prop_assert_eq!((waiters, waiting_units), plain_heat(&block, &costs, slot), "account {}", slot);
        }
    }

    #[test]
    fn critical_path_is_a_chain_of_conflicts_and_the_longest(block in blocks()) {
        let path = BlockContention::new(&block, None).critical_path;
        let longest = plain_starts(&block, &block.units()).iter().zip(block.units()).map(|((start, _), cost)| start + cost).max();
        prop_assert_eq!(path.units, longest.unwrap_or(0));
        for (place, link) in path.links.iter().enumerate() {
            prop_assert_eq!(link.accounts.is_empty(), place == 0, "each but the first waits for an account");
        }
    }

    #[test]
    fn splitting_an_account_changes_nothing_else(block in blocks(), slot in 0..12_u32) {
        let count = block.addresses.len();
        let split = split_account(&block.access_sets, slot, count);
        let back = |lock: &Access| if lock.account() as usize == count { Access::new(slot, lock.is_write()) } else { *lock };
        let mut halves = [0_usize; 2];
        for (before, after) in block.access_sets.iter().zip(split.iter()) {
            prop_assert_eq!(before, after.iter().map(back).collect::<Vec<_>>());
            for lock in after.iter().filter(|lock| back(lock).account() == slot) {
                halves[usize::from(lock.account() as usize == count)] += 1;
            }
        }
        prop_assert!(halves[0] == halves[1] || halves[0] == halves[1] + 1, "every other one moves");
        let longest = |sets: &AccessSets| Schedule::build(sets, count + 1).critical_path(|index| block.units()[index]).cost;
        prop_assert!(longest(&split) <= longest(&block.access_sets));
    }
}
