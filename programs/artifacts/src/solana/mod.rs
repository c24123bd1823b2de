//! Builds programs that were written for Solana, unmodified, as WebAssembly modules that speak the vm's second ABI.
//!
//! In: the crate of a program. Out: the module. Between them stands a wrapper, a crate that is only a `cdylib` and brings
//! along what Solana's own toolchain would: see `wrapper.rs`. What cannot be compiled as it is, is compiled from a patched
//! copy, and all patches are in the table of `patch.rs`.

pub mod known;
mod patch;
mod wrapper;

pub use patch::{Applied, Patch};

use crate::cargo::{Metadata, Package, nested_target_directory};
use crate::guest::{self, Job, Profile};
use crate::target;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// What the compiler is told, so that a crate takes itself to be compiled for Solana: system calls instead of stand-ins
/// (without this, `invoke` does nothing and says that all is well); the allocator and the panic handler of Rust's
/// standard library instead of those that know Solana's address space.
const FLAGS: [&str; 10] = [
    "--cfg",
    "target_os=\"solana\"",
    "--cfg",
    "feature=\"custom-heap\"",
    "--cfg",
    "feature=\"custom-panic\"",
    "-A",
    "explicit_builtin_cfgs_in_flags",
    "-A",
    "unexpected_cfgs",
];

/// Crates that only programs for Solana depend on.
const FRAMEWORKS: [&str; 5] =
    ["solana-program", "solana-program-entrypoint", "pinocchio", "anchor-lang", "solana-account-info"];

/// A program that was built.
#[derive(Clone, Debug)]
pub struct Module {
    /// Where it is.
    pub path: PathBuf,
    /// What had to be patched.
    pub patches: Vec<Applied>,
}

/// Whether a package is a program for Solana, by what it depends on.
#[must_use]
pub fn is_program(package: &Package) -> bool {
    package.dependencies.iter().any(|dependency| {
        FRAMEWORKS.contains(&dependency.name.as_str()) || dependency.name.starts_with("spl-")
    })
}

/// Builds `package` with the versions of its workspace's `Cargo.lock`; `folder` keeps what was compiled and generated.
///
/// # Errors
/// One sentence: the target is missing, the crate cannot be depended on, cargo fails, or a file cannot be written.
pub fn build_in(metadata: &Metadata, package: &Package, folder: &Path) -> Result<Module, String> {
    target::ensure_installed(&metadata.workspace_root)?;
    let full = Metadata::read(&package.folder(), Some(&FLAGS))?;
    let package = full.package_in(&package.folder()).ok_or("cargo does not know the package any more")?;
    let patches = patch::apply(&full, package, &folder.join("patched"))?;
    let wrapper = wrapper::write(&full, package, folder, &patches)?;
    let path = guest::build(&Job {
        folder: &wrapper.folder,
        run_in: &metadata.workspace_root,
        hidden: folder,
        target_directory: &folder.join("target"),
        package: &wrapper.package,
        profile: Profile::Declared,
        more_flags: &FLAGS,
        is_locked: false,
    })?;
    Ok(Module { path, patches })
}

/// Builds the program in `crate_folder` for a test, and gives the module's bytes. The folder `solana-programs` of the running
/// program's target directory keeps what was compiled.
///
/// # Errors
/// As [`build_in`], and if the module cannot be read.
pub fn build(crate_folder: &Path) -> Result<Vec<u8>, String> {
    let program =
        env::current_exe().map_err(|error| format!("this program does not know its path: {error}"))?;
    let metadata = Metadata::read(crate_folder, None)?;
    let package = metadata.package_in(crate_folder).ok_or("the folder has no package")?;
    let folder = nested_target_directory(&program, "solana-programs");
    let module = build_in(&metadata, package, &folder)?;
    fs::read(&module.path).map_err(|error| format!("cannot read {}: {error}", module.path.display()))
}
