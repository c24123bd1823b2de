//! `sealane idl`: a program's description, from its crate, its module, or the ledger that it is deployed on.
//!
//! In: a folder, a module, a JSON file, or an address and a node. Out: the JSON text that client generators read.

use super::print::print;
use super::program::state::LoaderAccount;
use super::settings::{NodeOptions, read_address};
use crate::client::Client;
use anyhow::{Context, bail};
use sealane_sdk::Address;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What a module begins with.
const MODULE_START: &[u8] = b"\0asm";

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
        /// The program: its address or its keypair
        program: String,
        /// The file to write; without it, the description is printed
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        node: NodeOptions,
    },
}

impl IdlCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let (description, out) = match self.fetch {
            None => (read(&self.source)?, self.out),
            Some(Fetch::Fetch { program, out, node }) => {
                (fetch(&node.client()?, read_address(&program)?)?, out)
            }
        };
        match out {
            None => print(description)?,
            Some(path) => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)
                        .with_context(|| format!("cannot make {}", folder.display()))?;
                }
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
    if bytes.starts_with(MODULE_START) {
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
fn fetch(client: &Client, program: Address) -> anyhow::Result<String> {
    let account = client
        .account(&program)?
        .with_context(|| format!("there is no account {program} at {}", client.url()))?;
    let holder = match LoaderAccount::of(&account) {
        Some(LoaderAccount::Program { data_address }) => {
            client.account(&data_address)?.with_context(|| format!("program {program} was closed"))?
        }
        _ => account,
    };
    let module = match LoaderAccount::of(&holder) {
        Some(state) => state.module(&holder),
        // A program that the ledger began with is its own module.
        None if holder.data.starts_with(MODULE_START) => holder.data.as_slice(),
        None => bail!("{program} is no program: its owner is {}", holder.owner),
    };
    of_module(module).with_context(|| format!("program {program}"))
}
