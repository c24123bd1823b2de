//! The state machine of execution: whatever the order of completions, each transaction becomes ready exactly once
//! and never before what it depends on is done.

use std::cell::Cell;
use std::sync::atomic::AtomicU32;

use proptest::prelude::*;

use super::{Case, Random, cases};
use crate::schedule::{PendingCount, Ready};

/// Reaches transactions, and completes those that are ready, in an order drawn from `seed`.
fn check_interleaving<C: PendingCount>(case: &Case, seed: u64) {
    let schedule = case.schedule();
    let tracker = Ready::<C>::new(&schedule);
    let mut random = Random(seed);
    let mut unreached = 0..tracker.count();
    let mut ready = Vec::new();
    let mut done = vec![false; schedule.len()];
    let mut done_count = 0;
    loop {
        if ready.is_empty() || random.below(3) == 0 {
            match unreached.next() {
                Some(index) => ready.extend(tracker.reach(index).then_some(index)),
                None if ready.is_empty() => break,
                None => {}
            }
            continue;
        }
        let index = ready.swap_remove(random.below(ready.len()));
        for other in 0..index {
            assert!(
                done[other as usize] || !case.conflict(other as usize, index as usize),
                "{other} {index}"
            );
        }
        assert!(!std::mem::replace(&mut done[index as usize], true), "{index} ran twice");
        done_count += 1;
        let mut freed = Vec::new();
        let first = tracker.complete(index, &mut freed);
        assert!(first.is_some() || freed.is_empty());
        let freed: Vec<_> = first.into_iter().chain(freed).collect();
        assert!(freed.is_sorted(), "the first in block order comes first");
        ready.extend(freed);
    }
    assert_eq!(done_count, schedule.len(), "all ran");
}

proptest! {
    #[test]
    fn any_interleaving_respects_the_graph(case in cases(64), seed: u64) {
        check_interleaving::<Cell<u32>>(&case, seed);
        check_interleaving::<AtomicU32>(&case, seed);
    }
}
