//! `sealane program show`: programs and buffers.

use super::state::{Found, LoaderAccount};
use crate::cli::settings::{KeypairOptions, NodeOptions, read_address, sol};
use crate::client::Client;
use anyhow::Context;
use clap::Args;
use sealane_sdk::ids::bpf_loader_upgradeable;
use sealane_sdk::{Account, Address};
use serde_json::{Value, json};
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use std::process::ExitCode;

#[derive(Args, Debug)]
pub(super) struct ShowCommand {
    /// A program or a buffer, or its keypair
    #[arg(required_unless_present_any = ["buffers", "programs"])]
    address: Option<String>,
    /// All buffers of the authority
    #[arg(long, conflicts_with_all = ["address", "programs"])]
    buffers: bool,
    /// All programs of the authority
    #[arg(long, conflicts_with = "address")]
    programs: bool,
    /// The authority, an address or a keypair file; without it, the keypair's owner
    #[arg(long, value_name = "ADDRESS", visible_aliases = ["buffer-authority", "upgrade-authority"])]
    authority: Option<String>,
    #[command(flatten)]
    keypair: KeypairOptions,
    #[command(flatten)]
    node: NodeOptions,
}

impl ShowCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.node.client()?;
        if let Some(address) = &self.address {
            let found = Found::at(&client, read_address(address)?)?;
            self.node.output().print(&one_json(&found), || one_text(&found))?;
            return Ok(ExitCode::SUCCESS);
        }
        let authority = self.keypair.address_or_own(self.authority.as_deref(), &self.node)?;
        let kind = if self.buffers { Kind::Buffers } else { Kind::Programs };
        let owned = owned_by(&client, kind, &authority)?;
        let list: Vec<Value> = owned.iter().map(|owned| owned.json(&authority)).collect();
        let json = match kind {
            Kind::Buffers => json!({ "buffers": list }),
            Kind::Programs => json!({ "programs": list }),
        };
        self.node.output().print(&json, || {
            let lines: Vec<String> = owned.iter().map(Owned::line).collect();
            match (lines.is_empty(), kind) {
                (true, Kind::Buffers) => format!("{authority} has no buffers"),
                (true, Kind::Programs) => format!("{authority} has no programs"),
                (false, _) => lines.join("\n"),
            }
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn one_json(found: &Found) -> Value {
    let authority = found.authority().map_or_else(|| "none".to_owned(), |authority| authority.to_string());
    let data_len = found.state.module(&found.account).len();
    match found.state {
        LoaderAccount::ProgramData { slot, .. } => json!({
            "programId": found.address.to_string(),
            "owner": found.account.owner.to_string(),
            "programdataAddress": found.holder.to_string(),
            "authority": authority,
            "lastDeploySlot": slot,
            "dataLen": data_len,
            "maxLen": LoaderAccount::module_size(found.account.data.len()),
            "lamports": found.account.lamports,
        }),
        _ => json!({
            "address": found.address.to_string(),
            "authority": authority,
            "dataLen": found.account.data.len().saturating_sub(State::size_of_buffer_metadata()),
            "lamports": found.account.lamports,
        }),
    }
}

fn one_text(found: &Found) -> String {
    let authority = found.authority().map_or_else(|| "none".to_owned(), |authority| authority.to_string());
    let balance = sol(found.account.lamports);
    match found.state {
        LoaderAccount::ProgramData { slot, .. } => {
            let size = found.state.module(&found.account).len();
            format!(
                "\nProgram Id: {}\nOwner: {}\nProgramData Address: {}\nAuthority: {authority}\nLast Deployed In Slot: {slot}\n\
                 Data Length: {size} (0x{size:x}) bytes\nMaximum Length: {} bytes\nBalance: {balance}\n",
                found.address,
                found.account.owner,
                found.holder,
                LoaderAccount::module_size(found.account.data.len()),
            )
        }
        _ => {
            let size = found.account.data.len().saturating_sub(State::size_of_buffer_metadata());
            format!(
                "\nBuffer Address: {}\nAuthority: {authority}\nBalance: {balance}\nData Length: {size} (0x{size:x}) bytes\n",
                found.address
            )
        }
    }
}

/// Which accounts to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Where modules are gathered.
    Buffers,
    /// Programs' data accounts.
    Programs,
}

/// What an authority may change.
#[derive(Debug)]
pub(super) struct Owned {
    /// The buffer, or the program.
    pub(super) address: Address,
    /// What the account holds.
    pub(super) lamports: u64,
    slot: Option<u64>,
}

impl Owned {
    fn json(&self, authority: &Address) -> Value {
        let key = if self.slot.is_some() { "programId" } else { "address" };
        let mut json = json!({
            key: self.address.to_string(),
            "authority": authority.to_string(),
            "lamports": self.lamports,
        });
        if let Some(slot) = self.slot {
            json["lastDeploySlot"] = slot.into();
        }
        json
    }

    fn line(&self) -> String {
        let slot = self.slot.map(|slot| format!("  deployed in slot {slot}")).unwrap_or_default();
        format!("{:44}  {}{slot}", self.address.to_string(), sol(self.lamports))
    }
}

/// All buffers or programs that `authority` may change, by address.
pub(super) fn owned_by(client: &Client, kind: Kind, authority: &Address) -> anyhow::Result<Vec<Owned>> {
    let (state, head_size) = match kind {
        Kind::Buffers => {
            (State::Buffer { authority_address: Some(*authority) }, State::size_of_buffer_metadata())
        }
        Kind::Programs => (
            State::ProgramData { slot: 0, upgrade_authority_address: Some(*authority) },
            State::size_of_programdata_metadata(),
        ),
    };
    let head = bincode::serde::encode_to_vec(state, bincode::config::legacy())?;
    let compare = |offset: usize, bytes: Option<&[u8]>| {
        let bytes = bytes.context("a head is as long as its layout says")?;
        anyhow::Ok(json!({ "memcmp": { "offset": offset, "bytes": bs58::encode(bytes).into_string() } }))
    };
    let mut filters = vec![compare(0, head.get(..4))?];
    filters.push(match kind {
        Kind::Buffers => compare(4, head.get(4..))?,
        // Between the two stands the slot.
        Kind::Programs => compare(12, head.get(12..))?,
    });
    let owner = bpf_loader_upgradeable::ID;
    let accounts = client.program_accounts(&owner, &json!(filters), Some((0, head_size)))?;
    let mut owned = Vec::new();
    for (address, account) in accounts {
        match LoaderAccount::of(&account) {
            Some(LoaderAccount::ProgramData { slot, .. }) => {
                if let Some(program) = program_of(client, &address)? {
                    owned.push(Owned { address: program, lamports: account.lamports, slot: Some(slot) });
                }
            }
            Some(LoaderAccount::Buffer { .. }) => {
                owned.push(Owned { address, lamports: account.lamports, slot: None });
            }
            _ => (),
        }
    }
    owned.sort_by_key(|owned| owned.address);
    Ok(owned)
}

/// The program whose data account this is.
fn program_of(client: &Client, data_address: &Address) -> anyhow::Result<Option<Address>> {
    let state = State::Program { programdata_address: *data_address };
    let head = bincode::serde::encode_to_vec(state, bincode::config::legacy())?;
    let filters = json!([{ "memcmp": { "offset": 0, "bytes": bs58::encode(&head).into_string() } }]);
    let found: Vec<(Address, Account)> =
        client.program_accounts(&bpf_loader_upgradeable::ID, &filters, None)?;
    Ok(found.into_iter().next().map(|(address, _)| address))
}
