//! `sealane balance`: what an address holds.

use super::settings::{KeypairOptions, NodeOptions, sol};
use clap::Args;
use serde_json::json;
use std::process::ExitCode;

/// What an address holds
#[derive(Args, Debug)]
pub(crate) struct BalanceCommand {
    /// An address or a keypair file; without it, the keypair's owner
    address: Option<String>,
    /// In lamports (a SOL is 1,000,000,000 of them)
    #[arg(long)]
    lamports: bool,
    #[command(flatten)]
    keypair: KeypairOptions,
    #[command(flatten)]
    node: NodeOptions,
}

impl BalanceCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let address = self.keypair.address_or_own(self.address.as_deref(), &self.node)?;
        let balance = self.node.client()?.balance(&address)?;
        self.node.output().print(&json!({ "lamports": balance }), || {
            if self.lamports { format!("{balance} lamports") } else { sol(balance) }
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
