//! Builds any program's crate, with the flags that this repository's own programs are built with: for the tests of that crate.
//!
//! In: the crate's folder. Out: the module.

use crate::cargo::{Metadata, nested_target_directory};
use crate::native;
use std::env;
use std::fs;
use std::path::Path;

/// Builds `package`, whose manifest lies in the folder `manifest`, with the versions of its workspace's `Cargo.lock`; gives the
/// module's bytes. The folder `programs` in the target directory of the running program's build keeps what was compiled.
///
/// # Errors
/// One sentence: the target is missing, cargo fails, or the module cannot be read.
pub fn build_crate(manifest: &Path, package: &str) -> Result<Vec<u8>, String> {
    let metadata = Metadata::read(manifest, None)?;
    let found = metadata.members().find(|member| member.name == package);
    let found = found.ok_or_else(|| format!("there is no package {package} in {}", manifest.display()))?;
    let program =
        env::current_exe().map_err(|error| format!("this program does not know its path: {error}"))?;
    let module = native::build_in(&metadata, found, &nested_target_directory(&program, "programs"))?;
    fs::read(&module).map_err(|error| format!("cannot read {}: {error}", module.display()))
}
