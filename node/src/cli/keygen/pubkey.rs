//! `sealane keygen pubkey` and `verify`: the address of a keypair.

use crate::cli::print::print;
use crate::cli::settings::{KeypairOptions, NodeOptions, read_keypair};
use clap::Args;
use sealane_sdk::Address;
use solana_signer::Signer;
use std::process::ExitCode;

#[derive(Args, Debug)]
pub(super) struct PubkeyCommand {
    /// A keypair file, `-` for stdin, ASK for a seed phrase; without it, the one that the commands sign with
    keypair: Option<String>,
}

impl PubkeyCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let keypair = match &self.keypair {
            Some(place) => read_keypair(place)?,
            None => KeypairOptions::default().read(&NodeOptions::default())?,
        };
        print(keypair.pubkey())?;
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Args, Debug)]
pub(super) struct VerifyCommand {
    /// The address, in base58
    address: Address,
    /// A keypair file, `-` for stdin, ASK for a seed phrase; without it, the one that the commands sign with
    keypair: Option<String>,
}

impl VerifyCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let keypair = match &self.keypair {
            Some(place) => read_keypair(place)?,
            None => KeypairOptions::default().read(&NodeOptions::default())?,
        };
        // The public half of a file may lie: what counts is what it signs.
        let message = b"sealane keygen verify";
        let is_its_own = keypair.sign_message(message).verify(self.address.as_ref(), message);
        if is_its_own && keypair.pubkey() == self.address {
            print(format_args!("Verification for public key: {}: Success", self.address))?;
            return Ok(ExitCode::SUCCESS);
        }
        print(format_args!(
            "Verification for public key: {}: Failed, the keypair belongs to {}",
            self.address,
            keypair.pubkey()
        ))?;
        Ok(ExitCode::FAILURE)
    }
}
