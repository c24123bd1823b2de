//! Bytes as text: base58, base64, and base64 of what zstd made of them.

use crate::rpc::error::{INVALID_REQUEST, RpcError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde::{Deserialize, Serialize};

/// Most bytes of account data in base58: writing it takes time with the square of the size. Source: Solana.
pub(crate) const MAX_BASE58_SIZE_BYTES: usize = 128;

/// How bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum BinaryEncoding {
    /// Base58.
    #[serde(rename = "base58")]
    Base58,
    /// Base64.
    #[serde(rename = "base64")]
    Base64,
    /// Base64 of the bytes packed with zstd.
    #[serde(rename = "base64+zstd")]
    Base64Zstd,
}

/// Bytes as text, with what says how: `["…", "base64"]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Encoded(pub(crate) String, pub(crate) BinaryEncoding);

impl Encoded {
    /// `bytes` in this encoding.
    pub(crate) fn new(bytes: &[u8], encoding: BinaryEncoding) -> Self {
        let text = match encoding {
            BinaryEncoding::Base58 => base58(bytes),
            BinaryEncoding::Base64 => base64(bytes),
            BinaryEncoding::Base64Zstd => base64(&compress_to_vec(bytes, CompressionLevel::Fastest)),
        };
        Self(text, encoding)
    }
}

/// Bytes in base58.
pub(crate) fn base58(bytes: &[u8]) -> String {
    bs58::encode(bytes).into_string()
}

/// Bytes in base64, padded.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes that `text` stands for, at most `limit_bytes`.
///
/// # Errors
/// -32602 if it is longer or stands for nothing.
pub(crate) fn decode(text: &str, encoding: BinaryEncoding, limit_bytes: usize) -> Result<Vec<u8>, RpcError> {
    let (name, text_limit) = match encoding {
        BinaryEncoding::Base58 => ("base58", limit_bytes.saturating_mul(7).div_ceil(5)),
        BinaryEncoding::Base64 => ("base64", limit_bytes.div_ceil(3).saturating_mul(4)),
        BinaryEncoding::Base64Zstd => {
            return Err(RpcError::invalid(
                "unsupported encoding: base64+zstd. Supported encodings: base58, base64",
            ));
        }
    };
    let too_large = |size: usize, what: &str| {
        RpcError::invalid(format_args!(
            "{name} encoded data too large: {size} bytes (max: {what} {text_limit}/{limit_bytes})"
        ))
    };
    if text.len() > text_limit {
        return Err(too_large(text.len(), "encoded/raw"));
    }
    let decoded = match encoding {
        BinaryEncoding::Base58 => bs58::decode(text).into_vec().map_err(|error| error.to_string()),
        BinaryEncoding::Base64 | BinaryEncoding::Base64Zstd => {
            STANDARD.decode(text).map_err(|error| error.to_string())
        }
    };
    let bytes =
        decoded.map_err(|error| RpcError::invalid(format_args!("invalid {name} encoding: {error}")))?;
    if bytes.len() > limit_bytes { Err(too_large(bytes.len(), "encoded/raw")) } else { Ok(bytes) }
}

/// Data that is too large for base58.
pub(crate) fn too_large_for_base58() -> RpcError {
    RpcError::new(
        INVALID_REQUEST,
        "Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_was_encoded_can_be_decoded() {
        let bytes: Vec<u8> = (0..120).collect();
        for encoding in [BinaryEncoding::Base58, BinaryEncoding::Base64] {
            let Encoded(text, _) = Encoded::new(&bytes, encoding);
            assert_eq!(decode(&text, encoding, 120), Ok(bytes.clone()), "{encoding:?}");
            assert!(decode(&text, encoding, 110).is_err(), "{encoding:?}: a limit");
            assert!(decode("ü", encoding, 110).is_err());
        }
        assert!(decode("", BinaryEncoding::Base64Zstd, 1).is_err());
    }

    #[test]
    fn packed_data_can_be_unpacked_and_is_smaller() {
        for bytes in [Vec::new(), vec![7; 100_000], (0..70_000_u32).flat_map(u32::to_le_bytes).collect()] {
            let Encoded(text, encoding) = Encoded::new(&bytes, BinaryEncoding::Base64Zstd);
            assert_eq!(serde_json::to_value(encoding).unwrap(), "base64+zstd");
            let packed = STANDARD.decode(text).unwrap();
            let mut unpacked = Vec::new();
            let mut decoder = ruzstd::decoding::StreamingDecoder::new(&*packed).unwrap();
            decoder.read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, bytes);
            assert!(bytes.is_empty() || packed.len() <= bytes.len());
        }
    }
}
