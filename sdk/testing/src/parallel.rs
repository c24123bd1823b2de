//! Checks of what can run side by side, with the account named that is in the way.

use crate::access::{Access, Accesses, Conflict, Lock};
use sealane_sdk::Address;
use std::fmt::Write;

/// Checks that two transactions can run side by side.
///
/// Takes instructions, lists of them, [`Draft`](crate::Draft)s or results; given a ledger first, a failure shows its names.
///
/// ```
/// use sealane_testing::{TestLedger, assert_parallel, system};
///
/// let mut ledger = TestLedger::new();
/// let [alice, bob, carol, dave] = ["alice", "bob", "carol", "dave"].map(|name| ledger.user(name).address);
/// let one = system::transfer(&alice, &bob, 5);
/// let other = system::transfer(&carol, &dave, 5);
/// assert_parallel!(ledger, one, other);
/// ```
///
/// ```should_panic
/// # use sealane_testing::{TestLedger, assert_parallel, system};
/// # let mut ledger = TestLedger::new();
/// # let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| ledger.user(name).address);
/// // Both write bob's account: panics with `bob (…)`, and what each does with it.
/// assert_parallel!(ledger, system::transfer(&alice, &bob, 5), system::transfer(&carol, &bob, 5));
/// ```
#[macro_export]
macro_rules! assert_parallel {
    ($ledger:expr, $one:expr, $other:expr $(,)?) => {
        $crate::parallel::check_parallel(&$ledger.access(&$one), &$ledger.access(&$other))
    };
    ($one:expr, $other:expr $(,)?) => {
        $crate::parallel::check_parallel(&$crate::Accesses::access(&$one), &$crate::Accesses::access(&$other))
    };
}

/// Checks that two transactions cannot run side by side; `on = account` at the end says at which account alone they must meet.
///
/// ```
/// use sealane_testing::{TestLedger, assert_conflicts, system};
///
/// let mut ledger = TestLedger::new();
/// let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| ledger.user(name).address);
/// let one = system::transfer(&alice, &bob, 5);
/// let other = system::transfer(&carol, &bob, 5);
/// assert_conflicts!(one, other);
/// assert_conflicts!(ledger, one, other, on = bob);
/// ```
#[macro_export]
macro_rules! assert_conflicts {
    ($ledger:expr, $one:expr, $other:expr, on = $account:expr $(,)?) => {
        $crate::parallel::check_conflicts_on(&$ledger.access(&$one), &$ledger.access(&$other), &$account)
    };
    ($one:expr, $other:expr, on = $account:expr $(,)?) => {
        $crate::parallel::check_conflicts_on(
            &$crate::Accesses::access(&$one),
            &$crate::Accesses::access(&$other),
            &$account,
        )
    };
    ($ledger:expr, $one:expr, $other:expr $(,)?) => {
        $crate::parallel::check_conflicts(&$ledger.access(&$one), &$ledger.access(&$other))
    };
    ($one:expr, $other:expr $(,)?) => {
        $crate::parallel::check_conflicts(
            &$crate::Accesses::access(&$one),
            &$crate::Accesses::access(&$other),
        )
    };
}

/// What [`assert_parallel!`](crate::assert_parallel) calls.
///
/// # Panics
/// If the two meet at an account.
#[track_caller]
pub fn check_parallel(one: &impl Accesses, other: &impl Accesses) {
    let (one, other) = (one.access(), other.access());
    let conflicts = one.conflicts(&other);
    assert!(conflicts.is_empty(), "they cannot run side by side:\n{}", describe(&conflicts, &one, &other));
}

/// What [`assert_conflicts!`](crate::assert_conflicts) calls.
///
/// # Panics
/// If the two meet nowhere.
#[track_caller]
pub fn check_conflicts(one: &impl Accesses, other: &impl Accesses) {
    let (one, other) = (one.access(), other.access());
    let locks = || format!("the first\n{}the second\n{}", listed(&one), listed(&other));
    assert!(!one.conflicts(&other).is_empty(), "they can run side by side:\n{}", locks());
}

/// What [`assert_conflicts!`](crate::assert_conflicts) calls if it is told where.
///
/// # Panics
/// If the two do not meet at `account`, or meet elsewhere too.
#[track_caller]
pub fn check_conflicts_on(one: &impl Accesses, other: &impl Accesses, account: &Address) {
    let (one, other) = (one.access(), other.access());
    let conflicts = one.conflicts(&other);
    let name = one.names.address_in_full(account);
    assert!(
        conflicts.iter().any(|conflict| conflict.account == *account),
        "they do not meet at {name}:\nthe first\n{}the second\n{}",
        listed(&one),
        listed(&other)
    );
    let elsewhere: Vec<Conflict> =
        conflicts.into_iter().filter(|conflict| conflict.account != *account).collect();
    assert!(elsewhere.is_empty(), "they meet not only at {name}:\n{}", describe(&elsewhere, &one, &other));
}

/// A paragraph a conflict: the account, and what each of the two does with it.
pub(crate) fn describe(conflicts: &[Conflict], one: &Access, other: &Access) -> String {
    let mut text = String::new();
    for Conflict { account, one: first, other: second } in conflicts {
        let (one_role, other_role) = (one.role(account), other.role(account));
        let _ = writeln!(text, "  account {}", one.names.address_in_full(account));
        let _ = writeln!(text, "    the first {first} it: {one_role}");
        let _ = writeln!(text, "    the second {second} it: {other_role}");
    }
    text
}

fn listed(access: &Access) -> String {
    let mut text = String::new();
    for lock in [Lock::Writes, Lock::Reads] {
        for (account, _) in access.locks.iter().filter(|(_, known)| *known == lock) {
            let _ = writeln!(text, "    {lock} {}", access.names.address_in_full(account));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::{Draft, User, system};
    use std::panic::catch_unwind;

    fn message(check: impl FnOnce() + std::panic::UnwindSafe) -> String {
        let panic = catch_unwind(check).expect_err("the check fails");
        panic.downcast_ref::<String>().expect("a text").clone()
    }

    #[test]
    fn two_payments_to_one_account_meet_there() {
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(User::named);
        let one = system::transfer(&alice.address, &bob.address, 1);
        let other = system::transfer(&carol.address, &bob.address, 1);
        assert_conflicts!(one, other, on = bob.address);
        let message = message(|| assert_parallel!(one, other));
        let expected = format!(
            "they cannot run side by side:\n  account {}\n    the first writes it: to of system_program::transfer\n    \
             the second writes it: to of system_program::transfer\n",
            bob.address
        );
        assert_eq!(message, expected);
    }

    #[test]
    fn readers_of_an_account_do_not_meet_and_a_writer_does() {
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(User::named);
        let mut read = system::transfer(&alice.address, &bob.address, 1);
        read.accounts[1].is_writable = false;
        let mut read_too = system::transfer(&carol.address, &bob.address, 1);
        assert_conflicts!(read, read_too, on = bob.address);
        read_too.accounts[1].is_writable = false;
        assert_parallel!(read, read_too);
        let text = message(|| assert_conflicts!(read, read_too));
        assert!(text.contains(&format!("reads {}", bob.address)), "{text}");
        let text = message(|| assert_conflicts!(read, read_too, on = bob.address));
        assert!(text.starts_with(&format!("they do not meet at {}", bob.address)), "{text}");
    }

    #[test]
    fn the_payer_of_two_drafts_is_in_the_way() {
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(User::named);
        let pay =
            |to: &User| Draft::new(&[system::transfer(&carol.address, &to.address, 1)], &[&alice, &carol]);
        let text = message(|| assert_parallel!(pay(&alice), pay(&bob)));
        assert!(text.contains("the first writes it: the fee payer"), "{text}");
        assert!(text.contains("from of system_program::transfer"), "{text}");
    }
}
