//! Any module through the loader: written to a buffer, deployed or refused, called in the next block.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_tests::oracles::check_deployment;

fuzz_target!(|module: &[u8]| check_deployment(module));
