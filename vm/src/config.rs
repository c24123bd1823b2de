//! How wasmtime is set up: every choice that a program's result or units could depend on, made in one place.
//!
//! In: nothing. Out: the configuration that `engine.rs` makes its engine from. A ledger's nodes must agree on all of
//! it, so a change here is a change of the ledger's rules; [`PRICES_VERSION`] then goes up.

use crate::write_marks::free_operators;
use sealane_sdk::limits::{MAX_MEMORY_PAGES, MAX_TABLE_ELEMENTS, WASM_PAGE_SIZE_BYTES};
use std::num::NonZeroUsize;
use wasmtime::{
    Config, Enabled, Inlining, InstanceAllocationStrategy, OperatorCost, OptLevel, PoolingAllocationConfig,
    RegallocAlgorithm, Strategy, VariableOperatorCost, WasmBacktraceDetails, WasmFeatures,
};

/// Goes up whenever a price or a rule of execution changes, so that no compiled program outlives its price table.
pub(crate) const PRICES_VERSION: u32 = 2;

/// Native stack one WebAssembly call may use, in bytes, before wasmtime stops it. The stack counted in the module
/// ([`MAX_STACK_SLOTS`](sealane_sdk::limits::MAX_STACK_SLOTS)) runs out long before: what a frame takes natively
/// differs from machine to machine.
pub(crate) const MAX_NATIVE_STACK_BYTES: usize = crate::stack_limit::MAX_NATIVE_STACK_BYTES;

/// Stack a thread needs that runs programs, in bytes: five calls deep, each with its native stack, and the host's own
/// frames between them. Only what is touched becomes resident.
pub const WORKER_STACK_SIZE_BYTES: usize =
    MAX_NATIVE_STACK_BYTES * sealane_sdk::limits::MAX_STACK_HEIGHT + 8 * 1024 * 1024;

/// Instances that may exist at one time in one engine. Each reserves 4 GiB of addresses, not of memory.
const MAX_INSTANCES: u32 = 1024;
/// Bytes of a memory that the pool clears by writing and keeps resident; the rest goes back to the system.
const KEEP_RESIDENT_BYTES: usize = 256 * 1024;
/// Functions that a program's backtrace tells at most, the innermost ones. The engine names one more, which says that
/// there are others. It walks over all frames all the same; what each costs beyond that is looking up and copying its
/// name, and that a program that recurses to the end of its stack shall not get for nothing.
pub(crate) const MAX_BACKTRACE_FRAMES: usize = 32;
const CAPTURED_FRAMES: NonZeroUsize = NonZeroUsize::new(MAX_BACKTRACE_FRAMES + 1).expect("not zero");

/// The configuration of every engine.
pub(crate) fn engine_config() -> Config {
    let mut config = Config::new();
    set_features(&mut config);
    set_determinism(&mut config);
    set_speed(&mut config);
    config
}

/// WebAssembly as `validate.rs` accepts it. What wasmtime has no knob for here (threads, exceptions, the component
/// model) is not compiled in at all. References have none without the garbage collector, but are there all the same.
fn set_features(config: &mut Config) {
    config
        .wasm_features(WasmFeatures::REFERENCE_TYPES.union(WasmFeatures::FUNCTION_REFERENCES), false)
        .wasm_bulk_memory(true)
        .wasm_multi_value(true)
        .wasm_simd(false)
        .wasm_relaxed_simd(false)
        .wasm_tail_call(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_extended_const(false)
        .wasm_wide_arithmetic(false)
        .wasm_branch_hinting(false)
        .wasm_custom_page_sizes(false)
        .wasm_stack_switching(false)
        .wasm_shared_everything_threads(false)
        .wasm_gc(false)
        .gc_support(false)
        .shared_memory(false)
        .concurrency_support(false);
}

/// What makes a program's result, units and errors the same on every machine.
fn set_determinism(config: &mut Config) {
    config
        .consume_fuel(true)
        .operator_cost(operator_cost())
        .epoch_interruption(false)
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        .max_wasm_stack(MAX_NATIVE_STACK_BYTES)
        // Nothing is asynchronous here, but this must not be less.
        .async_stack_size(MAX_NATIVE_STACK_BYTES);
}

/// What only time and memory depend on.
fn set_speed(config: &mut Config) {
    let memory_size_bytes = MAX_MEMORY_PAGES as usize * WASM_PAGE_SIZE_BYTES;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(MAX_INSTANCES)
        .total_memories(MAX_INSTANCES)
        .total_tables(MAX_INSTANCES)
        .max_memories_per_module(1)
        .max_tables_per_module(1)
        .max_memory_size(memory_size_bytes)
        .table_elements(MAX_TABLE_ELEMENTS as usize)
        .max_core_instance_size(1024 * 1024)
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(KEEP_RESIDENT_BYTES)
        .pagemap_scan(Enabled::No);
    config
        .strategy(Strategy::Cranelift)
        .cranelift_opt_level(OptLevel::Speed)
        .cranelift_regalloc_algorithm(RegallocAlgorithm::Backtracking)
        .cranelift_debug_verifier(false)
        .compiler_inlining(Inlining::No)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        // The whole 32-bit address space is reserved, so loads and stores need no bounds checks.
        .memory_reservation(1 << 32)
        .memory_guard_size(32 * 1024 * 1024)
        .guard_before_linear_memory(true)
        .memory_may_move(false)
        .memory_init_cow(true)
        .table_lazy_init(true)
        .signals_based_traps(true)
        .debug_info(false)
        .native_unwind_info(false)
        // Backtraces tell functions; where in them is lost when a module is rewritten.
        .generate_address_map(false)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .wasm_backtrace_max_frames(Some(CAPTURED_FRAMES));
}

/// What an operator costs, in units: one each, nothing for those that become no code (wasmtime's default), and a
/// price for work whose size is only known when it runs. Growing memory has a second price, see `host/prices.rs`.
/// Which instruction the unit is counted at is another matter, see `write_marks/free.rs`.
pub(crate) fn operator_cost() -> OperatorCost {
    free_operators(program_cost())
}

/// What a program's operators cost it.
pub(crate) fn program_cost() -> OperatorCost {
    OperatorCost {
        MemoryGrow: 255,
        variable: VariableOperatorCost {
            memory_copy_per_byte: 1,
            memory_fill_per_byte: 1,
            memory_init_per_byte: 1,
            memory_grow_per_page: 0,
            table_copy_per_element: 2,
            table_fill_per_element: 2,
            table_init_per_element: 2,
            table_grow_per_element: 2,
            ..VariableOperatorCost::new()
        },
        ..OperatorCost::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checks refuse these features first; the compiler would too, so that neither's mistake is a program's chance.
    #[test]
    fn the_compiler_refuses_what_the_checks_refuse() {
        let engine = wasmtime::Engine::new(&engine_config()).expect("this machine runs compiled WebAssembly");
        let compiles = |text: &str| {
            let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            wasmtime::Module::new(&engine, bytes).is_ok()
        };
        assert!(compiles(
            "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))"
        ));
        for text in [
            "(module (func (drop (v128.const i64x2 0 0))))",
            "(module (func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))))",
            "(module (memory 1 1 shared))",
            "(module (func (atomic.fence)))",
            "(module (func $f (return_call $f)))",
            "(module (tag))",
            "(module (func (block (try_table (catch_all 0)))))",
            "(module (memory i64 1))",
            "(module (memory 1) (memory 1))",
            "(module (memory 1 (pagesize 1)))",
            "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))",
            "(module (func (param externref)))",
            "(module (table 1 funcref) (func (drop (table.get (i32.const 0)))))",
            "(module (type (struct)))",
            "(module (type $f (func)) (func (param (ref $f))))",
            "(module (func (result i64 i64) (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))))",
            "(module (type $f (func)) (type (cont $f)))",
        ] {
            assert!(!compiles(text), "{text}");
        }
    }
}
