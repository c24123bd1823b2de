//! Builds the programs of `programs/` to WebAssembly: finds the crates, makes sure that the target is installed, runs a
//! nested cargo for each, and leaves `<folder>.wasm` in `OUT_DIR`, where `src/lib.rs` includes it from.
//!
//! A program is a folder beside this crate whose `Cargo.toml` asks for a `cdylib`; nothing else lists them. Without the feature `all`,
//! only those of a new ledger are built.

mod guest;
mod target;
#[allow(unreachable_pub, reason = "the library shows it to its users")]
mod toolchain;

use guest::{Job, Profile};
use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Programs that every ledger begins with, by their folders.
const OF_EVERY_LEDGER: [&str; 2] = ["associated-token", "token"];

/// One program crate.
struct Source {
    /// Its folder's name, which is the artifact's name.
    folder: String,
    /// Its package's name, as cargo's `--package` takes it.
    package: String,
}

fn main() -> ExitCode {
    match build_programs() {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(missing_target)) => {
            // A script that succeeds but reports an error fails the build with nothing but that error.
            println!("cargo::error={missing_target}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            // Here cargo shows all that was printed, the compiler's words among it.
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

/// Builds every program; the inner error says that the target is missing and what to type.
fn build_programs() -> Result<Result<(), String>, Box<dyn Error>> {
    let manifest = variable_path("CARGO_MANIFEST_DIR")?;
    let workspace = manifest.ancestors().nth(2).ok_or("the crate does not lie in a workspace's programs/")?;
    if let Err(missing_target) = target::ensure_installed(workspace) {
        return Ok(Err(missing_target));
    }
    let out = variable_path("OUT_DIR")?;
    let mut sources = find_programs(&workspace.join("programs"))?;
    if env::var_os("CARGO_FEATURE_ALL").is_none() {
        sources.retain(|source| OF_EVERY_LEDGER.contains(&source.folder.as_str()));
    }
    watch(workspace, &sources);
    let target_directory = guest::target_directory(&out, "programs");
    for source in &sources {
        let module = guest::build(&Job {
            folder: workspace,
            run_in: workspace,
            hidden: workspace,
            target_directory: &target_directory,
            package: &source.package,
            profile: Profile::Declared,
            cargo_arguments: &[],
            more_flags: &[],
            is_locked: true,
        })?;
        copy_if_changed(&module, &out.join(&source.folder).with_extension("wasm"))?;
    }
    Ok(Ok(()))
}

/// The folders of `programs/` that ask for a `cdylib`, in the order of their names.
fn find_programs(programs: &Path) -> Result<Vec<Source>, Box<dyn Error>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(programs)? {
        let folder = entry?.path();
        let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) else { continue };
        if !manifest.contains("\"cdylib\"") {
            continue;
        }
        let package = manifest
            .lines()
            .find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
            .ok_or_else(|| format!("{} has no line `name = \"…\"`", folder.join("Cargo.toml").display()))?;
        let name = folder.file_name().ok_or("a program's folder has no name")?;
        sources.push(Source { folder: name.to_string_lossy().into_owned(), package: package.to_owned() });
    }
    sources.sort_by(|left, right| left.folder.cmp(&right.folder));
    Ok(sources)
}

/// Tells cargo what the programs are made of. A folder stands for everything in it.
fn watch(workspace: &Path, sources: &[Source]) {
    let shared = [
        "Cargo.toml",
        "Cargo.lock",
        "rust-toolchain.toml",
        "sdk/Cargo.toml",
        "sdk/src",
        "sdk/macros/Cargo.toml",
        "sdk/macros/src",
        "programs/artifacts/build",
    ]
    .map(PathBuf::from);
    let own = sources.iter().flat_map(|source| {
        let folder = Path::new("programs").join(&source.folder);
        [folder.join("Cargo.toml"), folder.join("src")]
    });
    for path in shared.into_iter().chain(own) {
        println!("cargo::rerun-if-changed={}", workspace.join(path).display());
    }
    for name in ["CARGO_HOME", "RUSTUP_TOOLCHAIN"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
}

/// Copies a module, but leaves an equal one and its time of change alone.
fn copy_if_changed(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let bytes = fs::read(from).map_err(|error| format!("cannot read {}: {error}", from.display()))?;
    if fs::read(to).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    fs::write(to, bytes).map_err(|error| format!("cannot write {}: {error}", to.display()))?;
    Ok(())
}

/// A path that cargo hands to build scripts.
fn variable_path(name: &str) -> Result<PathBuf, String> {
    env::var_os(name).map(PathBuf::from).ok_or_else(|| format!("cargo did not set {name}"))
}
