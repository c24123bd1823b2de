//! `sealane program close`: an account of the loader's goes, and what it holds comes back.

use super::show::{Kind, owned_by};
use super::state::Found;
use crate::cli::settings::{KeypairOptions, NodeOptions, read_address, read_keypair, sol};
use crate::client::Client;
use anyhow::{bail, ensure};
use clap::Args;
use sealane_sdk::Address;
use serde_json::json;
use solana_keypair::Keypair;
use solana_loader_v3_interface::instruction as loader;
use solana_signer::Signer;
use std::process::ExitCode;

/// Buffers closed in one transaction: more would not fit.
const BUFFERS_A_TRANSACTION: usize = 15;

#[derive(Args, Debug)]
pub(super) struct CloseCommand {
    /// A buffer or a program, or its keypair
    #[arg(required_unless_present = "buffers")]
    address: Option<String>,
    /// Close all buffers of the authority
    #[arg(long, conflicts_with = "address")]
    buffers: bool,
    /// The authority, if not the keypair's owner: a keypair file
    #[arg(long, value_name = "KEYPAIR", visible_aliases = ["buffer-authority", "upgrade-authority"])]
    authority: Option<String>,
    /// Who gets the SOL, an address or a keypair file; without it, the keypair's owner
    #[arg(long, visible_alias = "recipient-account")]
    recipient: Option<String>,
    /// Close a program, although its address is lost with it
    #[arg(long)]
    bypass_warning: bool,
    #[command(flatten)]
    keypair: KeypairOptions,
    #[command(flatten)]
    node: NodeOptions,
}

impl CloseCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.node.spending_client()?;
        let payer = self.keypair.read(&self.node)?;
        let other = self.authority.as_deref().map(read_keypair).transpose()?;
        let authority = other.as_ref().unwrap_or(&payer);
        let recipient = match &self.recipient {
            Some(recipient) => read_address(recipient)?,
            None => payer.pubkey(),
        };
        let closed = match &self.address {
            Some(address) => {
                vec![self.close_one(&client, &payer, authority, &recipient, read_address(address)?)?]
            }
            None => close_buffers(&client, &payer, authority, &recipient)?,
        };
        let lamports: u64 = closed.iter().map(|(_, lamports)| lamports).sum();
        let addresses: Vec<String> = closed.iter().map(|(address, _)| address.to_string()).collect();
        let json = json!({
            "closed": addresses,
            "lamports": lamports,
            "recipient": recipient.to_string(),
        });
        self.node.output().print(&json, || {
            format!("Closed {}; {} went to {recipient}", words(&addresses), sol(lamports))
        })?;
        Ok(ExitCode::SUCCESS)
    }

    fn close_one(
        &self,
        client: &Client,
        payer: &Keypair,
        authority: &Keypair,
        recipient: &Address,
        address: Address,
    ) -> anyhow::Result<(Address, u64)> {
        let found = Found::at(client, address)?;
        check_authority(&found, &authority.pubkey())?;
        if found.is_program() && !self.bypass_warning {
            bail!(
                "program {address} could not be called any more, and its address never be used again: add --bypass-warning if \
                 that is what you want"
            );
        }
        let program = found.is_program().then_some(&found.address);
        let close = loader::close_any(&found.holder, recipient, Some(&authority.pubkey()), program);
        client.run(payer, &[authority], &[close])?;
        Ok((address, found.account.lamports))
    }
}

/// Checks that it is the authority who asks.
///
/// # Errors
/// Who it is instead.
pub(super) fn check_authority(found: &Found, own: &Address) -> anyhow::Result<()> {
    let address = found.address;
    match found.authority() {
        None => bail!("{address} is immutable: nobody can change or close it"),
        Some(authority) => ensure!(
            authority == *own,
            "only {authority} may change {address}, and this is {own}: give its keypair by --authority"
        ),
    }
    Ok(())
}

fn close_buffers(
    client: &Client,
    payer: &Keypair,
    authority: &Keypair,
    recipient: &Address,
) -> anyhow::Result<Vec<(Address, u64)>> {
    let buffers = owned_by(client, Kind::Buffers, &authority.pubkey())?;
    for group in buffers.chunks(BUFFERS_A_TRANSACTION) {
        let instructions: Vec<_> = group
            .iter()
            .map(|buffer| loader::close(&buffer.address, recipient, &authority.pubkey()))
            .collect();
        client.run(payer, &[authority], &instructions)?;
    }
    Ok(buffers.iter().map(|buffer| (buffer.address, buffer.lamports)).collect())
}

fn words(addresses: &[String]) -> String {
    match addresses {
        [] => "nothing: there are no buffers".to_owned(),
        [one] => one.clone(),
        several => format!("{} buffers", several.len()),
    }
}
