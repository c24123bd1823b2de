//! The generated workloads: whatever the contention and the number of workers, parallel equals serial; all transactions
//! succeed, and the same seed makes the same ones.

use sealane_benches::suite::{SuiteWorkload, WORKLOADS};
use sealane_benches::{Checks, Contention, WorkloadOptions, measure};
use sealane_runtime::RuntimeConfig;

const CONTENTION: [Contention; 4] = [
    Contention::Uniform,
    Contention::Zipf { exponent: 1.2 },
    Contention::Hot { percent: 50.0 },
    Contention::Hot { percent: 100.0 },
];

fn config(workers: usize) -> RuntimeConfig {
    // The slow parts are other suites' matter.
    measure::runtime_config(workers, Checks { signatures: false, roots: true })
}

fn options(accounts: usize, seed: u64, contention: Contention) -> WorkloadOptions {
    WorkloadOptions { transactions: 300, accounts, block_size: 120, seed, contention }
}

#[test]
fn parallel_equals_serial() {
    for SuiteWorkload { name, generator } in WORKLOADS {
        for (seed, contention) in (1..).zip(CONTENTION) {
            for accounts in [2, 130] {
                let workload =
                    generator(&options(accounts, seed, contention), &config(1), &|| ()).expect("a workload");
                assert_eq!((workload.name, workload.transaction_count()), (name, 300));
                for workers in [1, 2, 4] {
                    let case = format!("{name}, {contention}, {accounts} accounts, {workers} workers");
                    let compared =
                        measure::measure(&workload, &config(workers), |_, _| ()).expect("both runs finish");
                    assert!(compared.identical, "{case}");
                    let measure::Measurement { succeeded, failed, rejected, .. } = compared.parallel;
                    assert_eq!((succeeded, failed, rejected), (300, 0, 0), "{case}");
                }
            }
        }
    }
}

#[test]
fn the_seed_decides() {
    for SuiteWorkload { name, generator } in WORKLOADS {
        let make = |seed| {
            generator(&options(60, seed, Contention::Uniform), &config(1), &|| ()).expect("a workload").blocks
        };
        assert_eq!(make(7), make(7), "{name}");
        assert_ne!(make(7), make(8), "{name}");
    }
}
