//! The cluster that clients expect: here, one node that makes all blocks, without stake, votes, rewards or epochs.

use super::blocks::transactions_total;
use super::{check_context, not_here};
use crate::rpc::context::{API_VERSION, Answer, answer};
use crate::rpc::error::{NODE_UNHEALTHY, RpcError};
use crate::rpc::params;
use crate::rpc::{Params, Rpc};
use serde::Deserialize;
use serde_json::json;

/// Slots of the one epoch, which never ends: as many as clients that count in doubles still tell apart.
const EPOCH_SLOTS: u64 = 1 << 52;
/// Most leaders that one call lists. Source: Solana.
const MAX_LEADERS_COUNT: usize = 5_000;
/// There is no snapshot that others could fetch. Source: Solana.
const NO_SNAPSHOT: i64 = -32008;

pub(super) fn version(_: &Rpc, _: &Params<'_>) -> Answer {
    answer(
        &json!({ "feature-set": 0, "sealane-core": env!("CARGO_PKG_VERSION"), "solana-core": API_VERSION }),
    )
}

pub(super) fn health(rpc: &Rpc, _: &Params<'_>) -> Answer {
    match rpc.chain().failure() {
        None => answer("ok"),
        Some(reason) => Err(RpcError::new(
            NODE_UNHEALTHY,
            format!("Node is unhealthy: it makes no more blocks: {reason}"),
        )),
    }
}

pub(super) fn identity(rpc: &Rpc, _: &Params<'_>) -> Answer {
    answer(&json!({ "identity": rpc.chain().identity().to_string() }))
}

pub(super) fn genesis_hash(rpc: &Rpc, _: &Params<'_>) -> Answer {
    answer(&rpc.chain().genesis_hash().to_string())
}

pub(super) fn nodes(rpc: &Rpc, _: &Params<'_>) -> Answer {
    // Nobody can reach it but by RPC, at an address that only the caller knows.
    answer(&json!([{
        "featureSet": 0,
        "gossip": null,
        "pubkey": rpc.chain().identity().to_string(),
        "pubsub": null,
        "rpc": null,
        "serveRepair": null,
        "shredVersion": 0,
        "tpu": null,
        "tpuForwards": null,
        "tpuForwardsQuic": null,
        "tpuQuic": null,
        "tpuVote": null,
        "tvu": null,
        "version": API_VERSION,
    }]))
}

pub(super) fn epoch_info(rpc: &Rpc, params: &Params<'_>) -> Answer {
    check_context(rpc, params, 0)?;
    rpc.chain().note_interest();
    let slot = rpc.slot();
    answer(&json!({
        "absoluteSlot": slot,
        "blockHeight": slot,
        "epoch": 0,
        "slotIndex": slot,
        "slotsInEpoch": EPOCH_SLOTS,
        "transactionCount": transactions_total(rpc)?,
    }))
}

pub(super) fn epoch_schedule(_: &Rpc, _: &Params<'_>) -> Answer {
    answer(&json!({
        "firstNormalEpoch": 0,
        "firstNormalSlot": 0,
        "leaderScheduleSlotOffset": EPOCH_SLOTS,
        "slotsPerEpoch": EPOCH_SLOTS,
        "warmup": false,
    }))
}

pub(super) fn slot_leader(rpc: &Rpc, params: &Params<'_>) -> Answer {
    check_context(rpc, params, 0)?;
    answer(&rpc.chain().identity().to_string())
}

pub(super) fn slot_leaders(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let (_, limit): (u64, usize) = (params.required(0, "start slot")?, params.required(1, "limit")?);
    if limit > MAX_LEADERS_COUNT {
        return Err(RpcError::invalid(format_args!("Invalid limit; max {MAX_LEADERS_COUNT}")));
    }
    answer(&vec![rpc.chain().identity().to_string(); limit])
}

pub(super) fn leader_schedule(_: &Rpc, _: &Params<'_>) -> Answer {
    not_here("one node makes all blocks, in an epoch that never ends; see getSlotLeader")
}

pub(super) fn no_stake(_: &Rpc, _: &Params<'_>) -> Answer {
    not_here("there is no stake on this ledger")
}

pub(super) fn vote_accounts(_: &Rpc, _: &Params<'_>) -> Answer {
    answer(&json!({ "current": [], "delinquent": [] }))
}

pub(super) fn inflation_governor(rpc: &Rpc, params: &Params<'_>) -> Answer {
    check_context(rpc, params, 0)?;
    answer(&json!({
        "foundation": 0.0, "foundationTerm": 0.0, "initial": 0.0, "taper": 0.0, "terminal": 0.0,
    }))
}

pub(super) fn inflation_rate(_: &Rpc, _: &Params<'_>) -> Answer {
    answer(&json!({ "epoch": 0, "foundation": 0.0, "total": 0.0, "validator": 0.0 }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
struct Addresses(Vec<String>);

pub(super) fn inflation_reward(_: &Rpc, params: &Params<'_>) -> Answer {
    let Addresses(texts) = params.required(0, "addresses")?;
    // Nobody has ever got one.
    let rewards: Result<Vec<Option<()>>, RpcError> =
        texts.iter().map(|text| params::address(text).map(|_| None)).collect();
    answer(&rewards?)
}

pub(super) fn highest_snapshot_slot(_: &Rpc, _: &Params<'_>) -> Answer {
    Err(RpcError::new(NO_SNAPSHOT, "No snapshot"))
}
