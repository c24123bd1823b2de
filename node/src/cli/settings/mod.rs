//! What the commands for people share: the node they talk to, the keypair they sign with, and the form of their answers, from
//! the command line, else from the configuration file of the `solana` CLI, else as that has it, but for the node: ours is this
//! machine's.

mod amount;
mod config_file;
mod interrupt;
mod keypair;
mod keypair_file;
mod url;

pub(super) use amount::{parse_lamports, sol};
pub(super) use interrupt::on_interrupt;
pub(super) use keypair::{read_address, read_keypair};
pub(super) use keypair_file::{Overwrite, write_keypair_file};

use crate::client::{Client, Commitment};
use clap::Args;
use config_file::ConfigFile;
use sealane_runtime::ledger::JsonStyle;
use sealane_sdk::Address;
use serde::Serialize;
use solana_keypair::Keypair;
use std::path::PathBuf;

/// Which node, and how to say what it answers.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Node")]
pub(super) struct NodeOptions {
    /// The node's JSON-RPC: a URL, or one of localhost (l), devnet (d), testnet (t), mainnet-beta (m)
    ///
    /// Without it, what `json_rpc_url` in the configuration file says, else http://127.0.0.1:8899.
    #[arg(short, long, value_name = "URL_OR_MONIKER")]
    url: Option<String>,
    /// The node's WebSocket; without it, one port above the JSON-RPC's
    #[arg(long, value_name = "URL")]
    ws: Option<String>,
    /// Configuration file, as `solana config set` writes it
    #[arg(short = 'C', long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How final a block must be to be looked at; a Sealane node has one answer to all three
    #[arg(long, value_enum)]
    commitment: Option<Commitment>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = Output::Display)]
    output: Output,
    /// As --output json
    #[arg(long, conflicts_with = "output")]
    json: bool,
}

/// Which keypair signs and pays.
#[derive(Args, Debug, Default)]
pub(super) struct KeypairOptions {
    /// Who signs and pays: a keypair file, `-` for one on stdin, or ASK for a seed phrase
    ///
    /// Without it, what `keypair_path` in the configuration file says, else ~/.config/solana/id.json.
    #[arg(short, long, value_name = "KEYPAIR")]
    keypair: Option<String>,
}

/// Form of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Output {
    /// For people
    #[default]
    Display,
    /// JSON on several lines
    Json,
    /// JSON on one line
    JsonCompact,
}

impl Output {
    /// How JSON is laid out, if the answer shall be JSON.
    pub(super) const fn json_style(self) -> Option<JsonStyle> {
        match self {
            Self::Display => None,
            Self::Json => Some(JsonStyle::Pretty),
            Self::JsonCompact => Some(JsonStyle::Compact),
        }
    }

    /// Prints an answer in one form or the other; `text` is only called for people.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn print(self, json: &impl Serialize, text: impl FnOnce() -> String) -> anyhow::Result<()> {
        super::print::print(match self {
            Self::Display => text(),
            Self::Json => serde_json::to_string_pretty(json)?,
            Self::JsonCompact => serde_json::to_string(json)?,
        })
    }
}

impl NodeOptions {
    /// Form of the answer.
    pub(super) const fn output(&self) -> Output {
        if self.json { Output::Json } else { self.output }
    }

    /// The node.
    ///
    /// # Errors
    /// If the configuration file cannot be read, or the URL is none.
    pub(super) fn client(&self) -> anyhow::Result<Client> {
        let file = self.config_file()?;
        let commitment = self.commitment.or(file.commitment()?).unwrap_or_default();
        Ok(Client::new(&self.http_url(&file)?, commitment))
    }

    /// The node, which must be a Sealane node, for what spends.
    ///
    /// # Errors
    /// As [`Self::client`], and if it is none.
    pub(super) fn spending_client(&self) -> anyhow::Result<Client> {
        let client = self.client()?;
        client.require_sealane()?;
        Ok(client)
    }

    /// Where the node's WebSocket is.
    ///
    /// # Errors
    /// As [`Self::client`].
    pub(super) fn websocket_url(&self) -> anyhow::Result<String> {
        let file = self.config_file()?;
        // A file's WebSocket belongs to the file's node, not to another that the command line names.
        let of_file = file.websocket_url.as_deref().filter(|url| !url.is_empty() && self.url.is_none());
        match self.ws.as_deref().or(of_file) {
            Some(url) => url::websocket(url),
            None => url::websocket_beside(&self.http_url(&file)?),
        }
    }

    fn http_url(&self, file: &ConfigFile) -> anyhow::Result<String> {
        url::http(self.url.as_deref().or(file.json_rpc_url.as_deref()).unwrap_or("localhost"))
    }

    fn config_file(&self) -> anyhow::Result<ConfigFile> {
        ConfigFile::load(self.config.as_deref())
    }
}

impl KeypairOptions {
    /// Reads the keypair.
    ///
    /// # Errors
    /// If it is not there or is none.
    pub(super) fn read(&self, node: &NodeOptions) -> anyhow::Result<Keypair> {
        read_keypair(&self.place(node.config.as_deref())?)
    }

    /// The address of `given`, which is one or a keypair, else that of the keypair.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(super) fn address_or_own(&self, given: Option<&str>, node: &NodeOptions) -> anyhow::Result<Address> {
        match given {
            Some(given) => read_address(given),
            None => read_address(&self.place(node.config.as_deref())?),
        }
    }

    fn place(&self, config: Option<&std::path::Path>) -> anyhow::Result<String> {
        match &self.keypair {
            Some(place) => Ok(place.clone()),
            None => ConfigFile::load(config)?.keypair_place(),
        }
    }
}

/// Where keys are kept where nobody says otherwise.
///
/// # Errors
/// If there is no home directory.
pub(super) fn default_keypair_path(config: Option<&std::path::Path>) -> anyhow::Result<PathBuf> {
    Ok(PathBuf::from(ConfigFile::load(config)?.keypair_place()?))
}
