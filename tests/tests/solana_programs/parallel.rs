//! Parallel equals serial on SPL's own programs too: random blocks on a ledger where they stand in the place of ours, with
//! any number of workers, kept instances or new ones, and by a replica.

use sealane_tests::generators::Contention;
use sealane_tests::oracles::check_chain_from;
use sealane_tests::solana_programs;
use std::collections::BTreeMap;

const CASE_COUNT: u64 = 24;
const BLOCK_COUNT: u32 = 3;
const TRANSACTION_COUNT: usize = 30;

#[test]
fn parallel_equals_serial() {
    let mut succeeded: BTreeMap<&'static str, usize> = BTreeMap::new();
    for seed in 0..CASE_COUNT {
        println!("seed {seed}");
        let contention = Contention::STEPS[usize::try_from(seed).unwrap() % Contention::STEPS.len()];
        let programs = solana_programs::replace_ours;
        check_chain_from(seed, contention, (BLOCK_COUNT, TRANSACTION_COUNT), programs, &mut |step, kinds| {
            let is_rejected = |index: usize| step.executed.rejected.iter().any(|(other, _)| *other == index);
            let executed = kinds.iter().enumerate().filter(|(index, _)| !is_rejected(*index));
            for ((_, kind), receipt) in executed.zip(&step.executed.block.receipts) {
                *succeeded.entry(kind).or_default() += usize::from(receipt.body.succeeded());
            }
        });
    }
    println!("{succeeded:#?}");
    for kind in ["token transfer", "mint or burn", "delegate", "close and open holding", "associated account"]
    {
        assert!(succeeded.get(kind).is_some_and(|count| *count >= 10), "{kind}: enough of them succeed");
    }
}
