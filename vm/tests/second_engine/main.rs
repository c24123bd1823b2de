//! Random modules, and every operator on floats, on our vm and on a second engine, an interpreter that shares no code with
//! it: the same results, bit for bit, the same traps, and the same memory and globals after every call.
//!
//! In: modules that wasm-smith makes of a seed. The interpreter runs them as they are; ours validates, rewrites,
//! meters and compiles them as it does programs. Where ours runs out of units or stack, which the interpreter does not
//! count, the module ends.

#[path = "../common/mod.rs"]
mod common;
mod floats;
mod interpreter;

use common::adapt::as_program;
use common::engine;
use interpreter::Interpreter;
use sealane_vm::{CallError, Exports, Trap, Value};
use std::sync::atomic::{AtomicU64, Ordering};
use wasmparser::{ExternalKind, Payload};

/// Modules that are made.
const SEED_COUNT: u64 = 1_500;
/// Enough for most calls to come to an end.
const CALL_UNITS: u64 = 300_000;
/// Rounds of calls of every function of a module, with other arguments each time.
const ROUND_COUNT: u64 = 3;

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
            if let Some(bytes) = random_module(seed) {
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

#[derive(Debug, Default)]
struct Counts {
    modules: u64,
    returned: u64,
    /// Of those that returned, the calls with a float among the results.
    with_floats: u64,
    trapped: u64,
    /// Modules that ended because ours ran out of units or stack.
    cut_short: u64,
}

/// A module with one memory of at most four pages, and everything exported.
fn random_module(seed: u64) -> Option<Vec<u8>> {
    let random: Vec<u8> = (0..400).flat_map(|step| mix(seed * 1_000 + step).to_le_bytes()).collect();
    let config = wasm_smith::Config {
        allow_start_export: false,
        allow_invalid_funcs: false,
        bulk_memory_enabled: true,
        exceptions_enabled: false,
        extended_const_enabled: false,
        gc_enabled: false,
        reference_types_enabled: false,
        simd_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        memory64_enabled: false,
        wide_arithmetic_enabled: false,
        custom_page_sizes_enabled: false,
        export_everything: true,
        max_imports: 0,
        min_funcs: 2,
        max_funcs: 8,
        min_globals: 1,
        max_globals: 6,
        max_memories: 1,
        min_memories: 1,
        max_memory32_bytes: 4 * 65_536,
        memory_max_size_required: true,
        max_tables: 1,
        max_table_elements: 100,
        table_max_size_required: true,
        max_data_segments: 3,
        max_element_segments: 3,
        max_elements: 10,
        ..wasm_smith::Config::default()
    };
    let mut source = arbitrary::Unstructured::new(&random);
    let module = wasm_smith::Module::new(config, &mut source).ok()?.to_bytes();
    as_program(&module)
}

/// Runs one module on both engines.
fn compare(seed: u64, bytes: &[u8], counts: &mut Counts) {
    // Segments that do not fit are refused here, and trap there.
    let Ok(program) = engine().load(bytes) else { return };
    let mut ours = Exports::new(&program);
    let mut other = Interpreter::new(bytes);
    let (functions, globals) = exports(bytes);
    counts.modules += 1;
    for round in 0..ROUND_COUNT {
        for (index, name) in (0..).zip(&functions) {
            let arguments = other.arguments(name, mix(seed ^ (round << 32) ^ index));
            let found = ours.call(name, &arguments, CALL_UNITS).expect("exported");
            if let Err(CallError::OutOfUnits | CallError::Trap(Trap::StackOverflow)) = found {
                counts.cut_short += 1;
                return;
            }
            let expected = other.call(name, &arguments);
            let place = format!("seed {seed}, round {round}, function {name:?} of {arguments:x?}");
            assert_eq!(found, expected, "{place}");
            assert!(ours.memory() == other.memory(), "{place}: memories differ");
            for global in &globals {
                assert_eq!(ours.global(global), other.global(global), "{place}: global {global:?}");
            }
            match found {
                Ok(values) => {
                    counts.returned += 1;
                    let is_float = |value: &Value| matches!(value, Value::F32(_) | Value::F64(_));
                    counts.with_floats += u64::from(values.iter().any(is_float));
                }
                Err(_) => counts.trapped += 1,
            }
        }
    }
}

/// Names of the exported functions and globals.
fn exports(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut functions, mut globals) = (Vec::new(), Vec::new());
    for payload in wasmparser::Parser::new(0).parse_all(bytes) {
        let Payload::ExportSection(reader) = payload.expect("a valid module") else { continue };
        for export in reader {
            let export = export.expect("a valid module");
            match export.kind {
                ExternalKind::Func => functions.push(export.name.to_owned()),
                ExternalKind::Global => globals.push(export.name.to_owned()),
                _ => {}
            }
        }
    }
    (functions, globals)
}

/// Scatters a number's bits (the finalizer of SplitMix64).
pub(crate) fn mix(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
