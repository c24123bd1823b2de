//! Random programs in random turns: a kept instance is as new, and a second engine agrees about the modules.
#![no_main]

#[path = "../../vm/tests/common/mod.rs"]
mod common;

use common::turns::Turns;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    common::on_worker_stack(|| Turns::check(bytes));
});
