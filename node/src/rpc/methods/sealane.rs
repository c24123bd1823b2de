//! What Solana has not: which accounts a transaction needs, what held a block up, and proofs of accounts.

use super::simulate::{transaction_bytes, transaction_of};
use crate::rpc::context::{Answer, answer, answer_at};
use crate::rpc::encode::account::{AccountEncoding, AccountForm, AccountView};
use crate::rpc::encode::binary::{BinaryEncoding, base64};
use crate::rpc::encode::mints::Mints;
use crate::rpc::error::RpcError;
use crate::rpc::params::signature_text;
use crate::rpc::{BlockEvent, Params, Rpc};
use sealane_runtime::error::Rejection;
use sealane_runtime::explain::{BlockContention, BlockObservation};
use sealane_runtime::ingest::sanitize;
use sealane_runtime::outcome::Failure;
use sealane_runtime::simulate::{InferredAccess, SimulateError, Verdict};
use sealane_sdk::Address;
use sealane_sdk::instruction::{Hash, TransactionError};
use sealane_sdk::state_proof::{ProofEnd, StateProof};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct InferOptions {
    encoding: Option<BinaryEncoding>,
}

pub(super) fn infer_access(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let text: String = params.required(0, "transaction")?;
    let options: InferOptions = params.options(1)?;
    let bytes = transaction_bytes(&text, options.encoding)?;
    transaction_of(&bytes)?;
    let slot = rpc.slot();
    let inferred = match rpc.chain().infer_access(&bytes) {
        Ok(inferred) => inferred,
        Err(SimulateError::Rejected(rejection)) => return Err(rejected(&rejection)),
        Err(error) => return Err(RpcError::internal(error)),
    };
    answer_at(slot, inferred_view(&inferred))
}

fn rejected(rejection: &Rejection) -> RpcError {
    let data = json!({ "err": rejection.transaction_error() });
    RpcError {
        data: Some(data),
        ..RpcError::invalid(format_args!("the transaction is rejected whatever it declares: {rejection}"))
    }
}

fn inferred_view(inferred: &InferredAccess) -> Value {
    let InferredAccess {
        verdict,
        access,
        simulation,
        too_wide,
        unused,
        too_narrow,
        is_minimal,
        run_count,
        transaction,
    } = inferred;
    let texts = |addresses: &[Address]| addresses.iter().map(ToString::to_string).collect::<Vec<_>>();
    let verdict = match verdict {
        Verdict::WorksAsDeclared => "worksAsDeclared",
        Verdict::WorksWithMore => "worksWithMore",
        Verdict::Fails => "fails",
    };
    let body = &simulation.receipt.body;
    json!({
        "err": body.failure.as_ref().map(Failure::transaction_error),
        "isMinimal": is_minimal,
        "logs": simulation.receipt.logs.lines(),
        "reads": texts(&access.reads),
        "runs": run_count,
        "tooNarrow": texts(too_narrow),
        "tooWide": texts(too_wide),
        "transaction": [base64(transaction), "base64"],
        "unitsConsumed": body.units_consumed,
        "unused": texts(unused),
        "verdict": verdict,
        "writes": texts(&access.writes),
    })
}

pub(super) fn proof(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let address = params.address(0)?;
    let (at, account, proof) = rpc.chain().prove(&address).map_err(RpcError::internal)?;
    let header = &at.header;
    let roots = header.roots.ok_or_else(|| RpcError::server("the blocks of this ledger carry no roots"))?;
    let mints = Mints::new(rpc.reader());
    let form = AccountForm { encoding: AccountEncoding::Base64, data_slice: None };
    let account = account.map(|account| AccountView::new(&address, &account, form, &mints)).transpose()?;
    let value = json!({
        "account": account,
        "header": {
            "number": header.number,
            "parent": header.parent.to_string(),
            "receiptsRoot": roots.receipts.to_string(),
            "stateRoot": roots.state.to_string(),
            "transactionsRoot": roots.transactions.to_string(),
            "unixTime": header.unix_time,
        },
        "blockhash": at.hash.to_string(),
        "proof": proof_view(&proof),
    });
    answer_at(header.number, value)
}

fn proof_view(proof: &StateProof) -> Value {
    let text = |digest: &[u8; 32]| Hash::new_from_array(*digest).to_string();
    let end = match &proof.end {
        ProofEnd::Empty => Value::Null,
        ProofEnd::Leaf { key, account_hash } => {
            json!({ "accountHash": text(account_hash), "key": text(key) })
        }
    };
    json!({ "end": end, "siblings": proof.siblings.iter().map(text).collect::<Vec<_>>() })
}

/// What held a block up, as JSON.
#[derive(Debug, Serialize)]
struct ContentionView {
    contention: BlockContention,
    slot: u64,
    transactions: Vec<ObservedView>,
}

/// One transaction as it was executed, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ObservedView {
    batch: Option<u32>,
    end_nanos: u64,
    err: Option<TransactionError>,
    index: usize,
    signature: String,
    start_nanos: u64,
    units_consumed: u64,
    waited_for: Vec<WaitView>,
    worker: u16,
}

/// An account that a transaction could not have before another one was done, as JSON.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct WaitView {
    account: String,
    transaction: usize,
}

pub(super) fn contention(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let number: Option<u64> = params.optional(0, "slot")?;
    let recent = rpc.chain().recent_blocks();
    let event = match number {
        None => recent.last(),
        Some(number) => recent.iter().find(|event| event.number == number),
    };
    let Some(event) = event else {
        let kept =
            (recent.first().map_or(0, |event| event.number), recent.last().map_or(0, |event| event.number));
        return Err(RpcError::server(format!(
            "How a block was executed is known of the last blocks only: {} to {}",
            kept.0, kept.1
        )));
    };
    let observation = event
        .observation
        .as_ref()
        .ok_or_else(|| RpcError::server("This node does not observe how blocks are executed"))?;
    answer(&ContentionView {
        contention: BlockContention::new(observation, None),
        slot: event.number,
        transactions: observed(event, observation),
    })
}

/// The block's transactions with what was noted of each.
fn observed(event: &BlockEvent, observation: &BlockObservation) -> Vec<ObservedView> {
    // What was observed has transactions that were rejected when it was their turn as well: a payer that ran dry, which is rare. Then
    // nothing says which are the block's.
    let waits = waits(observation);
    let is_whole = observation.transactions.len() == event.block.receipts.len();
    let transactions = event.block.transactions.iter().zip(&event.block.receipts).enumerate();
    let view = |(index, (bytes, receipt)): (usize, (&[u8], &sealane_runtime::receipt::Receipt))| {
        let noted = observation.transactions.get(index).filter(|_| is_whole)?;
        Some(ObservedView {
            batch: event.block.batches.get(index).copied(),
            end_nanos: noted.end_ns,
            err: receipt.body.failure.as_ref().map(Failure::transaction_error),
            index,
            signature: sanitize(bytes).map(|view| signature_text(view.signature())).unwrap_or_default(),
            start_nanos: noted.start_ns,
            units_consumed: receipt.body.units_consumed,
            waited_for: waits
                .get(index)
                .map(|waits| waits.iter().map(WaitView::new).collect())
                .unwrap_or_default(),
            worker: noted.worker,
        })
    };
    transactions.filter_map(view).collect()
}

/// A transaction that had to be done before, and the account for which.
type Wait = (Address, usize);

impl WaitView {
    fn new((account, transaction): &Wait) -> Self {
        Self { account: account.to_string(), transaction: *transaction }
    }
}

/// For each transaction, the last one before it at each of its accounts that it could not run beside.
fn waits(observation: &BlockObservation) -> Vec<Vec<Wait>> {
    let mut last_writers: BTreeMap<u32, usize> = BTreeMap::new();
    let mut last_readers: BTreeMap<u32, usize> = BTreeMap::new();
    let mut waits = Vec::with_capacity(observation.access_sets.len());
    for (index, accesses) in observation.access_sets.iter().enumerate() {
        let mut own = Vec::new();
        for access in accesses {
            let slot = access.account();
            let writer = last_writers.get(&slot).copied();
            let reader = if access.is_write() { last_readers.get(&slot).copied() } else { None };
            if let (Some(before), Some(address)) =
                (writer.max(reader), observation.addresses.get(slot as usize))
            {
                own.push((*address, before));
            }
        }
        for access in accesses {
            let last = if access.is_write() { &mut last_writers } else { &mut last_readers };
            last.insert(access.account(), index);
        }
        waits.push(own);
    }
    waits
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_runtime::schedule::{Access, AccessSets};

    #[test]
    fn a_transaction_waits_for_the_last_one_it_cannot_run_beside() {
        let addresses: Vec<Address> = (1..=2).map(|byte| Address::new_from_array([byte; 32])).collect();
        let mut access_sets = AccessSets::new();
        for accesses in [
            vec![Access::read(0)],
            vec![Access::read(0), Access::write(1)],
            vec![Access::write(0)],
            vec![Access::read(0), Access::read(1)],
            vec![Access::write(1)],
        ] {
            access_sets.push(accesses);
        }
        let observation =
            BlockObservation { addresses: addresses.clone(), access_sets, ..BlockObservation::default() };
        let (first, second) = (addresses[0], addresses[1]);
        let expected =
            vec![vec![], vec![], vec![(first, 1)], vec![(first, 2), (second, 1)], vec![(second, 3)]];
        assert_eq!(waits(&observation), expected);
    }
}
