//! Accounts whose data is understood, as objects: `jsonParsed`.
//!
//! The shapes are Solana's. What is not understood, a program's own accounts above all, is shown as bytes.

mod fields;
mod loader;
mod nonce;
mod sysvar;
mod token;

use super::mints::{Mints, is_token_program};
use crate::rpc::error::RpcError;
use sealane_runtime::balances::TOKEN_2022_ID;
use sealane_sdk::ids::{bpf_loader_upgradeable, system_program, sysvar as sysvar_owner};
use sealane_sdk::{Account, Address};
use serde::Serialize;
use serde_json::Value;

/// An account's data as an object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ParsedAccount {
    /// Whose data it is, by name.
    program: &'static str,
    parsed: Parsed,
    /// Bytes of the data.
    space: usize,
}

/// What the data says.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Parsed {
    info: Value,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// The account's data as an object; `None` if it is not understood.
///
/// # Errors
/// -32603 if the ledger cannot be read.
pub(crate) fn account(
    address: &Address,
    account: &Account,
    mints: &Mints<'_>,
) -> Result<Option<ParsedAccount>, RpcError> {
    let Account { owner, data, .. } = account;
    let (program, found) = if is_token_program(owner) {
        let name = if *owner == TOKEN_2022_ID { "spl-token-2022" } else { "spl-token" };
        (name, token::parse(data, mints)?)
    } else if *owner == system_program::ID {
        ("nonce", nonce::parse(data))
    } else if *owner == bpf_loader_upgradeable::ID {
        ("bpf-upgradeable-loader", loader::parse(data))
    } else if *owner == sysvar_owner::ID {
        ("sysvar", sysvar::parse(address, data))
    } else {
        return Ok(None);
    };
    let parsed = found.map(|(kind, info)| Parsed { info, kind });
    Ok(parsed.map(|parsed| ParsedAccount { program, parsed, space: data.len() }))
}

#[cfg(test)]
mod tests;
