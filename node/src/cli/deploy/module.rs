//! The module: read, and checked as the node will check it, before anything is spent.

use anyhow::{Context, bail};
use sealane_sdk::limits::MAX_MODULE_SIZE_BYTES;
use sealane_vm::validate::{ModuleError, describe, explain, validate};
use std::io::ErrorKind;
use std::path::Path;

/// A module that the node will take.
#[derive(Debug)]
pub(super) struct Module {
    bytes: Vec<u8>,
}

impl Module {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// What is wrong with it, and how to mend it.
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let bytes = match std::fs::read(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => bail!(
                "there is no file {}: build the program first, with `cargo build --release --target wasm32-unknown-unknown`",
                file.display()
            ),
            read => read.with_context(|| format!("cannot read {}", file.display()))?,
        };
        Self::check(bytes).with_context(|| format!("{} cannot be a program", file.display()))
    }

    fn check(bytes: Vec<u8>) -> anyhow::Result<Self> {
        let Err(error) = validate(&bytes) else { return Ok(Self { bytes }) };
        let detail = explain(&bytes).map(|detail| format!(" ({detail})")).unwrap_or_default();
        let advice = advice(&bytes, &error).map(|advice| format!(": {advice}")).unwrap_or_default();
        bail!("{}{detail}{advice}", describe(&bytes, &error))
    }

    /// What is deployed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// How to mend what is not said by the refusal itself.
fn advice(bytes: &[u8], error: &ModuleError) -> Option<String> {
    match error {
        ModuleError::NotAModule if bytes.starts_with(b"\x7fELF") => Some(
            "it is an ELF file, as `cargo build-sbf` makes them; the same program runs here when it is built for \
             wasm32-unknown-unknown"
                .to_owned(),
        ),
        ModuleError::NotAModule if bytes.trim_ascii_start().starts_with(b"(") => {
            Some("it is WebAssembly's text format; turn it into a module with `wat2wasm`".to_owned())
        }
        ModuleError::MissingExport { .. } => Some(
            "a program exports memory, __heap_base and entrypoint: link with -C link-arg=--export=__heap_base, and declare the \
             entrypoint with sealane_sdk::entrypoint!, in a crate of type cdylib"
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
