//! A module as bytes: what it imports and exports, and the custom sections that are added to it.

use super::crates::Kind;
use anyhow::Context;
use sealane_artifacts::compiler;
use serde::Serialize;
use std::path::Path;
use wasmparser::{ExternalKind, Parser, Payload};

/// The section that holds the IDL: the JSON text.
const IDL_SECTION: &str = "sealane:idl";
/// The section that says what the module was made with: a JSON text.
const TOOLCHAIN_SECTION: &str = "sealane:toolchain";
/// The id of custom sections.
const CUSTOM_ID: u8 = 0;

/// What the module was made with.
#[derive(Debug, Serialize)]
struct Toolchain {
    abi: &'static str,
    rustc: String,
    target: &'static str,
    sealane: &'static str,
}

/// What a module shows of itself.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Sections {
    /// Module and name of each import.
    pub(crate) imports: Vec<String>,
    /// Names of the exports.
    pub(crate) exports: Vec<String>,
    /// Pages of 64 KiB that its memory begins with.
    pub(crate) memory_pages: u64,
    /// Name and bytes of each custom section.
    pub(crate) custom: Vec<(String, usize)>,
}

impl Sections {
    /// KiB that its memory begins with.
    pub(crate) const fn memory_kib(&self) -> u64 {
        self.memory_pages.saturating_mul(64)
    }
}

/// The IDL that a module carries: JSON, in UTF-8.
pub(crate) fn idl_section(module: &[u8]) -> Option<&[u8]> {
    Parser::new(0).parse_all(module).map_while(Result::ok).find_map(|payload| match payload {
        Payload::CustomSection(section) if section.name() == IDL_SECTION => Some(section.data()),
        _ => None,
    })
}

/// The module with sections behind it that say what it was made with, by the compiler that `folder` uses, and what it says of
/// itself. The same toolchain and
/// sources give the same bytes.
pub(super) fn with_sections(
    folder: &Path,
    mut module: Vec<u8>,
    kind: Kind,
    idl: Option<&str>,
) -> anyhow::Result<Vec<u8>> {
    let output =
        compiler(folder).arg("--version").output().context("cannot ask the compiler for its version")?;
    let toolchain = Toolchain {
        abi: kind.name(),
        rustc: String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        target: "wasm32-unknown-unknown",
        sealane: env!("CARGO_PKG_VERSION"),
    };
    append(&mut module, TOOLCHAIN_SECTION, serde_json::to_string(&toolchain)?.as_bytes());
    if let Some(idl) = idl {
        append(&mut module, IDL_SECTION, idl.as_bytes());
    }
    Ok(module)
}

/// Module and name of everything that a module imports.
pub(super) fn imports(module: &[u8]) -> anyhow::Result<Vec<(String, String)>> {
    let mut list = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ImportSection(imports) = payload? {
            for import in imports.into_imports() {
                let import = import?;
                list.push((import.module.to_owned(), import.name.to_owned()));
            }
        }
    }
    Ok(list)
}

/// Whether a module exports something by this name.
pub(super) fn exports(module: &[u8], name: &str) -> bool {
    sections(module).exports.iter().any(|export| export == name)
}

/// Reads what a module shows of itself, as far as it can be read.
pub(crate) fn sections(module: &[u8]) -> Sections {
    let mut sections = Sections::default();
    for payload in Parser::new(0).parse_all(module).map_while(Result::ok) {
        match payload {
            Payload::ImportSection(imports) => {
                let imports = imports.into_imports().map_while(Result::ok);
                sections.imports.extend(imports.map(|import| format!("{}.{}", import.module, import.name)));
            }
            Payload::ExportSection(exports) => {
                for export in exports.into_iter().map_while(Result::ok) {
                    let kind = match export.kind {
                        ExternalKind::Memory => " (memory)",
                        ExternalKind::Global => " (global)",
                        ExternalKind::Table => " (table)",
                        _ => "",
                    };
                    sections.exports.push(format!("{}{kind}", export.name));
                }
            }
            Payload::MemorySection(memories) => {
                let memories = memories.into_iter().map_while(Result::ok);
                sections.memory_pages += memories.map(|memory| memory.initial).sum::<u64>();
            }
            Payload::CustomSection(section) => {
                sections.custom.push((section.name().to_owned(), section.data().len()));
            }
            _ => {}
        }
    }
    sections
}

fn append(module: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let mut content = leb128(name.len());
    content.extend(name.as_bytes());
    content.extend(bytes);
    module.push(CUSTOM_ID);
    module.extend(leb128(content.len()));
    module.extend(content);
}

/// A size in WebAssembly's variable length: 7 bits a byte, the lowest first.
fn leb128(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_added_and_read() {
        let empty = b"\0asm\x01\0\0\0".to_vec();
        for size in [0, 1, 127, 128, 300, 20_000] {
            let idl = "x".repeat(size);
            let module = with_sections(Path::new("."), empty.clone(), Kind::Native, Some(&idl))
                .expect("the compiler is there");
            assert_eq!(idl_section(&module), Some(idl.as_bytes()));
            let names: Vec<_> = sections(&module).custom.into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, [TOOLCHAIN_SECTION, IDL_SECTION]);
            wasmparser::validate(&module).expect("it is still a module");
        }
        let without =
            with_sections(Path::new("."), empty, Kind::Solana, None).expect("the compiler is there");
        assert_eq!(idl_section(&without), None);
    }
}
