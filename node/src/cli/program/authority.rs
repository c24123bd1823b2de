//! `sealane program set-authority`: who may change a program or a buffer.

use super::close::check_authority;
use super::state::Found;
use crate::cli::settings::{KeypairOptions, NodeOptions, read_address, read_keypair};
use anyhow::{Context, bail};
use clap::Args;
use sealane_sdk::Address;
use serde_json::json;
use solana_keypair::Keypair;
use solana_loader_v3_interface::instruction as loader;
use solana_message::Instruction;
use solana_signer::Signer;
use std::process::ExitCode;

#[derive(Args, Debug)]
pub(super) struct SetAuthorityCommand {
    /// A program or a buffer, or its keypair
    address: String,
    /// Who shall be it: a keypair file, which signs as well; or an address, with --skip-new-authority-signer-check
    #[arg(
        long,
        value_name = "KEYPAIR",
        visible_aliases = ["new-upgrade-authority", "new-buffer-authority"],
        required_unless_present = "is_final"
    )]
    new_authority: Option<String>,
    /// Do not have the new authority sign: if nobody has its key, nobody can change the program any more
    #[arg(long, visible_alias = "skip-new-upgrade-authority-signer-check")]
    skip_new_authority_signer_check: bool,
    /// Nobody: the program can never be upgraded or closed
    #[arg(long = "final", conflicts_with = "new_authority")]
    is_final: bool,
    /// Who is it now, if not the keypair's owner: a keypair file
    #[arg(long, value_name = "KEYPAIR", visible_aliases = ["upgrade-authority", "buffer-authority"])]
    authority: Option<String>,
    #[command(flatten)]
    keypair: KeypairOptions,
    #[command(flatten)]
    node: NodeOptions,
}

/// Who shall be the authority.
enum Successor {
    /// Nobody.
    Nobody,
    /// Somebody who signs.
    Signer(Keypair),
    /// Somebody who does not.
    Address(Address),
}

impl SetAuthorityCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.node.spending_client()?;
        let payer = self.keypair.read(&self.node)?;
        let other = self.authority.as_deref().map(read_keypair).transpose()?;
        let authority = other.as_ref().unwrap_or(&payer);
        let successor = self.successor()?;
        let found = Found::at(&client, read_address(&self.address)?)?;
        check_authority(&found, &authority.pubkey())?;
        let instruction = instruction(&found, &authority.pubkey(), &successor)?;
        let mut signers = vec![authority];
        if let Successor::Signer(keypair) = &successor {
            signers.push(keypair);
        }
        let sent = client.run(&payer, &signers, &[instruction])?;
        let new = match &successor {
            Successor::Nobody => None,
            Successor::Signer(keypair) => Some(keypair.pubkey().to_string()),
            Successor::Address(address) => Some(address.to_string()),
        };
        let json = json!({ "authority": new, "accountType": if found.is_program() { "Program" } else { "Buffer" },
                           "signature": sent.signature });
        self.node.output().print(&json, || {
            let new = new.as_deref().unwrap_or("none, for ever");
            format!(
                "Account Type: {}\nAuthority: {new}",
                if found.is_program() { "Program" } else { "Buffer" }
            )
        })?;
        Ok(ExitCode::SUCCESS)
    }

    fn successor(&self) -> anyhow::Result<Successor> {
        let Some(new) = &self.new_authority else { return Ok(Successor::Nobody) };
        if self.skip_new_authority_signer_check {
            return read_address(new).map(Successor::Address);
        }
        let keypair = read_keypair(new).context(
            "the new authority signs as well, so that a mistyped address loses nothing; where its key is elsewhere, give its \
             address and --skip-new-authority-signer-check",
        )?;
        Ok(Successor::Signer(keypair))
    }
}

fn instruction(found: &Found, authority: &Address, successor: &Successor) -> anyhow::Result<Instruction> {
    let address = &found.address;
    Ok(match (found.is_program(), successor) {
        (true, Successor::Nobody) => loader::set_upgrade_authority(address, authority, None),
        (true, Successor::Address(new)) => loader::set_upgrade_authority(address, authority, Some(new)),
        (true, Successor::Signer(new)) => {
            loader::set_upgrade_authority_checked(address, authority, &new.pubkey())
        }
        (false, Successor::Nobody) => bail!("{address} is a buffer, which always has an authority"),
        (false, Successor::Address(new)) => loader::set_buffer_authority(address, authority, new),
        (false, Successor::Signer(new)) => {
            loader::set_buffer_authority_checked(address, authority, &new.pubkey())
        }
    })
}
