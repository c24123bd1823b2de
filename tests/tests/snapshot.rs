//! A ledger that is read from a snapshot goes on exactly as the one that was written: over random blocks of every kind of
//! transaction, programs, nonces and replays among them.

use sealane_runtime::ledger::snapshot::{Expected, SnapshotReader, write_snapshot};
use sealane_runtime::{BlockError, Runtime};
use sealane_tests::Harness;
use sealane_tests::generators::{BlockGenerator, Contention};
use sealane_tests::oracles::{Step, check_snapshot, compare, loose_snapshot, sealed_snapshot};

fn snapshot(runtime: &Runtime) -> Vec<u8> {
    let mut file = Vec::new();
    write_snapshot(runtime, &mut file, &mut |_| ()).expect("memory takes it all");
    file
}

fn restored(file: &[u8]) -> Runtime {
    let reader = SnapshotReader::new(file).expect("a snapshot");
    Runtime::from_snapshot(Harness::config(), reader, &Expected::default()).expect("a good snapshot")
}

fn produce(runtime: &mut Runtime, unix_time: i64, transactions: &[Vec<u8>]) -> Step {
    Step::new(runtime.produce_block(unix_time, transactions).expect("a block"), runtime)
}

fn check(seed: u64, contention: Contention) {
    let mut generator = BlockGenerator::new(seed, contention);
    let mut original = Runtime::new(Harness::config(), &generator.world.genesis).expect("a runtime");
    let mut copies: Vec<Runtime> = Vec::new();
    let mut sent: Vec<Vec<u8>> = Vec::new();
    for unix_time in 1..=8 {
        let file = snapshot(&original);
        copies.push(restored(&file));
        // What was sent once comes again, and is refused by all for the same reasons.
        let mut transactions = generator.block(&original, 40);
        transactions.extend(sent.iter().rev().take(20).cloned());
        let expected = produce(&mut original, unix_time, &transactions);
        for (age, copy) in copies.iter_mut().enumerate() {
            let found = produce(copy, unix_time, &transactions);
            if let Some(difference) = compare(&expected, &found) {
                panic!("seed {seed}, {contention:?}, block {unix_time}, read at block {age}:\n{difference}");
            }
        }
        sent.extend(transactions);
    }
    let file = snapshot(&original);
    for copy in &copies {
        assert!(snapshot(copy) == file, "the same ledger gives the same file");
    }
}

#[test]
fn ledgers_from_snapshots_go_on_as_the_original() {
    for (seed, contention) in (0..4).zip(Contention::STEPS.into_iter().cycle()) {
        check(seed, contention);
    }
}

/// A replica that began with a snapshot takes the producer's next block, and refuses the one before, which it has.
#[test]
fn a_replica_can_begin_with_a_snapshot() {
    let mut generator = BlockGenerator::new(9, Contention::STEPS[1]);
    let mut producer = Runtime::new(Harness::config(), &generator.world.genesis).expect("a runtime");
    let mut blocks = Vec::new();
    for unix_time in 1..=3 {
        let transactions = generator.block(&producer, 30);
        blocks.push(producer.produce_block(unix_time, &transactions).expect("a block").block);
    }
    let mut replica = restored(&snapshot(&producer));
    let next = producer.produce_block(4, &generator.block(&producer, 30)).expect("a block").block;
    assert!(matches!(replica.replay_block(&blocks[2]), Err(BlockError::NotNext { .. })));
    assert_eq!(replica.replay_block(&next).expect("the next block").block, next);
    assert_eq!(replica.last_hash(), producer.last_hash());
}

/// The fuzz target's way to files with right hashes gives back a good file as it was.
#[test]
fn a_file_taken_apart_and_put_together_is_the_same() {
    let mut harness = Harness::new();
    harness.empty_blocks(3);
    let file = snapshot(&harness.runtime);
    assert!(sealed_snapshot(&loose_snapshot(&file)) == file);
    check_snapshot(&file).expect("it is good");
    check_snapshot(&sealed_snapshot(&[0, 1, 0, 0, 0, 0, 0])).expect_err("an empty head");
}
