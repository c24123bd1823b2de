//! The program's package a second time, for two cases in which the wrapper cannot depend on the package as it is: its library is
//! nothing but a `cdylib`, which can only be linked; or it brings an allocator that begins at an address of Solana's.
//!
//! ```text
//! FOLDER/wrappers/NAME/library/Cargo.toml    the same package, as cargo understood it, with a library to depend on
//!                              src/, …       a copy, only if the allocator is taken out; else the sources stay where they are
//! ```

use super::wrapper::{PROGRAM, write_if_changed};
use crate::cargo::{Dependency, Metadata, Package, Target};
use std::fs;
use std::io;
use std::path::Path;
use toml::{Table, Value};

/// The folder of the stand-in, within the wrapper's.
pub(super) const FOLDER: &str = "library";
/// What makes an allocator the program's, and what is written in its place: the allocator stays, and is nobody's.
const REGISTERED: &str = "#[global_allocator]";
const LEFT_OUT: &str = "#[allow(dead_code)]";
/// Words by which an allocator shows that it knows where Solana's heap lies.
const SOLANA_HEAP: [&str; 4] = ["HEAP_START_ADDRESS", "0x300000000", "0x3_0000_0000", "MM_HEAP_START"];
/// The address is wider than 32 bits, which is an error where it is written as a number of that width.
const ALLOW_WIDE: &str = "#![allow(overflowing_literals)]\n";
/// What is not copied.
const SKIPPED: [&str; 4] = ["target", "node_modules", "Cargo.toml", "Cargo.lock"];

/// Why a stand-in is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The library can only be linked.
    OnlyModule,
    /// The allocator's address does not exist here.
    SolanaHeap,
}

impl Reason {
    /// In words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::OnlyModule => {
                "its library is only a cdylib, and is built as one that the wrapper can depend on"
            }
            Self::SolanaHeap => {
                "its allocator begins at an address of Solana's, and is replaced by the wrapper's"
            }
        }
    }
}

/// Whether a source has an allocator that does not work here.
pub(super) fn has_solana_heap(source: &str) -> bool {
    source.contains(REGISTERED) && SOLANA_HEAP.iter().any(|words| source.contains(words))
}

/// Writes the stand-in of `package` into `wrapper`, the wrapper's folder.
///
/// # Errors
/// If a file cannot be read or written.
pub(super) fn write(
    metadata: &Metadata,
    package: &Package,
    reason: Reason,
    wrapper: &Path,
) -> io::Result<()> {
    let folder = wrapper.join(FOLDER);
    fs::create_dir_all(&folder)?;
    let root = if reason == Reason::SolanaHeap {
        copy(&package.folder(), &folder)?;
        None
    } else {
        Some(metadata)
    };
    write_if_changed(&folder.join("Cargo.toml"), &manifest(metadata, package, root).to_string())
}

/// The manifest; sources are found through the link to the workspace of `linked`, or else beside the manifest.
fn manifest(metadata: &Metadata, package: &Package, linked: Option<&Metadata>) -> Table {
    let source = |target: &Target| {
        let path = &target.src_path;
        let within = match linked {
            Some(metadata) => link_to(path, metadata),
            None => path.strip_prefix(package.folder()).unwrap_or(path).display().to_string(),
        };
        Value::from(within)
    };
    let script = package.targets.iter().find(|target| target.kind.iter().any(|kind| kind == "custom-build"));
    let mut about = Table::new();
    about.insert("name".to_owned(), package.name.clone().into());
    about.insert("version".to_owned(), package.version.clone().into());
    about.insert("edition".to_owned(), package.edition.clone().into());
    about.insert("publish".to_owned(), false.into());
    about.insert("build".to_owned(), script.map_or(Value::Boolean(false), source));
    let mut library = Table::new();
    if let Some(target) = package.library() {
        library.insert("name".to_owned(), target.name.replace('-', "_").into());
        library.insert("path".to_owned(), source(target));
        library.insert("crate-type".to_owned(), vec!["lib"].into());
    }
    let features = package.features.iter().map(|(name, needs)| (name.clone(), Value::from(needs.clone())));
    let mut manifest = Table::new();
    manifest.insert("package".to_owned(), about.into());
    manifest.insert("lib".to_owned(), library.into());
    manifest.insert("features".to_owned(), features.collect::<Table>().into());
    for dependency in &package.dependencies {
        let list = match dependency.kind.as_deref() {
            None => "dependencies",
            Some("build") => "build-dependencies",
            // Tests are not built.
            Some(_) => continue,
        };
        let mut table = &mut manifest;
        if let Some(target) = &dependency.target {
            table = within(within(table, "target"), target);
        }
        let key = dependency.rename.as_ref().unwrap_or(&dependency.name);
        within(table, list).insert(key.clone(), entry(dependency, metadata).into());
    }
    manifest
}

/// A dependency as a manifest has it.
fn entry(dependency: &Dependency, metadata: &Metadata) -> Table {
    let mut entry = Table::new();
    entry.insert("package".to_owned(), dependency.name.clone().into());
    if let Some(path) = &dependency.path {
        entry.insert("path".to_owned(), link_to(path, metadata).into());
    }
    if let Some(git) = dependency.source.as_ref().and_then(|source| source.strip_prefix("git+")) {
        let (url, query) = git.split_once('?').unwrap_or((git, ""));
        entry.insert("git".to_owned(), url.into());
        let pairs = query.split('#').next().unwrap_or_default().split('&');
        for (key, value) in pairs.filter_map(|pair| pair.split_once('=')) {
            entry.insert(key.to_owned(), value.into());
        }
    } else if dependency.path.is_none() || dependency.req != "*" {
        entry.insert("version".to_owned(), dependency.req.clone().into());
    }
    entry.insert("optional".to_owned(), dependency.optional.into());
    entry.insert("default-features".to_owned(), dependency.uses_default_features.into());
    entry.insert("features".to_owned(), dependency.features.clone().into());
    entry
}

/// A path in the workspace as one through the link that lies beside the stand-in's folder.
fn link_to(path: &Path, metadata: &Metadata) -> String {
    let within = path.strip_prefix(&metadata.workspace_root);
    within
        .map_or_else(|_| path.to_owned(), |within| Path::new("..").join(PROGRAM).join(within))
        .display()
        .to_string()
}

/// The table of this name in `table`.
fn within<'t>(table: &'t mut Table, name: &str) -> &'t mut Table {
    let inner = table.entry(name).or_insert_with(|| Table::new().into());
    if !inner.is_table() {
        *inner = Table::new().into();
    }
    match inner {
        Value::Table(table) => table,
        _ => unreachable!("it was just made one"),
    }
}

/// Copies a package, and takes its allocators out.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let is_skipped =
            name.to_string_lossy().starts_with('.') || SKIPPED.iter().any(|skipped| name == *skipped);
        if is_skipped {
            continue;
        }
        let target = to.join(name);
        if path.is_dir() {
            copy(&path, &target)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            let text = if has_solana_heap(&text) {
                format!("{ALLOW_WIDE}{}", text.replace(REGISTERED, LEFT_OUT))
            } else {
                text
            };
            write_if_changed(&target, &text)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
