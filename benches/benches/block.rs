//! One block of 10,000 token transfers, from bytes in memory to the committed block.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sealane_benches::measure::runtime_config;
use sealane_benches::{Checks, Contention, Workload, WorkloadOptions, transfer};
use sealane_runtime::{Execution, Runtime, RuntimeConfig};
use std::time::{Duration, Instant};

const TRANSACTION_COUNT: usize = 10_000;

const EVERYTHING: Checks = Checks { signatures: true, roots: true };
const EXECUTION_ONLY: Checks = Checks { signatures: false, roots: false };

/// The genesis blockhash, which the transfers are signed with, depends on whether blocks carry roots.
fn workload(contention: Contention, config: &RuntimeConfig) -> Workload {
    let options = WorkloadOptions {
        transactions: TRANSACTION_COUNT,
        accounts: 10_000,
        block_size: TRANSACTION_COUNT,
        seed: 1,
        contention,
    };
    transfer(&options, config, &|| ()).expect("the workload can be made")
}

/// Wall time of the block alone: every iteration begins with a ledger of its own, since no transaction runs twice.
fn time_blocks(workload: &Workload, config: &RuntimeConfig, iterations: u64) -> Duration {
    (0..iterations)
        .map(|_| {
            let mut runtime = Runtime::new(config.clone(), &workload.genesis).expect("a runtime can be made");
            #[expect(clippy::disallowed_methods, reason = "measuring is what this file is for")]
            let start = Instant::now();
            let executed = runtime.produce_block(1, &workload.blocks[0]).expect("the block is not fatal");
            let elapsed = start.elapsed();
            assert_eq!(executed.block.receipts.len(), TRANSACTION_COUNT, "no transfer is rejected");
            elapsed
        })
        .sum()
}

fn blocks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("block of 10,000 transfers");
    group.throughput(Throughput::Elements(TRANSACTION_COUNT as u64)).sample_size(10);
    for contention in
        [Contention::Uniform, Contention::Zipf { exponent: 1.1 }, Contention::Hot { percent: 100.0 }]
    {
        for (checks, label) in [(EXECUTION_ONLY, "execution only"), (EVERYTHING, "everything")] {
            let workload = workload(contention, &runtime_config(1, checks));
            for (execution, workers) in
                [(Execution::Serial, 1), (Execution::Parallel, 1), (Execution::Parallel, 2)]
            {
                let config = RuntimeConfig { execution, ..runtime_config(workers, checks) };
                let id =
                    BenchmarkId::new(format!("{label}, {contention}"), format!("{execution:?}, {workers}"));
                group.bench_function(id, |bencher| {
                    bencher.iter_custom(|iterations| time_blocks(&workload, &config, iterations));
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, blocks);
criterion_main!(benches);
