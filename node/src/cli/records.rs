//! Blocks and transactions of a ledger as one JSON object each, for machines, and as lines for people.
//!
//! Errors have the form that Solana's RPC gives them: `"err": null`, or the error as its clients know it. The reason beside it
//! is ours, and says more.

use sealane_runtime::ingest::sanitize;
use sealane_runtime::ledger::{Block, BlockHeader};
use sealane_runtime::receipt::Receipt;
use sealane_sdk::instruction::{Hash, Signature, TransactionError};
use serde::Serialize;

/// A transaction that was executed.
#[derive(Debug, Serialize)]
pub(super) struct TransactionRecord {
    pub(super) signature: String,
    pub(super) block: u64,
    /// Its place in the block, from 0.
    pub(super) index: usize,
    pub(super) batch: u32,
    pub(super) success: bool,
    pub(super) err: Option<TransactionError>,
    pub(super) reason: Option<String>,
    pub(super) units: u64,
    pub(super) fee: u64,
    pub(super) logs: Vec<String>,
}

/// A block's header.
#[derive(Debug, Serialize)]
pub(super) struct HeaderRecord {
    pub(super) block: u64,
    pub(super) hash: String,
    pub(super) parent: String,
    pub(super) unix_time: i64,
    pub(super) state_root: Option<String>,
    pub(super) transactions_root: Option<String>,
    pub(super) receipts_root: Option<String>,
}

impl TransactionRecord {
    /// The transaction with these bytes and this receipt.
    pub(super) fn new(block: u64, index: usize, batch: u32, bytes: &[u8], receipt: &Receipt) -> Self {
        let failure = receipt.body.failure.as_ref();
        Self {
            signature: signature(bytes).unwrap_or_default(),
            block,
            index,
            batch,
            success: failure.is_none(),
            err: failure.map(|failure| failure.transaction_error()),
            reason: failure.map(ToString::to_string),
            units: receipt.body.units_consumed,
            fee: receipt.body.fee_lamports,
            logs: receipt.logs.lines(),
        }
    }

    /// Those of a block, in its order.
    pub(super) fn all(block: &Block) -> impl Iterator<Item = Self> {
        let number = block.header.number;
        let transactions = block.transactions.iter().zip(&block.batches).zip(&block.receipts);
        transactions
            .enumerate()
            .map(move |(index, ((bytes, batch), receipt))| Self::new(number, index, *batch, bytes, receipt))
    }

    /// What became of it, for people.
    pub(super) fn outcome(&self) -> String {
        self.reason.as_ref().map_or_else(|| "succeeded".to_owned(), |reason| format!("failed: {reason}"))
    }
}

impl HeaderRecord {
    pub(super) fn new(header: &BlockHeader, hash: Hash) -> Self {
        let roots = header.roots;
        Self {
            block: header.number,
            hash: hash.to_string(),
            parent: header.parent.to_string(),
            unix_time: header.unix_time,
            state_root: roots.map(|roots| roots.state.to_string()),
            transactions_root: roots.map(|roots| roots.transactions.to_string()),
            receipts_root: roots.map(|roots| roots.receipts.to_string()),
        }
    }

    /// The rows of a table for people.
    pub(super) fn rows(&self) -> Vec<(&'static str, String)> {
        let root = |root: &Option<String>| root.clone().unwrap_or_else(|| "none".to_owned());
        vec![
            ("block", self.block.to_string()),
            ("hash", self.hash.clone()),
            ("parent", self.parent.clone()),
            ("unix time", self.unix_time.to_string()),
            ("state root", root(&self.state_root)),
            ("transactions root", root(&self.transactions_root)),
            ("receipts root", root(&self.receipts_root)),
        ]
    }
}

/// The signature that a transaction goes by, in base58; `None` if the bytes are no transaction.
pub(super) fn signature(bytes: &[u8]) -> Option<String> {
    sanitize(bytes).ok().map(|transaction| Signature::from(*transaction.signature()).to_string())
}
