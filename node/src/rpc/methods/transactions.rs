//! Transactions that were executed: what became of them, and which name an address.

use super::blocks::{BlockTransactionView, EncodingOrOptions};
use crate::rpc::context::{Answer, answer, answer_at};
use crate::rpc::encode::meta::StatusView;
use crate::rpc::encode::mints::Mints;
use crate::rpc::error::RpcError;
use crate::rpc::options::{ContextOptions, check_min_context_slot};
use crate::rpc::params::{self, signature_text};
use crate::rpc::{Params, Rpc};
use sealane_runtime::face::{Place, SignatureQuery};
use sealane_runtime::ingest::sanitize;
use sealane_runtime::outcome::Failure;
use sealane_sdk::instruction::TransactionError;
use serde::{Deserialize, Serialize};

/// Most signatures one call asks after. Source: Solana.
const MAX_STATUSES_COUNT: usize = 256;
/// Most transactions one call lists. Source: Solana.
const MAX_SIGNATURES_COUNT: usize = 1_000;

/// A transaction with its place, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PlacedTransaction {
    block_time: i64,
    #[serde(flatten)]
    transaction: BlockTransactionView,
    slot: u64,
}

pub(super) fn transaction(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let signature = params.signature(0)?;
    let options = EncodingOrOptions::read(params, 1)?;
    let Some(found) = rpc.reader().transaction(&signature)? else { return answer(&None::<()>) };
    let mints = Mints::new(rpc.reader());
    answer(&PlacedTransaction {
        block_time: found.unix_time,
        transaction: BlockTransactionView::new(&found.bytes, &found.receipt, &options, &mints)?,
        slot: found.place.block_number,
    })
}

/// What became of a transaction, as JSON. What is in a durable block is final, which clients know by `confirmations` being `null`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SignatureStatus {
    confirmation_status: &'static str,
    confirmations: Option<()>,
    err: Option<TransactionError>,
    slot: u64,
    status: StatusView,
}

pub(super) fn statuses(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let texts: Vec<String> = params.required(0, "signatures")?;
    if texts.len() > MAX_STATUSES_COUNT {
        return Err(RpcError::invalid(format_args!("Too many inputs provided; max {MAX_STATUSES_COUNT}")));
    }
    let signatures: Vec<[u8; 64]> =
        texts.iter().map(|text| params::signature(text)).collect::<Result<_, _>>()?;
    rpc.chain().note_interest();
    // Read first: what is answered is as of this block or a later one.
    let slot = rpc.slot();
    let mut statuses = Vec::with_capacity(signatures.len());
    for signature in &signatures {
        let found = rpc.reader().transaction(signature)?;
        statuses.push(found.map(|found| {
            let err = found.receipt.body.failure.as_ref().map(Failure::transaction_error);
            let status = StatusView::of(err.as_ref());
            let slot = found.place.block_number;
            SignatureStatus { confirmation_status: "finalized", confirmations: None, err, slot, status }
        }));
    }
    answer_at(slot, statuses)
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct HistoryOptions {
    before: Option<String>,
    until: Option<String>,
    limit: Option<usize>,
    #[serde(flatten)]
    context: ContextOptions,
}

/// A transaction that names an address, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AddressSignatureView {
    block_time: i64,
    confirmation_status: &'static str,
    err: Option<TransactionError>,
    memo: Option<String>,
    signature: String,
    slot: u64,
}

pub(super) fn for_address(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let address = params.address(0)?;
    let options: HistoryOptions = params.options(1)?;
    let limit = options.limit.unwrap_or(MAX_SIGNATURES_COUNT);
    if limit == 0 || limit > MAX_SIGNATURES_COUNT {
        return Err(RpcError::invalid(format_args!("Invalid limit; max {MAX_SIGNATURES_COUNT}")));
    }
    check_min_context_slot(options.context.min_context_slot, rpc.slot())?;
    let place = |text: &Option<String>| -> Result<Option<Option<Place>>, RpcError> {
        let Some(text) = text else { return Ok(None) };
        Ok(Some(rpc.reader().place(&params::signature(text)?)?))
    };
    let (before, until) = (place(&options.before)?, place(&options.until)?);
    if before == Some(None) {
        // Nothing comes before a transaction that is not there.
        return answer(&[(); 0]);
    }
    let query = SignatureQuery { before: before.flatten(), until: until.flatten(), limit };
    let found = rpc.reader().signatures_for_address(&address, &query)?;
    let views = found.into_iter().map(|found| AddressSignatureView {
        block_time: found.unix_time,
        confirmation_status: "finalized",
        err: found.failure.as_ref().map(Failure::transaction_error),
        memo: memo(&found.bytes),
        signature: signature_text(&found.signature),
        slot: found.place.block_number,
    });
    answer(&views.collect::<Vec<_>>())
}

/// What a transaction's memo instructions say, each behind its length: `[5] hello; [2] hi`.
fn memo(bytes: &[u8]) -> Option<String> {
    let transaction = sanitize(bytes).ok()?;
    let keys = transaction.keys();
    let memos = transaction.instructions().filter_map(|instruction| {
        let program = keys.get(usize::from(instruction.program_index))?;
        if !crate::rpc::encode::instruction::MEMO_IDS.contains(program) {
            return None;
        }
        let text = std::str::from_utf8(instruction.data).unwrap_or("(unparseable)");
        Some(format!("[{}] {text}", instruction.data.len()))
    });
    let memos: Vec<String> = memos.collect();
    (!memos.is_empty()).then(|| memos.join("; "))
}
