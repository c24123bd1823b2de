//! Random modules, and every operator on floats, on our vm and on a second engine, an interpreter that shares no code with
//! it: the same results, bit for bit, the same traps, and the same memory and globals after every call.
//!
//! In: modules that wasm-smith makes of a seed. The interpreter runs them as they are; ours validates, rewrites,
//! meters and compiles them as it does programs. Where ours runs out of units or stack, which the interpreter does not
//! count, the module ends.

#[path = "../common/mod.rs"]
mod common;
mod floats;

use common::adapt::as_program;
use common::engines::{Counts, compare, mix};
use common::modules::random_module;
use std::sync::atomic::{AtomicU64, Ordering};

/// Modules that are made.
const SEED_COUNT: u64 = 1_500;

#[test]
fn a_second_engine_agrees() {
    let next = AtomicU64::new(0);
    let work = || {
        let mut counts = Counts::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= SEED_COUNT {
                return counts;
            }
            if let Some(bytes) = module_of(seed) {
                compare(seed, &bytes, &mut counts);
            }
        }
    };
    let counts = std::thread::scope(|scope| {
        let threads = [0, 1].map(|_| {
            let thread = std::thread::Builder::new().stack_size(sealane_vm::WORKER_STACK_SIZE_BYTES);
            thread.spawn_scoped(scope, work).expect("a thread")
        });
        threads.map(|thread| thread.join().expect("the engines agree"))
    });
    // Or the test says nothing: the generator may have changed.
    let total = |count: fn(&Counts) -> u64| counts.iter().map(count).sum::<u64>();
    assert!(total(|counts| counts.modules) > SEED_COUNT * 9 / 10, "{counts:?}");
    assert!(total(|counts| counts.returned) > SEED_COUNT * 2, "{counts:?}");
    assert!(total(|counts| counts.trapped) > SEED_COUNT, "{counts:?}");
    assert!(total(|counts| counts.with_floats) > SEED_COUNT / 10, "{counts:?}");
    assert!(total(|counts| counts.cut_short) < SEED_COUNT / 3, "{counts:?}");
}

/// A module that a number stands for.
fn module_of(seed: u64) -> Option<Vec<u8>> {
    let random: Vec<u8> = (0..400).flat_map(|step| mix(seed * 1_000 + step).to_le_bytes()).collect();
    as_program(&random_module(&mut arbitrary::Unstructured::new(&random))?)
}
