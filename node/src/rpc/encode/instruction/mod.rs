//! Instructions whose programs are known, as objects: what `jsonParsed` makes of transactions.
//!
//! The shapes are Solana's: names of accounts and arguments by instruction. An instruction that is not understood is shown with its
//! accounts' addresses and its data.

mod associated_token;
mod loader;
mod system;
mod token;

use super::binary;
use sealane_runtime::balances::TOKEN_2022_ID;
use sealane_sdk::Address;
use sealane_sdk::ids::{
    associated_token as associated_token_id, bpf_loader_upgradeable, system_program, token as token_id,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The memo programs, the older first.
pub(in crate::rpc) const MEMO_IDS: [Address; 2] = [
    Address::from_str_const("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo"),
    Address::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"),
];

/// More than the data of any instruction that is recorded.
const DATA_LIMIT_BYTES: usize = 16 << 10;

/// An instruction with the addresses of its accounts.
#[derive(Clone, Debug)]
pub(crate) struct Called<'t> {
    /// The program.
    pub(crate) program: Address,
    /// The accounts it was handed, in its order.
    pub(crate) accounts: Vec<Address>,
    /// What it was told.
    pub(crate) data: &'t [u8],
    /// Height on the call stack, 1 at the top level.
    pub(crate) stack_height: u8,
}

/// An instruction as JSON: understood, or in parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum InstructionView {
    /// What it means is known.
    #[serde(rename_all = "camelCase")]
    Parsed {
        /// What it does.
        parsed: Value,
        /// The program's name.
        program: &'static str,
        /// The program's address.
        program_id: String,
        /// Height on the call stack.
        stack_height: u8,
    },
    /// Only its parts are.
    #[serde(rename_all = "camelCase")]
    Parts {
        /// Addresses of its accounts.
        accounts: Vec<String>,
        /// Its data in base58.
        data: String,
        /// The program's address.
        program_id: String,
        /// Height on the call stack.
        stack_height: u8,
    },
}

impl InstructionView {
    /// The instruction as it is shown.
    pub(crate) fn new(called: &Called<'_>) -> Self {
        let (program_id, stack_height) = (called.program.to_string(), called.stack_height);
        match parse(called) {
            Some((program, parsed)) => Self::Parsed { parsed, program, program_id, stack_height },
            None => Self::Parts {
                accounts: called.accounts.iter().map(ToString::to_string).collect(),
                data: binary::base58(called.data),
                program_id,
                stack_height,
            },
        }
    }
}

/// The program's name, and what the instruction does.
fn parse(called: &Called<'_>) -> Option<(&'static str, Value)> {
    let program = &called.program;
    if MEMO_IDS.contains(program) {
        return Some(("spl-memo", json!(std::str::from_utf8(called.data).ok()?)));
    }
    let (name, told) = if *program == system_program::ID {
        ("system", system::parse(called)?)
    } else if *program == token_id::ID || *program == TOKEN_2022_ID {
        ("spl-token", token::parse(called)?)
    } else if *program == associated_token_id::ID {
        ("spl-associated-token-account", associated_token::parse(called)?)
    } else if *program == bpf_loader_upgradeable::ID {
        ("bpf-upgradeable-loader", loader::parse(called)?)
    } else {
        return None;
    };
    Some((name, json!({ "info": told.info, "type": told.kind })))
}

/// What an instruction does, while it is put together.
#[derive(Debug)]
struct Told {
    kind: &'static str,
    info: Map<String, Value>,
}

impl Told {
    /// An instruction of this kind, whose first accounts have these names; `None` if it has fewer.
    fn new(kind: &'static str, called: &Called<'_>, names: &[&str]) -> Option<Self> {
        let accounts = called.accounts.get(..names.len())?;
        let entries = names.iter().zip(accounts).map(|(name, account)| ((*name).to_owned(), text(account)));
        Some(Self { kind, info: entries.collect() })
    }

    /// The same with one more argument.
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.info.insert(name.to_owned(), value.into());
        self
    }

    /// The same with the account at `index`, or `null` if it has none there.
    fn with_account(self, name: &str, called: &Called<'_>, index: usize) -> Self {
        let account = called.accounts.get(index).map_or(Value::Null, text);
        self.with(name, account)
    }
}

fn text(address: &Address) -> Value {
    Value::String(address.to_string())
}

/// An instruction that its program reads with bincode. What claims to be longer than it can be is nothing.
fn bincode_of<T: DeserializeOwned>(data: &[u8]) -> Option<T> {
    let config = bincode::config::legacy().with_limit::<DATA_LIMIT_BYTES>();
    bincode::serde::decode_from_slice(data, config).ok().map(|(instruction, _)| instruction)
}

#[cfg(test)]
mod tests;
