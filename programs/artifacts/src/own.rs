//! Builds any program's crate for its own tests: with the flags that this repository's own programs are built with, or as a program
//! that was written for Solana.
//!
//! In: the crate's folder. Out: the module.

use crate::cargo::{Features, Metadata, nested_target_directory};
use crate::native;
use crate::solana;
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
    if !native::is_program(found) && solana::is_program(found) {
        return solana::build(&found.folder());
    }
    let folder = nested_target_directory(&program, "programs");
    let module = native::build_in(&metadata, found, &Features::default(), &folder)?;
    fs::read(&module).map_err(|error| format!("cannot read {}: {error}", module.display()))
}
