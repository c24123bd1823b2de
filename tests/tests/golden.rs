//! The same blocks give the same receipts and the same state everywhere: debug and release builds, any number of
//! workers, any machine. So the roots of a fixed chain of generated blocks stand here as constants.
//!
//! They change when the ledger's rules change, when a price changes, when a program of this repository or the compiler
//! that builds it changes, and when the generators make other blocks. Then, once it is understood why:
//! `SEALANE_PRINT_GOLDEN=1 cargo test -p sealane-tests --test golden -- --nocapture`, in a debug and in a release
//! build, and put what both print here.

use sealane_runtime::{Execution, Runtime, RuntimeConfig};
use sealane_tests::generators::{BlockGenerator, Contention};

const BLOCK_COUNT: i64 = 4;
const TRANSACTION_COUNT: usize = 40;

/// Seed, contention, receipts root of the last block, state root after it.
const GOLDEN: &[(u64, Contention, &str, &str)] = &[
    (1, Contention::None, "", ""),
    (2, Contention::Hot { percent: 0 }, "", ""),
    (3, Contention::Hot { percent: 50 }, "", ""),
    (4, Contention::Hot { percent: 100 }, "", ""),
];

#[test]
fn roots_are_the_same_everywhere() {
    for (seed, contention, receipts_root, state_root) in GOLDEN {
        for (execution, workers) in
            [(Execution::Serial, 1), (Execution::Parallel, 2), (Execution::Parallel, 5)]
        {
            let found = roots(*seed, *contention, execution, workers);
            if std::env::var_os("SEALANE_PRINT_GOLDEN").is_some() {
                println!("({seed}, Contention::{contention:?}, \"{}\", \"{}\"),", found.0, found.1);
                continue;
            }
            let expected = ((*receipts_root).to_owned(), (*state_root).to_owned());
            assert_eq!(
                found, expected,
                "seed {seed}, {execution:?} with {workers} workers; see the file's head"
            );
        }
    }
}

fn roots(seed: u64, contention: Contention, execution: Execution, workers: usize) -> (String, String) {
    let mut generator = BlockGenerator::new(seed, contention);
    let config = RuntimeConfig { workers, execution, ..RuntimeConfig::default() };
    let mut runtime = Runtime::new(config, &generator.world.genesis).unwrap();
    let mut last = None;
    for unix_time in 1..=BLOCK_COUNT {
        let transactions = generator.block(&runtime, TRANSACTION_COUNT);
        let executed = runtime.produce_block(unix_time, &transactions).unwrap();
        last = executed.block.header.roots;
    }
    let roots = last.expect("blocks have roots");
    (roots.receipts.to_string(), roots.state.to_string())
}
