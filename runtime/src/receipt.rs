//! A transaction's result as the block records it, and the root over all of a block's receipts.
//!
//! Everything in a receipt is hashed but the logs and the balances: those are for people, and a node may keep or drop them.

use crate::balances::BalanceRecord;
use crate::outcome::Failure;
use crate::schedule::Workers;
use crate::stages::{CHUNK_COUNT, map_chunks, timed};
use sealane_sdk::Address;
use sealane_sdk::instruction::Hash;
use sealane_vm::LogRecord;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// The recorded result of an executed transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What a receipt's hash covers.
    pub body: ReceiptBody,
    /// What the programs logged; not hashed.
    pub logs: LogRecord,
    /// Balances before and after, if the runtime records them; not hashed.
    pub balances: BalanceRecord,
}

/// The hashed part of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptBody {
    /// `None` if the transaction succeeded.
    pub failure: Option<Failure>,
    /// Lamports charged.
    pub fee_lamports: u64,
    /// Compute units used.
    pub units_consumed: u64,
    /// What the last program that returned data returned, if one did.
    pub return_data: Option<(Address, Vec<u8>)>,
    /// Nested instructions that began, in order.
    pub inner_calls: Vec<InnerCall>,
}

/// A nested instruction, as it was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InnerCall {
    /// Index of the top-level instruction below which it ran.
    pub instruction_index: u8,
    /// Height on the call stack; 2 for a call made by a top-level instruction.
    pub stack_height: u8,
    /// Index of the program among the transaction's keys.
    pub program_index: u8,
    /// Indices of its accounts among the transaction's keys.
    pub accounts: Vec<u8>,
    /// Its instruction data.
    pub data: Vec<u8>,
}

impl ReceiptBody {
    /// Whether the transaction succeeded.
    #[must_use]
    pub const fn succeeded(&self) -> bool {
        self.failure.is_none()
    }

    /// SHA-256 over the bincode form of the body; `scratch` is room to write it in.
    fn hash(&self, scratch: &mut Vec<u8>) -> [u8; 32] {
        scratch.clear();
        bincode::serde::encode_into_std_write(self, scratch, bincode::config::standard())
            .unwrap_or_else(|error| crate::bug!("a receipt cannot be encoded: {error}"));
        Sha256::digest(&scratch).into()
    }
}

/// Root over a block's receipts: SHA-256 of the count (u64) and each body's hash, in block order. The CPU time of all
/// workers is added to `cpu`, here and in the other roots.
#[must_use]
pub fn receipts_root(receipts: &[Receipt], workers: &Workers, cpu: &mut Duration) -> Hash {
    let hashes = map_chunks(workers, receipts, CHUNK_COUNT, cpu, |chunk, hashes| {
        let mut scratch = Vec::new();
        hashes.extend(chunk.iter().map(|receipt| receipt.body.hash(&mut scratch)));
    });
    root_of_hashes(&hashes, cpu)
}

/// SHA-256 of the count (u64) and the hashes, in order.
pub(crate) fn root_of_hashes(hashes: &[[u8; 32]], cpu: &mut Duration) -> Hash {
    timed(cpu, || {
        let count = (hashes.len() as u64).to_le_bytes();
        let hasher = Sha256::new().chain_update(count).chain_update(hashes.as_flattened());
        Hash::new_from_array(hasher.finalize().into())
    })
}
