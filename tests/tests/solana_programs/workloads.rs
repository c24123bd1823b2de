//! The workloads on SPL's own programs, small: in the same blocks a native program writes prices, SPL Token Lending and Token
//! Swap call SPL Token, and parallel equals serial. All of it succeeds, or the benches measure refusals.

use sealane_benches::measure::{measure, runtime_config};
use sealane_benches::traffic::Generator;
use sealane_benches::{Checks, Contention, WorkloadOptions, spl};

fn check(generator: Generator, contention: Contention) {
    let config = runtime_config(3, Checks { signatures: true, roots: true });
    let options = WorkloadOptions { transactions: 900, accounts: 250, block_size: 130, seed: 5, contention };
    let workload = generator(&options, &config, &|| ()).expect("the workload is made");
    let comparison = measure(&workload, &config, |_, _| ()).expect("it runs");
    assert!(comparison.identical, "parallel equals serial");
    let parallel = &comparison.parallel;
    assert_eq!((parallel.succeeded, parallel.failed, parallel.rejected), (900, 0, 0));
}

#[test]
fn swaps() {
    check(spl::dex, Contention::Zipf { exponent: 1.0 });
    check(spl::dex, Contention::Uniform);
}

#[test]
fn loans() {
    check(spl::lending, Contention::Zipf { exponent: 1.0 });
    check(spl::lending, Contention::Uniform);
}
