//! The methods, a file a subject. Each takes the shared state and the parameters, and gives its answer.

mod accounts;
mod blocks;
mod cluster;
mod fees;
mod programs;
mod sealane;
mod send;
mod simulate;
mod tokens;
mod transactions;

pub(super) use blocks::{BlockOptions, BlockView};

use super::call::Method;
use super::context::Answer;
use super::error::RpcError;
use super::{Params, Rpc};

/// How long a method takes, roughly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    /// It looks at what is in memory: microseconds.
    Short,
    /// It may read from the disk, execute a transaction, or write a long answer.
    Long,
}
use Cost::{Long, Short};

/// Every method with what it costs, in the order of their names.
pub(crate) const METHODS: &[(&str, Cost, Method)] = &[
    ("getAccountInfo", Long, accounts::account_info),
    ("getBalance", Long, accounts::balance),
    ("getBlock", Long, blocks::block),
    ("getBlockCommitment", Short, blocks::commitment),
    ("getBlockHeight", Short, blocks::height),
    ("getBlockProduction", Short, blocks::production),
    ("getBlockTime", Long, blocks::time),
    ("getBlocks", Long, blocks::blocks),
    ("getBlocksWithLimit", Long, blocks::blocks_with_limit),
    ("getClusterNodes", Short, cluster::nodes),
    ("getEpochInfo", Long, cluster::epoch_info),
    ("getEpochSchedule", Short, cluster::epoch_schedule),
    ("getFeeForMessage", Long, fees::for_message),
    ("getFirstAvailableBlock", Short, blocks::first_available),
    ("getGenesisHash", Short, cluster::genesis_hash),
    ("getHealth", Short, cluster::health),
    ("getHighestSnapshotSlot", Short, cluster::highest_snapshot_slot),
    ("getIdentity", Short, cluster::identity),
    ("getInflationGovernor", Short, cluster::inflation_governor),
    ("getInflationRate", Short, cluster::inflation_rate),
    ("getInflationReward", Short, cluster::inflation_reward),
    ("getLargestAccounts", Long, accounts::largest),
    ("getLatestBlockhash", Short, fees::latest_blockhash),
    ("getLeaderSchedule", Short, cluster::leader_schedule),
    ("getMaxRetransmitSlot", Short, blocks::slot),
    ("getMaxShredInsertSlot", Short, blocks::slot),
    ("getMinimumBalanceForRentExemption", Short, accounts::rent_exemption),
    ("getMultipleAccounts", Long, accounts::multiple),
    ("getProgramAccounts", Long, programs::program_accounts),
    ("getRecentPerformanceSamples", Long, blocks::performance_samples),
    ("getRecentPrioritizationFees", Long, fees::recent_prioritization),
    ("getSignatureStatuses", Long, transactions::statuses),
    ("getSignaturesForAddress", Long, transactions::for_address),
    ("getSlot", Short, blocks::slot),
    ("getSlotLeader", Short, cluster::slot_leader),
    ("getSlotLeaders", Short, cluster::slot_leaders),
    ("getStakeMinimumDelegation", Short, cluster::no_stake),
    ("getSupply", Long, accounts::supply),
    ("getTokenAccountBalance", Long, tokens::account_balance),
    ("getTokenAccountsByDelegate", Long, tokens::by_delegate),
    ("getTokenAccountsByOwner", Long, tokens::by_owner),
    ("getTokenLargestAccounts", Long, tokens::largest),
    ("getTokenSupply", Long, tokens::supply),
    ("getTransaction", Long, transactions::transaction),
    ("getTransactionCount", Long, blocks::transaction_count),
    ("getVersion", Short, cluster::version),
    ("getVoteAccounts", Short, cluster::vote_accounts),
    ("isBlockhashValid", Long, fees::is_blockhash_valid),
    ("minimumLedgerSlot", Short, blocks::first_available),
    ("requestAirdrop", Long, send::airdrop),
    ("sealane_getContention", Long, sealane::contention),
    ("sealane_getProof", Long, sealane::proof),
    ("sealane_inferAccess", Long, sealane::infer_access),
    ("sendTransaction", Long, send::transaction),
    ("simulateTransaction", Long, simulate::transaction),
];

/// What answers the method of that name.
pub(super) fn find(name: &str) -> Option<(Cost, Method)> {
    let index = METHODS.binary_search_by_key(&name, |(name, ..)| name).ok()?;
    METHODS.get(index).map(|(_, cost, method)| (*cost, *method))
}

/// What a method without a true answer says.
fn not_here(why: &'static str) -> Answer {
    Err(RpcError::not_here(why))
}

/// Checks the options of a method that has none but the usual ones, at `index`.
fn check_context(rpc: &Rpc, params: &Params<'_>, index: usize) -> Result<(), RpcError> {
    params.options::<super::options::ContextOptions>(index)?.check(rpc)
}

#[cfg(test)]
mod tests;
