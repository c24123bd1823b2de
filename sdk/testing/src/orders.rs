//! Property tests over orders: the same transactions in every turn that chance gives them, and something that must hold throughout.
//!
//! A party (a user, a keeper, an attacker) has a list of [`Draft`]s, which it sends in this order; how the parties take turns is
//! random, and so is which drafts are left out. When an order breaks the invariant, proptest looks for a smaller one that does as well:
//! fewer drafts, fewer changes of turn.

use crate::draft::Draft;
use crate::ledger::{Snapshot, TestLedger};
use crate::result::TransactionResult;
use proptest::collection::vec;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use std::cell::RefCell;
use std::fmt::{self, Display, Formatter};

/// What a party wants to send, in its order.
#[derive(Clone, Debug)]
pub struct Party {
    /// What failures call it.
    pub name: String,
    /// What it sends.
    pub drafts: Vec<Draft>,
}

impl Party {
    /// A party of this name.
    #[must_use]
    pub fn new(name: &str, drafts: impl Into<Vec<Draft>>) -> Self {
        Self { name: name.to_owned(), drafts: drafts.into() }
    }
}

/// A draft of a party, in an order.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Who sends it.
    pub party: String,
    /// Which of the party's drafts it is, from 0.
    pub index: usize,
    /// The draft.
    pub draft: Draft,
}

impl Display for Turn {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}[{}]", self.party, self.index)
    }
}

/// Every order in which the parties can take turns, each keeping its own, and with any drafts left out. Shrinks to fewer drafts, and
/// to one party after the other.
///
/// ```
/// use sealane_testing::orders::{Party, turns};
/// use sealane_testing::proptest::prelude::*;
/// use sealane_testing::{Draft, User, system};
///
/// let [alice, bob] = ["alice", "bob"].map(User::named);
/// let pay = |from: &User, to: &User, lamports| {
///     Draft::new(&[system::transfer(&from.address, &to.address, lamports)], &[from])
/// };
/// let parties = [
///     Party::new("alice", [pay(&alice, &bob, 1), pay(&alice, &bob, 2)]),
///     Party::new("bob", [pay(&bob, &alice, 3)]),
/// ];
/// proptest!(|(turns in turns(&parties))| {
///     let hers: Vec<usize> = turns.iter().filter(|turn| turn.party == "alice").map(|turn| turn.index).collect();
///     prop_assert!(hers.is_sorted());
/// });
/// ```
pub fn turns(parties: &[Party]) -> impl Strategy<Value = Vec<Turn>> + use<> {
    let parties = parties.to_vec();
    let count = parties.iter().map(|party| party.drafts.len()).sum::<usize>();
    // Where a draft is sent, the next of the parties that have some left is chosen; 0 is the first, so orders shrink to one party
    // after the other. A draft is left out if its weight, which shrinks to 0, is 0.
    (vec(0..=u8::MAX, count), vec(0..=3_u8, count)).prop_map(move |(choices, weights)| {
        let mut left: Vec<std::iter::Enumerate<std::slice::Iter<'_, Draft>>> =
            parties.iter().map(|party| party.drafts.iter().enumerate()).collect();
        let mut turns = Vec::with_capacity(count);
        for (choice, weight) in choices.into_iter().zip(weights) {
            let waiting: Vec<usize> = (0..left.len()).filter(|party| left[*party].len() > 0).collect();
            let Some(party) = waiting.get(usize::from(choice) % waiting.len().max(1)) else { break };
            let Some((index, draft)) = left[*party].next() else { break };
            if weight > 0 {
                turns.push(Turn { party: parties[*party].name.clone(), index, draft: draft.clone() });
            }
        }
        turns
    })
}

/// How many orders [`check_orders`] tries, unless it is told otherwise.
pub const DEFAULT_ORDERS_COUNT: u32 = 64;

/// Checks that the invariant holds after every transaction of every order that is tried, each beginning with the ledger as it is; the
/// ledger is as before afterwards. `invariant` says what is wrong. Transactions may fail: another was there before.
///
/// ```
/// use sealane_testing::orders::{Party, check_orders};
/// use sealane_testing::{Draft, TestLedger, system};
///
/// let mut ledger = TestLedger::new();
/// let [alice, bob] = ["alice", "bob"].map(|name| ledger.user(name));
/// let pay = |from: &sealane_testing::User, to: &sealane_testing::User| {
///     Draft::new(&[system::transfer(&from.address, &to.address, 600_000_000_000)], &[from])
/// };
/// let parties = [Party::new("alice", [pay(&alice, &bob), pay(&alice, &bob)]), Party::new("bob", [pay(&bob, &alice)])];
/// let together = |ledger: &TestLedger| ledger.lamports(&alice.address) + ledger.lamports(&bob.address);
/// let before = together(&ledger);
/// check_orders(&mut ledger, &parties, |ledger| {
///     if together(ledger) <= before { Ok(()) } else { Err("lamports came out of nothing".to_owned()) }
/// });
/// ```
///
/// # Panics
/// If an order breaks it: with the smallest such order that was found, what the invariant said, and the last transaction.
#[track_caller]
pub fn check_orders(
    ledger: &mut TestLedger,
    parties: &[Party],
    invariant: impl Fn(&TestLedger) -> Result<(), String>,
) {
    check_some_orders(ledger, parties, DEFAULT_ORDERS_COUNT, invariant);
}

/// As [`check_orders`], with `count` orders.
///
/// # Panics
/// As [`check_orders`].
#[track_caller]
pub fn check_some_orders(
    ledger: &mut TestLedger,
    parties: &[Party],
    count: u32,
    invariant: impl Fn(&TestLedger) -> Result<(), String>,
) {
    let snapshot = ledger.snapshot();
    let broken = first_broken(ledger, &snapshot, parties, count, &invariant);
    ledger.restore(&snapshot);
    if let Some(broken) = broken {
        panic!("{broken}");
    }
}

/// An order that breaks an invariant.
struct Broken {
    /// Up to the turn after which it does not hold.
    turns: Vec<Turn>,
    reason: String,
    last: Option<TransactionResult>,
}

impl Display for Broken {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let order: Vec<String> = self.turns.iter().map(Turn::to_string).collect();
        writeln!(formatter, "the invariant does not hold: {}", self.reason)?;
        match &self.last {
            None => write!(formatter, "before any transaction"),
            Some(last) => write!(formatter, "after these turns: {}\nthe last one {last}", order.join(", ")),
        }
    }
}

fn first_broken(
    ledger: &mut TestLedger,
    snapshot: &Snapshot,
    parties: &[Party],
    count: u32,
    invariant: &impl Fn(&TestLedger) -> Result<(), String>,
) -> Option<Broken> {
    if let Err(reason) = invariant(ledger) {
        return Some(Broken { turns: Vec::new(), reason, last: None });
    }
    // Nothing is kept in files: the order is in the message.
    let config = Config { cases: count, failure_persistence: None, ..Config::default() };
    let ledger = RefCell::new(ledger);
    let outcome = TestRunner::new(config).run(&turns(parties), |turns| {
        match run(&mut ledger.borrow_mut(), snapshot, &turns, invariant) {
            None => Ok(()),
            Some(broken) => Err(TestCaseError::fail(broken.reason)),
        }
    });
    match outcome {
        Ok(()) => None,
        Err(TestError::Fail(_, smallest)) => run(&mut ledger.borrow_mut(), snapshot, &smallest, invariant),
        Err(TestError::Abort(reason)) => {
            Some(Broken { turns: Vec::new(), reason: reason.message().to_owned(), last: None })
        }
    }
}

fn run(
    ledger: &mut TestLedger,
    snapshot: &Snapshot,
    turns: &[Turn],
    invariant: &impl Fn(&TestLedger) -> Result<(), String>,
) -> Option<Broken> {
    ledger.restore(snapshot);
    for (position, Turn { draft, .. }) in turns.iter().enumerate() {
        let last = ledger.send(&draft.instructions, &draft.signers());
        if let Err(reason) = invariant(ledger) {
            return Some(Broken { turns: turns[..=position].to_vec(), reason, last: Some(last) });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{User, system};
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// Two parties whose drafts break an invariant only in one order: bob is below his limit before the second of alice's.
    #[test]
    fn a_broken_invariant_is_told_with_the_smallest_order_that_breaks_it() {
        let mut ledger = TestLedger::new();
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| ledger.user(name));
        let pay = |from: &User, to: &User, lamports| {
            Draft::new(&[system::transfer(&from.address, &to.address, lamports)], &[from])
        };
        let limit = ledger.lamports(&carol.address) + 5;
        let parties = [
            Party::new("alice", [pay(&alice, &bob, 1), pay(&alice, &carol, 4), pay(&alice, &bob, 1)]),
            Party::new("bob", [pay(&bob, &alice, 2), pay(&bob, &carol, 3)]),
        ];
        let before = ledger.accounts();
        let invariant = |ledger: &TestLedger| match ledger.lamports(&carol.address) {
            lamports if lamports <= limit => Ok(()),
            lamports => Err(format!("carol has {lamports}")),
        };
        let panic = catch_unwind(AssertUnwindSafe(|| check_orders(&mut ledger, &parties, invariant)));
        let panic = panic.expect_err("the order alice[1], bob[1] breaks it");
        let message = panic.downcast_ref::<String>().expect("a text");
        // Both are as small as can be.
        let is_smallest = ["alice[1], bob[1]", "bob[1], alice[1]"]
            .iter()
            .any(|turns| message.contains(&format!("after these turns: {turns}\nthe last one succeeded")));
        assert!(is_smallest, "{message}");
        assert!(message.contains(&format!("carol has {}", limit + 2)), "{message}");
        assert_eq!(ledger.accounts(), before, "the ledger is as before");
        check_some_orders(&mut ledger, &parties[..1], 8, invariant);
    }

    #[test]
    fn an_invariant_that_does_not_hold_at_the_beginning_is_told_as_such() {
        let mut ledger = TestLedger::new();
        let panic =
            catch_unwind(AssertUnwindSafe(|| check_orders(&mut ledger, &[], |_| Err("never".to_owned()))));
        let panic = panic.expect_err("it never holds");
        let message = panic.downcast_ref::<String>().expect("a text");
        assert_eq!(message, "the invariant does not hold: never\nbefore any transaction");
    }
}
