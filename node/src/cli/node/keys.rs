//! The keypairs that a node keeps beside its ledger, in the form of Solana's keypair files.

use anyhow::{Context, anyhow};
use solana_keypair::{Keypair, read_keypair_file, write_keypair};
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Reads the keypair in `file`.
///
/// # Errors
/// If there is none.
pub(super) fn read(file: &Path) -> anyhow::Result<Keypair> {
    read_keypair_file(file).map_err(|error| anyhow!("{}: cannot read the keypair: {error}", file.display()))
}

/// Reads the keypair in `file`, or makes one there, on disk when this returns, which nobody but the owner may read.
///
/// # Errors
/// If it can be neither read nor written.
pub(super) fn read_or_make(file: &Path) -> anyhow::Result<Keypair> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => read(file),
        Err(error) => {
            Err(error).with_context(|| format!("{}: cannot make the keypair's file", file.display()))
        }
        Ok(mut new) => {
            let keypair = Keypair::new();
            let written = write_keypair(&keypair, &mut new)
                .map_err(|error| anyhow!("{error}"))
                .and_then(|_| Ok(new.sync_all()?));
            written.with_context(|| format!("{}: cannot write the keypair", file.display()))?;
            Ok(keypair)
        }
    }
}
