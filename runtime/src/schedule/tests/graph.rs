//! The graph orders exactly what conflicts: its transitive closure is that of the naive conflict relation.

use proptest::prelude::*;

use super::{Case, case, cases};
use crate::schedule::{Access, AccessSets, CriticalPath, Schedule};

/// `reach[second]` holds the transactions that `second` comes after, directly or through others.
fn closure(len: usize, edges: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<bool>> {
    let mut reach = vec![vec![false; len]; len];
    for (first, second) in edges {
        reach[second][first] = true;
    }
    // Edges lead from lower to higher indices, so what is below is closed already.
    for second in 0..len {
        for middle in 0..second {
            if reach[second][middle] {
                let through = reach[middle].clone();
                reach[second].iter_mut().zip(through).for_each(|(reached, more)| *reached |= more);
            }
        }
    }
    reach
}

fn edges(schedule: &Schedule) -> impl Iterator<Item = (usize, usize)> {
    (0..schedule.len())
        .flat_map(|second| schedule.predecessors(second).iter().map(move |first| (*first as usize, second)))
}

fn assert_consistent(schedule: &Schedule) {
    let mut from_predecessors: Vec<_> = edges(schedule).collect();
    let from_successors: Vec<_> = (0..schedule.len())
        .flat_map(|first| schedule.successors(first).iter().map(move |second| (first, *second as usize)))
        .collect();
    from_predecessors.sort_unstable();
    assert!(from_successors.is_sorted(), "successors stand in block order");
    assert_eq!(from_predecessors, from_successors, "both directions say the same");
    from_predecessors.dedup();
    assert_eq!(from_predecessors.len(), schedule.dependency_count(), "no edge is drawn twice");
    let counts: Vec<_> = (0..schedule.len()).map(|index| schedule.predecessors(index).len() as u64).collect();
    assert_eq!(counts, schedule.predecessor_counts().map(u64::from).collect::<Vec<_>>());
    let roots: Vec<_> =
        (0..schedule.len()).filter(|index| counts[*index] == 0).map(|root| root as u64).collect();
    assert_eq!(roots, schedule.roots().iter().copied().map(u64::from).collect::<Vec<_>>());
}

proptest! {
    #[test]
    fn orders_exactly_what_conflicts(case in cases(64)) {
        let schedule = case.schedule();
        let len = case.sets.len();
        prop_assert_eq!(schedule.len(), len);
        assert_consistent(&schedule);
        for (first, second) in edges(&schedule) {
            prop_assert!(first < second && case.conflict(first, second), "{} → {}", first, second);
        }
        prop_assert_eq!(closure(len, edges(&schedule)), closure(len, case.conflicting_pairs()));
        prop_assert!(schedule.dependency_count() <= 2 * case.sets.access_count());
    }

    #[test]
    fn batch_is_one_more_than_the_largest_of_what_conflicts(case in cases(64)) {
        let schedule = case.schedule();
        let mut expected = vec![0; case.sets.len()];
        for (first, second) in case.conflicting_pairs() {
            expected[second] = expected[second].max(expected[first] + 1);
        }
        prop_assert_eq!(schedule.batches(), expected.as_slice());
        prop_assert_eq!(schedule.batch_count(), expected.iter().max().map_or(0, |last| *last as usize + 1));
    }

    #[test]
    fn rebuilding_leaves_nothing_of_the_block_before(before in cases(64), after in cases(64)) {
        let mut schedule = before.schedule();
        schedule.rebuild(&after.sets, after.account_count);
        let fresh = after.schedule();
        prop_assert!(edges(&schedule).eq(edges(&fresh)));
        prop_assert_eq!(schedule.batches(), fresh.batches());
        prop_assert_eq!(schedule.batch_count(), fresh.batch_count());
        assert_consistent(&schedule);
    }

    #[test]
    fn critical_path_is_the_most_costly_chain(case in cases(64), costs in proptest::collection::vec(0..9u64, 64)) {
        let schedule = case.schedule();
        let path = schedule.critical_path(|index| costs[index]);
        let mut finish = vec![0; case.sets.len()];
        for second in 0..case.sets.len() {
            let start = (0..second).filter(|first| case.conflict(*first, second)).map(|first| finish[first]).max();
            finish[second] = start.unwrap_or(0) + costs[second];
        }
        prop_assert_eq!(path.cost, finish.iter().copied().max().unwrap_or(0));
        prop_assert_eq!(path.cost, path.transactions.iter().map(|index| costs[*index as usize]).sum::<u64>());
        for pair in path.transactions.windows(2) {
            prop_assert!(schedule.predecessors(pair[1] as usize).contains(&pair[0]));
        }
        let longest = schedule.critical_path(|_| 1);
        prop_assert_eq!(longest.transactions.len(), schedule.critical_path_len());
    }
}

/// `text` gives the access sets; `expected` lists `first>second` for every edge, then the batches.
#[track_caller]
fn check(text: &str, expected_edges: &str, expected_batches: &[u32]) {
    let Case { sets, account_count } = case(text);
    let schedule = Schedule::build(&sets, account_count);
    let mut found: Vec<_> = edges(&schedule).collect();
    found.sort_unstable();
    let found: Vec<_> = found.into_iter().map(|(first, second)| format!("{first}>{second}")).collect();
    assert_eq!((found.join(" ").as_str(), schedule.batches()), (expected_edges, expected_batches), "{text}");
}

#[test]
fn draws_few_edges() {
    check("", "", &[]);
    check("-", "", &[0]);
    check("w0 w1 w2", "", &[0, 0, 0]);
    check("r0 r0 r0", "", &[0, 0, 0]);
    check("w0 w0 w0", "0>1 1>2", &[0, 1, 2]);
    // The second writer waits for the readers; they wait for the first.
    check("w0 r0 r0 w0 r0", "0>1 0>2 1>3 2>3 3>4", &[0, 1, 1, 2, 3]);
    check("r0 r0 w0", "0>2 1>2", &[0, 0, 1]);
    // Sharing several accounts is one dependency.
    check("w0,w1,w2,w3 w3,r2,w1,r0", "0>1", &[0, 1]);
    // A set that names an account twice does not wait for itself, and hides nobody.
    check("w0,w0 r0,w0 w0,r0 r0,r0 w0", "0>1 1>2 2>3 2>4 3>4", &[0, 1, 2, 3, 4]);
    check("r0 r0,w0 r0", "0>1 1>2", &[0, 1, 2]);
    // A diamond.
    check("w0,w1 w0 w1 w0,w1", "0>1 0>2 1>3 2>3", &[0, 1, 1, 2]);
}

#[test]
fn critical_path_follows_cost_not_length() {
    let schedule = case("w0 w1 w0 w0 w1").schedule();
    let costs = [1, 10, 1, 1, 10];
    assert_eq!(
        schedule.critical_path(|index| costs[index]),
        CriticalPath { transactions: vec![1, 4], cost: 20 }
    );
    assert_eq!(schedule.critical_path(|_| 1), CriticalPath { transactions: vec![0, 2, 3], cost: 3 });
    assert_eq!(schedule.critical_path(|_| 0).cost, 0);
    assert_eq!(schedule.critical_path(|_| u64::MAX).cost, u64::MAX);
    assert_eq!(Schedule::default().critical_path(|_| 1), CriticalPath::default());
}

#[test]
#[should_panic(expected = "index out of bounds")]
fn refuses_a_slot_outside_the_block() {
    let mut sets = AccessSets::new();
    sets.push([Access::write(7)]);
    let schedule = Schedule::build(&sets, 7);
    unreachable!("{schedule:?}");
}

#[test]
fn access_packs_slot_and_kind() {
    for account in [0, 1, 12_345, Access::MAX_ACCOUNT] {
        let (read, write) = (Access::read(account), Access::write(account));
        assert_eq!((read.account(), read.is_write()), (account, false));
        assert_eq!((write.account(), write.is_write()), (account, true));
        assert!(write.conflicts_with(read) && read.conflicts_with(write) && write.conflicts_with(write));
        assert!(!read.conflicts_with(read) && !write.conflicts_with(Access::write(account ^ 1)));
    }
    assert_eq!(size_of::<Access>(), 4);
    assert_eq!(format!("{:?} {:?}", Access::read(3), Access::write(4)), "read(3) write(4)");
}

#[test]
fn access_sets_are_reusable() {
    let mut sets = AccessSets::with_capacity(2, 3);
    assert_eq!(sets.push([Access::read(1), Access::write(2)]), 0);
    assert_eq!(sets.push([]), 1);
    assert_eq!(sets.push([Access::write(0)]), 2);
    let lists: Vec<_> = sets.iter().collect();
    assert_eq!(lists, (0..3).map(|index| sets.get(index)).collect::<Vec<_>>());
    assert_eq!(lists, [&[Access::read(1), Access::write(2)][..], &[], &[Access::write(0)]]);
    assert_eq!((sets.len(), sets.access_count()), (3, 3));
    sets.clear();
    assert!(sets.is_empty() && sets.access_count() == 0);
    sets.push([Access::write(9)]);
    assert_eq!(sets.get(0), [Access::write(9)]);
}
