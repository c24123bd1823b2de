//! The features of WebAssembly that programs may use, and how wasmparser's refusals become our own errors.
//!
//! Programs have the MVP with floats, mutable globals, sign extension, saturating float-to-int conversions, several
//! results, bulk memory, and of the reference types what LLVM emits by default: `call_indirect` with a table index in
//! LEB128 of any length. `externref`, `funcref` values and the `table.*` instructions of that proposal are refused;
//! LLVM emits them only for code that asks for them, and tables that no program can change cost kept instances less.

use super::Refusal;
use super::diagnose::{is_in_order_with_everything, missing_feature};
use super::error::ModuleError;
use super::feature::Feature;
use wasmparser::WasmFeatures;

/// The features that programs may use.
pub(super) const FEATURES: WasmFeatures = WasmFeatures::MVP
    .union(WasmFeatures::MUTABLE_GLOBAL)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::CALL_INDIRECT_OVERLONG);

/// Whether wasmparser stopped while decoding, or at a rule of validation.
#[derive(Clone, Copy)]
pub(super) enum Phase {
    Decode,
    Validate,
}

/// Turns an error of wasmparser into ours, keeping its words aside for logs.
pub(super) fn classify(error: wasmparser::Error, phase: Phase, function: Option<u32>) -> Refusal {
    let offset = offset(error.offset());
    let error_of_ours = match (error.missing_wasm_feature(), phase) {
        (Some(missing), _) => ModuleError::Feature { feature: name(missing), offset, function },
        (None, Phase::Decode) => ModuleError::Malformed { offset, function },
        (None, Phase::Validate) => ModuleError::Invalid { offset, function },
    };
    Refusal { error: error_of_ours, detail: Some(error) }
}

/// Makes a refusal that says "malformed", "invalid" or names a feature say which feature it takes to read on. That may be
/// another than wasmparser named: of several that are missing, it names the one it missed first.
pub(super) fn look_again(bytes: &[u8], refusal: Refusal) -> Refusal {
    let (ModuleError::Malformed { offset, function }
    | ModuleError::Invalid { offset, function }
    | ModuleError::Feature { offset, function, .. }) = refusal.error
    else {
        return refusal;
    };
    if matches!(refusal.error, ModuleError::Malformed { .. }) && !is_in_order_with_everything(bytes) {
        return refusal;
    }
    match missing_feature(bytes, offset) {
        Some(missing) => {
            let error = ModuleError::Feature { feature: name(missing), offset, function };
            Refusal { error, ..refusal }
        }
        None => refusal,
    }
}

/// A position in a module. Modules are far smaller than 4 GiB, so nothing is lost.
pub(super) fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Our name for a feature of wasmparser's. Where several are missing at once, for the one that says most.
pub(super) fn name(missing: WasmFeatures) -> Feature {
    let names = [
        (WasmFeatures::RELAXED_SIMD, Feature::RelaxedSimd),
        (WasmFeatures::SIMD, Feature::Simd),
        (WasmFeatures::SHARED_EVERYTHING_THREADS, Feature::SharedEverythingThreads),
        (WasmFeatures::THREADS, Feature::Threads),
        (WasmFeatures::TAIL_CALL, Feature::TailCalls),
        (WasmFeatures::LEGACY_EXCEPTIONS, Feature::LegacyExceptions),
        (WasmFeatures::EXCEPTIONS, Feature::Exceptions),
        (WasmFeatures::MEMORY64, Feature::Memory64),
        (WasmFeatures::MULTI_MEMORY, Feature::MultiMemory),
        (WasmFeatures::CUSTOM_DESCRIPTORS, Feature::CustomDescriptors),
        (WasmFeatures::GC, Feature::GarbageCollection),
        (WasmFeatures::FUNCTION_REFERENCES, Feature::FunctionReferences),
        (WasmFeatures::EXTENDED_CONST, Feature::ExtendedConst),
        (WasmFeatures::WIDE_ARITHMETIC, Feature::WideArithmetic),
        (WasmFeatures::CUSTOM_PAGE_SIZES, Feature::CustomPageSizes),
        (WasmFeatures::STACK_SWITCHING, Feature::StackSwitching),
        (WasmFeatures::MEMORY_CONTROL, Feature::MemoryControl),
        (WasmFeatures::COMPACT_IMPORTS, Feature::CompactImports),
        (WasmFeatures::REFERENCE_TYPES, Feature::ReferenceTypes),
    ];
    names.into_iter().find(|(bits, _)| missing.contains(*bits)).map_or(Feature::Other, |(_, feature)| feature)
}
