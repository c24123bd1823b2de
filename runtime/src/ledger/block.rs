//! A block as it is recorded: header, transactions, batches, receipts.

use crate::receipt::{Receipt, root_of_hashes};
use crate::schedule::Workers;
use crate::stages::{CHUNK_COUNT, map_chunks};
use sealane_sdk::instruction::Hash;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// What stands for a block: its hash is the SHA-256 of this in bincode, and the blockhash that transactions name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockHeader {
    /// Number of the block; the genesis block is 0.
    pub number: u64,
    /// Hash of the block before; zero for the genesis block.
    pub parent: Hash,
    /// Unix time in seconds.
    pub unix_time: i64,
    /// The roots; `None` where the runtime was told not to compute them, which no real ledger does.
    pub roots: Option<Roots>,
}

/// What a block's contents hash to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roots {
    /// Over the transactions and their batches.
    pub transactions: Hash,
    /// Over the receipts' bodies.
    pub receipts: Hash,
    /// Over all accounts after the block.
    pub state: Hash,
}

impl BlockHeader {
    /// The block's hash.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let bytes = bincode::serde::encode_to_vec(self, bincode::config::standard())
            .unwrap_or_else(|error| crate::bug!("a header cannot be encoded: {error}"));
        Hash::new_from_array(Sha256::digest(bytes).into())
    }
}

/// A committed block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The header.
    pub header: BlockHeader,
    /// The transactions, in order.
    pub transactions: TransactionList,
    /// For each transaction, its batch: transactions of one batch do not conflict.
    pub batches: Vec<u32>,
    /// For each transaction, its receipt.
    pub receipts: Vec<Receipt>,
}

/// The bytes of a block's transactions, one behind the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionList {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl TransactionList {
    /// The list of `transactions`.
    ///
    /// # Panics
    /// As [`Self::push`].
    #[must_use]
    pub fn of<'b>(transactions: impl Iterator<Item = &'b [u8]> + Clone) -> Self {
        let size_bytes = transactions.clone().map(<[u8]>::len).sum();
        let mut list = Self { bytes: Vec::with_capacity(size_bytes), ends: Vec::new() };
        transactions.for_each(|transaction| list.push(transaction));
        list
    }

    /// Adds a transaction.
    ///
    /// # Panics
    /// If the list would hold 4 GiB or more; a block is bounded far below.
    pub fn push(&mut self, transaction: &[u8]) {
        self.bytes.extend_from_slice(transaction);
        self.ends.push(u32::try_from(self.bytes.len()).expect("a block is bounded far below 4 GiB"));
    }

    /// How many transactions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of a transaction.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.bytes.get(start..end)
    }

    /// Bytes of all transactions together.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// All transactions, one behind the other.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of each transaction, in order. A list that was altered may give slices that are too short, never a
    /// panic: what reads them checks their structure.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let end = *end as usize;
            let bytes = self.bytes.get(start..end).unwrap_or_default();
            start = end;
            bytes
        })
    }
}

/// Root over transactions and their batches: SHA-256 of the count (u64) and, for each, the SHA-256 of its batch (u32)
/// and bytes.
///
/// # Panics
/// If there are not as many batches as transactions.
#[must_use]
pub fn transactions_root(
    transactions: &TransactionList,
    batches: &[u32],
    workers: &Workers,
    cpu: &mut Duration,
) -> Hash {
    assert_eq!(transactions.len(), batches.len(), "every transaction has a batch");
    let leaves: Vec<(u32, &[u8])> = batches.iter().copied().zip(transactions.iter()).collect();
    let hashes = map_chunks(workers, &leaves, CHUNK_COUNT, cpu, |chunk, hashes| {
        hashes.extend(chunk.iter().map(|(batch, bytes)| -> [u8; 32] {
            Sha256::new().chain_update(batch.to_le_bytes()).chain_update(bytes).finalize().into()
        }));
    });
    root_of_hashes(&hashes, cpu)
}
