//! `sealane airdrop`: SOL from the node's faucet.

use super::settings::{KeypairOptions, NodeOptions, parse_lamports, sol};
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::process::ExitCode;
use std::time::Duration;

/// Longest wait for the faucet's transfer.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Ask the node's faucet for SOL
#[derive(Args, Debug)]
pub(crate) struct AirdropCommand {
    /// How much, in SOL
    #[arg(value_name = "SOL", value_parser = parse_lamports)]
    lamports: u64,
    /// Who gets it, an address or a keypair file; without it, the keypair's owner
    recipient: Option<String>,
    #[command(flatten)]
    keypair: KeypairOptions,
    #[command(flatten)]
    node: NodeOptions,
}

impl AirdropCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let recipient = self.keypair.address_or_own(self.recipient.as_deref(), &self.node)?;
        let client = self.node.client()?;
        let signature = client.request_airdrop(&recipient, self.lamports).with_context(|| {
            format!(
                "no airdrop of {} (a node gives them if it was started with a faucet)",
                sol(self.lamports)
            )
        })?;
        let sent = client.wait_for_signature(&signature, TIMEOUT)?;
        let balance = client.balance(&recipient)?;
        let json = json!({
            "signature": sent.signature,
            "slot": sent.slot,
            "recipient": recipient.to_string(),
            "lamports": balance,
        });
        self.node.output().print(&json, || {
            format!(
                "Requesting airdrop of {} for {recipient}\n\nSignature: {}\n\n{}",
                sol(self.lamports),
                sent.signature,
                sol(balance)
            )
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
