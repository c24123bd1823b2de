//! Any bytes to the module checks; what passes is compiled and run, once on a new instance and once on a kept one, and
//! must give the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_tests::oracles::check_module;

fuzz_target!(|bytes: &[u8]| check_module(bytes));
