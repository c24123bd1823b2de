//! Transactions on their way into a block.

use super::simulate::{signature_failure, transaction_bytes, transaction_of, try_out};
use crate::rpc::context::{Answer, answer};
use crate::rpc::encode::binary::BinaryEncoding;
use crate::rpc::error::{RpcError, SEND_TRANSACTION_PREFLIGHT_FAILURE};
use crate::rpc::options::{Commitment, check_min_context_slot};
use crate::rpc::params::signature_text;
use crate::rpc::{AirdropError, Params, Rpc, SubmitError};
use sealane_runtime::Signatures;
use sealane_runtime::simulate::Freshness;
use sealane_sdk::instruction::TransactionError;
use serde::Deserialize;
use serde_json::json;

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SendOptions {
    encoding: Option<BinaryEncoding>,
    skip_preflight: bool,
    min_context_slot: Option<u64>,
    /// Read to be checked.
    #[serde(rename = "preflightCommitment")]
    _preflight_commitment: Option<Commitment>,
    /// Read to be checked: a transaction waits in this node until it is in a block or expires, and is never sent elsewhere.
    #[serde(rename = "maxRetries")]
    _max_retries: Option<u64>,
}

pub(super) fn transaction(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let text: &str = params.required(0, "transaction")?;
    let options: SendOptions = params.options(1)?;
    let bytes = transaction_bytes(text, options.encoding)?;
    check_min_context_slot(options.min_context_slot, rpc.slot())?;
    let signature = *transaction_of(&bytes)?.signature();
    if !options.skip_preflight {
        preflight(rpc, &bytes)?;
    }
    match rpc.chain().submit(bytes) {
        // One that waits already is what a client sees that sends again until it hears of it.
        Ok(_) | Err(SubmitError::Refused(TransactionError::AlreadyProcessed)) => {
            answer(&signature_text(&signature))
        }
        Err(error) => Err(refusal(error)),
    }
}

/// Tries the transaction out before it is sent.
fn preflight(rpc: &Rpc, bytes: &[u8]) -> Result<(), RpcError> {
    let tried = try_out(rpc, bytes, Signatures::Verify, Freshness::Check)?;
    let view = tried.view(rpc, &transaction_of(bytes)?, false)?;
    let Some(err) = &view.err else { return Ok(()) };
    let message = format!("Transaction simulation failed: {err}");
    let data = serde_json::to_value(&view).map_err(RpcError::internal)?;
    Err(RpcError { data: Some(data), ..RpcError::new(SEND_TRANSACTION_PREFLIGHT_FAILURE, message) })
}

/// What a client is told of a transaction that is not taken.
fn refusal(error: SubmitError) -> RpcError {
    match error {
        SubmitError::Full => {
            RpcError::server("Transactions wait that pay more, as many as may: try again later, or pay more")
        }
        SubmitError::Malformed(error) => {
            RpcError::invalid(format_args!("failed to deserialize the transaction: {error}"))
        }
        SubmitError::Signature => signature_failure(),
        SubmitError::Refused(err) => {
            let message = format!("Transaction simulation failed: {err}");
            let data = json!({
                "accounts": null,
                "err": err,
                "innerInstructions": null,
                "logs": [],
                "returnData": null,
                "unitsConsumed": 0,
            });
            RpcError { data: Some(data), ..RpcError::new(SEND_TRANSACTION_PREFLIGHT_FAILURE, message) }
        }
    }
}

pub(super) fn airdrop(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let (address, lamports) = (params.address(0)?, params.required(1, "lamports")?);
    match rpc.chain().airdrop(&address, lamports) {
        Ok(signature) => answer(&signature_text(&signature)),
        Err(AirdropError::Disabled) => Err(RpcError::not_here("this node has no faucet")),
        Err(AirdropError::TooMuch { limit_lamports }) => {
            Err(RpcError::invalid(format_args!("an airdrop has at most {limit_lamports} lamports")))
        }
        Err(AirdropError::Submit(error)) => Err(refusal(error)),
    }
}
