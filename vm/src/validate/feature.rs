//! The features of WebAssembly that programs may not use, and how each compiler is told to do without.

use serde::{Deserialize, Serialize};

/// The features of WebAssembly that programs may not use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[allow(missing_docs, reason = "each variant is the proposal that its text names")]
pub enum Feature {
    #[error("SIMD")]
    Simd,
    #[error("relaxed SIMD")]
    RelaxedSimd,
    #[error("threads")]
    Threads,
    #[error("shared-everything threads")]
    SharedEverythingThreads,
    #[error("tail calls")]
    TailCalls,
    #[error("exceptions")]
    Exceptions,
    #[error("legacy exceptions")]
    LegacyExceptions,
    #[error("64-bit memory")]
    Memory64,
    #[error("several memories")]
    MultiMemory,
    #[error("reference types")]
    ReferenceTypes,
    #[error("typed function references")]
    FunctionReferences,
    #[error("garbage-collected types")]
    GarbageCollection,
    #[error("custom descriptors")]
    CustomDescriptors,
    #[error("extended constant expressions")]
    ExtendedConst,
    #[error("wide arithmetic")]
    WideArithmetic,
    #[error("custom page sizes")]
    CustomPageSizes,
    #[error("memory control")]
    MemoryControl,
    #[error("compact imports")]
    CompactImports,
    #[error("stack switching")]
    StackSwitching,
    #[error("a proposal that is not part of WebAssembly yet")]
    Other,
}

impl Feature {
    /// What to tell the compiler so that it does without.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Simd => {
                "build with rustc -C target-feature=-simd128, clang -mno-simd128, or asc without --enable simd"
            }
            Self::RelaxedSimd => {
                "build with rustc -C target-feature=-relaxed-simd, clang -mno-relaxed-simd, or asc without \
                 --enable relaxed-simd"
            }
            Self::Threads => {
                "build with rustc -C target-feature=-atomics, clang -mno-atomics without -pthread and \
                 -Wl,--shared-memory, or asc without --enable threads and --sharedMemory"
            }
            Self::TailCalls => "build with rustc -C target-feature=-tail-call or clang -mno-tail-call",
            Self::Exceptions | Self::LegacyExceptions => {
                "build with rustc -C panic=abort -C target-feature=-exception-handling, or clang -fno-exceptions \
                 -mno-exception-handling without -fwasm-exceptions and setjmp"
            }
            Self::Memory64 => {
                "build for 32 bits: rustc --target wasm32-unknown-unknown, clang --target=wasm32, or asc without \
                 --enable memory64"
            }
            Self::MultiMemory => {
                "build with rustc -C target-feature=-multimemory or clang -mno-multimemory, and merge no modules \
                 that have a memory each"
            }
            Self::ReferenceTypes => {
                "build with rustc -C target-feature=-reference-types, clang -mno-reference-types, or asc without \
                 --enable reference-types; without externref, funcref and changes of tables"
            }
            Self::GarbageCollection | Self::FunctionReferences => {
                "build with clang -mno-gc or asc without --enable gc; languages whose objects live on the \
                 engine's heap (Kotlin, Dart, Java, OCaml, Scheme) cannot be used"
            }
            Self::ExtendedConst => {
                "build with rustc -C target-feature=-extended-const -C relocation-model=static, or clang \
                 -mno-extended-const without -fPIC"
            }
            Self::WideArithmetic => {
                "build with rustc -C target-feature=-wide-arithmetic or clang -mno-wide-arithmetic"
            }
            Self::CustomPageSizes => "link without --page-size: pages have 64 KiB",
            Self::SharedEverythingThreads
            | Self::CustomDescriptors
            | Self::MemoryControl
            | Self::CompactImports
            | Self::StackSwitching
            | Self::Other => {
                "build for WebAssembly as it was at first: rustc -C target-cpu=mvp or clang -mcpu=mvp"
            }
        }
    }
}
