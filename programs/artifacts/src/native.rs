//! Builds crates that were written for the native ABI, outside of this repository too. In: a crate. Out: the module.

use crate::cargo::{Features, Metadata, Package};
use crate::guest::{self, Job, Profile};
use crate::target;
use std::fs;
use std::path::{Path, PathBuf};

/// Whether a package is a program for the native ABI, by what it depends on: what else it says of itself, cargo does not
/// tell.
#[must_use]
pub fn is_program(package: &Package) -> bool {
    let needs = |name: &str| {
        package.dependencies.iter().any(|dependency| dependency.name == name && dependency.kind.is_none())
    };
    needs("sealane-sdk") && package.library().is_some()
}

/// Builds `package` with these features, the versions of its workspace's `Cargo.lock` and, if the workspace declares one, with its profile
/// `program`; `folder` keeps what was compiled. Tells where the module is.
///
/// # Errors
/// One sentence: the target is missing, or cargo fails.
pub fn build_in(
    metadata: &Metadata,
    package: &Package,
    features: &Features,
    folder: &Path,
) -> Result<PathBuf, String> {
    target::ensure_installed(&metadata.workspace_root)?;
    let manifest = fs::read_to_string(metadata.workspace_root.join("Cargo.toml")).unwrap_or_default();
    let declares = manifest.lines().any(|line| line.trim() == "[profile.program]");
    guest::build(&Job {
        folder: &metadata.workspace_root,
        run_in: &metadata.workspace_root,
        hidden: &metadata.workspace_root,
        target_directory: folder,
        package: &package.name,
        profile: if declares { Profile::Declared } else { Profile::Release },
        cargo_arguments: &features.arguments(),
        more_flags: &[],
        // As with cargo itself, a lock file that lacks something is completed.
        is_locked: false,
    })
}
