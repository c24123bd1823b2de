//! Any description of a nested call in a Solana program's memory.
#![no_main]

#[path = "../../vm/tests/common/mod.rs"]
mod common;
#[path = "../../vm/tests/solana/described.rs"]
mod described;

use described::Described;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    Described::check(bytes);
});
