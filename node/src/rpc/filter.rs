//! Which accounts of a program are asked for.

use super::encode::binary::{self, BinaryEncoding};
use super::encode::mints::is_token_program;
use super::error::RpcError;
use sealane_runtime::balances::HeldToken;
use sealane_sdk::Account;
use serde::Deserialize;

/// Most filters of one call. Source: Solana.
const MAX_FILTERS_COUNT: usize = 4;
/// Most bytes that one filter compares. Source: Solana.
const MAX_COMPARED_SIZE_BYTES: usize = 128;

/// A filter as clients write it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum FilterOption {
    /// The data has this size in bytes.
    DataSize(u64),
    /// The data has these bytes at this place.
    Memcmp(MemcmpOption),
    /// It is an initialized token account.
    TokenAccountState,
}

/// Bytes at a place, as clients write them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct MemcmpOption {
    offset: usize,
    bytes: BytesOption,
    encoding: Option<MemcmpEncoding>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum BytesOption {
    Text(String),
    Bytes(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum MemcmpEncoding {
    #[serde(alias = "binary")]
    Base58,
    Base64,
    Bytes,
}

/// A filter that is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// The data has this size in bytes.
    Size(u64),
    /// The data has these bytes at this place.
    Compare {
        /// Where.
        offset: usize,
        /// What.
        bytes: Vec<u8>,
    },
    /// It is an initialized token account.
    TokenAccount,
}

impl Filter {
    /// The filters that clients wrote.
    ///
    /// # Errors
    /// -32602 if there are too many, or one is not understood.
    pub(crate) fn read_all(options: Vec<FilterOption>) -> Result<Vec<Self>, RpcError> {
        if options.len() > MAX_FILTERS_COUNT {
            return Err(RpcError::invalid(format_args!(
                "Too many filters provided; max {MAX_FILTERS_COUNT}"
            )));
        }
        options.into_iter().map(Self::read).collect()
    }

    fn read(option: FilterOption) -> Result<Self, RpcError> {
        let MemcmpOption { offset, bytes, encoding } = match option {
            FilterOption::DataSize(size_bytes) => return Ok(Self::Size(size_bytes)),
            FilterOption::TokenAccountState => return Ok(Self::TokenAccount),
            FilterOption::Memcmp(memcmp) => memcmp,
        };
        let bytes = match (bytes, encoding) {
            (BytesOption::Bytes(bytes), None | Some(MemcmpEncoding::Bytes)) => bytes,
            (BytesOption::Text(text), None | Some(MemcmpEncoding::Base58)) => {
                binary::decode(&text, BinaryEncoding::Base58, MAX_COMPARED_SIZE_BYTES)?
            }
            (BytesOption::Text(text), Some(MemcmpEncoding::Base64)) => {
                binary::decode(&text, BinaryEncoding::Base64, MAX_COMPARED_SIZE_BYTES)?
            }
            _ => return Err(RpcError::invalid("the filter's bytes are not written in its encoding")),
        };
        if bytes.len() > MAX_COMPARED_SIZE_BYTES {
            return Err(RpcError::invalid(format_args!(
                "a filter compares at most {MAX_COMPARED_SIZE_BYTES} bytes, not {}",
                bytes.len()
            )));
        }
        Ok(Self::Compare { offset, bytes })
    }

    /// Whether the account passes.
    pub(crate) fn passes(&self, account: &Account) -> bool {
        match self {
            Self::Size(size_bytes) => account.data.len() as u64 == *size_bytes,
            Self::Compare { offset, bytes } => {
                account.data.get(*offset..).is_some_and(|data| data.starts_with(bytes))
            }
            Self::TokenAccount => {
                is_token_program(&account.owner) && HeldToken::of_data(&account.data).is_some()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(filters: Value) -> Result<Vec<Filter>, RpcError> {
        Filter::read_all(serde_json::from_value(filters).map_err(RpcError::invalid)?)
    }

    #[test]
    fn filters_are_read_in_all_their_forms() {
        let bytes = vec![1, 2, 3];
        let compare = |bytes: &[u8]| vec![Filter::Compare { offset: 4, bytes: bytes.to_vec() }];
        let memcmp = |bytes: Value, encoding: Value| {
            read(json!([{ "memcmp": { "offset": 4, "bytes": bytes, "encoding": encoding } }]))
        };
        assert_eq!(read(json!([{ "dataSize": 165 }])), Ok(vec![Filter::Size(165)]));
        assert_eq!(read(json!(["tokenAccountState"])), Ok(vec![Filter::TokenAccount]));
        assert_eq!(read(json!([{ "memcmp": { "offset": 4, "bytes": "Ldp" } }])), Ok(compare(&bytes)));
        assert_eq!(memcmp(json!("Ldp"), json!("base58")), Ok(compare(&bytes)));
        assert_eq!(memcmp(json!("AQID"), json!("base64")), Ok(compare(&bytes)));
        assert_eq!(memcmp(json!([1, 2, 3]), json!(null)), Ok(compare(&bytes)));
        assert_eq!(memcmp(json!([1, 2, 3]), json!("bytes")), Ok(compare(&bytes)));
        for wrong in [
            memcmp(json!("0OIl"), json!(null)),
            memcmp(json!("AQID"), json!("bytes")),
            memcmp(json!([1]), json!("base64")),
            memcmp(json!([256]), json!(null)),
            memcmp(json!(vec![0; 129]), json!(null)),
            memcmp(json!("1".repeat(200)), json!(null)),
            read(json!([{ "memcmp": { "offset": -1, "bytes": "" } }])),
            read(json!([{ "other": 1 }])),
            read(
                json!([{ "dataSize": 1 }, { "dataSize": 1 }, { "dataSize": 1 }, { "dataSize": 1 }, { "dataSize": 1 }]),
            ),
        ] {
            assert!(wrong.is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn an_account_passes_by_size_and_bytes() {
        let account = Account { data: vec![9, 8, 7, 6], ..Account::default() };
        let check = |filter: Filter, expected| assert_eq!(filter.passes(&account), expected, "{filter:?}");
        check(Filter::Size(4), true);
        check(Filter::Size(5), false);
        check(Filter::Compare { offset: 1, bytes: vec![8, 7] }, true);
        check(Filter::Compare { offset: 1, bytes: vec![7, 8] }, false);
        check(Filter::Compare { offset: 3, bytes: vec![6, 5] }, false);
        check(Filter::Compare { offset: 4, bytes: vec![] }, true);
        check(Filter::Compare { offset: 5, bytes: vec![] }, false);
        check(Filter::Compare { offset: usize::MAX, bytes: vec![1] }, false);
        check(Filter::TokenAccount, false);
    }
}
