//! Blocks: their numbers, their times, what is in them.

use super::check_context;
use crate::rpc::context::{Answer, answer, answer_at};
use crate::rpc::encode::meta::MetaView;
use crate::rpc::encode::mints::Mints;
use crate::rpc::encode::transaction::{TransactionEncoding, TransactionView, VersionView};
use crate::rpc::error::RpcError;
use crate::rpc::options::Commitment;
use crate::rpc::params::signature_text;
use crate::rpc::{Params, Rpc};
use sealane_runtime::ingest::sanitize;
use sealane_runtime::ledger::Block;
use sealane_runtime::receipt::Receipt;
use sealane_sdk::instruction::Hash;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Most blocks that one call lists. Source: Solana.
const MAX_RANGE_BLOCKS: u64 = 500_000;
/// Seconds of a performance sample, and most samples. Source: Solana.
const SAMPLE_PERIOD_SECONDS: i64 = 60;
const MAX_SAMPLES_COUNT: usize = 720;

/// Options of methods that show transactions; some clients give the encoding alone.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub(in crate::rpc) enum EncodingOrOptions {
    /// The encoding alone.
    Encoding(TransactionEncoding),
    /// All options.
    Options(BlockOptions),
}

/// How a block or a transaction is to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::rpc) struct BlockOptions {
    /// How transactions are written.
    pub(in crate::rpc) encoding: Option<TransactionEncoding>,
    /// How much of them is shown.
    pub(in crate::rpc) transaction_details: Option<TransactionDetails>,
    /// Whether rewards are listed; there are none.
    pub(in crate::rpc) rewards: Option<bool>,
    /// Read to be checked.
    pub(in crate::rpc) commitment: Option<Commitment>,
    /// The last version of transactions that the caller reads; none beside legacy if `None`.
    pub(in crate::rpc) max_supported_transaction_version: Option<u8>,
}

/// How much of a block's transactions is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::rpc) enum TransactionDetails {
    /// All.
    #[default]
    Full,
    /// Signatures alone.
    Signatures,
    /// Nothing.
    None,
    /// Accounts, fees and balances.
    Accounts,
}

impl EncodingOrOptions {
    /// The options at `index` of the parameters.
    ///
    /// # Errors
    /// -32602 if they are neither.
    pub(in crate::rpc) fn read(params: &Params<'_>, index: usize) -> Result<BlockOptions, RpcError> {
        Ok(match params.optional(index, "options")? {
            None => BlockOptions::default(),
            Some(Self::Options(options)) => options,
            Some(Self::Encoding(encoding)) => {
                BlockOptions { encoding: Some(encoding), ..BlockOptions::default() }
            }
        })
    }
}

/// A block, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::rpc) struct BlockView {
    block_height: u64,
    block_time: i64,
    blockhash: String,
    parent_slot: u64,
    previous_blockhash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rewards: Option<[(); 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signatures: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transactions: Option<Vec<BlockTransactionView>>,
}

/// A transaction of a block, as JSON.
#[derive(Debug, Serialize)]
pub(in crate::rpc) struct BlockTransactionView {
    meta: MetaView,
    transaction: TransactionView,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<VersionView>,
}

impl BlockView {
    /// The block as it is to be shown; of its transactions, those that `is_shown` picks by their index.
    ///
    /// # Errors
    /// -32015 if a transaction has a version that the caller does not read, -32603 if the ledger cannot be read.
    pub(in crate::rpc) fn new(
        block: &Block,
        hash: Hash,
        options: &BlockOptions,
        mints: &Mints<'_>,
        is_shown: &dyn Fn(u32) -> bool,
    ) -> Result<Self, RpcError> {
        let details = options.transaction_details.unwrap_or_default();
        let shown = (0..).zip(block.transactions.iter().zip(&block.receipts));
        let shown = shown.filter(|(index, _)| is_shown(*index)).map(|(_, transaction)| transaction);
        let (mut signatures, mut transactions) = (None, None);
        match details {
            TransactionDetails::None => {}
            TransactionDetails::Signatures => {
                let texts =
                    shown.filter_map(|(bytes, _)| Some(signature_text(sanitize(bytes).ok()?.signature())));
                signatures = Some(texts.collect());
            }
            TransactionDetails::Full | TransactionDetails::Accounts => {
                let views =
                    shown.map(|(bytes, receipt)| BlockTransactionView::new(bytes, receipt, options, mints));
                transactions = Some(views.collect::<Result<_, _>>()?);
            }
        }
        let header = &block.header;
        Ok(Self {
            block_height: header.number,
            block_time: header.unix_time,
            blockhash: hash.to_string(),
            parent_slot: header.number.saturating_sub(1),
            previous_blockhash: header.parent.to_string(),
            rewards: options.rewards.unwrap_or(true).then_some([]),
            signatures,
            transactions,
        })
    }
}

impl BlockTransactionView {
    /// The transaction with these bytes and this receipt.
    ///
    /// # Errors
    /// As [`BlockView::new`].
    pub(in crate::rpc) fn new(
        bytes: &[u8],
        receipt: &Receipt,
        options: &BlockOptions,
        mints: &Mints<'_>,
    ) -> Result<Self, RpcError> {
        let transaction = sanitize(bytes).map_err(RpcError::internal)?;
        let version = VersionView::new(transaction.version(), options.max_supported_transaction_version)?;
        let encoding = options.encoding.unwrap_or_default();
        if options.transaction_details == Some(TransactionDetails::Accounts) {
            let transaction = TransactionView::accounts(&transaction);
            return Ok(Self { meta: MetaView::simple(receipt, mints)?, transaction, version });
        }
        let shows_rewards = options.rewards.unwrap_or(true);
        Ok(Self {
            meta: MetaView::new(&transaction, receipt, encoding, shows_rewards, mints)?,
            transaction: TransactionView::new(&transaction, bytes, encoding),
            version,
        })
    }
}

pub(super) fn block(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let number: u64 = params.required(0, "slot")?;
    let options = EncodingOrOptions::read(params, 1)?;
    let block = find(rpc, number)?;
    let mints = Mints::new(rpc.reader());
    answer(&BlockView::new(&block, block.header.hash(), &options, &mints, &|_| true)?)
}

/// A block that is kept.
fn find(rpc: &Rpc, number: u64) -> Result<std::sync::Arc<Block>, RpcError> {
    let reader = rpc.reader();
    match reader.block(number)? {
        Some(block) => Ok(block),
        None if number > rpc.slot() => Err(RpcError::block_not_available(number)),
        None => Err(RpcError::block_cleaned_up(number, reader.first_available_block())),
    }
}

pub(super) fn time(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let number: u64 = params.required(0, "slot")?;
    let reader = rpc.reader();
    match reader.header(number)? {
        Some(header) => answer(&header.unix_time),
        None if number > rpc.slot() => Err(RpcError::block_not_available(number)),
        None => Err(RpcError::block_cleaned_up(number, reader.first_available_block())),
    }
}

pub(super) fn slot(rpc: &Rpc, params: &Params<'_>) -> Answer {
    check_context(rpc, params, 0)?;
    rpc.chain().note_interest();
    answer(&rpc.slot())
}

pub(super) fn height(rpc: &Rpc, params: &Params<'_>) -> Answer {
    slot(rpc, params)
}

pub(super) fn first_available(rpc: &Rpc, _: &Params<'_>) -> Answer {
    answer(&rpc.reader().first_available_block())
}

pub(super) fn blocks(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let first: u64 = params.required(0, "start slot")?;
    // The second place holds the last slot or the options.
    let last: Option<u64> = match params.optional::<serde_json::Value>(1, "end slot")? {
        None | Some(serde_json::Value::Object(_)) => None,
        Some(other) => Some(serde_json::from_value(other).map_err(RpcError::invalid)?),
    };
    let last = last.unwrap_or(u64::MAX).min(rpc.slot());
    if last.saturating_sub(first) > MAX_RANGE_BLOCKS {
        return Err(RpcError::invalid(format_args!("Slot range too large; max {MAX_RANGE_BLOCKS}")));
    }
    answer(&list(rpc, first, last))
}

pub(super) fn blocks_with_limit(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let (first, limit): (u64, u64) = (params.required(0, "start slot")?, params.required(1, "limit")?);
    if limit > MAX_RANGE_BLOCKS {
        return Err(RpcError::invalid(format_args!("Limit too large; max {MAX_RANGE_BLOCKS}")));
    }
    let first = first.max(rpc.reader().first_available_block());
    let Some(last) = first.saturating_add(limit).checked_sub(1).filter(|last| *last >= first) else {
        return answer(&[0_u64; 0]);
    };
    answer(&list(rpc, first, last.min(rpc.slot())))
}

/// Numbers of the blocks between these that are kept: every slot has a block.
fn list(rpc: &Rpc, first: u64, last: u64) -> Vec<u64> {
    (first.max(rpc.reader().first_available_block())..=last).collect()
}

pub(super) fn commitment(_: &Rpc, params: &Params<'_>) -> Answer {
    let _: u64 = params.required(0, "slot")?;
    // Nobody votes.
    answer(&json!({ "commitment": null, "totalStake": 0 }))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ProductionOptions {
    identity: Option<String>,
    range: Option<ProductionRange>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProductionRange {
    first_slot: u64,
    last_slot: Option<u64>,
}

pub(super) fn production(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let options: ProductionOptions = params.options(0)?;
    let slot = rpc.slot();
    let range = options.range.unwrap_or(ProductionRange { first_slot: 0, last_slot: None });
    let (first, last) = (range.first_slot, range.last_slot.unwrap_or(slot));
    if last > slot || first > last {
        return Err(RpcError::invalid(format_args!("slots {first} to {last} are not within 0 to {slot}")));
    }
    let identity = rpc.chain().identity().to_string();
    let count = last.saturating_sub(first).saturating_add(1);
    let is_asked = options.identity.is_none_or(|asked| asked == identity);
    let by_identity = if is_asked { json!({ identity: [count, count] }) } else { json!({}) };
    answer_at(slot, json!({ "byIdentity": by_identity, "range": { "firstSlot": first, "lastSlot": last } }))
}

pub(super) fn transaction_count(rpc: &Rpc, params: &Params<'_>) -> Answer {
    check_context(rpc, params, 0)?;
    answer(&transactions_total(rpc)?)
}

/// Transactions of all blocks; a restored ledger counts from its snapshot on.
pub(super) fn transactions_total(rpc: &Rpc) -> Result<u64, RpcError> {
    Ok(rpc.reader().summary(rpc.slot())?.map_or(0, |summary| summary.transactions_total))
}

/// What happened within a minute, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sample {
    num_non_vote_transactions: u64,
    num_slots: u64,
    num_transactions: u64,
    sample_period_secs: u64,
    slot: u64,
}

pub(super) fn performance_samples(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let limit: usize = params.optional(0, "limit")?.unwrap_or(MAX_SAMPLES_COUNT);
    if limit > MAX_SAMPLES_COUNT {
        return Err(RpcError::invalid(format_args!("Invalid limit; max {MAX_SAMPLES_COUNT}")));
    }
    let mut samples = Vec::new();
    let Some(mut end) = rpc.reader().summary(rpc.slot())? else { return answer(&samples) };
    while samples.len() < limit && end.header.number > 0 {
        let since = end.header.unix_time.saturating_sub(SAMPLE_PERIOD_SECONDS);
        let Some(start) = last_not_after(rpc, since, end.header.number)? else { break };
        let transactions = end.transactions_total.saturating_sub(start.transactions_total);
        let seconds = end.header.unix_time.saturating_sub(start.header.unix_time);
        samples.push(Sample {
            num_non_vote_transactions: transactions,
            num_slots: end.header.number.saturating_sub(start.header.number),
            num_transactions: transactions,
            sample_period_secs: u64::try_from(seconds).unwrap_or(0),
            slot: end.header.number,
        });
        end = start;
    }
    answer(&samples)
}

/// The last block before block `end` whose time is not after `unix_time`; found by halving, since times never run backwards.
fn last_not_after(
    rpc: &Rpc,
    unix_time: i64,
    end: u64,
) -> Result<Option<sealane_runtime::face::BlockSummary>, RpcError> {
    let (mut low, mut high) = (0, end);
    let mut found = None;
    while low < high {
        let middle = low.midpoint(high);
        match rpc.reader().summary(middle)? {
            // Headers that are gone are those of the oldest blocks.
            None => low = middle.saturating_add(1),
            Some(summary) if summary.header.unix_time <= unix_time => {
                found = Some(summary);
                low = middle.saturating_add(1);
            }
            Some(_) => high = middle,
        }
    }
    Ok(found)
}
