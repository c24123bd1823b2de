//! Transactions as clients see them.

use super::binary::{self, BinaryEncoding, Encoded};
use super::instruction::{Called, InstructionView};
use crate::rpc::error::RpcError;
use crate::rpc::params::signature_text;
use sealane_runtime::ingest::{InstructionView as Instruction, SanitizedTransaction, Version, write_locks};
use sealane_sdk::instruction::Hash;
use serde::{Deserialize, Serialize};

/// How a transaction is to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum TransactionEncoding {
    /// Base58, as a bare text: what there was first.
    #[serde(rename = "binary")]
    Bare,
    /// Base58.
    #[serde(rename = "base58")]
    Base58,
    /// Base64.
    #[serde(rename = "base64")]
    Base64,
    /// As an object, with indices as in the message.
    #[default]
    #[serde(rename = "json")]
    Json,
    /// As an object, with addresses for indices, and instructions of known programs told.
    #[serde(rename = "jsonParsed")]
    Parsed,
}

/// A transaction, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum TransactionView {
    /// Its bytes as a bare text.
    Bare(String),
    /// Its bytes as text.
    Encoded(Encoded),
    /// An object.
    Told {
        /// What is signed.
        message: MessageView,
        /// Who signed it, in base58.
        signatures: Vec<String>,
    },
    /// Its accounts alone.
    #[serde(rename_all = "camelCase")]
    Accounts {
        /// The accounts.
        account_keys: Vec<AccountKeyView>,
        /// Who signed it, in base58.
        signatures: Vec<String>,
    },
}

/// A message, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum MessageView {
    /// With indices.
    #[serde(rename_all = "camelCase")]
    Compiled {
        account_keys: Vec<String>,
        header: HeaderView,
        instructions: Vec<CompiledView>,
        recent_blockhash: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        address_table_lookups: Option<[(); 0]>,
    },
    /// With addresses.
    #[serde(rename_all = "camelCase")]
    Parsed {
        account_keys: Vec<AccountKeyView>,
        instructions: Vec<InstructionView>,
        recent_blockhash: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        address_table_lookups: Option<[(); 0]>,
    },
}

/// The three counts of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeaderView {
    num_readonly_signed_accounts: usize,
    num_readonly_unsigned_accounts: usize,
    num_required_signatures: usize,
}

/// An instruction with indices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompiledView {
    /// Indices of its accounts.
    pub(crate) accounts: Vec<u8>,
    /// Its data in base58.
    pub(crate) data: String,
    /// Index of its program.
    pub(crate) program_id_index: u8,
    /// Height on the call stack, 1 at the top level.
    pub(crate) stack_height: u8,
}

/// One of a transaction's keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct AccountKeyView {
    pubkey: String,
    signer: bool,
    /// Where it was named: always in the transaction itself, as there are no address tables.
    source: &'static str,
    writable: bool,
}

/// A transaction's version, as JSON: `"legacy"` or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum VersionView {
    /// No version.
    Legacy(&'static str),
    /// A version.
    Number(u8),
}

impl VersionView {
    /// The version as it is shown to whoever reads versions up to `max`; `None` to those who know none.
    ///
    /// # Errors
    /// -32015 if it is a later one.
    pub(crate) fn new(version: Version, max: Option<u8>) -> Result<Option<Self>, RpcError> {
        let number = match version {
            Version::Legacy => return Ok(max.map(|_| Self::Legacy("legacy"))),
            Version::V0 => 0,
            Version::V1 => 1,
        };
        if max.is_some_and(|max| number <= max) {
            Ok(Some(Self::Number(number)))
        } else {
            Err(RpcError::unsupported_version(number))
        }
    }
}

impl TransactionView {
    /// The transaction with these bytes.
    pub(crate) fn new(
        transaction: &SanitizedTransaction<'_>,
        bytes: &[u8],
        encoding: TransactionEncoding,
    ) -> Self {
        let message = match encoding {
            TransactionEncoding::Bare => return Self::Bare(binary::base58(bytes)),
            TransactionEncoding::Base58 => return Self::Encoded(Encoded::new(bytes, BinaryEncoding::Base58)),
            TransactionEncoding::Base64 => return Self::Encoded(Encoded::new(bytes, BinaryEncoding::Base64)),
            TransactionEncoding::Json => MessageView::compiled(transaction),
            TransactionEncoding::Parsed => MessageView::parsed(transaction),
        };
        Self::Told { message, signatures: signatures(transaction) }
    }

    /// Its accounts alone.
    pub(crate) fn accounts(transaction: &SanitizedTransaction<'_>) -> Self {
        Self::Accounts { account_keys: account_keys(transaction), signatures: signatures(transaction) }
    }
}

impl MessageView {
    fn compiled(transaction: &SanitizedTransaction<'_>) -> Self {
        Self::Compiled {
            account_keys: transaction.keys().iter().map(ToString::to_string).collect(),
            header: HeaderView::new(transaction),
            instructions: transaction.instructions().map(|one| CompiledView::new(&one)).collect(),
            recent_blockhash: recent_blockhash(transaction),
            address_table_lookups: lookups(transaction),
        }
    }

    fn parsed(transaction: &SanitizedTransaction<'_>) -> Self {
        let instructions = transaction.instructions().map(|instruction| {
            let Instruction { program_index, accounts, data } = instruction;
            InstructionView::new(&called(transaction, program_index, accounts, data, 1))
        });
        Self::Parsed {
            account_keys: account_keys(transaction),
            instructions: instructions.collect(),
            recent_blockhash: recent_blockhash(transaction),
            address_table_lookups: lookups(transaction),
        }
    }
}

impl HeaderView {
    fn new(transaction: &SanitizedTransaction<'_>) -> Self {
        let mut header = Self {
            num_readonly_signed_accounts: 0,
            num_readonly_unsigned_accounts: 0,
            num_required_signatures: 0,
        };
        for index in 0..transaction.keys().len() {
            let is_readonly = usize::from(!transaction.is_writable_by_header(index));
            if transaction.is_signer(index) {
                header.num_required_signatures += 1;
                header.num_readonly_signed_accounts += is_readonly;
            } else {
                header.num_readonly_unsigned_accounts += is_readonly;
            }
        }
        header
    }
}

impl CompiledView {
    fn new(instruction: &Instruction<'_>) -> Self {
        Self {
            accounts: instruction.accounts.to_vec(),
            data: binary::base58(instruction.data),
            program_id_index: instruction.program_index,
            stack_height: 1,
        }
    }
}

/// An instruction of the transaction, nested or not, with addresses for its indices.
pub(crate) fn called<'t>(
    transaction: &SanitizedTransaction<'_>,
    program_index: u8,
    accounts: &[u8],
    data: &'t [u8],
    stack_height: u8,
) -> Called<'t> {
    let key = |index: u8| transaction.keys().get(usize::from(index)).copied().unwrap_or_default();
    let accounts = accounts.iter().map(|index| key(*index)).collect();
    Called { program: key(program_index), accounts, data, stack_height }
}

fn account_keys(transaction: &SanitizedTransaction<'_>) -> Vec<AccountKeyView> {
    let locks = write_locks(transaction);
    let keys = transaction.keys().iter().enumerate();
    let view = keys.map(|(index, key)| AccountKeyView {
        pubkey: key.to_string(),
        signer: transaction.is_signer(index),
        source: "transaction",
        writable: locks >> index & 1 == 1,
    });
    view.collect()
}

fn signatures(transaction: &SanitizedTransaction<'_>) -> Vec<String> {
    transaction.signatures().iter().map(signature_text).collect()
}

fn recent_blockhash(transaction: &SanitizedTransaction<'_>) -> String {
    Hash::new_from_array(*transaction.recent_blockhash()).to_string()
}

/// A version-0 message has a list of them, which is empty on this ledger.
fn lookups(transaction: &SanitizedTransaction<'_>) -> Option<[(); 0]> {
    (transaction.version() == Version::V0).then_some([])
}
