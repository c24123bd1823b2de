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
    applies: fn(&Package) -> bool,
    /// What stands there, and what is written instead.
    replacements: &'static [(&'static str, &'static str)],
}

/// Every patch there is.
const PATCHES: [Patch; 2] = [
    Patch {
        reason: "it takes wasm32 for a browser and exports itself to JavaScript there",
        applies: is_for_browsers,
        replacements: &[("target_arch = \"wasm32\"", "target_arch = \"javascript\"")],
    },
    Patch {
        reason: "its allocator begins at an address of Solana's, which is 0 when cut to 32 bits, and up to 0.9 its panic handler is \
                 written as Rust allows no more",
        applies: |package| package.name == "pinocchio",
        replacements: &[
            (
                "#[global_allocator]\n        static A: $crate::entrypoint::BumpAllocator",
                "#[allow(dead_code)]\n        static A: $crate::entrypoint::BumpAllocator",
            ),
            ("#[no_mangle]\n        #[panic_handler]", "#[panic_handler]"),
        ],
    },
];

/// What cargo tells the compiler of crates from the registry, but not of copies: lints younger than a crate are not its users'
/// business.
const SILENCE: &str = "#![allow(warnings, dangerous_implicit_autorefs)]\n";

/// The file in a copy that says what was replaced.
const STAMP: &str = ".replaced";

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
    for (package, _) in metadata.dependencies_of(program) {
        let patch = PATCHES.iter().find(|patch| (patch.applies)(package));
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
fn is_for_browsers(package: &Package) -> bool {
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

/// Copies a crate with the words replaced. Whoever comes second finds the copy of the first; one that another version of these
/// patches made is made anew.
fn copy(patch: &Patch, from: &Path, to: &Path) -> std::io::Result<()> {
    let stamp = format!("{:?}", patch.replacements);
    if to.is_dir() {
        if fs::read_to_string(to.join(STAMP)).is_ok_and(|found| found == stamp) {
            return Ok(());
        }
        fs::remove_dir_all(to)?;
    }
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let unfinished = to.with_file_name(name);
    copy_folder(patch, from, &unfinished)?;
    fs::write(unfinished.join(STAMP), stamp)?;
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
        let mut text = fs::read_to_string(&path)?;
        for (old, new) in patch.replacements {
            text = text.replace(old, new).replace(&escape(old), &escape(new));
        }
        if path.ends_with("src/lib.rs") {
            text.insert_str(0, SILENCE);
        }
        fs::write(&target, text)?;
    }
    Ok(())
}
