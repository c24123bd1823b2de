//! The module: read, and checked as the node will check it, before anything is spent; and what it says of itself.

use crate::cli::build::idl_section;
use anyhow::{Context, bail};
use sealane_sdk::Address;
use sealane_sdk::limits::MAX_MODULE_SIZE_BYTES;
use sealane_vm::validate::{ModuleError, describe, explain, validate};
use serde_json::Value;
use std::io::ErrorKind;
use std::path::Path;

/// A module that the node will take.
#[derive(Debug)]
pub(super) struct Module {
    bytes: Vec<u8>,
    declared: Option<Declared>,
}

/// What a module's description says of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declared {
    /// Its name.
    pub(super) name: String,
    /// Where it shall be: clients that are made of the description call it there.
    pub(super) address: Address,
}

impl Declared {
    /// Reads it; nothing if there is no description, or none that says this.
    fn of(module: &[u8]) -> Option<Self> {
        let description: Value = serde_json::from_slice(idl_section(module)?).ok()?;
        let name = description["metadata"]["name"].as_str()?.to_owned();
        Some(Self { name, address: description["address"].as_str()?.parse().ok()? })
    }
}

impl Module {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// What is wrong with it, and how to mend it.
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let bytes = match std::fs::read(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => bail!(
                "there is no file {}: build the program first, with `sealane build`, which says where the module is",
                file.display()
            ),
            read => read.with_context(|| format!("cannot read {}", file.display()))?,
        };
        Self::check(bytes).with_context(|| format!("{} cannot be a program", file.display()))
    }

    fn check(bytes: Vec<u8>) -> anyhow::Result<Self> {
        let Err(error) = validate(&bytes) else {
            let declared = Declared::of(&bytes);
            return Ok(Self { bytes, declared });
        };
        let detail = explain(&bytes).map(|detail| format!(" ({detail})")).unwrap_or_default();
        let advice = advice(&bytes, &error).map(|advice| format!(": {advice}")).unwrap_or_default();
        bail!("{}{detail}{advice}", describe(&bytes, &error))
    }

    /// What is deployed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it says of itself.
    pub(super) const fn declared(&self) -> Option<&Declared> {
        self.declared.as_ref()
    }
}

/// How to mend what is not said by the refusal itself.
fn advice(bytes: &[u8], error: &ModuleError) -> Option<String> {
    match error {
        ModuleError::NotAModule if bytes.starts_with(b"\x7fELF") => Some(
            "it is an ELF file, as `cargo build-sbf` makes them; the same program runs here when `sealane build` builds \
             it"
                .to_owned(),
        ),
        ModuleError::NotAModule if bytes.trim_ascii_start().starts_with(b"(") => {
            Some("it is WebAssembly's text format; turn it into a module with `wat2wasm`".to_owned())
        }
        ModuleError::MissingExport { .. } => Some(
            "a program exports memory, __heap_base and entrypoint: declare it with #[program] or sealane_sdk::entrypoint!, and build it \
             with `sealane build`, which tells the linker the rest"
                .to_owned(),
        ),
        ModuleError::Bound { .. } if bytes.len() > MAX_MODULE_SIZE_BYTES => {
            Some("build with --release, opt-level = \"s\", lto and strip, or split the program".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Module;

    fn refusal(bytes: &[u8]) -> String {
        format!("{:#}", Module::check(bytes.to_vec()).expect_err("it is refused"))
    }

    #[test]
    fn what_is_no_program_is_refused_with_a_way_to_mend_it() {
        assert!(refusal(b"\x7fELF\x02\x01").contains("build-sbf"));
        assert!(refusal(b"  (module)").contains("wat2wasm"));
        assert!(refusal(b"\0asm\x01\0\0\0").contains("a program has exactly one, its own"));
        let mut large = sealane_artifacts::TOKEN.to_vec();
        large.resize(2 * 1024 * 1024, 0);
        assert!(refusal(&large).contains("opt-level"));
    }

    #[test]
    fn programs_of_this_repository_are_taken() {
        for program in sealane_artifacts::PROGRAMS {
            let module = Module::check(program.bytes.to_vec()).expect(program.name);
            assert_eq!(module.bytes(), program.bytes);
        }
    }
}
