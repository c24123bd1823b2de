//! Builds programs that were written for Solana, unmodified, as WebAssembly modules that speak the vm's second ABI.
//!
//! In: a cargo workspace of wrapper crates, each a `cdylib` that names a program's crate. Out: the module.

use crate::{guest, target};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// What the compiler is told, so that a crate takes itself to be compiled for Solana: system calls instead of stand-ins
/// (without this, `invoke` does nothing and says that all is well); the allocator and the panic handler of Rust's
/// standard library instead of those that know Solana's address space.
const FLAGS: [&str; 8] = [
    "--cfg",
    "target_os=\"solana\"",
    "--cfg",
    "feature=\"custom-heap\"",
    "--cfg",
    "feature=\"custom-panic\"",
    "-A",
    "explicit_builtin_cfgs_in_flags",
];

/// Builds `package` of the workspace in this folder, with the versions of its `Cargo.lock`; gives the module's bytes.
/// The folder `target/solana-programs` of the running program's build keeps what was compiled.
///
/// # Errors
/// One sentence: the target is missing, cargo fails, or the module cannot be read.
pub fn build(workspace: &Path, package: &str) -> Result<Vec<u8>, String> {
    target::ensure_installed(workspace)?;
    let program =
        env::current_exe().map_err(|error| format!("this program does not know its path: {error}"))?;
    let target_directory = target_directory(&program);
    let module = guest::build(workspace, &target_directory, package, &FLAGS)?;
    fs::read(&module).map_err(|error| format!("cannot read {}: {error}", module.display()))
}

fn target_directory(program: &Path) -> PathBuf {
    guest::target_directory(program, "solana-programs")
}
