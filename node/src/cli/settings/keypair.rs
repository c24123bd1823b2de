//! Keypairs from where the `solana` CLI takes them: files, stdin (`-`), a seed phrase that is asked for (`ASK`, `prompt:`).

use super::config_file::home;
use crate::cli::keygen::phrase;
use anyhow::{Context, anyhow, bail};
use sealane_sdk::Address;
use solana_keypair::{Keypair, read_keypair as parse_keypair};
use solana_signer::Signer;
use std::io::{ErrorKind, stdin};
use std::path::{Path, PathBuf};

/// Reads a keypair.
///
/// # Errors
/// If there is none, or what is there is none.
pub(in crate::cli) fn read_keypair(place: &str) -> anyhow::Result<Keypair> {
    match place {
        "-" => parse_keypair(&mut stdin().lock()).map_err(|error| anyhow!("stdin holds no keypair: {error}")),
        "ASK" | "prompt:" | "prompt://" => phrase::ask_for_keypair(None),
        place if place.starts_with("prompt:") => {
            bail!(
                "{place}: derivation paths are taken by `sealane keygen recover --derivation-path`, which writes a file"
            )
        }
        place if place.starts_with("usb:") => {
            bail!("{place}: hardware wallets are not supported; name a keypair file by --keypair")
        }
        place => read_file(&path_of(place)),
    }
}

/// An address: as it is, or that of a keypair.
///
/// # Errors
/// If it is neither.
pub(in crate::cli) fn read_address(given: &str) -> anyhow::Result<Address> {
    if let Ok(address) = given.parse() {
        return Ok(address);
    }
    let is_place = given == "-" || given == "ASK" || given.contains(':') || path_of(given).exists();
    if !is_place && !given.contains(['/', '.']) {
        bail!("{given:?} is neither an address (32 bytes in base58) nor a keypair file");
    }
    Ok(read_keypair(given)?.pubkey())
}

fn read_file(path: &Path) -> anyhow::Result<Keypair> {
    let mut file = match std::fs::File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "there is no keypair file {}: make one with `sealane keygen new --outfile {}`, or name another by --keypair",
            path.display(),
            path.display()
        ),
        opened => opened.with_context(|| format!("cannot read the keypair file {}", path.display()))?,
    };
    parse_keypair(&mut file).map_err(|error| {
        anyhow!(
            "{} holds no keypair (an array of 64 numbers, as `sealane keygen new` writes it): {error}",
            path.display()
        )
    })
}

/// A path whose `~` the shell did not see.
fn path_of(place: &str) -> PathBuf {
    let place = place.strip_prefix("file:").unwrap_or(place);
    match (place.strip_prefix("~/"), home()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(place),
    }
}
