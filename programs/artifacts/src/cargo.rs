//! What cargo says of a crate and its workspace: the part of `cargo metadata` that builds need.

use crate::guest::{self, cargo_command};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// A workspace.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    /// Its members, and if dependencies were asked for, these too.
    pub packages: Vec<Package>,
    /// Identities of its members.
    pub workspace_members: Vec<String>,
    /// Its folder.
    pub workspace_root: PathBuf,
    /// Where cargo puts what it builds.
    pub target_directory: PathBuf,
    /// Who needs whom, if dependencies were asked for.
    resolve: Option<Resolve>,
}

#[derive(Clone, Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

/// A package, as it is built.
#[derive(Clone, Debug, Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
    features: Vec<String>,
}

/// A package.
#[derive(Clone, Debug, Deserialize)]
pub struct Package {
    /// What [`Metadata::workspace_members`] calls it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it comes from; nothing if from a path.
    pub source: Option<String>,
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
    /// What is built of it.
    pub targets: Vec<Target>,
    /// Its features.
    pub features: std::collections::BTreeMap<String, Vec<String>>,
    /// Its `Cargo.toml`.
    pub manifest_path: PathBuf,
}

/// A dependency as a manifest names it.
#[derive(Clone, Debug, Deserialize)]
pub struct Dependency {
    /// The package's name.
    pub name: String,
    /// For which targets, if not for all.
    pub target: Option<String>,
    /// `dev` or `build`; nothing for an ordinary one.
    pub kind: Option<String>,
}

/// A library, a binary, a test.
#[derive(Clone, Debug, Deserialize)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// The kinds of libraries, or `bin`, `test` and the like.
    pub kind: Vec<String>,
}

impl Metadata {
    /// Asks cargo about the package in `folder`; with `flags` for the compiler, about all that it depends on when it is built
    /// as a program with these.
    ///
    /// # Errors
    /// One sentence: cargo does not run, or it says why it cannot answer.
    pub fn read(folder: &Path, flags: Option<&[&str]>) -> Result<Self, String> {
        let mut command = cargo_command();
        command.current_dir(folder).args(["metadata", "--format-version", "1"]);
        match flags {
            None => command.arg("--no-deps"),
            Some(flags) => {
                let flags: Vec<_> = flags.iter().map(Into::into).collect();
                command
                    .env("CARGO_ENCODED_RUSTFLAGS", guest::encode(&flags))
                    .args(["--filter-platform", crate::target::TRIPLE])
            }
        };
        let output =
            command.stderr(Stdio::piped()).output().map_err(|error| format!("cannot run cargo: {error}"))?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            return Err(words.trim().trim_start_matches("error: ").to_owned());
        }
        serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("cargo metadata is not understood: {error}"))
    }

    /// The package whose manifest lies in `folder`.
    #[must_use]
    pub fn package_in(&self, folder: &Path) -> Option<&Package> {
        let folder = folder.canonicalize().ok()?;
        self.packages
            .iter()
            .find(|package| package.folder().canonicalize().is_ok_and(|other| other == folder))
    }

    /// All that `package` depends on, directly or not, each with the features it is built with. Nothing if dependencies
    /// were not asked for.
    #[must_use]
    pub fn dependencies_of(&self, package: &Package) -> Vec<(&Package, &[String])> {
        let nodes = self.resolve.as_ref().map_or(&[][..], |resolve| &resolve.nodes);
        let mut reached = std::collections::BTreeSet::from([package.id.as_str()]);
        let mut left = vec![package.id.as_str()];
        while let Some(id) = left.pop() {
            let node = nodes.iter().find(|node| node.id == id);
            for dependency in node.iter().flat_map(|node| &node.dependencies) {
                if reached.insert(dependency) {
                    left.push(dependency);
                }
            }
        }
        let needed = nodes.iter().filter(|node| node.id != package.id && reached.contains(node.id.as_str()));
        needed
            .filter_map(|node| {
                let package = self.packages.iter().find(|package| package.id == node.id)?;
                Some((package, node.features.as_slice()))
            })
            .collect()
    }

    /// The members of the workspace.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }
}

impl Package {
    /// Its folder.
    ///
    /// # Panics
    /// Never: a manifest lies in a folder.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.manifest_path.parent().expect("a manifest lies in a folder").to_owned()
    }

    /// Its library.
    #[must_use]
    pub fn library(&self) -> Option<&Target> {
        let is_library =
            |kind: &String| matches!(kind.as_str(), "lib" | "rlib" | "cdylib" | "dylib" | "staticlib");
        self.targets.iter().find(|target| target.kind.iter().any(is_library))
    }
}

/// Runs the only binary of the crate in `folder`, built for this machine by the toolchain that `run_in` uses, and gives what
/// it prints.
///
/// # Errors
/// One sentence, if it does not build or fails; cargo and the compiler have said why.
pub fn run_host_crate(run_in: &Path, folder: &Path, target_directory: &Path) -> Result<String, String> {
    let output = cargo_command()
        .current_dir(run_in)
        .args(["run", "--quiet", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target_directory)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err("it does not build for this machine; cargo has said why".to_owned());
    }
    String::from_utf8(output.stdout).map_err(|_| "it does not print text".to_owned())
}

/// A folder for nested builds that all builds of the host share: the one of this name in the target directory that `file` lies in.
pub(crate) fn nested_target_directory(file: &Path, name: &str) -> PathBuf {
    guest::target_directory(file, name)
}
