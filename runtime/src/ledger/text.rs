//! Addresses and account data as people and other programs write them in files: base58, base64, hexadecimal, zstd.
//!
//! What is wrong is said while a file is read, so that its reader knows the place.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sealane_sdk::Address;
use sealane_sdk::limits::MAX_ACCOUNT_DATA_SIZE_BYTES;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt::{self, Formatter};
use std::io::Read;

/// Longest data in base58, in characters: decoding takes time by the square.
const MAX_BASE58_SIZE_BYTES: usize = 4_096;

/// An address in base58.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AddressText(pub(crate) Address);

impl Serialize for AddressText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AddressText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AddressVisitor;
        impl Visitor<'_> for AddressVisitor {
            type Value = AddressText;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("an address: 32 bytes in base58, between quotation marks")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<AddressText, E> {
                let wrong = |_| E::custom(format_args!("`{text}` is no address: give 32 bytes in base58"));
                text.parse().map(AddressText).map_err(wrong)
            }
        }
        deserializer.deserialize_str(AddressVisitor)
    }
}

/// How data is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Encoding {
    #[serde(rename = "base64")]
    Base64,
    #[serde(rename = "base58")]
    Base58,
    #[serde(rename = "base64+zstd")]
    Base64Zstd,
    #[serde(rename = "hex")]
    Hex,
}

/// The data that a text stands for.
///
/// # Errors
/// What is wrong with it, and how to mend it.
pub(crate) fn decode_data(text: &str, encoding: Encoding) -> Result<Vec<u8>, String> {
    let base64 = || BASE64.decode(text).map_err(|error| format!("the data is not base64: {error}"));
    let data = match encoding {
        Encoding::Base64 => base64()?,
        Encoding::Base64Zstd => decompressed(&base64()?)?,
        Encoding::Hex => hex(text)?,
        Encoding::Base58 if text.len() > MAX_BASE58_SIZE_BYTES => {
            return Err(format!(
                "data of more than {MAX_BASE58_SIZE_BYTES} characters is not read from base58: give base64"
            ));
        }
        Encoding::Base58 => {
            bs58::decode(text).into_vec().map_err(|error| format!("the data is not base58: {error}"))?
        }
    };
    check_size(data.len())?;
    Ok(data)
}

/// Account data in base64.
pub(crate) fn encode_data(data: &[u8]) -> String {
    BASE64.encode(data)
}

/// Checks that an account may hold so many bytes.
///
/// # Errors
/// That it may not.
pub(crate) fn check_size(size_bytes: usize) -> Result<(), String> {
    match size_bytes <= MAX_ACCOUNT_DATA_SIZE_BYTES {
        true => Ok(()),
        false => Err(format!(
            "an account holds at most {MAX_ACCOUNT_DATA_SIZE_BYTES} bytes of data, not {size_bytes}"
        )),
    }
}

fn decompressed(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("the data is not zstd: {error}");
    let decoder = ruzstd::decoding::StreamingDecoder::new(bytes).map_err(|error| wrong(&error))?;
    let mut data = Vec::new();
    // A byte more than there may be, so that too many are noticed, and no more than that is ever unpacked.
    let limit = MAX_ACCOUNT_DATA_SIZE_BYTES as u64 + 1;
    decoder.take(limit).read_to_end(&mut data).map_err(|error| wrong(&error))?;
    Ok(data)
}

fn hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()
        .ok_or("the data is not hexadecimal: it takes the digits 0 to 9 and a to f")?;
    let (pairs, rest) = digits.as_chunks::<2>();
    match rest {
        [] => Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect()),
        _ => {
            Err("the data is not hexadecimal: a byte takes two digits, and there is an odd number".to_owned())
        }
    }
}
