//! Tests of the scheduler. The oracle is the naive conflict relation: two transactions conflict if their access
//! sets, compared lock by lock, share an account that one of them writes.

mod analysis;
mod batches;
mod graph;
mod model;
mod ready;
mod workers;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Access, AccessSets, Schedule};

/// A block to schedule: its access sets, and the number of accounts they speak of.
#[derive(Clone, Debug)]
struct Case {
    sets: AccessSets,
    account_count: usize,
}

impl Case {
    fn schedule(&self) -> Schedule {
        Schedule::build(&self.sets, self.account_count)
    }

    /// Whether the two transactions must not run side by side, found out in the plainest way there is.
    fn conflict(&self, first: usize, second: usize) -> bool {
        let second = self.sets.get(second);
        self.sets.get(first).iter().any(|lock| second.iter().any(|other| lock.conflicts_with(*other)))
    }

    /// All conflicting pairs, the transaction that comes first in block order first.
    fn conflicting_pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.sets.len())
            .flat_map(|second| (0..second).map(move |first| (first, second)))
            .filter(|(first, second)| self.conflict(*first, *second))
    }
}

/// Locks as text, to keep cases readable: transactions are separated by blanks, `r3` reads account 3, `w3` writes
/// it, `-` is a transaction without locks.
fn case(text: &str) -> Case {
    let mut sets = AccessSets::new();
    let mut account_count = 0;
    for transaction in text.split_whitespace() {
        sets.push(transaction.split(',').filter(|lock| *lock != "-").map(|lock| {
            let (kind, account) = lock.split_at(1);
            let account: u32 = account.parse().expect("an account slot");
            account_count = account_count.max(account as usize + 1);
            Access::new(account, kind == "w")
        }));
    }
    Case { sets, account_count }
}

/// Blocks of up to `transaction_count` transactions, from hardly any conflicts to nothing but, among them sets that
/// name an account twice and sets that are empty.
fn cases(transaction_count: usize) -> impl Strategy<Value = Case> {
    (1..24u32, 0..=100u32).prop_flat_map(move |(account_count, write_percent)| {
        let lock = (0..account_count, 0..100u32)
            .prop_map(move |(account, draw)| Access::new(account, draw < write_percent));
        vec(vec(lock, 0..6), 0..transaction_count).prop_map(move |transactions| {
            let mut sets = AccessSets::new();
            for locks in transactions {
                sets.push(locks);
            }
            Case { sets, account_count: account_count as usize }
        })
    })
}

/// A small random number generator (SplitMix64), so that a seed names a case.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let draw = (mixed ^ (mixed >> 31)) % bound as u64;
        usize::try_from(draw).expect("below a usize")
    }
}
