//! Values as they are written: bytes and a checksum over them and their key, so that a value that was altered, cut short
//! or stands under another key's name is found when it is read.

use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::Table;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Write;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Size of the checksum behind each value in bytes.
const CHECKSUM_SIZE_BYTES: usize = 8;

/// Adds the checksum to a value.
pub(super) fn seal(key: &[u8], mut value: Vec<u8>) -> Vec<u8> {
    let checksum = checksum(key, &value);
    value.extend_from_slice(&checksum);
    value
}

/// Checks the value of a key and takes the checksum off.
///
/// # Errors
/// [`StoreError::Corrupt`] if it is not what was sealed.
pub(super) fn open(table: Table, key: &[u8], mut value: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    let size = checked(table, key, &value)?.len();
    value.truncate(size);
    Ok(value)
}

/// As [`open`], without taking the value.
pub(super) fn checked<'v>(table: Table, key: &[u8], value: &'v [u8]) -> Result<&'v [u8], StoreError> {
    match value.split_last_chunk::<CHECKSUM_SIZE_BYTES>() {
        Some((value, stored)) if *stored == checksum(key, value) => Ok(value),
        Some(_) => Err(corrupt(table, key, "the checksum does not fit")),
        None => Err(corrupt(table, key, "the value is too short")),
    }
}

/// A value in bincode, sealed.
pub(super) fn encode(key: &[u8], value: &impl Serialize) -> Vec<u8> {
    let bytes = bincode::serde::encode_to_vec(value, bincode::config::standard());
    seal(key, bytes.unwrap_or_else(|error| crate::bug!("a record cannot be encoded: {error}")))
}

/// What [`encode`] wrote.
///
/// # Errors
/// [`StoreError::Corrupt`] if it is not that.
pub(super) fn decode<T: DeserializeOwned>(table: Table, key: &[u8], value: &[u8]) -> Result<T, StoreError> {
    let bytes = checked(table, key, value)?;
    match bincode::serde::decode_from_slice(bytes, bincode::config::standard()) {
        Ok((value, size)) if size == bytes.len() => Ok(value),
        Ok(_) => Err(corrupt(table, key, "there are bytes behind the value")),
        Err(_) => Err(corrupt(table, key, "the value cannot be decoded")),
    }
}

/// The error that names a table and a key.
pub(super) fn corrupt(table: Table, key: &[u8], what: &'static str) -> StoreError {
    let key = key.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    StoreError::Corrupt { table: table.name(), key, what }
}

fn checksum(key: &[u8], value: &[u8]) -> [u8; CHECKSUM_SIZE_BYTES] {
    xxh3_64_with_seed(value, xxh3_64(key)).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_altered_is_found() {
        let (key, value) = (b"key".as_slice(), b"some value".to_vec());
        let sealed = seal(key, value.clone());
        assert_eq!(open(Table::Meta, key, sealed.clone()).expect("it is what was sealed"), value);
        for position in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[position] ^= 1;
            let error = open(Table::Meta, key, altered).expect_err("a bit is another");
            assert!(matches!(error, StoreError::Corrupt { table: "meta", .. }), "{error}");
            let cut = sealed[..position].to_vec();
            assert!(open(Table::Meta, key, cut).is_err(), "cut at {position}");
        }
        let error = open(Table::Blocks, b"\x01\xff", sealed).expect_err("it is another key's");
        assert!(
            error.to_string().starts_with("table blocks, key 01ff: the checksum does not fit;"),
            "{error}"
        );
    }
}
