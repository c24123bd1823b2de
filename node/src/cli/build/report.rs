//! What is said of a program that was built, to people and to machines.

use super::module::{Sections, sections};
use super::{Built, Kind};
use crate::cli::check::{self, Finding};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write;

#[derive(Debug, Serialize)]
pub(super) struct Report {
    name: String,
    abi: Kind,
    module: String,
    size_bytes: usize,
    /// SHA-256 of the module, in hexadecimal.
    hash: String,
    /// Whether that is the hash that was asked for; `null` if none was.
    verified: Option<bool>,
    #[serde(skip)]
    expected: Option<String>,
    #[serde(flatten)]
    sections: Sections,
    has_idl: bool,
    patches: Vec<PatchRecord>,
    notes: Vec<String>,
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct PatchRecord {
    package: String,
    version: String,
    reason: &'static str,
}

impl Report {
    pub(super) fn new(built: &Built, expected: Option<&str>) -> anyhow::Result<Self> {
        let mut hash = String::new();
        for byte in Sha256::digest(&built.bytes) {
            write!(hash, "{byte:02x}")?;
        }
        let patches = built.patches.iter().map(|patch| PatchRecord {
            package: patch.package.clone(),
            version: patch.version.clone(),
            reason: patch.reason,
        });
        Ok(Self {
            name: built.name.clone(),
            abi: built.kind,
            module: built.module.display().to_string(),
            size_bytes: built.bytes.len(),
            verified: expected.map(|expected| expected == hash),
            expected: expected.map(str::to_owned),
            hash,
            sections: sections(&built.bytes),
            has_idl: built.idl.is_some(),
            patches: patches.collect(),
            notes: built.notes.clone(),
            findings: check::findings(&built.bytes),
        })
    }

    /// Whether a node would deploy it, and it is what was asked for.
    pub(super) fn is_good(&self) -> bool {
        self.verified != Some(false) && !self.findings.iter().any(Finding::is_error)
    }

    pub(super) fn print_json(&self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string_pretty(self)?);
        Ok(())
    }

    pub(super) fn print_lines(&self) {
        let Self { sections, .. } = self;
        println!("program   {} ({} ABI)", self.name, self.abi.name());
        println!("module    {}", self.module);
        println!("size      {} bytes", self.size_bytes);
        println!("sha256    {}", self.hash);
        println!("exports   {}", sections.exports.join(", "));
        println!("imports   {}", sections.imports.join(", "));
        println!("memory    {} KiB", sections.memory_kib());
        println!("idl       {}", if self.has_idl { "embedded" } else { "none" });
        for patch in &self.patches {
            println!("patched   {} {}: {}", patch.package, patch.version, patch.reason);
        }
        for note in &self.notes {
            println!("note      {note}");
        }
        for finding in &self.findings {
            println!("{finding}");
        }
        if let Some(expected) = self.expected.as_ref().filter(|_| self.verified == Some(false)) {
            println!(
                "error: the module's hash is not {expected}; another compiler, another lock file or other sources give other \
                 bytes (the section sealane:toolchain says what this one was made with)"
            );
        }
    }
}
