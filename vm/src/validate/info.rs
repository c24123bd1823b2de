//! What the checks learn about a module, for the stages that follow: the stack limit, the compiler, and the kept
//! instances, which must be exactly as new at each call and therefore know everything that a call can change.

use crate::HostCall;
use crate::abi::Abi;
use sealane_sdk::limits::WASM_PAGE_SIZE_BYTES;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is known about a module that passed every check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleInfo {
    /// What the module expects of its host.
    pub abi: Abi,
    /// Types the module defines.
    pub type_count: u32,
    /// The host call behind each imported function; the imports have the first function indices.
    pub imports: Vec<HostCall>,
    /// Globals the module defines.
    pub global_count: u32,
    /// Every global that the program can change, in order of index.
    pub mutable_globals: Vec<MutableGlobal>,
    /// Pages of 64 KiB that the memory has in a new instance.
    pub initial_memory_pages: u32,
    /// The module's own limit on its memory in pages, if it states one; the ledger's limit holds besides.
    pub maximum_memory_pages: Option<u32>,
    /// Value of `__heap_base`: where the input region of a native program goes. 0 for others, which need not say it.
    pub heap_base: u32,
    /// What of the initial memory the active data segments write, in the order in which they write it (later ones
    /// may overlap earlier ones); the rest of it is zero.
    pub data_ranges: Vec<DataRange>,
    /// Elements the table has, 0 without a table.
    pub table_elements: u32,
    /// Whether the program can grow its memory (`memory.grow`).
    pub grows_memory: bool,
    /// Whether the program can change a table or drop an element segment (`table.init`, `table.copy`, `elem.drop`).
    pub mutates_tables: bool,
    /// Whether the program reads passive data segments (`memory.init`).
    pub uses_passive_data: bool,
    /// Whether the program can drop data segments (`data.drop`).
    pub drops_data: bool,
    /// Whether the module has a name section.
    pub has_names: bool,
    /// The functions the module defines; the first has index `imports.len()`.
    pub functions: Vec<FunctionInfo>,
    /// Indices of the functions that an indirect call can reach, imports counted; may repeat.
    pub address_taken: Vec<u32>,
    /// For each type, the first one that is equal to it: what an indirect call compares.
    pub canonical_types: Vec<u32>,
    /// The type of each imported function.
    pub import_types: Vec<u32>,
}

impl ModuleInfo {
    /// Whether a call leaves nothing behind but memory and mutable globals, so that an instance can be made as new by
    /// resetting these two.
    #[must_use]
    pub const fn resets_by_memory_and_globals(&self) -> bool {
        !self.mutates_tables && !self.drops_data
    }

    /// Bytes of memory that the module asks for to begin with.
    #[must_use]
    pub const fn initial_memory_size_bytes(&self) -> u64 {
        self.initial_memory_pages as u64 * WASM_PAGE_SIZE_BYTES as u64
    }

    /// Pages that the memory of a new instance has: those the module asks for, and those its ABI adds.
    #[must_use]
    pub const fn instance_memory_pages(&self) -> u32 {
        self.initial_memory_pages.saturating_add(self.abi.region_pages())
    }

    /// Where the data segments end: all memory behind it is zero in a new instance.
    #[must_use]
    pub fn data_end(&self) -> u32 {
        self.data_ranges.iter().map(|range| range.offset.saturating_add(range.size)).max().unwrap_or(0)
    }
}

/// A global that the program can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MutableGlobal {
    /// Its index.
    pub index: u32,
    /// Its type.
    pub value_type: ValueType,
    /// Its value in a new instance: the bits, zero-extended.
    pub initial_bits: u64,
    /// Whether the program itself exports it. The host reaches it by
    /// [`global_export_name`](crate::stack_limit::global_export_name) either way.
    pub exported: bool,
}

/// A piece of the initial memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataRange {
    /// Where it starts in memory.
    pub offset: u32,
    /// Its size in bytes.
    pub size: u32,
}

/// What a function body looks like, as the stack limit needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionInfo {
    /// Its type.
    pub type_index: u32,
    /// Parameters and locals.
    pub local_count: u32,
    /// Parameters alone.
    pub parameter_count: u32,
    /// The most operands that are on the stack at once.
    pub operand_height: u32,
    /// Instructions that compute a value which the compiler may hold on to.
    pub computed_count: u32,
    /// How much work it is to compile, in the units of `limits::MAX_FUNCTION_WORK_UNITS`.
    pub work_units: u64,
    /// Indices of the functions it calls, imports counted, sorted, each once.
    pub calls: Vec<u32>,
    /// Types of its indirect calls, sorted, each once.
    pub indirect_calls: Vec<u32>,
}

/// The types of values that programs work with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ValueType {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
}

impl ValueType {
    pub(super) const fn from_wasm(value_type: wasmparser::ValType) -> Option<Self> {
        match value_type {
            wasmparser::ValType::I32 => Some(Self::I32),
            wasmparser::ValType::I64 => Some(Self::I64),
            wasmparser::ValType::F32 => Some(Self::F32),
            wasmparser::ValType::F64 => Some(Self::F64),
            wasmparser::ValType::V128 | wasmparser::ValType::Ref(_) => None,
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
        })
    }
}

/// The type of a function.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Signature {
    /// Types of the parameters.
    pub parameters: Vec<ValueType>,
    /// Types of the results.
    pub results: Vec<ValueType>,
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |types: &[ValueType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        write!(formatter, "({})", list(&self.parameters))?;
        match self.results.as_slice() {
            [] => Ok(()),
            [result] => write!(formatter, " -> {result}"),
            results => write!(formatter, " -> ({})", list(results)),
        }
    }
}
