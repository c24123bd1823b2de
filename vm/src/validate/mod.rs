//! The checks that a module passes once, when it is deployed: bytes come in from the loader, and what later stages
//! need to know about the module goes out.
//!
//! The order is that of the module: each section is first held against the bounds of `limits.rs`, then validated by
//! wasmparser under our own feature set, then read for what the vm demands (imports, exports, segments that fit). The
//! first fault found is the one reported. No bytes make these checks panic, and their time is linear in the size.

mod diagnose;
mod error;
mod feature;
mod features;
mod function;
mod imports;
mod info;
mod names;
mod plain;
mod sections;
mod solana_imports;
mod work;

pub use crate::abi::Abi;
pub use error::{Bound, ItemKind, ModuleError, Place, RequiredExport};
pub use feature::Feature;
pub use imports::{Import, NATIVE_IMPORTS};
pub use info::{DataRange, FunctionInfo, ModuleInfo, MutableGlobal, Signature, ValueType};
pub use solana_imports::{SOLANA_IMPORTS, UNSUPPORTED, Unsupported};

use features::{FEATURES, Phase, classify, look_again};
use sections::Sections;
use wasmparser::{FuncValidatorAllocations, Parser, Payload, ValidPayload, Validator};

/// Exports that begin so are the host's own, added to a module after it was checked.
pub const RESERVED_EXPORT_PREFIX: &str = "__sealane_";

/// Checks that a module can be a program.
///
/// # Errors
/// The first fault, as a [`ModuleError`].
pub fn validate(bytes: &[u8]) -> Result<ModuleInfo, ModuleError> {
    check(bytes).map_err(|refusal| refusal.error)
}

/// As [`validate`], without the bound on the module's size: for builds, where size is a matter of optimising. No ledger
/// deploys by it.
///
/// # Errors
/// The first fault, as a [`ModuleError`].
pub fn validate_of_any_size(bytes: &[u8]) -> Result<ModuleInfo, ModuleError> {
    read_of_any_size(bytes).map_err(|refusal| look_again(bytes, refusal).error)
}

/// Says in wasmparser's words why a module is malformed or invalid, or uses a refused feature; nothing for other
/// faults and for modules that pass. For people and logs: the words change between versions and must not be recorded.
#[must_use]
pub fn explain(bytes: &[u8]) -> Option<String> {
    check(bytes).err()?.detail.map(|detail| detail.to_string())
}

/// What to tell the person who deploys a module that was refused: the refusal, and the name of the function it is about,
/// if the module has names. For logs: names may lie.
#[must_use]
pub fn describe(bytes: &[u8], error: &ModuleError) -> String {
    match error.function().and_then(|function| names::function_name(bytes, function)) {
        Some(name) => format!("{error} (function {name:?})"),
        None => error.to_string(),
    }
}

/// A fault, and wasmparser's own account of it.
struct Refusal {
    error: ModuleError,
    detail: Option<wasmparser::Error>,
}

impl From<ModuleError> for Refusal {
    fn from(error: ModuleError) -> Self {
        Self { error, detail: None }
    }
}

fn check(bytes: &[u8]) -> Result<ModuleInfo, Refusal> {
    read(bytes).map_err(|refusal| look_again(bytes, refusal))
}

fn read(bytes: &[u8]) -> Result<ModuleInfo, Refusal> {
    Bound::ModuleSize.check(bytes.len() as u64, Place::Offset(0))?;
    read_of_any_size(bytes)
}

fn read_of_any_size(bytes: &[u8]) -> Result<ModuleInfo, Refusal> {
    check_header(bytes)?;

    let mut parser = Parser::new(0);
    parser.set_features(FEATURES);
    let mut validator = Validator::new_with_features(FEATURES);
    let mut allocations = FuncValidatorAllocations::default();
    let mut sections = Sections::default();
    for payload in parser.parse_all(bytes) {
        let payload = payload.map_err(|error| classify(error, Phase::Decode, None))?;
        sections.check_bounds(&payload)?;
        match validator.payload(&payload).map_err(|error| classify(error, Phase::Validate, None))? {
            ValidPayload::Func(function, body) => {
                let (info, returned) = function::check(function, &body, &mut sections, allocations)?;
                allocations = returned;
                sections.functions.push(info);
            }
            ValidPayload::Ok | ValidPayload::Parser(_) | ValidPayload::End(_) => {
                sections.collect(&payload)?
            }
        }
        if matches!(payload, Payload::End(_)) {
            break;
        }
    }
    Ok(sections.into_info()?)
}

/// Checks the magic number and the version, so that what is not a module at all is told apart from a broken one.
fn check_header(bytes: &[u8]) -> Result<(), ModuleError> {
    let behind_magic = bytes.strip_prefix(b"\0asm").ok_or(ModuleError::NotAModule)?;
    let version = behind_magic.first_chunk().ok_or(ModuleError::NotAModule)?;
    match u32::from_le_bytes(*version) {
        1 => Ok(()),
        version => Err(ModuleError::Version { version }),
    }
}

#[cfg(test)]
mod refusal_tests;
#[cfg(test)]
mod tests;
