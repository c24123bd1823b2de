//! The lending workload: all it plans succeeds, liquidations among it; and blocks of it come out the same serially and in
//! parallel.

use sealane_benches::lending::Lending;
use sealane_benches::{Contention, WorkloadOptions, lending};
use sealane_lending::discriminators;
use sealane_runtime::{Execution, Runtime, RuntimeConfig};
use sealane_tests::harness::{accounts, explain};
use std::collections::BTreeMap;

const OPTIONS: WorkloadOptions = WorkloadOptions {
    transactions: 900,
    accounts: 60,
    block_size: 150,
    seed: 7,
    contention: Contention::Uniform,
};

/// Executes the workload one way, with so many workers; gives everything that could differ: blocks, and all accounts at the end.
fn run(
    options: &WorkloadOptions,
    execution: Execution,
    workers: usize,
) -> impl PartialEq + std::fmt::Debug + use<> {
    let config = RuntimeConfig { workers, execution, ..RuntimeConfig::default() };
    let workload = lending(options, &config, &|| ()).expect("a workload");
    let mut runtime = Runtime::new(config, &workload.genesis).expect("a runtime");
    let mut blocks = Vec::new();
    for (number, transactions) in (1..).zip(&workload.blocks) {
        let executed = runtime.produce_block(number, transactions).expect("a block");
        assert_eq!(executed.rejected.len(), 0, "{:?}", executed.rejected.first());
        for receipt in &executed.block.receipts {
            assert!(receipt.body.succeeded(), "block {number}: {}", explain(receipt));
        }
        blocks.push((executed.block, executed.hash));
    }
    (blocks, accounts(&runtime))
}

#[test]
fn everything_planned_succeeds_alike_on_any_number_of_workers() {
    for contention in
        [Contention::Uniform, Contention::Zipf { exponent: 1.0 }, Contention::Hot { percent: 90.0 }]
    {
        let options = WorkloadOptions { contention, ..OPTIONS };
        let serial = run(&options, Execution::Serial, 1);
        for workers in [1, 2, 4] {
            assert!(
                run(&options, Execution::Parallel, workers) == serial,
                "{contention} on {workers} workers"
            );
        }
    }
}

/// How often each kind of instruction is planned.
#[test]
fn every_kind_has_its_share() {
    use rand::SeedableRng;
    use sealane_benches::traffic::{Traffic, Turn};
    let options = WorkloadOptions { accounts: 500, ..OPTIONS };
    let mut traffic = Lending::new(&options).expect("a traffic");
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    let mut counts: BTreeMap<u8, usize> = BTreeMap::new();
    for number in 0..10_000_u64 {
        let plan = traffic.next(Turn { number, slot: 1 + number / 500 }, &mut random);
        *counts.entry(plan.instructions[0].data[0]).or_default() += 1;
    }
    println!("{counts:?}");
    for ([kind], least) in [
        (discriminators::DEPOSIT, 2_000),
        (discriminators::WITHDRAW, 1_500),
        (discriminators::BORROW, 500),
        (discriminators::REPAY, 1_200),
        (discriminators::DEPOSIT_COLLATERAL, 500),
        (discriminators::WITHDRAW_COLLATERAL, 200),
        (discriminators::UPDATE_PRICE, 600),
        (discriminators::LIQUIDATE, 200),
        (discriminators::FLASH_BORROW, 300),
    ] {
        let count = counts.get(&kind).copied().unwrap_or(0);
        assert!(count >= least, "kind {kind}: {count} of {counts:?}");
    }
}

/// What the costliest instruction takes, so that nobody needs to ask for more than the default.
#[test]
fn instructions_stay_below_the_default_limit() {
    let config = RuntimeConfig { workers: 2, ..RuntimeConfig::default() };
    let workload = lending(&OPTIONS, &config, &|| ()).expect("a workload");
    let mut runtime = Runtime::new(config, &workload.genesis).expect("a runtime");
    let mut most = 0;
    for (number, transactions) in (1..).zip(&workload.blocks) {
        let executed = runtime.produce_block(number, transactions).expect("a block");
        let units = executed.block.receipts.iter().map(|receipt| receipt.body.units_consumed);
        most = most.max(units.max().unwrap_or(0));
    }
    println!("{most} units at most");
    assert!(most < u64::from(sealane_sdk::limits::DEFAULT_INSTRUCTION_UNITS) / 2);
}
