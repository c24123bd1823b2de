//! Bytes of a snapshot, and chunks of one with every hash made right: refused, or a whole ledger with the root it states.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_tests::oracles::{check_snapshot, sealed_snapshot};

fuzz_target!(|bytes: &[u8]| {
    let _ = check_snapshot(bytes);
    let _ = check_snapshot(&sealed_snapshot(bytes));
});
