//! Answers that say of which block they are.

use super::error::RpcError;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// The version of Solana's RPC whose shapes are answered; clients choose by it what they ask for.
pub(crate) const API_VERSION: &str = "3.0.0";

/// What a method gives.
pub(crate) type Answer = Result<Box<RawValue>, RpcError>;

/// Where the ledger stood.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Context {
    #[serde(rename = "apiVersion")]
    api_version: &'static str,
    slot: u64,
}

/// A value, and where the ledger stood when it was true.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct InContext<T> {
    context: Context,
    value: T,
}

impl<T> InContext<T> {
    /// `value` as of block `slot`.
    pub(crate) const fn new(slot: u64, value: T) -> Self {
        Self { context: Context { api_version: API_VERSION, slot }, value }
    }
}

/// The answer that consists of `value`.
///
/// # Errors
/// If it cannot be written as JSON, which is a bug.
pub(crate) fn answer(value: &(impl Serialize + ?Sized)) -> Answer {
    to_raw_value(value)
        .map_err(|error| RpcError::internal(format_args!("an answer cannot be written: {error}")))
}

/// The answer of a value in its context.
///
/// # Errors
/// As [`answer`].
pub(crate) fn answer_at(slot: u64, value: impl Serialize) -> Answer {
    answer(&InContext::new(slot, value))
}
