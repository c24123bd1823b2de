//! Blockhashes and fees: what a transaction needs before it can be sent.

use super::check_context;
use crate::rpc::context::{Answer, answer, answer_at};
use crate::rpc::encode::binary::{self, BinaryEncoding};
use crate::rpc::error::RpcError;
use crate::rpc::options::{ContextOptions, check_min_context_slot};
use crate::rpc::params;
use crate::rpc::{Params, Rpc};
use sealane_runtime::ingest::{budget, sanitize};
use sealane_sdk::Address;
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::{MAX_V1_TRANSACTION_SIZE_BYTES, SIGNATURE_SIZE_BYTES};
use serde::Serialize;
use serde_json::json;

/// Most addresses `getRecentPrioritizationFees` takes. Source: Solana.
const MAX_FEE_ADDRESSES_COUNT: usize = 128;

pub(super) fn latest_blockhash(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let options: ContextOptions = params.options(0)?;
    rpc.chain().note_interest();
    let last = rpc.reader().last();
    let slot = last.header.number;
    check_min_context_slot(options.min_context_slot, slot)?;
    answer_at(
        slot,
        json!({ "blockhash": last.hash.to_string(), "lastValidBlockHeight": last_valid_block_height(rpc, slot) }),
    )
}

/// The last block that may hold a transaction with the hash of block `number`.
pub(super) fn last_valid_block_height(rpc: &Rpc, number: u64) -> u64 {
    number.saturating_add(rpc.chain().blockhash_age_blocks())
}

pub(super) fn is_blockhash_valid(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let hash = params::hash(&params.required::<String>(0, "blockhash")?)?;
    check_context(rpc, params, 1)?;
    rpc.chain().note_interest();
    let slot = rpc.slot();
    answer_at(slot, is_recent(rpc, &hash, slot)?)
}

/// Whether a transaction with this blockhash can be in the block after block `slot`.
pub(super) fn is_recent(rpc: &Rpc, hash: &Hash, slot: u64) -> Result<bool, RpcError> {
    let oldest = slot.saturating_sub(rpc.chain().blockhash_age_blocks().saturating_sub(1));
    let last = rpc.reader().last();
    if last.header.number == slot && last.hash == *hash {
        return Ok(true);
    }
    // The hash of a block stands in the header of the next one.
    for number in (oldest.saturating_add(1)..=slot.saturating_add(1)).rev() {
        match rpc.reader().header(number)? {
            Some(header) if header.parent == *hash => return Ok(true),
            Some(_) => {}
            None if number > slot => {}
            None => return Ok(false),
        }
    }
    Ok(false)
}

pub(super) fn for_message(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let text: String = params.required(0, "message")?;
    let message = binary::decode(&text, BinaryEncoding::Base64, MAX_V1_TRANSACTION_SIZE_BYTES)?;
    check_context(rpc, params, 1)?;
    let slot = rpc.slot();
    let bytes = with_blank_signatures(&message)
        .ok_or_else(|| RpcError::invalid("failed to deserialize the message: it is empty"))?;
    let transaction = sanitize(&bytes)
        .map_err(|error| RpcError::invalid(format_args!("failed to deserialize the message: {error}")))?;
    let hash = Hash::new_from_array(*transaction.recent_blockhash());
    let budget = budget(&transaction).map_err(RpcError::invalid)?;
    let fee = budget.fee(transaction.signatures().len() as u64);
    // A durable nonce is no recent blockhash either; the fee is then not known to be right, as on Solana.
    answer_at(slot, is_recent(rpc, &hash, slot)?.then_some(fee))
}

/// The transaction of a message, its signatures zero: in front of it, or, in version 1, behind it.
fn with_blank_signatures(message: &[u8]) -> Option<Vec<u8>> {
    const VERSION_0: u8 = 0x80;
    const VERSION_1: u8 = 0x81;
    let first = *message.first()?;
    let signature_count = if first >= VERSION_0 { *message.get(1)? } else { first };
    let signatures = vec![0; usize::from(signature_count).saturating_mul(SIGNATURE_SIZE_BYTES)];
    if first == VERSION_1 {
        return Some([message, &signatures].concat());
    }
    // A count below 128 is one byte of the compact form; no transaction has more.
    Some([&[signature_count][..], &signatures, message].concat())
}

/// The least that was paid for priority in a block, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PrioritizationFee {
    prioritization_fee: u64,
    slot: u64,
}

pub(super) fn recent_prioritization(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let texts: Vec<String> = params.optional(0, "addresses")?.unwrap_or_default();
    if texts.len() > MAX_FEE_ADDRESSES_COUNT {
        return Err(RpcError::invalid(format_args!(
            "Too many inputs provided; max {MAX_FEE_ADDRESSES_COUNT}"
        )));
    }
    let addresses: Vec<Address> = texts.iter().map(|text| params::address(text)).collect::<Result<_, _>>()?;
    let fees = rpc.prices().of_recent(&rpc.chain().recent_blocks(), &addresses);
    let views =
        fees.into_iter().map(|(slot, prioritization_fee)| PrioritizationFee { prioritization_fee, slot });
    answer(&views.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_any_version_gets_room_for_its_signatures() {
        assert_eq!(with_blank_signatures(&[]), None);
        assert_eq!(with_blank_signatures(&[0x80]), None);
        let legacy = with_blank_signatures(&[2, 0, 1, 9]).unwrap();
        assert_eq!((legacy.len(), legacy[0], &legacy[129..]), (133, 2, &[2, 0, 1, 9][..]));
        let version_0 = with_blank_signatures(&[0x80, 1, 0, 1]).unwrap();
        assert_eq!((version_0.len(), version_0[0], &version_0[65..]), (69, 1, &[0x80, 1, 0, 1][..]));
        let version_1 = with_blank_signatures(&[0x81, 1, 0, 1]).unwrap();
        assert_eq!((version_1.len(), &version_1[..4]), (68, &[0x81, 1, 0, 1][..]));
    }
}
