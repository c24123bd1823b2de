//! The counter on a ledger in this process, without a node.

use sealane_template_counter::{
    Counter, CounterError, CreateAddresses, ID, IncrementAddresses, Incremented, builders,
};
use sealane_testing::{TestLedger, User, assert_conflicts, assert_parallel, deploy_crate};

/// A ledger with the program, and two users who have a counter each.
fn ground() -> (TestLedger, User, User) {
    let mut ledger = TestLedger::new();
    deploy_crate!(ledger, sealane_template_counter);
    let [alice, bob] = ["alice", "bob"].map(|name| ledger.user(name));
    for user in [&alice, &bob] {
        ledger.succeed(&[builders::create(&CreateAddresses { owner: user.address })], &[user]);
    }
    (ledger, alice, bob)
}

fn of(user: &User) -> IncrementAddresses {
    IncrementAddresses { owner: user.address }
}

#[test]
fn a_counter_counts() {
    let (mut ledger, alice, _) = ground();
    ledger.succeed(&[builders::increment(&of(&alice), 2)], &[&alice]);
    let sent = ledger.succeed(&[builders::increment(&of(&alice), 3)], &[&alice]);
    assert_eq!(sent.returned::<u64>(), 5);
    let sent = sent.expect_event(&Incremented { owner: alice.address, count: 5 });
    assert!(sent.units < 5_000, "{sent}");
    assert_eq!(ledger.load::<Counter>(&of(&alice).counter()).count, 5);
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    let (mut ledger, alice, _) = ground();
    let _ =
        ledger.send(&[builders::increment(&of(&alice), 0)], &[&alice]).expect_error(CounterError::Nothing);
    ledger.change::<Counter>(&of(&alice).counter(), |counter| counter.count = u64::MAX);
    let _ =
        ledger.send(&[builders::increment(&of(&alice), 1)], &[&alice]).expect_error(CounterError::TooMuch);
}

#[test]
fn counters_do_not_wait_for_each_other() {
    let (ledger, alice, bob) = ground();
    let [hers, his] = [&alice, &bob].map(|user| builders::increment(&of(user), 1));
    assert_parallel!(ledger, hers, his);
    assert_conflicts!(ledger, hers, hers, on = of(&alice).counter());
    assert_eq!(alice.address, of(&alice).owner);
    assert_ne!(ID, alice.address);
}
