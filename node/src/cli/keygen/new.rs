//! `sealane keygen new`: a keypair of a new seed phrase.

use super::phrase::{self, WALLET_PATH};
use crate::cli::print::print;
use crate::cli::settings::{Overwrite, default_keypair_path, write_keypair_file};
use anyhow::{Context, anyhow};
use bip39::Mnemonic;
use clap::Args;
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args, Debug)]
pub(super) struct NewCommand {
    /// The file to write; without it, the one that the commands sign with
    #[arg(short, long, value_name = "FILE")]
    outfile: Option<PathBuf>,
    /// Write no file: the seed phrase is all there will be
    #[arg(long, conflicts_with = "outfile")]
    no_outfile: bool,
    /// Replace a file that is there, whose key is lost then
    #[arg(short, long)]
    force: bool,
    /// Words of the seed phrase
    #[arg(long, value_name = "COUNT", default_value_t = 12, value_parser = word_count)]
    word_count: usize,
    /// Do not ask for a passphrase
    #[arg(long, visible_alias = "no-bip39-passphrase")]
    no_passphrase: bool,
    /// Derive the key along a path, as wallets do
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = WALLET_PATH)]
    derivation_path: Option<String>,
    /// Print nothing but errors: the seed phrase is not shown either
    #[arg(short, long)]
    silent: bool,
}

impl NewCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let path = match (self.no_outfile, &self.outfile) {
            (true, _) => None,
            (false, Some(path)) => Some(path.clone()),
            (false, None) => Some(default_keypair_path(None)?),
        };
        let overwrite = if self.force { Overwrite::Replace } else { Overwrite::Refuse };
        if let Some(path) = path.as_deref().filter(|path| path.exists() && !self.force) {
            // Said before anybody thinks of a passphrase; writing checks it again.
            anyhow::bail!(
                "{} is there already, and holds a key that would be lost: name another file by --outfile, or give --force",
                path.display()
            );
        }
        let passphrase = if self.no_passphrase { String::new() } else { phrase::ask_for_new_passphrase()? };
        let words = new_phrase(self.word_count)?;
        let keypair = phrase::keypair(&words, &passphrase, self.derivation_path.as_deref())?;
        if let Some(path) = &path {
            write_keypair_file(&keypair, path, overwrite)?;
        }
        if self.silent {
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(path) = &path {
            print(format_args!("Wrote new keypair to {}", path.display()))?;
        }
        let passphrase = if passphrase.is_empty() { "" } else { " and your passphrase" };
        print(format_args!(
            "pubkey: {}\n\nWith this seed phrase{passphrase} the keypair can be recovered; write it down, and show it to nobody:\n{words}",
            keypair.pubkey()
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn word_count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ (12 | 15 | 18 | 21 | 24)) => Ok(count),
        _ => Err("a seed phrase has 12, 15, 18, 21 or 24 words".to_owned()),
    }
}

/// A phrase of so many words, of the system's randomness.
fn new_phrase(word_count: usize) -> anyhow::Result<Mnemonic> {
    // 32 bits of randomness and one of checksum are three words. A new secret key is 32 random bytes of the system's.
    let random = Keypair::new();
    let entropy = random.secret_bytes().get(..word_count / 3 * 4).context("24 words are 32 bytes")?;
    Mnemonic::from_entropy(entropy).map_err(|error| anyhow!("cannot make a seed phrase: {error}"))
}
