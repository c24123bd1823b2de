//! Why a module is refused, as a closed error: made by the checks of this folder, shown to the person who deploys.
//!
//! No word of wasmparser's stands in it, because those change between versions; [`super::explain`] offers them for
//! logs. Only *that* a module is refused is a rule of the ledger: offsets are for people and must not be hashed.

use super::feature::Feature;
use super::imports::{advice_on_kind, advice_on_module};
use super::info::Signature;
use super::solana_imports::Unsupported;
use crate::HostCall;
use sealane_sdk::limits;
use serde::{Deserialize, Serialize};

/// Why a module cannot become a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ModuleError {
    /// The bytes do not begin as WebAssembly does.
    #[error("the bytes are not a WebAssembly module")]
    NotAModule,
    /// Another version of the binary format; components carry version `0x1000d`.
    #[error(
        "WebAssembly version {version:#x} is not a core module of version 1; build for wasm32-unknown-unknown"
    )]
    Version {
        /// The four bytes behind the magic number, little-endian.
        version: u32,
    },
    /// The bytes cannot be decoded.
    #[error("malformed at byte {offset}{}", InFunction(*function))]
    Malformed {
        /// Where, in bytes from the module's start.
        offset: u32,
        /// In which function, imports counted, if in one.
        function: Option<u32>,
    },
    /// The module decodes, but WebAssembly's own rules do not allow it.
    #[error("invalid at byte {offset}{}", InFunction(*function))]
    Invalid {
        /// Where, in bytes from the module's start.
        offset: u32,
        /// In which function, imports counted, if in one.
        function: Option<u32>,
    },
    /// The module uses a feature of WebAssembly that programs may not use.
    #[error("{feature} at byte {offset}{} may not be used: {}", InFunction(*function), feature.advice())]
    Feature {
        /// Which.
        feature: Feature,
        /// Where, in bytes from the module's start.
        offset: u32,
        /// In which function, imports counted, if in one.
        function: Option<u32>,
    },
    /// Something is larger than programs may have it.
    #[error("{place}: {bound} is {value}, and at most {limit} allowed")]
    Bound {
        /// What.
        bound: Bound,
        /// How large it is.
        value: u64,
        /// How large it may be.
        limit: u64,
        /// Where.
        place: Place,
    },
    /// A program has exactly one memory, its own.
    #[error("the module has {count} memories; a program has exactly one, its own")]
    Memories {
        /// How many it defines or, if those are several already, imports.
        count: u32,
    },
    /// A start function would run before the entrypoint.
    #[error("function {function} is a start function; a program has none (link with --no-entry)")]
    StartFunction {
        /// Which function.
        function: u32,
    },
    /// Only functions can be imported.
    #[error("import {module:?} {name:?} is a {kind}; only functions can be imported{}", advice_on_kind(*kind))]
    ImportKind {
        /// The module imported from.
        module: String,
        /// The import's name.
        name: String,
        /// What it is.
        kind: ItemKind,
    },
    /// Imports come from the module `sealane` alone.
    #[error(
        "import {name:?} comes from module {module:?}; the host is {:?}{}",
        sealane_sdk::abi::IMPORT_MODULE,
        advice_on_module(module, name)
    )]
    ImportModule {
        /// The module imported from.
        module: String,
        /// The import's name.
        name: String,
    },
    /// Imports of one ABI beside those of the other.
    #[error("import {name:?} comes from module {module:?}, but those before it belong to another ABI")]
    TwoAbis {
        /// The module imported from.
        module: String,
        /// The import's name.
        name: String,
    },
    /// A syscall of Solana's that this ledger does not have.
    #[error("the host does not offer Solana's {name}: {reason}")]
    UnsupportedSyscall {
        /// The import's name.
        name: String,
        /// Why not.
        reason: Unsupported,
    },
    /// The host offers no function of this name.
    #[error("the host has no function {name:?}{}", Suggestion(*nearest))]
    UnknownImport {
        /// The import's name.
        name: String,
        /// The host call with the most similar name, if one is similar.
        nearest: Option<HostCall>,
    },
    /// A host call is imported with the wrong type.
    #[error("host call {call} is {expected}, not {found}")]
    ImportType {
        /// Which host call.
        call: HostCall,
        /// Its type.
        expected: Signature,
        /// The type it is imported with.
        found: Signature,
    },
    /// An export that every program must have is missing.
    #[error("the program does not export {export}")]
    MissingExport {
        /// Which.
        export: RequiredExport,
    },
    /// An export that every program must have is another kind of thing.
    #[error("the export {export} is a {found}")]
    ExportKind {
        /// Which.
        export: RequiredExport,
        /// What it is.
        found: ItemKind,
    },
    /// The entrypoint is not `(i32) -> i64`.
    #[error("the entrypoint is (i32) -> i64, not {found}")]
    EntrypointType {
        /// The type it has.
        found: Signature,
    },
    /// `__heap_base` is not a constant i32.
    #[error("global {global}, exported as __heap_base, is not a constant i32")]
    HeapBaseType {
        /// Index of the global.
        global: u32,
    },
    /// Names that begin with `__sealane_` belong to the host.
    #[error("export {name:?}: names that begin with {:?} belong to the host", super::RESERVED_EXPORT_PREFIX)]
    ReservedExport {
        /// The export's name.
        name: String,
    },
    /// A data segment lies outside the initial memory, so no instance could be made.
    #[error(
        "data segment {segment}, bytes {offset}..+{size}, is outside the initial memory of {memory_size} bytes"
    )]
    DataOutOfBounds {
        /// Index of the segment.
        segment: u32,
        /// Where it starts in memory.
        offset: u32,
        /// Its size in bytes.
        size: u32,
        /// Size of the initial memory in bytes.
        memory_size: u32,
    },
    /// An element segment lies outside its table, so no instance could be made.
    #[error(
        "element segment {segment}, elements {offset}..+{count}, is outside the table of {table_size} elements"
    )]
    ElementsOutOfBounds {
        /// Index of the segment.
        segment: u32,
        /// Where it starts in the table.
        offset: u32,
        /// How many elements it has.
        count: u32,
        /// Elements in the table.
        table_size: u32,
    },
    /// A program for Solana that was compiled as if for no chain at all, so that its calls of the host do nothing.
    #[error(
        "a program for Solana, compiled as if for no chain: it holds the code of {name} that reads Solana's input, and imports \
         nothing, so its calls of the host would do nothing and say that all is well; build it with `sealane build`"
    )]
    PlainSolanaBuild {
        /// The crate that it holds.
        name: String,
    },
}

/// Where in a module a bound is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Place {
    /// In the function with this index, imports counted.
    #[error("function {0}")]
    Function(u32),
    /// At this byte of the module.
    #[error("byte {0}")]
    Offset(u32),
}

/// What the exports are that every program has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum RequiredExport {
    /// The memory.
    #[error("memory \"memory\"")]
    Memory,
    /// Where static data and stack end.
    #[error("global \"__heap_base\"")]
    HeapBase,
    /// The function the host calls.
    #[error("function \"entrypoint\"")]
    Entrypoint,
}

/// The kinds of things that a module can import or export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[allow(missing_docs, reason = "each variant is the kind of WebAssembly that its text names")]
pub enum ItemKind {
    #[error("function")]
    Function,
    #[error("table")]
    Table,
    #[error("memory")]
    Memory,
    #[error("global")]
    Global,
    #[error("tag")]
    Tag,
}

/// What is bounded. [`Self::limit`] gives the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[allow(missing_docs, reason = "each variant is the bound that its text names; limits.rs describes them")]
pub enum Bound {
    #[error("the module's size in bytes")]
    ModuleSize,
    #[error("the number of types")]
    Types,
    #[error("the number of parameters of a type")]
    Parameters,
    #[error("the number of results of a type")]
    Results,
    #[error("the number of imports")]
    Imports,
    #[error("the size of a name in bytes")]
    NameSize,
    #[error("the number of functions")]
    Functions,
    #[error("the number of tables")]
    Tables,
    #[error("the number of elements in a table")]
    TableElements,
    #[error("the number of elements in a segment")]
    SegmentElements,
    #[error("the initial number of memory pages")]
    InitialMemory,
    #[error("the maximum number of memory pages")]
    MaximumMemory,
    #[error("the number of globals")]
    Globals,
    #[error("the number of exports")]
    Exports,
    #[error("the number of element segments")]
    ElementSegments,
    #[error("the number of data segments")]
    DataSegments,
    #[error("the size of a function body in bytes")]
    BodySize,
    #[error("the number of locals")]
    Locals,
    #[error("the number of blocks")]
    Blocks,
    #[error("the depth of nested blocks")]
    BlockDepth,
    #[error("the number of targets of a br_table")]
    BranchTargets,
    #[error("the estimated work of compiling a function")]
    FunctionWork,
    #[error("the estimated work of compiling all functions up to this one")]
    ModuleWork,
    #[error("__heap_base")]
    HeapBase,
    #[error("the initial memory in pages, with those of the input region")]
    InstanceMemory,
}

impl Bound {
    /// The largest value that a program may have.
    #[must_use]
    pub const fn limit(self) -> u64 {
        match self {
            Self::ModuleSize => limits::MAX_MODULE_SIZE_BYTES as u64,
            Self::Types => limits::MAX_MODULE_TYPES as u64,
            Self::Parameters => limits::MAX_FUNCTION_PARAMETERS as u64,
            Self::Results => limits::MAX_FUNCTION_RESULTS as u64,
            Self::Imports => limits::MAX_MODULE_IMPORTS as u64,
            Self::NameSize => limits::MAX_NAME_SIZE_BYTES as u64,
            Self::Functions => limits::MAX_MODULE_FUNCTIONS as u64,
            Self::Tables => limits::MAX_MODULE_TABLES as u64,
            Self::TableElements | Self::SegmentElements => limits::MAX_TABLE_ELEMENTS as u64,
            Self::InitialMemory | Self::MaximumMemory | Self::InstanceMemory => {
                limits::MAX_MEMORY_PAGES as u64
            }
            Self::Globals => limits::MAX_MODULE_GLOBALS as u64,
            Self::Exports => limits::MAX_MODULE_EXPORTS as u64,
            Self::ElementSegments => limits::MAX_ELEMENT_SEGMENTS as u64,
            Self::DataSegments => limits::MAX_DATA_SEGMENTS as u64,
            Self::BodySize => limits::MAX_FUNCTION_BODY_SIZE_BYTES as u64,
            Self::Locals => limits::MAX_FUNCTION_LOCALS as u64,
            Self::Blocks => limits::MAX_FUNCTION_BLOCKS as u64,
            Self::BlockDepth => limits::MAX_FUNCTION_BLOCK_DEPTH as u64,
            Self::BranchTargets => limits::MAX_BR_TABLE_TARGETS as u64,
            Self::FunctionWork => limits::MAX_FUNCTION_WORK_UNITS,
            Self::ModuleWork => limits::MAX_MODULE_WORK_UNITS,
            Self::HeapBase => limits::MAX_MEMORY_PAGES as u64 * limits::WASM_PAGE_SIZE_BYTES as u64,
        }
    }

    /// Checks a value against the bound.
    ///
    /// # Errors
    /// [`ModuleError::Bound`] if it is larger.
    pub(super) const fn check(self, value: u64, place: Place) -> Result<(), ModuleError> {
        let limit = self.limit();
        if value <= limit { Ok(()) } else { Err(ModuleError::Bound { bound: self, value, limit, place }) }
    }
}

impl ModuleError {
    /// The function that the fault is in, imports counted, if it is in one.
    #[must_use]
    pub const fn function(&self) -> Option<u32> {
        match self {
            Self::Malformed { function, .. }
            | Self::Invalid { function, .. }
            | Self::Feature { function, .. } => *function,
            Self::Bound { place: Place::Function(function), .. } | Self::StartFunction { function } => {
                Some(*function)
            }
            _ => None,
        }
    }
}

struct InFunction(Option<u32>);

impl std::fmt::Display for InFunction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |function| write!(formatter, " in function {function}"))
    }
}

struct Suggestion(Option<HostCall>);

impl std::fmt::Display for Suggestion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |call| write!(formatter, "; did you mean {call}?"))
    }
}
