//! Writing keypair files: for their owner's eyes alone, whole or not at all, and never over another by accident.

use anyhow::{Context, bail};
use solana_keypair::{Keypair, write_keypair};
use std::fs::{OpenOptions, create_dir_all, rename};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What becomes of a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Overwrite {
    /// It stays, and nothing is written.
    Refuse,
    /// It is replaced.
    Replace,
}

/// Writes a keypair as the `solana` CLI does: an array of 64 numbers, mode 0600, in a folder that is made if need be.
///
/// # Errors
/// If the file is there and shall stay, or cannot be written.
pub(in crate::cli) fn write_keypair_file(
    keypair: &Keypair,
    path: &Path,
    overwrite: Overwrite,
) -> anyhow::Result<()> {
    let cannot = || format!("cannot write the keypair file {}", path.display());
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_dir_all(folder).with_context(cannot)?;
    }
    if overwrite == Overwrite::Refuse {
        return match write_new(keypair, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                bail!(
                    "{} is there already, and holds a key that would be lost: name another file, or give --force",
                    path.display()
                )
            }
            written => written.with_context(cannot),
        };
    }
    // Beside it first: an old key is only lost once the new one is safe, and no wider mode of the old file stays.
    let mut name = path.file_name().context("the file needs a name")?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    write_new(keypair, &beside).with_context(cannot)?;
    rename(&beside, path).with_context(cannot)
}

fn write_new(keypair: &Keypair, path: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut bytes = Vec::new();
    write_keypair(keypair, &mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    file.write_all(&bytes)?;
    file.sync_all()
}
