//! `--pictures`: a folder for the pictures of a workload, made before the long run, filled after it.

use anyhow::Context;
use sealane_benches::pictures::pictures;
use sealane_benches::{Comparison, Labels, WorkloadContention};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder that can be written to.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes the folder if it is missing, and tries whether a file can be made in it.
    ///
    /// # Errors
    /// If it cannot be made or written to; a measurement of minutes shall not end with that.
    pub(super) fn prepare(path: &Path) -> anyhow::Result<Self> {
        anyhow::ensure!(
            !path.exists() || path.is_dir(),
            "`{}` is no folder; name one, or a path where one can be made",
            path.display()
        );
        fs::create_dir_all(path).with_context(|| format!("cannot make the folder `{}`", path.display()))?;
        let trial = path.join(format!(".sealane-{}", std::process::id()));
        fs::write(&trial, [])
            .and_then(|()| fs::remove_file(&trial))
            .with_context(|| format!("cannot write to the folder `{}`", path.display()))?;
        Ok(Self { path: path.to_owned() })
    }

    /// Writes a file; one of that name is overwritten. Returns its path.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn write(&self, file_name: &str, text: &str) -> anyhow::Result<PathBuf> {
        let path = self.path.join(file_name);
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
        Ok(path)
    }

    /// Checks that files of these names can be replaced, as far as that shows before.
    ///
    /// # Errors
    /// If one of them is a folder.
    pub(super) fn expect_replaceable(&self, file_names: &[&str]) -> anyhow::Result<()> {
        for file_name in file_names {
            let path = self.path.join(file_name);
            anyhow::ensure!(
                !path.is_dir(),
                "`{}` is a folder, where a file shall be written; move it away",
                path.display()
            );
        }
        Ok(())
    }

    /// Writes a file in one step: whoever reads it, at any time, finds the old text or the new one.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn replace(&self, file_name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.path.join(file_name);
        let draft = self.path.join(format!(".{file_name}-{}", std::process::id()));
        let written = fs::write(&draft, text).and_then(|()| fs::rename(&draft, &path));
        written
            .inspect_err(|_| {
                // What went wrong before is what counts.
                let _ = fs::remove_file(&draft);
            })
            .with_context(|| format!("cannot write `{}`", path.display()))
    }

    /// Writes all pictures of a workload and says on stderr which.
    ///
    /// # Errors
    /// If the comparison was not observed, or a file cannot be written.
    pub(super) fn draw(
        &self,
        comparison: &Comparison,
        contention: &WorkloadContention,
        labels: &Labels,
    ) -> anyhow::Result<()> {
        for picture in pictures(comparison, contention, labels)? {
            let path = self.write(&picture.file_name, &picture.text)?;
            eprintln!("wrote {}", path.display());
        }
        Ok(())
    }
}
