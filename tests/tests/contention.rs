//! What a runtime that observes says of a block: who touched and wrote what, of what was declared; which transactions are
//! meant; and that observing changes nothing.

use sealane_probe::Script;
use sealane_runtime::explain::{BlockContention, BlockObservation, ObservedTransaction, UnusedDeclaration};
use sealane_runtime::{Observation, RuntimeConfig};
use sealane_sdk::Address;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_tests::Harness;
use sealane_tests::programs::{probe, probe_account};

const DATA: Address = Address::new_from_array([0xD1; 32]);
const OTHER: Address = Address::new_from_array([0xD2; 32]);

fn harness(observation: Observation, workers: usize) -> Harness {
    let mut genesis = Harness::genesis();
    genesis.accounts.extend([DATA, OTHER].map(|address| (address, probe_account(&[0; 8]))));
    Harness::with(RuntimeConfig { observation, workers, ..RuntimeConfig::default() }, &genesis)
}

/// A call of the probe that writes account 0 and is handed both, declared writable.
fn write_the_first(value: u8) -> Instruction {
    let accounts = vec![AccountMeta::new(DATA, false), AccountMeta::new(OTHER, false)];
    probe(accounts, Script::new().write_data(0, 0, &[value]))
}

/// The same without declaring more than it needs.
fn write_one(account: Address, value: u8) -> Instruction {
    probe(vec![AccountMeta::new(account, false)], Script::new().write_data(0, 0, &[value]))
}

fn failing() -> Instruction {
    probe(Vec::new(), Script::new().return_code(7))
}

/// Executes one transaction a list of instructions, each paid by a user of its own.
fn observe(harness: &mut Harness, transactions: &[Vec<Instruction>]) -> BlockObservation {
    let users = (0..).map(Harness::user);
    let bytes: Vec<Vec<u8>> = transactions
        .iter()
        .zip(users)
        .map(|(instructions, user)| harness.sign(instructions, &[&user]))
        .collect();
    harness.block(&bytes).observation.expect("the runtime observes")
}

/// The keys of a transaction whose bit is set in a mask.
fn keys(block: &BlockObservation, position: usize, mask: u64) -> Vec<Address> {
    let accesses = block.access_sets.get(position).iter().enumerate();
    let set = accesses.filter(|(key_index, _)| mask >> key_index & 1 == 1);
    let mut keys: Vec<Address> = set.map(|(_, lock)| block.addresses[lock.account() as usize]).collect();
    keys.sort();
    keys
}

fn sorted(addresses: impl IntoIterator<Item = Address>) -> Vec<Address> {
    let mut addresses: Vec<Address> = addresses.into_iter().collect();
    addresses.sort();
    addresses
}

fn found(unused: &[UnusedDeclaration]) -> Vec<(Address, Vec<u32>)> {
    unused.iter().map(|unused| (unused.account, unused.transactions.clone())).collect()
}

#[test]
fn a_write_that_was_declared_and_not_made_is_named() {
    let block =
        observe(&mut harness(Observation::On, 2), &[vec![write_the_first(1)], vec![write_one(OTHER, 1)]]);
    let written = |position: usize| keys(&block, position, block.transactions[position].written);
    assert_eq!(written(0), sorted([Harness::user(0).address, DATA]));
    assert_eq!(written(1), sorted([Harness::user(1).address, OTHER]));
    let declarations = BlockContention::new(&block, None).declarations;
    assert_eq!(found(&declarations.never_written), [(OTHER, vec![0])]);
    assert_eq!(found(&declarations.never_touched), []);
    assert_eq!((declarations.writes, declarations.unwritten), (3 + 2, 1));
}

#[test]
fn writing_what_is_there_already_is_no_write() {
    let block = observe(&mut harness(Observation::On, 2), &[vec![write_one(DATA, 0)]]);
    assert_eq!(keys(&block, 0, block.transactions[0].written), [Harness::user(0).address]);
}

#[test]
fn what_no_call_came_to_is_untouched() {
    // The second instruction never runs, and OTHER is in nobody else's list.
    let block = observe(&mut harness(Observation::On, 2), &[vec![failing(), write_one(OTHER, 1)]]);
    let program = failing().program_id;
    assert_eq!(keys(&block, 0, block.transactions[0].touched), sorted([Harness::user(0).address, program]));
    let declarations = BlockContention::new(&block, None).declarations;
    assert_eq!(found(&declarations.never_touched), [(OTHER, vec![0])]);
}

#[test]
fn transactions_keep_the_index_they_came_with() {
    let mut harness = harness(Observation::On, 2);
    let user = Harness::user(0);
    let good = |value: u8| harness.sign(&[write_one(DATA, value)], &[&user]);
    let bytes = [good(1), vec![0xFF; 40], good(2)];
    let executed = harness.block(&bytes);
    assert_eq!(executed.rejected.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1]);
    let block = executed.observation.expect("the runtime observes");
    assert_eq!(block.transactions.iter().map(|one| one.index).collect::<Vec<_>>(), [0, 2]);
    let path = BlockContention::new(&block, None).critical_path;
    let links: Vec<(u32, Vec<Address>)> =
        path.links.iter().map(|link| (link.transaction, link.accounts.clone())).collect();
    assert_eq!(links, [(0, vec![]), (2, sorted([user.address, DATA]))]);
    let units: Vec<u64> = executed.block.receipts.iter().map(|receipt| receipt.body.units_consumed).collect();
    assert_eq!(block.units(), units);
}

#[test]
fn spans_of_conflicting_transactions_do_not_overlap() {
    let chain: Vec<Vec<Instruction>> = (1..=8).map(|value| vec![write_one(DATA, value)]).collect();
    let block = observe(&mut harness(Observation::On, 3), &chain);
    assert_eq!((block.number, block.worker_count), (1, 3));
    for pair in block.transactions.windows(2) {
        let [before, after]: &[ObservedTransaction; 2] = pair.try_into().expect("pairs");
        assert!(before.start_ns < before.end_ns, "it takes time: {before:?}");
        assert!(before.end_ns <= after.start_ns, "one after the other: {before:?} {after:?}");
    }
    let last_ns = block.transactions.last().map_or(0, |last| last.end_ns);
    assert!(u128::from(last_ns) <= block.execute.as_nanos(), "executing ends with the last one");
}

#[test]
fn observing_changes_nothing() {
    let run = |observation| {
        let mut harness = harness(observation, 2);
        let user = Harness::user(0);
        let bytes = [harness.sign(&[write_the_first(1)], &[&user]), harness.sign(&[failing()], &[&user])];
        let executed = harness.block(&bytes);
        assert_eq!(executed.observation.is_some(), observation == Observation::On);
        (executed.block, executed.hash)
    };
    assert_eq!(run(Observation::On), run(Observation::Off));
}
