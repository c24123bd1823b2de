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
    /// The edition of Rust it is written in.
    pub edition: String,
    /// The library of another language that it links, if any.
    pub links: Option<String>,
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
    /// Which versions will do.
    pub req: String,
    /// Where it comes from; nothing if from a path.
    pub source: Option<String>,
    /// Its folder, if it is on this machine.
    pub path: Option<PathBuf>,
    /// What the package calls it, if not by its name.
    pub rename: Option<String>,
    /// Whether it is only there with a feature.
    pub optional: bool,
    /// Whether it has its default features.
    pub uses_default_features: bool,
    /// Its features.
    pub features: Vec<String>,
}

/// The features that a program is built with.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// Those that were asked for.
    pub named: Vec<String>,
    /// Whether the default ones are left out.
    pub no_default: bool,
}

impl Features {
    /// As cargo takes them.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let named = self.named.iter().flat_map(|feature| ["--features", feature]);
        let default = self.no_default.then_some("--no-default-features");
        named.chain(default).map(str::to_owned).collect()
    }
}

/// A library, a binary, a test.
#[derive(Clone, Debug, Deserialize)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// The kinds of libraries, or `bin`, `test` and the like.
    pub kind: Vec<String>,
    /// Its first source.
    pub src_path: PathBuf,
}

impl Metadata {
    /// Asks cargo about the package in `folder`; with `flags` for the compiler and features, about all that it depends on when
    /// it is built as a program with these.
    ///
    /// # Errors
    /// One sentence: cargo does not run, or it says why it cannot answer.
    pub fn read(folder: &Path, flags: Option<(&[&str], &Features)>) -> Result<Self, String> {
        let mut command = cargo_command(folder);
        command.args(["metadata", "--format-version", "1"]);
        match flags {
            None => command.arg("--no-deps"),
            Some((flags, features)) => {
                let flags: Vec<_> = flags.iter().map(Into::into).collect();
                command
                    .args(features.arguments())
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

    /// How `package` comes to need the package with this name: the names on the shortest way, from what `package` depends on
    /// itself to that one. Nothing if it does not need it, or if dependencies were not asked for.
    #[must_use]
    pub fn way_to(&self, package: &Package, name: &str) -> Option<Vec<&str>> {
        let nodes = self.resolve.as_ref().map_or(&[][..], |resolve| &resolve.nodes);
        let named = |id: &str| self.packages.iter().find(|package| package.id == id);
        // Who was found through whom, in the order of distance.
        let mut found: Vec<(&str, usize)> = vec![(package.id.as_str(), 0)];
        let mut next = 0;
        while let Some(&(id, _)) = found.get(next) {
            let node = nodes.iter().find(|node| node.id == id);
            for dependency in node.iter().flat_map(|node| &node.dependencies) {
                if found.iter().any(|(id, _)| id == dependency) {
                    continue;
                }
                found.push((dependency, next));
                if named(dependency).is_some_and(|package| package.name == name) {
                    let mut way = Vec::new();
                    let mut at = found.len() - 1;
                    while at != 0 {
                        let (id, through) = found[at];
                        way.extend(named(id).map(|package| package.name.as_str()));
                        at = through;
                    }
                    way.reverse();
                    return Some(way);
                }
            }
            next += 1;
        }
        None
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

    /// Whether another package can depend on its library.
    #[must_use]
    pub fn can_be_depended_on(&self) -> bool {
        self.library().is_some_and(|library| library.kind.iter().any(|kind| kind == "lib" || kind == "rlib"))
    }

    /// Whether its library is a module by itself.
    #[must_use]
    pub fn is_module(&self) -> bool {
        self.library().is_some_and(|library| library.kind.iter().any(|kind| kind == "cdylib"))
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
    let output = cargo_command(run_in)
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
