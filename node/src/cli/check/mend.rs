//! What to do about each refusal, as far as its own words do not say it already.

use sealane_vm::validate::{Bound, ModuleError, RequiredExport};

/// What to do about a module that is too large.
pub(super) const SIZE: &str = "leave out what is large (`twiggy` or `wasm-objdump -h` show what it is): debug information (strip = \
    \"debuginfo\"), formatted panics and floats, dependencies; and compile with opt-level = \"s\"";

/// What to do about a refusal.
pub(super) const fn mend(error: &ModuleError) -> Option<&'static str> {
    Some(match error {
        ModuleError::NotAModule => "hand over the .wasm file that `sealane build`, rustc, clang or asc wrote",
        ModuleError::Malformed { .. } | ModuleError::Invalid { .. } => {
            "compile it anew: the file is cut off, was changed, or its compiler is faulty"
        }
        ModuleError::Bound { bound, .. } => return bounds(*bound),
        ModuleError::MissingExport { export } => return Some(missing(*export)),
        ModuleError::TwoAbis { .. } => {
            "a program speaks one ABI: leave out sealane-sdk or Solana's crates (`cargo tree` says who needs them)"
        }
        ModuleError::UnsupportedSyscall { .. } => "leave out what calls it",
        ModuleError::EntrypointType { .. } | ModuleError::ExportKind { .. } => {
            "in Rust `sealane_sdk::entrypoint!` declares it as it must be; in other languages see section 1 of sdk/ABI.md"
        }
        ModuleError::HeapBaseType { .. } => "let the linker define it: --export=__heap_base",
        ModuleError::ReservedExport { .. } => "give it another name",
        ModuleError::DataOutOfBounds { .. } => {
            "link with a larger initial memory, or let the linker choose it"
        }
        ModuleError::ElementsOutOfBounds { .. } => "let the linker choose the table's size",
        ModuleError::ImportType { .. } => "declare it as section 6 of sdk/ABI.md has it",
        // These say it themselves.
        ModuleError::Version { .. }
        | ModuleError::Feature { .. }
        | ModuleError::Memories { .. }
        | ModuleError::StartFunction { .. }
        | ModuleError::ImportKind { .. }
        | ModuleError::ImportModule { .. }
        | ModuleError::UnknownImport { .. }
        | ModuleError::PlainSolanaBuild { .. } => return None,
    })
}

const fn missing(export: RequiredExport) -> &'static str {
    match export {
        RequiredExport::Entrypoint => {
            "in Rust `sealane_sdk::entrypoint!(process)` or `#[program]` makes it; a program for Solana must not have the \
             feature `no-entrypoint`, and must be built with `sealane build`"
        }
        RequiredExport::HeapBase => "link with --export=__heap_base (`sealane build` does)",
        RequiredExport::Memory => "link with --export-memory, and without --import-memory",
    }
}

const fn bounds(bound: Bound) -> Option<&'static str> {
    Some(match bound {
        Bound::ModuleSize => SIZE,
        Bound::BodySize | Bound::Locals | Bound::Blocks | Bound::BlockDepth | Bound::FunctionWork => {
            "split the function, and mark what it calls #[inline(never)]; compiling with opt-level = \"s\" inlines less"
        }
        Bound::BranchTargets => "split the match, or look its values up in a table",
        Bound::ModuleWork | Bound::Functions | Bound::Types => {
            "leave out dependencies that the program does not need; compile with lto = \"fat\" and opt-level = \"s\""
        }
        Bound::InitialMemory | Bound::InstanceMemory | Bound::HeapBase | Bound::MaximumMemory => {
            "link with a small stack (-zstack-size=16384, `sealane build` does) and keep static arrays small"
        }
        Bound::DataSegments | Bound::ElementSegments => {
            "link with lld, which merges segments (--merge-data-segments)"
        }
        Bound::Exports | Bound::Imports | Bound::NameSize => {
            "only `entrypoint` needs to be exported: leave #[unsafe(no_mangle)] off other functions"
        }
        Bound::Parameters | Bound::Results => "hand over a reference to a struct",
        Bound::Globals | Bound::Tables | Bound::TableElements | Bound::SegmentElements => return None,
    })
}
