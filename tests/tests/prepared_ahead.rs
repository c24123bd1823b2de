//! A block that was prepared while the one before it executed is the block that comes of its bytes, however many workers do
//! both.

use sealane_runtime::ingest::ReplayError;
use sealane_runtime::{Execution, PreparedBlock, Rejection, Runtime, RuntimeConfig};
use sealane_tests::Harness;
use sealane_tests::generators::{BlockGenerator, Contention};
use sealane_tests::oracles::{Step, compare};

const BLOCKS_COUNT: usize = 6;
const TRANSACTIONS_COUNT: usize = 300;
/// Of each block so many come again in the next: that they are stale is only known when the block before has executed.
const STALE_COUNT: usize = 20;

/// A chain as the plain way makes it: what went into each block, and what came of it.
fn chain(generator: &mut BlockGenerator, config: &RuntimeConfig) -> Vec<(Vec<Vec<u8>>, Step)> {
    let config = RuntimeConfig { workers: 1, execution: Execution::Serial, ..config.clone() };
    let mut runtime = Runtime::new(config, &generator.world.genesis).unwrap();
    let mut chain: Vec<(Vec<Vec<u8>>, Step)> = Vec::new();
    for number in 1..=BLOCKS_COUNT {
        let mut transactions = generator.block(&runtime, TRANSACTIONS_COUNT);
        if let Some((before, _)) = chain.last() {
            let again = before.iter().step_by(before.len() / STALE_COUNT).cloned();
            transactions.splice(7..7, again);
        }
        let executed = runtime.produce_block(i64::try_from(number).unwrap(), &transactions).unwrap();
        let step = Step::new(executed, &runtime);
        chain.push((transactions, step));
    }
    chain
}

#[test]
fn a_block_prepared_ahead_is_the_same() {
    for (seed, contention) in [(1, Contention::None), (2, Contention::Hot { percent: 60 })] {
        let mut generator = BlockGenerator::new(seed, contention);
        let config = Harness::config();
        let chain = chain(&mut generator, &config);
        let stale = |step: &Step| {
            let is_stale =
                |rejection: &Rejection| matches!(rejection, Rejection::Replay(ReplayError::AlreadyProcessed));
            step.executed.rejected.iter().filter(|(_, rejection)| is_stale(rejection)).count()
        };
        assert!(chain[1..].iter().all(|(_, step)| stale(step) >= STALE_COUNT / 2), "most had run before");
        for workers in 1..=3 {
            let config = RuntimeConfig { workers, execution: Execution::Parallel, ..config.clone() };
            let mut runtime = Runtime::new(config, &generator.world.genesis).unwrap();
            let preparer = runtime.preparer();
            let mut prepared: PreparedBlock<'_> = preparer.prepare(&chain[0].0).unwrap();
            for (number, (_, expected)) in chain.iter().enumerate() {
                let unix_time = i64::try_from(number + 1).unwrap();
                let (executed, next) = std::thread::scope(|scope| {
                    let next = chain.get(number + 1).map(|(follower, _)| {
                        let preparer = preparer.clone();
                        scope.spawn(move || preparer.prepare(follower).unwrap())
                    });
                    let executed = runtime.produce_prepared(unix_time, prepared).unwrap();
                    (executed, next.map(|next| next.join().unwrap()))
                });
                let found = Step::new(executed, &runtime);
                if let Some(difference) = compare(expected, &found) {
                    panic!("seed {seed}, {workers} workers, block {unix_time}: {difference}");
                }
                let Some(next) = next else { break };
                prepared = next;
            }
        }
    }
}

/// The same, as a node under load does it: the next blocks are prepared by a thread of their own, which is two ahead.
#[test]
fn blocks_prepared_by_a_thread_of_their_own_are_the_same() {
    let mut generator = BlockGenerator::new(3, Contention::Hot { percent: 30 });
    let config = Harness::config();
    let chain = chain(&mut generator, &config);
    for workers in 1..=3 {
        let config = RuntimeConfig { workers, execution: Execution::Parallel, ..config.clone() };
        let mut runtime = Runtime::new(config, &generator.world.genesis).unwrap();
        let preparer = runtime.preparer();
        let blocks = chain.iter().map(|(transactions, _)| transactions.as_slice());
        let done = std::thread::scope(|scope| {
            let prepared = preparer.prepare_ahead(scope, blocks);
            for ((prepared, (_, expected)), unix_time) in prepared.zip(&chain).zip(1..) {
                let executed = runtime.produce_prepared(unix_time, prepared.unwrap()).unwrap();
                let found = Step::new(executed, &runtime);
                if let Some(difference) = compare(expected, &found) {
                    panic!("{workers} workers, block {unix_time}: {difference}");
                }
            }
            runtime.last_header().number
        });
        assert_eq!(done, BLOCKS_COUNT as u64, "every block came");
    }
}

/// Whoever has seen enough leaves, and the thread that prepares ends as well, however many blocks there are.
#[test]
fn preparing_ends_with_the_one_who_takes() {
    let runtime = Runtime::new(Harness::config(), &Harness::genesis()).unwrap();
    let preparer = runtime.preparer();
    let block: [&[u8]; 1] = [b"no transaction"];
    let taken = std::thread::scope(|scope| {
        let endless = std::iter::repeat(block.as_slice());
        preparer.prepare_ahead(scope, endless).take(3).filter(Result::is_ok).count()
    });
    assert_eq!(taken, 3);
}

/// What a preparer is given it does not judge: the bounds of a block hold when it is executed, and nothing lasts of one that is
/// refused.
#[test]
fn a_prepared_block_obeys_the_clock() {
    let mut runtime = Runtime::new(Harness::config(), &Harness::genesis()).unwrap();
    let preparer = runtime.preparer();
    let nothing: [&[u8]; 1] = [b"no transaction"];
    let before = runtime.last_hash();
    let refused = runtime.produce_prepared(-1, preparer.prepare(&nothing).unwrap());
    assert!(matches!(refused, Err(sealane_runtime::BlockError::TimeRunsBackwards { .. })), "{refused:?}");
    assert_eq!(runtime.last_hash(), before);
    let executed = runtime.produce_prepared(1, preparer.prepare(&nothing).unwrap()).unwrap();
    assert!(matches!(executed.rejected[..], [(0, Rejection::Sanitize(_))]), "{:?}", executed.rejected);
}
