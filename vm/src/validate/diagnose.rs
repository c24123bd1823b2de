//! Finds out which feature a module asks for where wasmparser says no more than that it is malformed or invalid, or names
//! the first of several.
//!
//! With a feature off, some of what belongs to it is not even decoded: a byte that says "memory 1" has to be zero, an
//! opcode does not exist. And a type of garbage-collected objects is, first of all, one of reference types. So the module is read once more with features on that programs may not use. If the fault is
//! gone then, or lies further back, it was no fault but a feature (what cannot be decoded at all must be in order to its end); which one, a bisection over [`BY_DEPENDENCE`] finds
//! in a few more passes. Only modules that are refused anyway pay for this.

use super::features::FEATURES;
use wasmparser::{FuncValidatorAllocations, Parser, ValidPayload, Validator, WasmFeatures};

/// The features that programs may not use, each behind those that it builds upon.
pub(super) const BY_DEPENDENCE: [WasmFeatures; 19] = [
    WasmFeatures::REFERENCE_TYPES,
    WasmFeatures::SIMD,
    WasmFeatures::RELAXED_SIMD,
    WasmFeatures::THREADS,
    WasmFeatures::TAIL_CALL,
    WasmFeatures::MULTI_MEMORY,
    WasmFeatures::MEMORY64,
    WasmFeatures::EXTENDED_CONST,
    WasmFeatures::WIDE_ARITHMETIC,
    WasmFeatures::CUSTOM_PAGE_SIZES,
    WasmFeatures::MEMORY_CONTROL,
    WasmFeatures::EXCEPTIONS,
    WasmFeatures::LEGACY_EXCEPTIONS,
    WasmFeatures::FUNCTION_REFERENCES,
    WasmFeatures::GC.union(WasmFeatures::GC_TYPES),
    WasmFeatures::CUSTOM_DESCRIPTORS,
    WasmFeatures::STACK_SWITCHING,
    WasmFeatures::COMPACT_IMPORTS,
    WasmFeatures::SHARED_EVERYTHING_THREADS,
];

/// The feature without which a module cannot be read beyond `offset`, if that is what it fails for there.
pub(super) fn missing_feature(bytes: &[u8], offset: u32) -> Option<WasmFeatures> {
    let offset = offset as usize;
    let with_first =
        |count: usize| BY_DEPENDENCE.iter().take(count).copied().fold(FEATURES, WasmFeatures::union);
    if !reads_beyond(bytes, everything(), offset) {
        return None;
    }
    // With more features on, a module is read at least as far.
    let (mut too_few, mut enough) = (0, BY_DEPENDENCE.len());
    while enough - too_few > 1 {
        let middle = too_few.midpoint(enough);
        if reads_beyond(bytes, with_first(middle), offset) {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    BY_DEPENDENCE.get(too_few).copied()
}

/// Whether a module is in order, for whoever has all features. What is malformed under ours and not in order even then may
/// well read further with one of them, as a number that is too long for 32 bits does where addresses have 64, and is
/// malformed all the same.
pub(super) fn is_in_order_with_everything(bytes: &[u8]) -> bool {
    reads_beyond(bytes, everything(), usize::MAX)
}

fn everything() -> WasmFeatures {
    BY_DEPENDENCE.iter().copied().fold(FEATURES, WasmFeatures::union)
}

/// Whether a module has no fault up to `offset` when it may use `features`.
fn reads_beyond(bytes: &[u8], features: WasmFeatures, offset: usize) -> bool {
    let beyond = |error: &wasmparser::Error| error.offset() > offset;
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut validator = Validator::new_with_features(features);
    let mut allocations = FuncValidatorAllocations::default();
    for payload in parser.parse_all(bytes) {
        let payload = match payload {
            Ok(payload) => payload,
            Err(error) => return beyond(&error),
        };
        match validator.payload(&payload) {
            Ok(ValidPayload::Func(function, body)) => {
                let mut function = function.into_validator(std::mem::take(&mut allocations));
                if let Err(error) = function.validate(&body) {
                    return beyond(&error);
                }
                allocations = function.into_allocations();
            }
            Ok(_) => {}
            Err(error) => return beyond(&error),
        }
    }
    true
}
