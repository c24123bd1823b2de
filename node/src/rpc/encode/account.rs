//! Accounts as clients see them.

use super::binary::{self, BinaryEncoding, Encoded, MAX_BASE58_SIZE_BYTES};
use super::mints::Mints;
use super::parsed::{self, ParsedAccount};
use crate::rpc::error::RpcError;
use sealane_sdk::{Account, Address};
use serde::{Deserialize, Serialize};

/// The epoch in which rent is due: never. Clients expect the largest `u64`, as an integer.
const RENT_EPOCH: u64 = u64::MAX;

/// How an account's data is to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum AccountEncoding {
    /// Base58, as a bare text: what there was first.
    #[default]
    #[serde(rename = "binary")]
    Bare,
    /// Base58.
    #[serde(rename = "base58")]
    Base58,
    /// Base64.
    #[serde(rename = "base64")]
    Base64,
    /// Base64 of the data packed with zstd.
    #[serde(rename = "base64+zstd")]
    Base64Zstd,
    /// As an object, if it is known what the data means; base64 otherwise.
    #[serde(rename = "jsonParsed")]
    Parsed,
}

/// A part of an account's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct DataSlice {
    offset: usize,
    length: usize,
}

/// In which form an account is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AccountForm {
    /// How its data is to be written.
    pub(crate) encoding: AccountEncoding,
    /// Which part of it; all if `None`. It says nothing of parsed data.
    pub(crate) data_slice: Option<DataSlice>,
}

/// An account, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountView {
    data: DataView,
    executable: bool,
    lamports: u64,
    owner: String,
    rent_epoch: u64,
    space: usize,
}

/// An account with its address, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct KeyedAccount {
    /// The account.
    pub(crate) account: AccountView,
    /// Its address.
    pub(crate) pubkey: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum DataView {
    Bare(String),
    Encoded(Encoded),
    Parsed(ParsedAccount),
}

impl AccountView {
    /// `account` in this form; `mints` tells the decimals of tokens.
    ///
    /// # Errors
    /// -32600 if there is more data than base58 is used for; -32603 if the ledger cannot be read.
    pub(crate) fn new(
        address: &Address,
        account: &Account,
        form: AccountForm,
        mints: &Mints<'_>,
    ) -> Result<Self, RpcError> {
        Ok(Self {
            data: DataView::new(address, account, form, mints)?,
            executable: account.executable,
            lamports: account.lamports,
            owner: account.owner.to_string(),
            rent_epoch: RENT_EPOCH,
            space: account.data.len(),
        })
    }
}

impl KeyedAccount {
    /// As [`AccountView::new`], with the address.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn new(
        address: &Address,
        account: &Account,
        form: AccountForm,
        mints: &Mints<'_>,
    ) -> Result<Self, RpcError> {
        Ok(Self { account: AccountView::new(address, account, form, mints)?, pubkey: address.to_string() })
    }
}

impl DataView {
    fn new(
        address: &Address,
        account: &Account,
        form: AccountForm,
        mints: &Mints<'_>,
    ) -> Result<Self, RpcError> {
        let data = slice(&account.data, form.data_slice);
        let is_small = data.len() <= MAX_BASE58_SIZE_BYTES;
        Ok(match form.encoding {
            AccountEncoding::Bare if is_small => Self::Bare(binary::base58(data)),
            AccountEncoding::Base58 if is_small => Self::Encoded(Encoded::new(data, BinaryEncoding::Base58)),
            AccountEncoding::Bare | AccountEncoding::Base58 => return Err(binary::too_large_for_base58()),
            AccountEncoding::Base64 => Self::Encoded(Encoded::new(data, BinaryEncoding::Base64)),
            AccountEncoding::Base64Zstd => Self::Encoded(Encoded::new(data, BinaryEncoding::Base64Zstd)),
            AccountEncoding::Parsed => match parsed::account(address, account, mints)? {
                Some(parsed) => Self::Parsed(parsed),
                None => Self::Encoded(Encoded::new(data, BinaryEncoding::Base64)),
            },
        })
    }
}

/// The part of `data` that is asked for, as far as it is there.
fn slice(data: &[u8], slice: Option<DataSlice>) -> &[u8] {
    let Some(DataSlice { offset, length }) = slice else { return data };
    let rest = data.get(offset..).unwrap_or_default();
    rest.get(..length).unwrap_or(rest)
}
