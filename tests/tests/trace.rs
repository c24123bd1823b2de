//! Traces replayed: transactions cost what was recorded and touch exactly what was recorded, parallel equals serial, and
//! the state tells in which order conflicting transactions ran.

use proptest::prelude::{any, prop, proptest};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sealane_benches::trace::{
    self, MAX_ACCOUNTS, MAX_LEGACY_ACCOUNTS, RecordedBlock, RecordedTransaction, Recording,
};
use sealane_benches::{FileError, Workload};
use sealane_runtime::explain::BlockContention;
use sealane_runtime::ingest::{Version, sanitize};
use sealane_runtime::{ExecutedBlock, Execution, Observation, RuntimeConfig};
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::{MAX_ACCOUNT_KEYS, MAX_TRANSACTION_SIZE_BYTES, MAX_TRANSACTION_UNITS};
use sealane_tests::Harness;
use sealane_tests::harness::explain;
use sealane_trace::{MAX_UNSPENT_UNITS, TOUCHING_UNITS};
use std::path::Path;

const SEED: u64 = 5;

fn config(workers: usize, execution: Execution) -> RuntimeConfig {
    RuntimeConfig { workers, execution, observation: Observation::On, ..RuntimeConfig::default() }
}

fn workload(recording: Recording) -> Workload {
    recording.workload(SEED, &RuntimeConfig::default(), &|| ()).expect("a workload")
}

fn run(workload: &Workload, config: RuntimeConfig) -> (Vec<ExecutedBlock>, Hash) {
    let mut harness = Harness::with(config, &workload.genesis);
    let blocks: Vec<ExecutedBlock> = workload.blocks.iter().map(|block| harness.block(block)).collect();
    for block in &blocks {
        assert!(block.rejected.is_empty(), "none is rejected: {:?}", block.rejected);
        for receipt in &block.block.receipts {
            assert!(receipt.body.succeeded(), "all succeed\n{}", explain(receipt));
        }
    }
    (blocks, harness.runtime.state_root().expect("a state root"))
}

fn recording(account_count: u32, transactions: Vec<RecordedTransaction>) -> Recording {
    Recording {
        accounts: (0..account_count).map(|number| format!("account {number}")).collect(),
        blocks: vec![RecordedBlock { number: None, transactions }],
    }
}

fn transaction(writes: Vec<u32>, reads: Vec<u32>, cost_units: u32) -> RecordedTransaction {
    RecordedTransaction { id: "a".to_owned(), writes, reads, cost_units }
}

/// What each transaction of a single block used.
fn units(recording: Recording) -> Vec<u64> {
    let (blocks, _) = run(&workload(recording), config(1, Execution::Serial));
    blocks[0].block.receipts.iter().map(|receipt| receipt.body.units_consumed).collect()
}

/// Some accounts written, some read, by random transactions.
fn random_recording(seed: u64) -> Recording {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let account_count = random.random_range(1..80);
    let blocks = (0..3).map(|number| {
        let transactions = (0..random.random_range(1..40)).map(|_| {
            let mut accounts: Vec<u32> = (0..account_count).collect();
            accounts.shuffle(&mut random);
            // One in ten is wide.
            let most = if random.random_ratio(1, 10) { MAX_ACCOUNTS } else { 6 };
            accounts.truncate(random.random_range(0..=most));
            let reads = accounts.split_off(random.random_range(0..=accounts.len()));
            transaction(accounts, reads, random.random_range(0..20_000))
        });
        RecordedBlock { number: Some(number), transactions: transactions.collect() }
    });
    let blocks = blocks.collect();
    Recording { blocks, ..recording(account_count, Vec::new()) }
}

#[test]
fn transactions_use_what_was_recorded() {
    let touching = units(recording(0, vec![transaction(vec![], vec![], 0)]))[0];
    assert!(touching < 1_500, "touching nothing takes {touching} units");
    let lowest = u32::try_from(touching).unwrap();
    let costs: Vec<u32> = (lowest + 1..lowest + 200)
        .chain([TOUCHING_UNITS - 1, TOUCHING_UNITS, TOUCHING_UNITS + 1, 200_000, 999_983])
        .chain(MAX_TRANSACTION_UNITS - 30..=MAX_TRANSACTION_UNITS)
        .collect();
    let transactions = costs.iter().map(|cost| transaction(vec![], vec![], *cost)).collect();
    let used = units(recording(0, transactions));
    let unspent: Vec<i64> =
        costs.iter().zip(&used).map(|(cost, used)| i64::from(*cost) - used.cast_signed()).collect();
    let tolerated = 0..=i64::from(MAX_UNSPENT_UNITS);
    println!("touching nothing: {touching}; unspent: {:?}", (unspent.iter().min(), unspent.iter().max()));
    // Below the first dozens there is not enough to do even a round of work.
    assert!(unspent.iter().all(|units| tolerated.contains(units)), "unspent: {unspent:?}");
}

#[test]
fn the_widest_transactions_fit_and_run() {
    let all = |count: usize| (0..u32::try_from(count).unwrap()).collect::<Vec<u32>>();
    let widest = u32::try_from(MAX_ACCOUNTS).unwrap();
    let costs = [0, MAX_TRANSACTION_UNITS];
    for count in [MAX_LEGACY_ACCOUNTS, MAX_LEGACY_ACCOUNTS + 1, MAX_ACCOUNTS] {
        let transactions = costs.iter().flat_map(|cost| {
            [transaction(all(count), vec![], *cost), transaction(vec![], all(count), *cost)]
        });
        let used = units(recording(widest, transactions.collect()));
        println!("units used for {count} accounts: {used:?}");
        assert!(used[..2].iter().all(|units| *units < u64::from(TOUCHING_UNITS) / 2), "{used:?}");
        let most = u64::from(MAX_TRANSACTION_UNITS);
        let tolerated = most - u64::from(MAX_UNSPENT_UNITS)..=most;
        assert!(used[2..].iter().all(|units| tolerated.contains(units)), "{used:?}");
    }
}

/// Version 1 is used only where it must be, and both kinds are filled.
#[test]
fn wide_transactions_have_version_1() {
    let all = |count: usize| (0..u32::try_from(count).unwrap()).collect::<Vec<u32>>();
    let counts = [0, MAX_LEGACY_ACCOUNTS, MAX_LEGACY_ACCOUNTS + 1, MAX_ACCOUNTS];
    let transactions = counts.map(|count| transaction(all(count), vec![], 0)).to_vec();
    let workload = workload(recording(u32::try_from(MAX_ACCOUNTS).unwrap(), transactions));
    let found: Vec<_> = workload.blocks[0].iter().map(|bytes| sanitize(bytes).unwrap()).collect();
    let versions = found.iter().map(|transaction| transaction.version());
    assert!(versions.eq([Version::Legacy, Version::Legacy, Version::V1, Version::V1]));
    let size_bytes = workload.blocks[0][1].len();
    assert!(size_bytes <= MAX_TRANSACTION_SIZE_BYTES && size_bytes + 33 > MAX_TRANSACTION_SIZE_BYTES);
    assert_eq!(found[3].keys().len(), MAX_ACCOUNT_KEYS);
}

#[test]
fn transactions_touch_what_was_recorded() {
    let recording = random_recording(1);
    let addresses: Vec<_> = recording.accounts.iter().map(|name| trace::account(SEED, name)).collect();
    let (blocks, _) = run(&workload(recording.clone()), config(2, Execution::Parallel));
    for (recorded, block) in recording.blocks.iter().zip(blocks) {
        let observed = block.observation.expect("the runtime observes");
        let declarations = BlockContention::new(&observed, None).declarations;
        assert_eq!((declarations.never_written, declarations.never_touched), (vec![], vec![]));
        for (position, recorded) in recorded.transactions.iter().enumerate() {
            let accesses = || observed.access_sets.get(position).iter();
            let locked = |write: bool| -> Vec<_> {
                let locks = accesses().filter(|lock| lock.is_write() == write);
                let found = locks.map(|lock| observed.addresses[lock.account() as usize]);
                let mut found: Vec<_> = found.filter(|address| addresses.contains(address)).collect();
                found.sort();
                found
            };
            let sorted = |accounts: &[u32]| {
                let mut found: Vec<_> = accounts.iter().map(|account| addresses[*account as usize]).collect();
                found.sort();
                found
            };
            assert_eq!(locked(true), sorted(&recorded.writes));
            assert_eq!(locked(false), sorted(&recorded.reads));
            let written = observed.transactions[position].written.count_ones() as usize;
            assert_eq!(written, recorded.writes.len() + 1, "the accounts, and the payer's fee");
            // The payer and the programs come to the accounts; version 1 needs no compute-budget program.
            let count = recorded.writes.len() + recorded.reads.len();
            let others = if count > MAX_LEGACY_ACCOUNTS { 2 } else { 3 };
            assert_eq!(accesses().count(), count + others);
        }
    }
}

#[test]
fn parallel_equals_serial() {
    for seed in 0..12 {
        let workload = workload(random_recording(seed));
        let (serial, serial_root) = run(&workload, config(1, Execution::Serial));
        for workers in [1, 2, 3, 8] {
            let (parallel, root) = run(&workload, config(workers, Execution::Parallel));
            assert_eq!(root, serial_root, "seed {seed}, {workers} workers");
            let same = serial.iter().zip(&parallel).all(|(one, many)| one.block == many.block);
            assert!(same, "seed {seed}, {workers} workers");
        }
    }
}

#[test]
fn the_order_of_conflicting_transactions_shows_in_the_state() {
    let root = |first: usize, transactions: &[RecordedTransaction; 2]| {
        let mut workload = workload(recording(3, transactions.to_vec()));
        workload.blocks[0].rotate_left(first);
        run(&workload, config(2, Execution::Parallel)).1
    };
    let differ = |transactions: [RecordedTransaction; 2]| root(0, &transactions) != root(1, &transactions);
    assert!(differ([transaction(vec![0], vec![], 0), transaction(vec![0], vec![], 0)]), "write and write");
    assert!(differ([transaction(vec![0], vec![], 0), transaction(vec![1], vec![0], 0)]), "write and read");
    assert!(!differ([transaction(vec![0], vec![2], 0), transaction(vec![1], vec![2], 0)]), "read and read");
}

#[test]
fn the_example_is_replayed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/traces/example.jsonl");
    let workload = trace::trace(&path, SEED, &RuntimeConfig::default(), &|| ()).expect("a workload");
    let (blocks, _) = run(&workload, config(2, Execution::Parallel));
    assert_eq!((workload.name, blocks.len(), workload.transaction_count()), ("trace", 3, 45));
    assert_eq!(workload.labels.transaction(0, 0), "oracle update 1");
    for block in blocks {
        let contention = BlockContention::new(&block.observation.expect("the runtime observes"), None);
        assert_eq!(workload.labels.account(&contention.accounts[0].account), "pool", "the hottest account");
        assert_eq!(block.critical_path_count, 9, "the oracle's update, then all swaps of the pool");
    }
}

/// Any bytes: a recording that holds something, or an error at a place in the input.
fn check_any(bytes: &[u8]) {
    match Recording::parse(Path::new("any"), bytes) {
        Ok(recording) => assert!(recording.blocks.iter().all(|block| !block.transactions.is_empty())),
        Err(FileError::Malformed { line, column, .. }) => {
            let content = bytes.split(|byte| *byte == b'\n').nth(line - 1).expect("the line is there");
            assert!((1..=content.len().max(1)).contains(&column), "column {column} of {content:?}");
        }
        Err(error) => panic!("memory can be read: {error}"),
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_any(&bytes);
    }

    #[test]
    fn damaged_traces_are_read_or_refused(at in 0_usize..8_000, byte: u8, keep in 0_usize..8_000) {
        let mut bytes = include_bytes!("../../benches/traces/example.jsonl").to_vec();
        let size = bytes.len();
        bytes[at % size] = byte;
        bytes.truncate(keep % size + 1);
        check_any(&bytes);
    }
}
