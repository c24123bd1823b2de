//! Account dumps: single accounts as JSON, as `solana account --output json` and `json-compact` write them.
//!
//! ```json
//! {
//!   "pubkey": "SysvarC1ock11111111111111111111111111111111",
//!   "account": {
//!     "lamports": 1169280,
//!     "data": ["AAAA", "base64"],
//!     "owner": "Sysvar1111111111111111111111111111111111111",
//!     "executable": false,
//!     "rentEpoch": 18446744073709551615,
//!     "space": 3
//!   }
//! }
//! ```
//!
//! Data may be in base64, base58 or base64 of zstd; it is written in base64. The rent epoch means nothing here: it is not
//! looked at, and written as the largest there is, like Solana does for accounts that pay no rent.

#[cfg(test)]
mod tests;

use super::text::{AddressText, Encoding, decode_data, encode_data};
use crate::file_error::{self, FileError};
use sealane_sdk::{Account, Address};
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Formatter};
use std::path::{Path, PathBuf};

/// An account and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountDump {
    /// Its address.
    pub address: Address,
    /// What stands there.
    pub account: Account,
}

/// How JSON is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonStyle {
    /// On several lines: `--output json`.
    Pretty,
    /// On one line: `--output json-compact`.
    Compact,
}

impl AccountDump {
    /// Reads a file.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: &Path) -> Result<Self, FileError> {
        Self::parse(path, &file_error::read(path, "account dump")?)
    }

    /// Reads a file, or all files of a folder whose names end in `.json`, in the order of their names, each with its path. What
    /// is wrong with one of them is wrong with all.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read_all(path: &Path) -> Result<Vec<(PathBuf, Self)>, FileError> {
        if !path.is_dir() {
            return Ok(vec![(path.to_owned(), Self::read(path)?)]);
        }
        let unreadable =
            |error| FileError::Read { file: path.to_owned(), kind: "folder of account dumps", error };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                paths.push(path);
            }
        }
        paths.sort();
        paths.into_iter().map(|path| Self::read(&path).map(|dump| (path, dump))).collect()
    }

    /// As [`Self::read`], from bytes; `name` is what errors call the file.
    ///
    /// # Errors
    /// [`FileError::Malformed`].
    pub fn parse(name: &Path, bytes: &[u8]) -> Result<Self, FileError> {
        let DumpFile { pubkey, account } = file_error::parse_json(name, bytes)?;
        Ok(Self { address: pubkey.0, account: account.0 })
    }

    /// The dump, without a line break at its end.
    #[must_use]
    pub fn to_json(&self, style: JsonStyle) -> String {
        let Self { address, account: Account { lamports, owner, executable, data } } = self;
        let file = WrittenDump {
            pubkey: AddressText(*address),
            account: WrittenAccount {
                lamports: *lamports,
                data: (encode_data(data), "base64"),
                owner: AddressText(*owner),
                executable: *executable,
                rent_epoch: u64::MAX,
                space: data.len() as u64,
            },
        };
        let json = match style {
            JsonStyle::Pretty => serde_json::to_string_pretty(&file),
            JsonStyle::Compact => serde_json::to_string(&file),
        };
        json.unwrap_or_else(|error| crate::bug!("an account cannot be written as JSON: {error}"))
    }
}

#[derive(Serialize)]
struct WrittenDump {
    pubkey: AddressText,
    account: WrittenAccount,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenAccount {
    lamports: u64,
    data: (String, &'static str),
    owner: AddressText,
    executable: bool,
    rent_epoch: u64,
    space: u64,
}

#[derive(Deserialize)]
struct DumpFile {
    pubkey: AddressText,
    account: ReadAccount,
}

#[derive(Deserialize)]
#[serde(try_from = "AccountFields")]
struct ReadAccount(Account);

/// Keys that are not named, the rent epoch among them, may hold anything.
#[derive(Deserialize)]
struct AccountFields {
    lamports: u64,
    data: Data,
    owner: AddressText,
    executable: bool,
    space: Option<u64>,
}

impl TryFrom<AccountFields> for ReadAccount {
    type Error = String;

    fn try_from(fields: AccountFields) -> Result<Self, String> {
        let AccountFields { lamports, data: Data(data), owner, executable, space } = fields;
        if let Some(space) = space.filter(|space| *space != data.len() as u64) {
            let size_bytes = data.len();
            return Err(format!("`space` says {space} bytes, the data has {size_bytes}: the data was cut"));
        }
        Ok(Self(Account { lamports, owner: owner.0, executable, data }))
    }
}

/// Account data: `["…", "encoding"]`, or base58 alone, as very old dumps have it.
struct Data(Vec<u8>);

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DataVisitor)
    }
}

struct DataVisitor;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = Data;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("the data and its encoding, as in [\"AQID\", \"base64\"]")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Data, E> {
        decode_data(text, Encoding::Base58).map(Data).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Data, A::Error> {
        let text: String = items.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let encoding: Encoding = items.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        let data = decode_data(&text, encoding).map_err(A::Error::custom)?;
        match items.next_element::<IgnoredAny>()? {
            None => Ok(Data(data)),
            Some(_) => Err(A::Error::invalid_length(3, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, _map: A) -> Result<Data, A::Error> {
        Err(A::Error::custom(
            "the data was taken apart (`jsonParsed`): ask for the account in base64 instead",
        ))
    }
}
