//! Sysvars.

use super::fields::Fields;
use sealane_sdk::Address;
use sealane_sdk::ids::{clock, recent_blockhashes, rent, slot_hashes};
use serde_json::{Value, json};

pub(super) fn parse(address: &Address, data: &[u8]) -> Option<(&'static str, Value)> {
    let mut fields = Fields(data);
    if *address == clock::ID {
        let (slot, start) = (fields.u64()?, fields.i64()?);
        let (epoch, schedule_epoch, time) = (fields.u64()?, fields.u64()?, fields.i64()?);
        let info = json!({
            "epoch": epoch,
            "epochStartTimestamp": start,
            "leaderScheduleEpoch": schedule_epoch,
            "slot": slot,
            "unixTimestamp": time,
        });
        Some(("clock", info))
    } else if *address == rent::ID {
        let (lamports, threshold, burn_percent) = (fields.u64()?, fields.f64()?, fields.byte()?);
        let info = json!({
            "burnPercent": burn_percent,
            "exemptionThreshold": threshold,
            "lamportsPerByteYear": lamports.to_string(),
        });
        Some(("rent", info))
    } else if *address == recent_blockhashes::ID {
        let entry = |fields: &mut Fields<'_>| {
            let (blockhash, lamports) = (fields.text()?, fields.u64()?);
            let fee = json!({ "lamportsPerSignature": lamports.to_string() });
            Some(json!({ "blockhash": blockhash, "feeCalculator": fee }))
        };
        Some(("recentBlockhashes", list(fields, entry)?))
    } else if *address == slot_hashes::ID {
        let entry = |fields: &mut Fields<'_>| {
            let (slot, hash) = (fields.u64()?, fields.text()?);
            Some(json!({ "hash": hash, "slot": slot }))
        };
        Some(("slotHashes", list(fields, entry)?))
    } else {
        None
    }
}

/// A list behind its count; behind it may be room for more.
fn list(mut fields: Fields<'_>, entry: impl Fn(&mut Fields<'_>) -> Option<Value>) -> Option<Value> {
    let count = fields.u64()?;
    let mut entries = Vec::new();
    for _ in 0..count {
        entries.push(entry(&mut fields)?);
    }
    Some(Value::Array(entries))
}
