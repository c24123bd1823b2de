//! Any bytes to `sanitize` and `verify`: a closed error, or what Solana's own types read as well.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_tests::oracles::check_ingest;

fuzz_target!(|bytes: &[u8]| check_ingest(bytes));
