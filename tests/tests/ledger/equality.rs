//! A ledger on disk beside the runtime in memory, over random blocks, closed and opened again at random.

use crate::tables::{Ground, ageing_fast, config, last, runtime_config};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sealane_runtime::face::HistoryPolicy;
use sealane_runtime::{ExecutedBlock, Ledger, PendingBlock, Runtime};
use sealane_tests::generators::{BlockGenerator, Contention};
use sealane_tests::harness::accounts;
use sealane_tests::oracles::{Step, compare, naive_state_root};

const BLOCK_COUNT: i64 = 14;

/// What occurred: a random test that never opens a ledger again would pass as well.
#[derive(Debug, Default)]
struct Tally {
    opened: usize,
    closed: usize,
    rejected_for_replay: usize,
}

#[test]
fn a_ledger_on_disk_is_the_runtime_in_memory() {
    let mut tally = Tally::default();
    for seed in 0..12 {
        check(seed, &mut tally);
    }
    println!("{tally:?}");
    assert!(tally.opened > 20 && tally.closed > 5, "{tally:?}");
    assert!(tally.rejected_for_replay > 20, "{tally:?}");
}

fn check(seed: u64, tally: &mut Tally) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let contention = Contention::STEPS[usize::try_from(seed).unwrap() % Contention::STEPS.len()];
    let mut generator = BlockGenerator::new(seed, contention);
    let genesis = ageing_fast(&generator.world.genesis);
    let history = if seed.is_multiple_of(2) { HistoryPolicy::All } else { last(1 + seed) };
    let config = config(1 + usize::try_from(seed).unwrap() % 5, history);
    let ground = Ground::new(seed);
    let mut oracle = Runtime::new(runtime_config(), &genesis).expect("a runtime");
    let mut ledger = Some(ground.create(&config, &genesis));
    for unix_time in 1..=BLOCK_COUNT {
        let transactions = generator.block(&oracle, 20);
        let expected = oracle.produce_block(unix_time, &transactions).expect("a block");
        let expected = Step::new(expected, &oracle);
        let open = ledger.as_mut().expect("it is open");
        let executed = match random.random_range(0..3) {
            0 => replayed(open, &expected.executed),
            1 => open.execute_ahead(unix_time, &transactions).and_then(PendingBlock::wait).expect("a block"),
            _ => open.execute_block(unix_time, &transactions).expect("a block"),
        };
        let replay = |text: String| text.contains("Replay(");
        tally.rejected_for_replay +=
            executed.rejected.iter().filter(|(_, rejection)| replay(format!("{rejection:?}"))).count();
        let found = Step::new(executed, open.runtime());
        if let Some(difference) = compare(&expected, &found) {
            panic!("seed {seed}, block {unix_time}:\n{difference}");
        }
        if random.random_bool(0.4) {
            let open = ledger.take().expect("it is open");
            if random.random_bool(0.3) {
                open.close().expect("everything is written");
                tally.closed += 1;
            } else {
                drop(open);
            }
            let again = ground.open(&config).expect("it opens again");
            assert_eq!(again.last_hash(), oracle.last_hash());
            let found = accounts(again.runtime());
            assert_eq!(found, expected.accounts, "seed {seed}, block {unix_time}, opened again");
            let roots = again.last_header().roots.expect("blocks have roots");
            assert_eq!(roots.state, naive_state_root(&found));
            ledger = Some(again);
            tally.opened += 1;
        }
    }
}

/// The block that the oracle made, replayed. Rejected ones are not in it: they are taken from the oracle.
fn replayed(ledger: &mut Ledger, expected: &ExecutedBlock) -> ExecutedBlock {
    let executed = ledger.replay_block(&expected.block).expect("a good block");
    ExecutedBlock { rejected: expected.rejected.clone(), ..executed }
}

/// Several blocks in flight at once: what is read between them is what the last executed one left.
#[test]
fn blocks_that_are_not_durable_yet_are_built_upon() {
    (0..Ground::COUNT).for_each(check_blocks_in_flight);
}

fn check_blocks_in_flight(ground: u64) {
    let mut generator = BlockGenerator::new(77, Contention::STEPS[1]);
    let genesis = ageing_fast(&generator.world.genesis);
    let (ground, config) = (Ground::new(ground), config(2, last(4)));
    let mut oracle = Runtime::new(runtime_config(), &genesis).expect("a runtime");
    let mut ledger = ground.create(&config, &genesis);
    let mut pending: Vec<PendingBlock> = Vec::new();
    for unix_time in 1..=20 {
        let transactions = generator.block(&oracle, 15);
        let expected = oracle.produce_block(unix_time, &transactions).expect("a block");
        pending.push(ledger.execute_ahead(unix_time, &transactions).expect("a block"));
        assert_eq!(ledger.last_hash(), expected.hash);
    }
    assert_eq!(accounts(ledger.runtime()), accounts(&oracle));
    for (number, pending) in (1..).zip(pending) {
        assert_eq!(pending.wait().expect("it is written").block.header.number, number);
    }
    drop(ledger);
    let again = ground.open(&config).expect("it opens again");
    assert_eq!(accounts(again.runtime()), accounts(&oracle));
}
