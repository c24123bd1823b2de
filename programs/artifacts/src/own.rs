//! Builds any program's crate, with the flags that this repository's own programs are built with: for the tests of that crate.
//!
//! In: the crate's folder. Out: the module.

use crate::{guest, target};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds `package`, whose manifest lies in the folder `manifest`, with the versions of its workspace's `Cargo.lock`; gives the
/// module's bytes. The folder `programs` in the target directory of the running program's build keeps what was compiled.
///
/// # Errors
/// One sentence: the target is missing, cargo fails, or the module cannot be read.
pub fn build_crate(manifest: &Path, package: &str) -> Result<Vec<u8>, String> {
    let workspace = workspace_of(manifest)?;
    target::ensure_installed(&workspace)?;
    let program =
        env::current_exe().map_err(|error| format!("this program does not know its path: {error}"))?;
    let target_directory = guest::target_directory(&program, "programs");
    let module = guest::build(&workspace, &target_directory, package, &[])?;
    fs::read(&module).map_err(|error| format!("cannot read {}: {error}", module.display()))
}

/// The folder of the workspace that the manifest belongs to.
fn workspace_of(manifest: &Path) -> Result<PathBuf, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let output = Command::new(cargo)
        .current_dir(manifest)
        .args(["locate-project", "--workspace", "--message-format", "plain"])
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    match Path::new(printed.trim()).parent() {
        Some(folder) if output.status.success() => Ok(folder.to_owned()),
        _ => {
            let reason = String::from_utf8_lossy(&output.stderr);
            Err(format!("{} belongs to no workspace: {}", manifest.display(), reason.trim()))
        }
    }
}
