//! The import allow-list: every host call with its type. The linker and the price table follow this list; a module
//! that imports anything else is refused with the nearest name.

use super::error::{ItemKind, ModuleError};
use super::info::{Signature, ValueType};
use super::solana_imports::{SOLANA_IMPORTS, UNSUPPORTED};
use crate::HostCall;
use crate::abi::Abi;
use ValueType::{I32, I64};
use sealane_sdk::abi;

/// One function that programs may import.
#[derive(Clone, Copy, Debug)]
pub struct Import {
    /// Which host call it is; its text is the name it is imported by.
    pub call: HostCall,
    /// The name it is imported by.
    pub name: &'static str,
    /// Types of its parameters.
    pub parameters: &'static [ValueType],
    /// Types of its results.
    pub results: &'static [ValueType],
}

pub(super) const fn import(
    call: HostCall,
    name: &'static str,
    parameters: &'static [ValueType],
    results: &'static [ValueType],
) -> Import {
    Import { call, name, parameters, results }
}

/// Every function of the native ABI, all of them in the module `sealane`. `sdk/ABI.md` says what they do.
pub const NATIVE_IMPORTS: &[Import] = &[
    import(HostCall::Log, "log", &[I32, I32], &[]),
    import(HostCall::LogData, "log_data", &[I32, I32], &[]),
    import(HostCall::Panic, "panic", &[I32, I32], &[]),
    import(HostCall::Sha256, "sha256", &[I32, I32, I32], &[]),
    import(HostCall::Blake3, "blake3", &[I32, I32, I32], &[]),
    import(HostCall::Ed25519Verify, "ed25519_verify", &[I32, I32, I32, I32], &[I32]),
    import(HostCall::Secp256k1Recover, "secp256k1_recover", &[I32, I32, I32, I32], &[I32]),
    import(HostCall::CreateAddress, "create_address", &[I32, I32, I32, I32], &[I32]),
    import(HostCall::FindAddress, "find_address", &[I32, I32, I32, I32, I32], &[I32]),
    import(HostCall::Invoke, "invoke", &[I32, I32, I32], &[]),
    import(HostCall::SetReturnData, "set_return_data", &[I32, I32], &[]),
    import(HostCall::GetReturnData, "get_return_data", &[I32, I32, I32], &[I32]),
    import(HostCall::SysvarRead, "sysvar_read", &[I32, I32, I32, I32], &[I32]),
    import(HostCall::AccountRead, "account_read", &[I32, I32, I32, I32], &[]),
    import(HostCall::AccountWrite, "account_write", &[I32, I32, I32, I32], &[]),
    import(HostCall::AccountResize, "account_resize", &[I32, I32], &[]),
    import(HostCall::RemainingUnits, "remaining_units", &[], &[I64]),
];

/// Finds the host call that a module imports as `name` with the type `found`.
///
/// # Errors
/// [`ModuleError::UnknownImport`], [`ModuleError::UnsupportedSyscall`], [`ModuleError::ImportType`].
pub(super) fn resolve(abi: Abi, name: &str, found: Signature) -> Result<HostCall, ModuleError> {
    let imports = imports(abi);
    let Some(import) = imports.iter().find(|import| import.name == name) else {
        let unsupported = UNSUPPORTED.iter().find(|(unsupported, _)| *unsupported == name);
        return Err(match unsupported {
            Some((_, reason)) if abi == Abi::Solana => {
                ModuleError::UnsupportedSyscall { name: name.to_owned(), reason: *reason }
            }
            _ => ModuleError::UnknownImport { name: name.to_owned(), nearest: nearest(imports, name) },
        });
    };
    if found.parameters == import.parameters && found.results == import.results {
        return Ok(import.call);
    }
    let expected = Signature { parameters: import.parameters.to_vec(), results: import.results.to_vec() };
    Err(ModuleError::ImportType { call: import.call, expected, found })
}

/// The ABI that this import belongs to, if it does to any. AssemblyScript imports a function `abort` as well, which is told
/// by what it is given.
pub(super) fn abi_of(module: &str, name: &str, found: &Signature) -> Option<Abi> {
    let is_assembly_scripts = name == "abort" && !found.parameters.is_empty();
    Abi::of_import(module, name).filter(|abi| *abi == Abi::Native || !is_assembly_scripts)
}

/// The whole list of what a module of this ABI can import.
const fn imports(abi: Abi) -> &'static [Import] {
    match abi {
        Abi::Native => NATIVE_IMPORTS,
        Abi::Solana => SOLANA_IMPORTS,
    }
}

/// The host call whose name takes the fewest edits to reach, unless that is more than half of the name.
fn nearest(imports: &[Import], name: &str) -> Option<HostCall> {
    imports
        .iter()
        .map(|import| (edit_distance(name.as_bytes(), import.name.as_bytes()), import))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, import)| distance.saturating_mul(2) <= import.name.len())
        .map(|(_, import)| import.call)
}

/// What to do about an import from another module than the host's: where such imports come from, as far as the module's
/// name tells it. Begins with a semicolon, if there is something to say.
pub(super) fn advice_on_module(module: &str, name: &str) -> String {
    let starts = |prefix: &str| module.starts_with(prefix);
    let cause = if starts("wasi") {
        "there is no operating system: build with rustc --target wasm32-unknown-unknown, clang \
         --target=wasm32-unknown-unknown -nostdlib, or asc --runtime stub without its WASI shim"
    } else if starts("__wbindgen") || module == "wbg" || module.ends_with("_bg.js") {
        "there is no JavaScript: leave out the dependency that uses wasm-bindgen (cargo tree -i wasm-bindgen finds \
         it; often it is a feature named js, of getrandom, chrono or uuid)"
    } else if starts("GOT.") {
        "there is no dynamic linking: link without -shared and compile without -fPIC"
    } else if module == "env" && name == "abort" {
        "build with asc --use abort= or with an abort function of the program's own"
    } else if module == "env" && !NATIVE_IMPORTS.iter().any(|import| import.name == name) {
        "the linker found no definition of it: link what defines it, without --allow-undefined"
    } else {
        ""
    };
    let hint = match nearest(NATIVE_IMPORTS, name) {
        _ if !cause.is_empty() => String::new(),
        Some(call) => format!(
            "; did you mean {:?} {:?}? In Rust #[link(wasm_import_module = {0:?})] says so, in C \
             __attribute__((import_module({0:?}))), in AssemblyScript @external({0:?}, {1:?})",
            abi::IMPORT_MODULE,
            call.to_string()
        ),
        None => String::new(),
    };
    if cause.is_empty() { hint } else { format!("; {cause}") }
}

/// What to do about an import that is no function. Begins with a semicolon, if there is something to say.
pub(super) const fn advice_on_kind(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Memory => "; link without --import-memory (asc without --importMemory)",
        ItemKind::Table => "; link without --import-table (asc without --importTable)",
        ItemKind::Global => "; link without -shared and -pie, compile without -fPIC",
        ItemKind::Tag => "; build without exceptions",
        ItemKind::Function => "",
    }
}

/// How many insertions, deletions and replacements of bytes lead from one name to the other (Levenshtein).
fn edit_distance(from: &[u8], to: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (removed, byte) in from.iter().enumerate() {
        let mut diagonal = removed;
        let mut left = removed + 1;
        for (cell, target) in row.iter_mut().zip([None].into_iter().chain(to.iter().map(Some))) {
            let above = *cell;
            *cell = target
                .map_or(left, |target| (diagonal + usize::from(byte != target)).min(above + 1).min(left + 1));
            diagonal = above;
            left = *cell;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_host_calls_own_and_unique() {
        let all: Vec<&Import> = NATIVE_IMPORTS.iter().chain(SOLANA_IMPORTS).collect();
        for (position, import) in all.iter().enumerate() {
            assert_eq!(import.name, import.call.to_string());
            assert!(all[..position].iter().all(|other| other.call != import.call));
            assert!(UNSUPPORTED.iter().all(|(name, _)| *name != import.name));
        }
        let last = HostCall::SolGetEpochRewardsSysvar as usize;
        assert_eq!(all.len(), last + 1, "every host call is in one of the lists");
    }

    #[test]
    fn distances() {
        for (from, to, expected) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("log", "log", 0)]
        {
            assert_eq!(edit_distance(from.as_bytes(), to.as_bytes()), expected, "{from} to {to}");
        }
    }

    #[test]
    fn suggestions() {
        for (name, expected) in [
            ("sha265", Some(HostCall::Sha256)),
            ("logs", Some(HostCall::Log)),
            ("remaining_unit", Some(HostCall::RemainingUnits)),
            ("fd_write", None),
        ] {
            assert_eq!(nearest(NATIVE_IMPORTS, name), expected, "{name}");
        }
    }
}
