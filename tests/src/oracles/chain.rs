//! The claim that everything rests on, for one chain of generated blocks: every way to execute gives the same.

use super::{Step, check_step, compare};
use crate::generators::{BlockGenerator, Contention};
use crate::harness::accounts;
use sealane_runtime::ledger::Genesis;
use sealane_runtime::{Execution, InstancePolicy, Runtime, RuntimeConfig};
use sealane_sdk::Address;

/// Who gets the fees in every second chain.
const COLLECTOR: Address = Address::new_from_array([0xFE; 32]);

/// A way to execute that must make no difference.
#[derive(Clone, Copy, Debug)]
struct Way {
    name: &'static str,
    execution: Execution,
    workers: usize,
    instances: InstancePolicy,
}

const fn way(name: &'static str, execution: Execution, workers: usize, instances: InstancePolicy) -> Way {
    Way { name, execution, workers, instances }
}

/// The plainest way of all: what the others are held against.
const ORACLE: Way = way("serial, new instances", Execution::Serial, 1, InstancePolicy::Fresh);

const WAYS: &[Way] = &[
    way("serial, kept instances", Execution::Serial, 1, InstancePolicy::Kept),
    way("1 worker", Execution::Parallel, 1, InstancePolicy::Kept),
    way("2 workers", Execution::Parallel, 2, InstancePolicy::Kept),
    way("3 workers", Execution::Parallel, 3, InstancePolicy::Kept),
    way("3 workers, new instances", Execution::Parallel, 3, InstancePolicy::Fresh),
    way("8 workers", Execution::Parallel, 8, InstancePolicy::Kept),
];

const REPLICA: Way = way("replica", Execution::Parallel, 2, InstancePolicy::Kept);

/// Makes a chain of `block_count` blocks of `transaction_count` transactions with the oracle, repeats each in every
/// other way, and has a replica replay it. `see` is shown each block and the kinds of its transactions.
///
/// # Panics
/// If two ways differ in anything, or a block breaks an invariant; the text says how.
pub fn check_chain(
    seed: u64,
    contention: Contention,
    block_count: u32,
    transaction_count: usize,
    see: &mut dyn FnMut(&Step, &[&'static str]),
) {
    check_chain_from(seed, contention, (block_count, transaction_count), |_| {}, see);
}

/// As [`check_chain`], on a ledger that `change` has made something else of: with other programs, say. Sizes are the
/// number of blocks and of transactions in each.
///
/// # Panics
/// As [`check_chain`].
pub fn check_chain_from(
    seed: u64,
    contention: Contention,
    (block_count, transaction_count): (u32, usize),
    change: impl FnOnce(&mut Genesis),
    see: &mut dyn FnMut(&Step, &[&'static str]),
) {
    let collector = seed.is_multiple_of(2).then_some(COLLECTOR);
    let mut generator = BlockGenerator::new(seed, contention);
    change(&mut generator.world.genesis);
    let mut genesis = generator.world.genesis.clone();
    genesis.rules.fee_collector = collector;
    let start = |way: &Way| {
        let config = RuntimeConfig {
            workers: way.workers,
            execution: way.execution,
            instances: way.instances,
            ..RuntimeConfig::default()
        };
        Runtime::new(config, &genesis).expect("a runtime")
    };
    let mut oracle = start(&ORACLE);
    let mut runtimes: Vec<(&Way, Runtime)> = WAYS.iter().map(|way| (way, start(way))).collect();
    let mut replica = start(&REPLICA);
    for unix_time in 1..=i64::from(block_count) {
        let transactions = generator.block(&oracle, transaction_count);
        let before = accounts(&oracle);
        let expected = produce(&mut oracle, unix_time, &transactions);
        check_step(&before, &expected, collector.as_ref());
        see(&expected, generator.kinds());
        for (way, runtime) in &mut runtimes {
            let found = produce(runtime, unix_time, &transactions);
            if let Some(difference) = compare(&expected, &found) {
                panic!("seed {seed}, {contention:?}, block {unix_time}, {}:\n{difference}", way.name);
            }
        }
        check_replica(&mut replica, &expected);
    }
}

fn produce(runtime: &mut Runtime, unix_time: i64, transactions: &[Vec<u8>]) -> Step {
    let executed = runtime.produce_block(unix_time, transactions);
    Step::new(executed.unwrap_or_else(|error| panic!("block {unix_time} fails: {error}")), runtime)
}

/// What the block holds runs again without a rejection and gives the same block.
fn check_replica(replica: &mut Runtime, expected: &Step) {
    let number = expected.executed.block.header.number;
    let replayed = replica.replay_block(&expected.executed.block);
    let replayed = replayed.unwrap_or_else(|error| panic!("the replica refuses block {number}: {error}"));
    assert_eq!(replayed.hash, expected.executed.hash, "block {number}: the replica's hash");
    assert_eq!(replayed.block, expected.executed.block, "block {number}: the replica's block");
    assert_eq!(replayed.rejected, [], "block {number}: a replica rejects nothing");
    assert_eq!(accounts(replica), expected.accounts, "block {number}: the replica's accounts");
}
