//! The patches that crates need to be compiled for wasm32 as a part of a program: one table, a few words each. A patch
//! is applied to a copy of the crate as the registry has it, beside the wrapper; the crate's version is that of the program's
//! lock file.

use crate::cargo::{Metadata, Package};
use std::fs;
use std::path::{Path, PathBuf};

/// A replacement of words in all sources and the manifest of a crate.
#[derive(Clone, Copy, Debug)]
pub struct Patch {
    /// Why it is needed.
    pub reason: &'static str,
    applies: fn(&Package, features: &[String]) -> bool,
    from: &'static str,
    to: &'static str,
}

/// Every patch there is.
const PATCHES: [Patch; 2] = [
    Patch {
        reason: "it takes wasm32 for a browser and exports itself to JavaScript there",
        applies: is_for_browsers,
        from: "target_arch = \"wasm32\"",
        to: "target_arch = \"javascript\"",
    },
    Patch {
        reason: "its allocator begins at an address of Solana's, which is 0 when cut to 32 bits",
        applies: |package, _| package.name == "pinocchio",
        from: "#[global_allocator]\n        static A: $crate::entrypoint::BumpAllocator",
        to: "#[allow(dead_code)]\n        static A: $crate::entrypoint::BumpAllocator",
    },
];

/// What cargo tells the compiler of crates from the registry, but not of copies: lints younger than a crate are not its users'
/// business.
const SILENCE: &str = "#![allow(warnings, dangerous_implicit_autorefs)]\n";

/// A crate that is compiled from a patched copy.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Its name.
    pub package: String,
    /// Its version.
    pub version: String,
    /// Why.
    pub reason: &'static str,
    /// The name of the copy's folder.
    pub(super) folder: String,
}

/// Makes patched copies in `folder` of all packages that a program needs and that need one.
///
/// # Errors
/// One sentence, if a file cannot be read or written.
pub(super) fn apply(metadata: &Metadata, program: &Package, folder: &Path) -> Result<Vec<Applied>, String> {
    let mut applied = Vec::new();
    for (package, features) in metadata.dependencies_of(program) {
        let patch = PATCHES.iter().find(|patch| (patch.applies)(package, features));
        let Some(patch) = patch.filter(|_| package.source.is_some()) else { continue };
        let name = format!("{}-{}", package.name, package.version);
        copy(patch, &package.folder(), &folder.join(&name))
            .map_err(|error| format!("cannot patch {name}: {error}"))?;
        let (package, version) = (package.name.clone(), package.version.clone());
        applied.push(Applied { package, version, reason: patch.reason, folder: name });
    }
    Ok(applied)
}

/// Whether a crate of Solana's has dependencies that only browsers serve.
fn is_for_browsers(package: &Package, _features: &[String]) -> bool {
    let is_browsers = |name: &str| matches!(name, "wasm-bindgen" | "js-sys" | "console_log");
    package.name.starts_with("solana-")
        && package.dependencies.iter().any(|dependency| {
            is_browsers(&dependency.name)
                && dependency
                    .target
                    .as_deref()
                    .is_some_and(|target| target.contains("target_arch = \"wasm32\""))
        })
}

/// Copies a crate with the words replaced. Whoever comes second finds the copy of the first.
fn copy(patch: &Patch, from: &Path, to: &Path) -> std::io::Result<()> {
    if to.is_dir() {
        return Ok(());
    }
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let unfinished = to.with_file_name(name);
    copy_folder(patch, from, &unfinished)?;
    match fs::rename(&unfinished, to) {
        Err(_) if to.is_dir() => fs::remove_dir_all(&unfinished),
        result => result,
    }
}

fn copy_folder(patch: &Patch, from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target): (PathBuf, PathBuf) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_folder(patch, &path, &target)?;
            continue;
        }
        let is_text = path.extension().is_some_and(|extension| extension == "rs" || extension == "toml");
        if !is_text {
            fs::copy(&path, &target)?;
            continue;
        }
        // In a manifest the same words may stand in a string, with their quotes escaped.
        let escape = |words: &str| words.replace('"', "\\\"");
        let text = fs::read_to_string(&path)?.replace(patch.from, patch.to);
        let mut text = text.replace(&escape(patch.from), &escape(patch.to));
        if path.ends_with("src/lib.rs") {
            text.insert_str(0, SILENCE);
        }
        fs::write(&target, text)?;
    }
    Ok(())
}
