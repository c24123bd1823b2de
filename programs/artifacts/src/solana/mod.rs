//! Builds programs that were written for Solana, unmodified, as WebAssembly modules that speak the vm's second ABI.
//!
//! In: the crate of a program. Out: the module. Between them stands a wrapper, a crate that is only a `cdylib` and brings
//! along what Solana's own toolchain would: see `wrapper.rs`. What cannot be compiled as it is, is compiled from a patched
//! copy, and all patches are in the table of `patch.rs`.

mod failure;
pub mod known;
mod patch;
mod stand_in;
mod wrapper;

pub use failure::without_entrypoint;
pub use patch::{Applied, Patch};

use crate::cargo::{Features, Metadata, Package, nested_target_directory};
use crate::guest::{self, Job, Profile};
use crate::target;
use failure::Twice;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use wrapper::Wrapper;

/// What the compiler is told, so that a crate takes itself to be compiled for Solana: system calls instead of stand-ins
/// (without this, `invoke` does nothing and says that all is well); the allocator and the panic handler of Rust's
/// standard library instead of those that know Solana's address space. On Solana a program has 4 KiB of stack for each of 64
/// calls; here the linker puts it all in a row, and what a function keeps in registers there or here takes none.
const FLAGS: [&str; 11] = [
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
    "-Clink-arg=-zstack-size=65536",
];

/// How the names of crates begin that only programs and clients of Solana depend on.
const FAMILIES: [&str; 9] =
    ["solana-", "spl-", "anchor-", "pinocchio", "mpl-", "steel", "star_frame", "jiminy-", "light-sdk"];
/// What stands in the sources of a program that depends on no crate of Solana's and calls the host by itself.
const SYSCALLS: [&str; 2] = ["fn sol_log_(", "fn sol_invoke_signed_"];

/// A program that was built.
#[derive(Clone, Debug)]
pub struct Module {
    /// Where it is.
    pub path: PathBuf,
    /// What had to be patched.
    pub patches: Vec<Applied>,
    /// Why the program's own package was built from a stand-in, if it was.
    pub stand_in: Option<&'static str>,
}

/// Whether a package is a program for Solana: by what it depends on, or by the syscalls that it declares.
#[must_use]
pub fn is_program(package: &Package) -> bool {
    package.dependencies.iter().any(|dependency| dependency.kind.is_none() && is_of_solana(&dependency.name))
        || package.is_module() && declares_syscalls(&package.folder().join("src"))
}

/// Whether only programs and clients of Solana depend on a crate.
fn is_of_solana(name: &str) -> bool {
    FAMILIES.iter().any(|family| name.starts_with(family))
}

/// Whether a source in `folder` declares a syscall of Solana's. What cannot be read declares none.
fn declares_syscalls(folder: &Path) -> bool {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).any(|path| {
        if path.is_dir() {
            return declares_syscalls(&path);
        }
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        let text = if is_source { fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
        SYSCALLS.iter().any(|words| text.contains(words))
    })
}

/// Builds `package` with these features and the versions of its workspace's `Cargo.lock`; `folder` keeps what was compiled and
/// generated.
///
/// # Errors
/// One sentence: the target is missing, the crate has no library, cargo fails, or a file cannot be written.
pub fn build_in(
    metadata: &Metadata,
    package: &Package,
    features: &Features,
    folder: &Path,
) -> Result<Module, String> {
    target::ensure_installed(&metadata.workspace_root)?;
    let full = Metadata::read(&package.folder(), Some((&FLAGS, features)))?;
    let package = full.package_in(&package.folder()).ok_or("cargo does not know the package any more")?;
    let patches = patch::apply(&full, package, &folder.join("patched"))?;
    let mut wrapper = wrapper::write(&full, package, features, folder, &patches, Twice::default())?;
    let compile = |wrapper: &Wrapper| {
        guest::run(&Job {
            folder: &wrapper.folder,
            run_in: &metadata.workspace_root,
            hidden: folder,
            target_directory: &folder.join("target"),
            package: &wrapper.package,
            profile: Profile::Declared,
            cargo_arguments: &[],
            more_flags: &FLAGS,
            is_locked: false,
        })
    };
    let (mut result, mut words) = compile(&wrapper);
    let twice = Twice::find(&words);
    if result.is_err() && !twice.is_nothing() {
        wrapper = wrapper::write(&full, package, features, folder, &patches, twice)?;
        (result, words) = compile(&wrapper);
    }
    eprint!("{words}");
    let path = result.map_err(|error| failure::explain(&words, &full, package).unwrap_or(error))?;
    let stand_in = wrapper.stand_in.map(stand_in::Reason::words);
    Ok(Module { path, patches, stand_in })
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
    let module = build_in(&metadata, package, &Features::default(), &folder)?;
    fs::read(&module.path).map_err(|error| format!("cannot read {}: {error}", module.path.display()))
}
