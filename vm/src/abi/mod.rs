//! How a call's input lies in a program's memory and how changes come back from it, one file an ABI.
//!
//! Which ABI a module speaks is decided once, by what it imports ([`Abi`]). Behind the seam ([`Region`]) the two differ
//! in how the region is laid out, and in what the imports are called.

mod difference;
pub(crate) mod native;
pub(crate) mod solana;

use crate::host::GuestMemory;
use crate::validate::ModuleInfo;
use crate::{CallError, Context, NestedAccount};
use sealane_sdk::abi::IMPORT_MODULE;

/// The module that Solana's syscalls are imported from, when its programs are compiled to WebAssembly.
const SOLANA_IMPORT_MODULE: &str = "env";

/// What a module expects of its host: how its input lies, and what it may import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Abi {
    /// The ledger's own, `sdk/ABI.md`. A module without imports speaks it.
    #[default]
    Native,
    /// Solana's, of programs that were written for it: the module imports its syscalls.
    Solana,
}

impl Abi {
    /// The ABI of a module that imports `name` from `module`; `None` if no host offers that. Solana's module has the
    /// name under which linkers import whatever they did not find, so only what can be a syscall is one.
    #[must_use]
    pub fn of_import(module: &str, name: &str) -> Option<Self> {
        match module {
            IMPORT_MODULE => Some(Self::Native),
            SOLANA_IMPORT_MODULE if name.starts_with("sol_") || name == "abort" => Some(Self::Solana),
            _ => None,
        }
    }

    /// Pages that an instance's memory has from the start beyond those the module asks for, for the input region.
    ///
    /// A native program leaves room behind its `__heap_base`. A Solana program may use all the memory it asked for, its
    /// allocator does, so the region lies behind that: two pages hold a call of twelve small accounts.
    #[must_use]
    pub const fn region_pages(self) -> u32 {
        match self {
            Self::Native => 0,
            Self::Solana => 2,
        }
    }
}

/// The input region of one call, in the layout of the program's ABI.
#[derive(Debug, Default)]
pub(crate) struct Region {
    abi: Abi,
    /// The region, if the program speaks the native ABI.
    pub(crate) native: native::Region,
    /// The region, if the program speaks Solana's ABI.
    pub(crate) solana: solana::Region,
}

impl Region {
    /// Decides where everything will lie. Afterwards [`Self::end`] says how large the memory must be.
    pub(crate) fn plan(&mut self, context: &Context<'_>, info: &ModuleInfo) -> Result<(), CallError> {
        self.abi = info.abi;
        match self.abi {
            Abi::Native => self.native.plan(context, info.heap_base),
            Abi::Solana => self.solana.plan(context, info.initial_memory_size_bytes()),
        }
    }

    /// Address of the region: what the entrypoint is given.
    pub(crate) const fn start(&self) -> u32 {
        match self.abi {
            Abi::Native => self.native.start(),
            Abi::Solana => self.solana.start(),
        }
    }

    /// Address just behind the region.
    pub(crate) const fn end(&self) -> u32 {
        match self.abi {
            Abi::Native => self.native.end(),
            Abi::Solana => self.solana.end(),
        }
    }

    /// Bytes that are written into the region.
    pub(crate) const fn written_bytes(&self) -> u64 {
        match self.abi {
            Abi::Native => self.native.written_bytes(),
            Abi::Solana => self.solana.written_bytes(),
        }
    }

    /// Writes the region. `memory` reaches to [`Self::end`] at least.
    pub(crate) fn write(&self, memory: &mut GuestMemory<'_>, context: &Context<'_>) {
        match self.abi {
            Abi::Native => self.native.write(memory, context),
            Abi::Solana => self.solana.write(memory, context),
        }
    }

    /// Bytes of account data that [`Self::copy_back_listed`] compares for a nested call with these accounts.
    pub(crate) fn listed_bytes(&self, nested: &[NestedAccount]) -> u64 {
        match self.abi {
            Abi::Native => self.native.listed_bytes(nested),
            Abi::Solana => self.solana.written_bytes(),
        }
    }

    /// As [`Self::copy_back`], before a nested call: data of accounts that the callee is not given may wait.
    pub(crate) fn copy_back_listed(
        &self,
        memory: &[u8],
        context: &mut Context<'_>,
        nested: &[NestedAccount],
    ) -> Result<(), CallError> {
        match self.abi {
            Abi::Native => self.native.copy_back_listed(memory, context, nested),
            Abi::Solana => self.solana.copy_back(memory, context),
        }
    }

    /// Compares every account with what the program left in its memory and takes the differences over, rule by rule.
    pub(crate) fn copy_back(&self, memory: &[u8], context: &mut Context<'_>) -> Result<(), CallError> {
        match self.abi {
            Abi::Native => self.native.copy_back(memory, context),
            Abi::Solana => self.solana.copy_back(memory, context),
        }
    }
}
