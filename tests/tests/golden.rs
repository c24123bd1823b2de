//! The same blocks give the same receipts and the same state everywhere: debug and release builds, any number of
//! workers, any machine. So the roots of a fixed chain of generated blocks stand here as constants.
//!
//! The programs are those in `tests/fixtures`, built once and kept: they also stand for programs that somebody deployed
//! long ago. So what changes the roots is a change of the ledger's rules or prices, or of the generators. Then, once it
//! is understood why (a change of rules needs a new version of the ledger, not new constants):
//! `SEALANE_PRINT_GOLDEN=1 cargo test -p sealane-tests --test golden -- --nocapture`, in a debug and in a release
//! build, and put what both print here.

use sealane_runtime::ledger::Genesis;
use sealane_runtime::{Execution, Runtime, RuntimeConfig};
use sealane_sdk::ids::{associated_token, token};
use sealane_tests::generators::{BlockGenerator, Contention, Versions};
use sealane_tests::programs::{PROBE, TWIN};

const BLOCK_COUNT: i64 = 4;
const TRANSACTION_COUNT: usize = 40;

/// Seed, contention, versions, receipts root of the last block, state root after it.
const GOLDEN: &[(u64, Contention, Versions, &str, &str)] = &[
    (
        1,
        Contention::None,
        Versions::LegacyAndV0,
        "9hp8GEXBwxjh1pWi4jiM4UppqfVusxazN6zVxrbLjYJT",
        "BccMkSpXc669fRxtmbEMtDAWqAKvpaJrHAXR7fsmiyuL",
    ),
    (
        2,
        Contention::Hot { percent: 0 },
        Versions::LegacyAndV0,
        "5q5JEq7oZ76QcrPemFj6c8z5eXYXn5YKC8fFCCSzUaAv",
        "9woL9LTrRYA5XftmmBVKGizqgRD8V7kXicZ18tKX2aG2",
    ),
    (
        3,
        Contention::Hot { percent: 50 },
        Versions::LegacyAndV0,
        "EAz1nV6Y2LXcmqhGkpMsWJJSer95e2rsC6qBhJZynsth",
        "48iwCf7v7sjzzkweiA9LWDbbHoEvnQHJAAAnDhXET57Y",
    ),
    (
        4,
        Contention::Hot { percent: 100 },
        Versions::LegacyAndV0,
        "7Ua9xsy4BDWvP4iCDAWMFryLPvrpeCj4cyA1vip15LvV",
        "2WcVa88wn78RrhPdcUhMACNUMazagnChTHLARMNkDjMe",
    ),
    (
        5,
        Contention::Hot { percent: 30 },
        Versions::All,
        "3wGD8QHqfCJefEd1umHuqEBhCmhFEJUZR6edLcv3mnHf",
        "5VUnjnBUEiEPbGd7wa61x8mHgfhdrD6JfvZ4vQgyanAd",
    ),
];

#[test]
fn roots_are_the_same_everywhere() {
    for (seed, contention, versions, receipts_root, state_root) in GOLDEN {
        for (execution, workers) in
            [(Execution::Serial, 1), (Execution::Parallel, 2), (Execution::Parallel, 5)]
        {
            let found = roots((*seed, *contention, *versions), execution, workers);
            if std::env::var_os("SEALANE_PRINT_GOLDEN").is_some() {
                println!("({seed}, Contention::{contention:?}, Versions::{versions:?}, {found:?}),");
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

/// The genesis with the programs as they were built once. Of two accounts at one address, the later one counts.
fn with_fixtures(genesis: Genesis) -> Genesis {
    genesis
        .with_program(token::ID, include_bytes!("../fixtures/token.wasm"))
        .with_program(associated_token::ID, include_bytes!("../fixtures/associated-token.wasm"))
        .with_program(PROBE, include_bytes!("../fixtures/probe.wasm"))
        .with_program(TWIN, include_bytes!("../fixtures/probe.wasm"))
}

fn roots(
    (seed, contention, versions): (u64, Contention, Versions),
    execution: Execution,
    workers: usize,
) -> (String, String) {
    let mut generator = BlockGenerator::new(seed, contention).with_versions(versions);
    generator.world.genesis = with_fixtures(generator.world.genesis);
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
