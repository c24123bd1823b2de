//! `sealane keygen recover`: the keypair of a seed phrase, into a file.

use super::phrase::{self, WALLET_PATH};
use crate::cli::print::print;
use crate::cli::settings::{Overwrite, default_keypair_path, write_keypair_file};
use clap::Args;
use solana_signer::Signer;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args, Debug)]
pub(super) struct RecoverCommand {
    /// The file to write; without it, the one that the commands sign with
    #[arg(short, long, value_name = "FILE")]
    outfile: Option<PathBuf>,
    /// Replace a file that is there, whose key is lost then
    #[arg(short, long)]
    force: bool,
    /// Derive the key along a path, as wallets do
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = WALLET_PATH)]
    derivation_path: Option<String>,
}

impl RecoverCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let path = self.outfile.map_or_else(|| default_keypair_path(None), Ok)?;
        let keypair = phrase::ask_for_keypair(self.derivation_path.as_deref())?;
        let overwrite = if self.force { Overwrite::Replace } else { Overwrite::Refuse };
        write_keypair_file(&keypair, &path, overwrite)?;
        print(format_args!("Wrote recovered keypair to {}\npubkey: {}", path.display(), keypair.pubkey()))?;
        Ok(ExitCode::SUCCESS)
    }
}
