//! Durable nonce accounts of the system program.

use super::fields::Fields;
use sealane_sdk::limits::NONCE_ACCOUNT_SIZE_BYTES;
use serde_json::{Value, json};

/// Version u32, state u32 (1 if it is initialized), authority, nonce, lamports a signature.
pub(super) fn parse(data: &[u8]) -> Option<(&'static str, Value)> {
    if data.len() != NONCE_ACCOUNT_SIZE_BYTES {
        return None;
    }
    let mut fields = Fields(data);
    let (version, state) = (fields.u32()?, fields.u32()?);
    if version > 1 || state != 1 {
        return None;
    }
    let (authority, blockhash, lamports) = (fields.text()?, fields.text()?, fields.u64()?);
    let info = json!({
        "authority": authority,
        "blockhash": blockhash,
        "feeCalculator": { "lamportsPerSignature": lamports.to_string() },
    });
    Some(("initialized", info))
}
