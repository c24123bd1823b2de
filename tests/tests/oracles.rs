//! The oracles see what they are for: a step that is altered in one place is found out, by the comparison and by the
//! plain reckoning.

use sealane_runtime::Runtime;
use sealane_runtime::ledger::Block;
use sealane_sdk::instruction::Hash;
use sealane_tests::Harness;
use sealane_tests::generators::{BlockGenerator, Contention};
use sealane_tests::harness::{Accounts, accounts};
use sealane_tests::oracles::{Step, check_step, compare};
use sealane_vm::LogRecord;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The first block of a generated chain, and the accounts before it.
fn step() -> (Accounts, Step) {
    let mut generator = BlockGenerator::new(5, Contention::Hot { percent: 50 });
    let mut runtime = Runtime::new(Harness::config(), &generator.world.genesis).unwrap();
    let before = accounts(&runtime);
    let transactions = generator.block(&runtime, 40);
    let executed = runtime.produce_block(1, &transactions).unwrap();
    (before, Step::new(executed, &runtime))
}

/// Whether plain reckoning can tell without another run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reckoning {
    FindsIt,
    CannotKnow,
}

#[test]
fn an_altered_step_is_found_out() {
    use Reckoning::{CannotKnow, FindsIt};
    let last_account = |step: &Step| *step.accounts.keys().next_back().unwrap();
    type Alter<'a> = Box<dyn Fn(&mut Step) + 'a>;
    let cases: Vec<(&str, Reckoning, Alter<'_>)> = vec![
        (
            "a lamport more",
            FindsIt,
            Box::new(|step| {
                let account = step.accounts.get_mut(&last_account(step)).unwrap();
                Arc::make_mut(account).lamports += 1;
            }),
        ),
        ("an account less", FindsIt, Box::new(|step| drop(step.accounts.remove(&last_account(step))))),
        (
            "a byte of data more",
            FindsIt,
            Box::new(|step| {
                let account = step.accounts.get_mut(&last_account(step)).unwrap();
                Arc::make_mut(account).data.push(1);
            }),
        ),
        ("another batch", FindsIt, Box::new(|step| block_of(step).batches[7] += 1)),
        ("a longer critical path", FindsIt, Box::new(|step| step.executed.critical_path_count += 1)),
        ("another fee", FindsIt, Box::new(|step| block_of(step).receipts[3].body.fee_lamports += 1)),
        ("other units", FindsIt, Box::new(|step| block_of(step).receipts[3].body.units_consumed += 1)),
        (
            "another state root",
            FindsIt,
            Box::new(|step| block_of(step).header.roots.as_mut().unwrap().state = Hash::default()),
        ),
        (
            "other logs",
            CannotKnow,
            Box::new(|step| {
                let logs = &mut block_of(step).receipts[3].logs;
                let mut altered = logs.unpack();
                altered.message(b"one more");
                *logs = LogRecord::from(&altered);
            }),
        ),
        ("a rejection less", CannotKnow, Box::new(|step| step.executed.rejected.truncate(0))),
        ("another hash", CannotKnow, Box::new(|step| step.executed.hash = Hash::default())),
    ];
    let (before, good) = step();
    check_step(&before, &good, None);
    for (name, reckoning, alter) in cases {
        let (_, mut altered) = step();
        assert_eq!(compare(&good, &altered), None, "the same block twice");
        alter(&mut altered);
        assert!(compare(&good, &altered).is_some(), "{name}: the comparison sees it");
        let reckoned = catch_unwind(AssertUnwindSafe(|| check_step(&before, &altered, None)));
        assert_eq!(reckoned.is_err(), reckoning == FindsIt, "{name}: {reckoning:?}");
    }
}

/// The step's block, to be altered.
fn block_of(step: &mut Step) -> &mut Block {
    Arc::make_mut(&mut step.executed.block)
}

/// An account that no transaction may write is changed, its lamports moved from another: the sum is right.
#[test]
fn a_change_nobody_declared_is_found_out() {
    let (before, mut altered) = step();
    let mut unchanged = before.iter().filter(|(address, account)| {
        account.lamports > 1_000_000 && altered.accounts.get(*address) == Some(account)
    });
    let [from, to] = [(); 2].map(|()| *unchanged.next().unwrap().0);
    Arc::make_mut(altered.accounts.get_mut(&from).unwrap()).lamports -= 1;
    Arc::make_mut(altered.accounts.get_mut(&to).unwrap()).lamports += 1;
    let root = sealane_tests::oracles::naive_state_root(&altered.accounts);
    block_of(&mut altered).header.roots.as_mut().unwrap().state = root;
    let reckoned = catch_unwind(AssertUnwindSafe(|| check_step(&before, &altered, None)));
    let panic = reckoned.unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.contains("below the rent-exempt minimum") || text.contains("declared"), "{text}");
}
