//! `sealane idl`: a program's description, from its crate, its module, or the ledger that it is deployed on.
//!
//! In: a folder, a module, a JSON file, or an address and a node. Out: the JSON text that client generators read.

use anyhow::{Context, bail, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sealane_sdk::Address;
use serde_json::{Value, json};
use solana_loader_v3_interface::state::UpgradeableLoaderState;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Show a program's description.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct IdlCommand {
    #[command(subcommand)]
    fetch: Option<Fetch>,
    /// The folder of the program's crate, or its module (.wasm)
    #[arg(default_value = ".")]
    source: PathBuf,
    /// The file to write; without it, the description is printed
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum Fetch {
    /// Read the description of a deployed program from a node
    Fetch {
        /// The program's address
        program: Address,
        /// The node's JSON-RPC
        #[arg(long, default_value = "http://127.0.0.1:8899")]
        url: String,
        /// The file to write; without it, the description is printed
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

impl IdlCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let (description, out) = match self.fetch {
            None => (read(&self.source)?, self.out),
            Some(Fetch::Fetch { program, url, out }) => (fetch(&program, &url)?, out),
        };
        match out {
            None => println!("{description}"),
            Some(path) => {
                fs::write(&path, description + "\n")
                    .with_context(|| format!("cannot write {}", path.display()))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The description in a JSON file, a module or a crate.
///
/// # Errors
/// There is none, or it cannot be read.
pub(super) fn read(source: &Path) -> anyhow::Result<String> {
    if source.is_dir() {
        let description = super::build::idl_of_crate(source)?;
        return description.with_context(|| {
            format!(
                "the program in {} has no description: it is made of `#[program]`, with `host = [\"sealane-sdk/host\"]` \
                 among the crate's features",
                source.display()
            )
        });
    }
    let bytes = fs::read(source).with_context(|| format!("cannot read {}", source.display()))?;
    if bytes.starts_with(b"\0asm") {
        return of_module(&bytes).with_context(|| source.display().to_string());
    }
    String::from_utf8(bytes).with_context(|| format!("{} is neither JSON nor a module", source.display()))
}

/// The description that a module holds.
fn of_module(module: &[u8]) -> anyhow::Result<String> {
    let section = super::build::idl_section(module).context(
        "the module holds no description: `sealane build` puts it there if the crate has the feature `host`, and for a program on \
         Anchor if it is told --idl target/idl/NAME.json",
    )?;
    String::from_utf8(section.to_vec()).context("the module's description is no text")
}

/// The description in the module of a deployed program, as a node tells it.
fn fetch(program: &Address, url: &str) -> anyhow::Result<String> {
    let account =
        account(program, url)?.with_context(|| format!("there is no account {program} on {url}"))?;
    let module = match bincode::serde::decode_from_slice(&account, bincode::config::legacy()) {
        Ok((UpgradeableLoaderState::Program { programdata_address }, _)) => {
            let address = programdata_address;
            let data = self::account(&address, url)?
                .with_context(|| format!("there is no account {address} on {url}"))?;
            let head = UpgradeableLoaderState::size_of_programdata_metadata();
            ensure!(data.len() > head, "the program {program} has been closed");
            data.split_at(head).1.to_vec()
        }
        _ if account.starts_with(b"\0asm") => account,
        _ => bail!("{program} is no program that was deployed"),
    };
    of_module(&module).with_context(|| format!("the program {program}"))
}

/// An account's data; `None` if there is no such account.
fn account(address: &Address, url: &str) -> anyhow::Result<Option<Vec<u8>>> {
    let request = json!({
        "jsonrpc": "2.0", "id": 1, "method": "getAccountInfo",
        "params": [address.to_string(), { "encoding": "base64" }],
    });
    let mut answer = ureq::post(url).send_json(&request).with_context(|| format!("no answer from {url}"))?;
    let answer: Value = answer
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_json()
        .with_context(|| format!("{url} answers no JSON"))?;
    if let Some(error) = answer.get("error") {
        bail!("{url} refuses: {}", error["message"].as_str().unwrap_or("it does not say why"));
    }
    let value = &answer["result"]["value"];
    if value.is_null() {
        return Ok(None);
    }
    let data = value["data"][0].as_str().with_context(|| format!("{url} answers no account"))?;
    Ok(Some(BASE64_STANDARD.decode(data).with_context(|| format!("{url} answers data that is no base64"))?))
}
