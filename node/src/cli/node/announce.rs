//! What a node says on the standard output once it serves: where it listens, and what to do with it.

use super::ledger::Kept;
use super::settings::Settings;
use crate::serve::Server;
use serde::Serialize;
use solana_signer::Signer;
use std::io::{Write, stdout};

/// For whom it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    People,
    /// A line of JSON.
    Json,
}

/// Where a node listens, and what it serves.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Announcement {
    http: String,
    websocket: String,
    ledger: String,
    last_block: u64,
    genesis_hash: Option<String>,
    identity: String,
    faucet: Option<String>,
    #[serde(skip)]
    limit_sol: u64,
}

impl Announcement {
    pub(super) fn new(settings: &Settings, server: &Server, kept: &Kept) -> anyhow::Result<Self> {
        let Kept { ledger, identity, faucet, genesis_hash } = kept;
        Ok(Self {
            http: format!("http://{}", server.http_address()?),
            websocket: format!("ws://{}", server.websocket_address()?),
            ledger: settings.directory().display().to_string(),
            last_block: ledger.last_header().number,
            genesis_hash: genesis_hash.map(|hash| hash.to_string()),
            identity: identity.to_string(),
            faucet: faucet.as_ref().map(|keypair| keypair.pubkey().to_string()),
            limit_sol: settings.faucet_limit_lamports() / 1_000_000_000,
        })
    }

    /// Prints it. Whoever has closed the output does not want to know.
    pub(super) fn print(&self, form: Form) {
        let text = match form {
            Form::Json => serde_json::to_string(self).unwrap_or_default(),
            Form::People => self.to_string(),
        };
        let mut out = stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }
}

impl std::fmt::Display for Announcement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { http, websocket, ledger, last_block, .. } = self;
        writeln!(
            f,
            "Sealane {} on the ledger in {ledger}, last block {last_block}",
            env!("CARGO_PKG_VERSION")
        )?;
        writeln!(f, "  JSON-RPC   {http}")?;
        writeln!(f, "  WebSocket  {websocket}")?;
        writeln!(f, "  Dashboard  {http}/")?;
        match &self.faucet {
            Some(faucet) => {
                writeln!(f, "  Faucet     {faucet}, up to {} SOL a request:", self.limit_sol)?;
                writeln!(f, "             sealane airdrop 10 ADDRESS --url {http}")?;
            }
            None => writeln!(f, "  Faucet     none; start with --faucet for airdrops")?,
        }
        write!(f, "Ctrl-C stops it.")
    }
}
