//! Random modules for tests and fuzzing. In: bytes that decide everything. Out: a module that wasm-smith makes of them.

use arbitrary::Unstructured;

/// A module with one memory of at most four pages, and everything exported. `None` for bytes that lead nowhere.
pub(crate) fn random_module(source: &mut Unstructured<'_>) -> Option<Vec<u8>> {
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
    Some(wasm_smith::Module::new(config, source).ok()?.to_bytes())
}
