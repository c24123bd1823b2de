//! The crate that is built in the place of a program: a `cdylib` with the program as its dependency, an allocator, a panic hook that logs,
//! and links instead of paths, so that the result does not depend on where the program lies.
//!
//! ```text
//! FOLDER/wrappers/NAME/Cargo.toml, Cargo.lock    the program's own lock file, settled for what is patched
//!                      src/lib.rs, …             `extern crate` and what is in `support/`
//!                      program, patched          links to the program's workspace and to FOLDER/patched
//!                      library/                  only where the program cannot be depended on: see `stand_in.rs`
//! ```

use super::failure::Twice;
use super::patch::Applied;
use super::stand_in::{self, Reason, has_solana_heap};
use crate::cargo::{Features, Metadata, Package};
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The link to the program's workspace.
pub(super) const PROGRAM: &str = "program";
/// The link to the patched crates.
const PATCHED: &str = "patched";
const HEAP: &str = include_str!("support/heap.rs");
const PANIC_TEXT: &str = include_str!("support/panic_text.rs");
const MARK: &str = include_str!("support/mark.rs");

/// A wrapper as it was written.
#[derive(Debug)]
pub(super) struct Wrapper {
    pub(super) folder: PathBuf,
    pub(super) package: String,
    /// Why the program is built from a stand-in, if it is.
    pub(super) stand_in: Option<Reason>,
}

/// What the program has of its own and the wrapper must not bring along.
#[derive(Clone, Copy, Debug, Default)]
struct Own {
    allocator: bool,
    /// An allocator that knows where Solana's heap lies, which is nowhere here.
    solana_heap: bool,
    panic_handler: bool,
}

/// Writes the wrapper of `package`, without what was found to be there `twice`.
///
/// # Errors
/// One sentence: the package has no library, or a file cannot be written.
pub(super) fn write(
    metadata: &Metadata,
    package: &Package,
    features: &Features,
    folder: &Path,
    patches: &[Applied],
    twice: Twice,
) -> Result<Wrapper, String> {
    let name = &package.name;
    let library = package.library().ok_or_else(|| {
        format!(
            "{name} has no library to make a module of: its src/lib.rs is missing, or src/main.rs should be one; a \
             program for Solana has [lib] crate-type = [\"cdylib\", \"lib\"]"
        )
    })?;
    let sources = library.src_path.parent().unwrap_or(&library.src_path);
    let mut own = Own::find(sources).map_err(|error| format!("cannot read {name}: {error}"))?;
    // A macro of another crate may bring them too, which only the compiler sees.
    own.allocator |= twice.allocator;
    own.panic_handler |= twice.panic_handler;
    let stand_in = if own.solana_heap {
        Some(Reason::SolanaHeap)
    } else {
        (!package.can_be_depended_on()).then_some(Reason::OnlyModule)
    };
    let wrapper =
        Wrapper { folder: folder.join("wrappers").join(name), package: format!("{name}-module"), stand_in };
    let root = root_manifest(&metadata.workspace_root)?;
    let path = if stand_in.is_some() {
        PathBuf::from(stand_in::FOLDER)
    } else {
        Path::new(PROGRAM).join(within_workspace(metadata, package)?)
    };
    let manifest = manifest(package, features, &path, patches, &root)?;
    let write = || -> io::Result<()> {
        let sources = wrapper.folder.join("src");
        fs::create_dir_all(&sources)?;
        fs::create_dir_all(folder.join(PATCHED))?;
        link(&metadata.workspace_root, &wrapper.folder.join(PROGRAM))?;
        link(&folder.join(PATCHED), &wrapper.folder.join(PATCHED))?;
        if let Some(reason) = stand_in {
            stand_in::write(metadata, package, reason, &wrapper.folder)?;
        }
        write_if_changed(&wrapper.folder.join("Cargo.toml"), &manifest)?;
        write_if_changed(&sources.join("lib.rs"), &root_module(&library.name, own))?;
        for (file, text) in [("heap.rs", HEAP), ("panic_text.rs", PANIC_TEXT), ("mark.rs", MARK)] {
            write_if_changed(&sources.join(file), text)?;
        }
        // What cargo made of it the last time is as good, as long as the program's own did not change.
        let lock = fs::read_to_string(metadata.workspace_root.join("Cargo.lock"))?;
        let (copied, settled) = (wrapper.folder.join("Cargo.lock.copied"), wrapper.folder.join("Cargo.lock"));
        if !settled.is_file() || fs::read_to_string(&copied).ok().as_ref() != Some(&lock) {
            fs::write(&settled, &lock)?;
            fs::write(&copied, &lock)?;
        }
        Ok(())
    };
    write().map_err(|error| format!("cannot write {}: {error}", wrapper.folder.display()))?;
    Ok(wrapper)
}

impl Own {
    /// What the sources in `folder` say.
    fn find(folder: &Path) -> io::Result<Self> {
        let mut own = Self::default();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    // Where the sources lie beside the manifest, what was compiled does too.
                    folders.extend((!path.ends_with("target")).then_some(path));
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = without_comments(&fs::read_to_string(&path)?);
                    let is_solanas = has_solana_heap(&text);
                    own.solana_heap |= is_solanas;
                    own.allocator |= !is_solanas
                        && (text.contains("#[global_allocator]") || text.contains("no_allocator!"));
                    own.panic_handler |=
                        text.contains("#[panic_handler]") || text.contains("nostd_panic_handler!");
                }
            }
        }
        Ok(own)
    }
}

/// A source without its lines of comments.
fn without_comments(source: &str) -> String {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Where a package lies in its workspace.
fn within_workspace(metadata: &Metadata, package: &Package) -> Result<PathBuf, String> {
    let folder = package.folder();
    let within = folder.strip_prefix(&metadata.workspace_root).map_err(|_| {
        format!("{} does not lie in its workspace, {}", folder.display(), metadata.workspace_root.display())
    })?;
    Ok(within.to_owned())
}

fn root_module(library: &str, own: Own) -> String {
    let mut text = String::from("//! Generated: a program for Solana as a WebAssembly module.\n\n");
    if own.panic_handler {
        text.push_str("#![no_std]\n\n");
    }
    let _ = writeln!(text, "extern crate {};\n\nmod mark;", library.replace('-', "_"));
    if !own.allocator {
        text.push_str("mod heap;\n");
    }
    if !own.panic_handler {
        text.push_str("mod panic_text;\n");
    }
    text
}

fn root_manifest(workspace_root: &Path) -> Result<toml::Table, String> {
    let path = workspace_root.join("Cargo.toml");
    let text =
        fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    text.parse().map_err(|error| format!("{}: {error}", path.display()))
}

fn manifest(
    package: &Package,
    features: &Features,
    path: &Path,
    patches: &[Applied],
    root: &toml::Table,
) -> Result<String, String> {
    let release = |key: &str| root.get("profile")?.get("release")?.get(key);
    let checks = release("overflow-checks").and_then(toml::Value::as_bool).unwrap_or(false);
    let mut text = format!(
        "# Generated.\n[package]\nname = \"{name}-module\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [lib]\ncrate-type = [\"cdylib\"]\n\n[workspace]\nresolver = \"2\"\nexclude = [{PROGRAM:?}, {PATCHED:?}]\n\n\
         [dependencies]\n{name} = {{ path = {path:?}, default-features = {}, features = {:?} }}\n\n\
         [profile.program]\ninherits = \"release\"\nopt-level = 3\ndebug = false\nlto = \"fat\"\ncodegen-units = 1\n\
         panic = \"abort\"\nstrip = \"debuginfo\"\noverflow-checks = {checks}\n",
        !features.no_default,
        features.named,
        name = package.name,
    );
    let mut table = root.get("patch").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    for entry in table.iter_mut().filter_map(|(_, source)| source.as_table_mut()).flatten() {
        if let Some(toml::Value::String(path)) = entry.1.get_mut("path") {
            *path = Path::new(PROGRAM).join(&*path).to_string_lossy().into_owned();
        }
    }
    if !patches.is_empty() {
        let registry = table.entry("crates-io").or_insert_with(|| toml::Table::new().into());
        let registry = registry.as_table_mut().ok_or("[patch.crates-io] is no table")?;
        for Applied { package, version, folder, .. } in patches {
            let mut entry = toml::Table::new();
            entry.insert("package".to_owned(), package.clone().into());
            entry.insert("path".to_owned(), format!("{PATCHED}/{folder}").into());
            registry.insert(format!("{package}-{}", version.replace(['.', '+'], "-")), entry.into());
        }
    }
    if !table.is_empty() {
        let mut outer = toml::Table::new();
        outer.insert("patch".to_owned(), table.into());
        let _ = write!(text, "\n{outer}");
    }
    Ok(text)
}

/// Makes `at` a link to `target`, whatever it was before.
fn link(target: &Path, at: &Path) -> io::Result<()> {
    let target = target.canonicalize()?;
    if fs::read_link(at).is_ok_and(|old| old == target) {
        return Ok(());
    }
    match fs::remove_file(at) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    let made = std::os::unix::fs::symlink(&target, at);
    #[cfg(windows)]
    let made = std::os::windows::fs::symlink_dir(&target, at);
    match made {
        // Another build of the same program was quicker.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}

/// Writes a file, but leaves an equal one and its time of change alone.
pub(super) fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) { Ok(()) } else { fs::write(path, text) }
}
