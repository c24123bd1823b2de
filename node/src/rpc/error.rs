//! What a call that cannot be answered gives: a JSON-RPC error, with the codes that Solana's clients know.
//!
//! Comes from the methods; `envelope.rs` puts it into an answer.

use super::context::API_VERSION;
use sealane_runtime::ledger::StoreError;
use serde_json::{Value, json};

/// A JSON-RPC error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RpcError {
    /// The code: JSON-RPC's own, or Solana's, -32001 to -32019.
    pub(crate) code: i64,
    /// What went wrong, for people.
    pub(crate) message: String,
    /// What went wrong, for machines.
    pub(crate) data: Option<Value>,
}

/// The request is no JSON-RPC request.
pub(crate) const INVALID_REQUEST: i64 = -32600;
/// There is no such method.
pub(crate) const METHOD_NOT_FOUND: i64 = -32601;
/// The parameters are not those of the method.
pub(crate) const INVALID_PARAMS: i64 = -32602;
/// This node is at fault.
pub(crate) const INTERNAL_ERROR: i64 = -32603;
/// The node cannot take it now, or does not do it; the message says which.
pub(crate) const SERVER_ERROR: i64 = -32000;
/// A simulated transaction was refused or failed, and is not sent.
pub(crate) const SEND_TRANSACTION_PREFLIGHT_FAILURE: i64 = -32002;
/// A transaction's signatures are not valid.
pub(crate) const TRANSACTION_SIGNATURE_VERIFICATION_FAILURE: i64 = -32003;
/// A block is not there yet.
pub(crate) const BLOCK_NOT_AVAILABLE: i64 = -32004;
/// The node makes no blocks.
pub(crate) const NODE_UNHEALTHY: i64 = -32005;
/// There is no transaction of that signature; never used where `null` says the same.
pub(crate) const BLOCK_CLEANED_UP: i64 = -32001;
/// A transaction has a version that the caller does not read.
pub(crate) const UNSUPPORTED_TRANSACTION_VERSION: i64 = -32015;
/// The node has not reached the slot that the caller has seen elsewhere.
pub(crate) const MIN_CONTEXT_SLOT_NOT_REACHED: i64 = -32016;

impl RpcError {
    /// An error without data.
    pub(crate) fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    /// There is no method of that name.
    pub(crate) fn method_not_found() -> Self {
        Self::new(METHOD_NOT_FOUND, "Method not found")
    }

    /// Solana has the method, and this node has no true answer to it.
    pub(crate) fn not_here(why: &str) -> Self {
        Self::new(METHOD_NOT_FOUND, format!("Method not found: {why}"))
    }

    /// The parameters are wrong; `what` says in what.
    pub(crate) fn invalid(what: impl std::fmt::Display) -> Self {
        Self::new(INVALID_PARAMS, format!("Invalid params: {what}"))
    }

    /// One parameter is wrong, as Solana says it of addresses, hashes and signatures.
    pub(crate) fn invalid_param(what: impl std::fmt::Display) -> Self {
        Self::new(INVALID_PARAMS, format!("Invalid param: {what}"))
    }

    /// The node can do it, but not now or not so much.
    pub(crate) fn server(message: impl Into<String>) -> Self {
        Self::new(SERVER_ERROR, message)
    }

    /// This node is at fault.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        Self::new(INTERNAL_ERROR, format!("Internal error: {error}"))
    }

    /// The ledger is not where the caller wants it to be.
    pub(crate) fn min_context_slot(slot: u64) -> Self {
        Self {
            data: Some(json!({ "contextSlot": slot })),
            ..Self::new(MIN_CONTEXT_SLOT_NOT_REACHED, "Minimum context slot has not been reached")
        }
    }

    /// A block that is not there yet.
    pub(crate) fn block_not_available(slot: u64) -> Self {
        Self::new(BLOCK_NOT_AVAILABLE, format!("Block not available for slot {slot}"))
    }

    /// A block that is not kept any more.
    pub(crate) fn block_cleaned_up(slot: u64, first_available_block: u64) -> Self {
        Self::new(
            BLOCK_CLEANED_UP,
            format!(
                "Block {slot} cleaned up, does not exist on node. First available block: {first_available_block}"
            ),
        )
    }

    /// A transaction whose version the caller does not read.
    pub(crate) fn unsupported_version(version: u8) -> Self {
        Self::new(
            UNSUPPORTED_TRANSACTION_VERSION,
            format!(
                "Transaction version ({version}) is not supported by the requesting client. Please try the request again \
                 with the following configuration parameter: \"maxSupportedTransactionVersion\": {version}"
            ),
        )
    }
}

impl From<StoreError> for RpcError {
    fn from(error: StoreError) -> Self {
        Self::internal(format_args!("the ledger cannot be read: {error}"))
    }
}

impl std::fmt::Display for RpcError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}, RPC {API_VERSION})", self.message, self.code)
    }
}
