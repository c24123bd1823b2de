//! Blocks from a seed: executing them in parallel gives what executing them serially gives.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_tests::generators::Contention;
use sealane_tests::oracles::check_chain;

fuzz_target!(|input: (u64, u8, u8)| {
    let (seed, contention, count) = input;
    let contention = Contention::STEPS[usize::from(contention) % Contention::STEPS.len()];
    check_chain(seed, contention, 2, 1 + usize::from(count) % 60, &mut |_, _| ());
});
