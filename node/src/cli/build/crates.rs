//! Which crate is meant, and for which ABI it was written.

use anyhow::{Context, bail};
use sealane_artifacts::cargo::{Metadata, Package};
use sealane_artifacts::{native, solana};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Which ABI a program was written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// The ledger's own.
    Native,
    /// Solana's.
    Solana,
}

impl Kind {
    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Solana => "solana",
        }
    }

    /// That of a package, if it is a program.
    fn of(package: &Package) -> Option<Self> {
        if native::is_program(package) {
            return Some(Self::Native);
        }
        if solana::is_program(package) {
            return Some(Self::Solana);
        }
        package.is_module().then_some(Self::Native)
    }
}

/// The crate of a program.
#[derive(Debug)]
pub(super) struct Crate {
    pub(super) metadata: Metadata,
    pub(super) package: Package,
    pub(super) kind: Kind,
}

impl Crate {
    /// Finds the program in `folder`: its own crate, or the only one in the workspace.
    pub(super) fn find(folder: &Path) -> anyhow::Result<Self> {
        let folder = folder.canonicalize().with_context(|| format!("cannot open {}", folder.display()))?;
        let metadata = Metadata::read(&folder, None).map_err(anyhow::Error::msg)?;
        if let Some(package) = metadata.package_in(&folder) {
            let package = package.clone();
            let kind = Kind::of(&package).with_context(|| {
                format!(
                    "{} is no program: a program has a library, and depends on sealane-sdk or on Solana's crates, or has \
                     crate-type = [\"cdylib\"] under [lib]",
                    package.name
                )
            })?;
            return Ok(Self { metadata, package, kind });
        }
        let programs: Vec<(Package, Kind)> =
            metadata.members().filter_map(|package| Some((package.clone(), Kind::of(package)?))).collect();
        // Libraries and clients depend on the same crates; who asks for a module is the program.
        let mut modules = programs.iter().filter(|(package, _)| package.is_module());
        if let (Some((package, kind)), None) = (modules.next(), modules.next()) {
            return Ok(Self { package: package.clone(), kind: *kind, metadata });
        }
        match <[_; 1]>::try_from(programs) {
            Ok([(package, kind)]) => Ok(Self { metadata, package, kind }),
            Err(programs) if programs.is_empty() => bail!("no member of this workspace is a program"),
            Err(programs) => {
                let folders = programs.iter().map(|(package, _)| package.folder().display().to_string());
                let list = folders.collect::<Vec<_>>().join("\n  ");
                bail!("which of these programs? Say its folder:\n  {list}")
            }
        }
    }

    /// Where everything goes that is made of it.
    pub(super) fn folder(&self) -> PathBuf {
        self.metadata.target_directory.join("sealane")
    }
}
