//! Blocks as bytes: a record with the header, and parts of a few hundred transactions, so that one of them can be read
//! without the others.
//!
//! ```text
//! Headers  bincode of HeaderRecord
//! Blocks   transactions part: for each, batch u32, size u32, bytes
//!          receipts part:     bincode of the receipts
//!          changes part:      account_bytes.rs; only until the accounts' table has them
//! ```

use super::account_bytes;
use super::keys::{self, Part};
use super::record;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::{Batch, KeyValueRead, Table};
use crate::ledger::{AccountChange, Block, BlockHeader, TransactionList};
use crate::receipt::Receipt;
use serde::{Deserialize, Serialize};

/// Transactions in a part, and receipts in a part.
const TRANSACTIONS_PER_PART: usize = 256;
/// A part with changes is closed once it has so many bytes.
const CHANGES_PART_SIZE_BYTES: usize = 256 << 10;

/// What stands in the table of headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HeaderRecord {
    pub(super) header: BlockHeader,
    /// Transactions in the block.
    pub(super) transaction_count: u32,
    /// Parts with changes that were written with the block.
    pub(super) changes_part_count: u32,
    /// Transactions of all blocks up to this one; a restored ledger counts from its snapshot on.
    pub(super) transactions_total: u64,
}

/// A transaction as its part holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoredTransaction {
    pub(super) batch: u32,
    pub(super) bytes: Vec<u8>,
}

impl HeaderRecord {
    /// Parts with transactions; there are as many with receipts.
    pub(super) fn part_count(&self) -> u32 {
        self.transaction_count.div_ceil(index_u32(TRANSACTIONS_PER_PART))
    }

    /// Every key in the table of blocks that is written with the block, but those of the changes.
    pub(super) fn body_keys(&self) -> impl Iterator<Item = [u8; 13]> {
        let number = self.header.number;
        let parts =
            (0..self.part_count()).flat_map(|index| [(Part::Transactions, index), (Part::Receipts, index)]);
        parts.map(move |(part, index)| keys::part_key(number, part, index))
    }

    /// The keys of the changes.
    pub(super) fn changes_keys(&self) -> impl Iterator<Item = [u8; 13]> {
        let number = self.header.number;
        (0..self.changes_part_count).map(move |index| keys::part_key(number, Part::Changes, index))
    }
}

/// Adds a block and what it changed to a batch; there were `transactions_before` in the blocks before it.
pub(super) fn put_block(
    batch: &mut Batch,
    block: &Block,
    changes: &[AccountChange],
    transactions_before: u64,
) {
    let number = block.header.number;
    put_transactions(batch, number, block);
    for (index, receipts) in block.receipts.chunks(TRANSACTIONS_PER_PART).enumerate() {
        let key = keys::part_key(number, Part::Receipts, index_u32(index));
        batch.put(Table::Blocks, key, record::encode(&key, &receipts));
    }
    let record = HeaderRecord {
        header: block.header,
        transaction_count: index_u32(block.transactions.len()),
        changes_part_count: put_changes(batch, number, changes),
        transactions_total: transactions_before.saturating_add(block.transactions.len() as u64),
    };
    let key = keys::header_key(number);
    batch.put(Table::Headers, key, record::encode(&key, &record));
}

fn put_transactions(batch: &mut Batch, number: u64, block: &Block) {
    let mut transactions = block.transactions.iter().zip(&block.batches).peekable();
    for index in 0.. {
        if transactions.peek().is_none() {
            break;
        }
        let mut part = Vec::with_capacity(TRANSACTIONS_PER_PART * 256);
        for (bytes, batch) in transactions.by_ref().take(TRANSACTIONS_PER_PART) {
            part.extend_from_slice(&batch.to_le_bytes());
            part.extend_from_slice(&index_u32(bytes.len()).to_le_bytes());
            part.extend_from_slice(bytes);
        }
        let key = keys::part_key(number, Part::Transactions, index);
        batch.put(Table::Blocks, key, record::seal(&key, part));
    }
}

/// Adds the changes in parts; gives how many.
fn put_changes(batch: &mut Batch, number: u64, changes: &[AccountChange]) -> u32 {
    let mut rest = changes;
    let mut index = 0;
    while !rest.is_empty() {
        let (mut count, mut size_bytes) = (0, 0);
        for (_, account) in rest {
            if size_bytes >= CHANGES_PART_SIZE_BYTES {
                break;
            }
            size_bytes += account_bytes::change_size_bytes(account.as_deref());
            count += 1;
        }
        let (own, others) = rest.split_at(count);
        // Room for the checksum as well.
        let mut part = Vec::with_capacity(size_bytes + 8);
        own.iter().for_each(|change| account_bytes::push_change(&mut part, change));
        let key = keys::part_key(number, Part::Changes, index);
        batch.put(Table::Blocks, key, record::seal(&key, part));
        (rest, index) = (others, index + 1);
    }
    index
}

/// The header of a block, if the table has it.
///
/// # Errors
/// [`StoreError`] if the store fails or the record is damaged, here and in all below.
pub(super) fn header(
    store: &(impl KeyValueRead + ?Sized),
    number: u64,
) -> Result<Option<HeaderRecord>, StoreError> {
    let key = keys::header_key(number);
    let Some(value) = store.get(Table::Headers, &key)? else { return Ok(None) };
    let found: HeaderRecord = record::decode(Table::Headers, &key, &value)?;
    if found.header.number != number {
        return Err(record::corrupt(Table::Headers, &key, "the header has another number"));
    }
    Ok(Some(found))
}

/// The whole block of a header.
pub(super) fn block(
    store: &(impl KeyValueRead + ?Sized),
    record: &HeaderRecord,
) -> Result<Block, StoreError> {
    let (mut batches, mut receipts) = (Vec::new(), Vec::new());
    let mut transactions = TransactionList::default();
    for index in 0..record.part_count() {
        for stored in transactions_part(store, record, index)? {
            transactions.push(&stored.bytes);
            batches.push(stored.batch);
        }
        receipts.append(&mut receipts_part(store, record, index)?);
    }
    Ok(Block { header: record.header, transactions, batches, receipts })
}

/// The transactions of a block.
pub(super) fn transactions(
    store: &(impl KeyValueRead + ?Sized),
    record: &HeaderRecord,
) -> Result<TransactionList, StoreError> {
    let mut transactions = TransactionList::default();
    for index in 0..record.part_count() {
        for stored in transactions_part(store, record, index)? {
            transactions.push(&stored.bytes);
        }
    }
    Ok(transactions)
}

/// What a block changed, in the order in which it was written; the parts must still be there.
pub(super) fn changes(
    store: &(impl KeyValueRead + ?Sized),
    record: &HeaderRecord,
) -> Result<Vec<AccountChange>, StoreError> {
    let mut changes = Vec::new();
    for key in record.changes_keys() {
        let part = part(store, &key)?;
        account_bytes::read_changes(&part, &mut changes)
            .ok_or_else(|| record::corrupt(Table::Blocks, &key, "the part holds no changes"))?;
    }
    Ok(changes)
}

/// One transaction of a block with its receipt; `None` if the block has fewer.
pub(super) fn transaction(
    store: &(impl KeyValueRead + ?Sized),
    record: &HeaderRecord,
    index: u32,
) -> Result<Option<(StoredTransaction, Receipt)>, StoreError> {
    let part = index / index_u32(TRANSACTIONS_PER_PART);
    if part >= record.part_count() {
        return Ok(None);
    }
    let within = index as usize % TRANSACTIONS_PER_PART;
    let stored = transactions_part(store, record, part)?.into_iter().nth(within);
    let receipt = receipts_part(store, record, part)?.into_iter().nth(within);
    Ok(stored.zip(receipt))
}

/// The transactions of one part of a block.
pub(super) fn transactions_part(
    store: &(impl KeyValueRead + ?Sized),
    record: &HeaderRecord,
    index: u32,
) -> Result<Vec<StoredTransaction>, StoreError> {
    let key = keys::part_key(record.header.number, Part::Transactions, index);
    let part = part(store, &key)?;
    let stored = read_transactions(&part)
        .filter(|stored| stored.len() == count_in_part(record, index))
        .ok_or_else(|| record::corrupt(Table::Blocks, &key, "the part does not hold its transactions"))?;
    Ok(stored)
}

fn receipts_part(
    store: &(impl KeyValueRead + ?Sized),
    record: &HeaderRecord,
    index: u32,
) -> Result<Vec<Receipt>, StoreError> {
    let key = keys::part_key(record.header.number, Part::Receipts, index);
    let value = store.get(Table::Blocks, &key)?.ok_or_else(|| missing(&key))?;
    let receipts: Vec<Receipt> = record::decode(Table::Blocks, &key, &value)?;
    if receipts.len() != count_in_part(record, index) {
        return Err(record::corrupt(Table::Blocks, &key, "the part does not hold its receipts"));
    }
    Ok(receipts)
}

/// How many transactions the part of this index has.
fn count_in_part(record: &HeaderRecord, index: u32) -> usize {
    let before = index as usize * TRANSACTIONS_PER_PART;
    (record.transaction_count as usize).saturating_sub(before).min(TRANSACTIONS_PER_PART)
}

fn part(store: &(impl KeyValueRead + ?Sized), key: &[u8]) -> Result<Vec<u8>, StoreError> {
    let value = store.get(Table::Blocks, key)?.ok_or_else(|| missing(key))?;
    record::open(Table::Blocks, key, value)
}

fn missing(key: &[u8]) -> StoreError {
    record::corrupt(Table::Blocks, key, "a part of the block is missing")
}

fn read_transactions(mut part: &[u8]) -> Option<Vec<StoredTransaction>> {
    let mut stored = Vec::with_capacity(TRANSACTIONS_PER_PART);
    while !part.is_empty() {
        let (batch, rest) = part.split_first_chunk::<4>()?;
        let (size, rest) = rest.split_first_chunk::<4>()?;
        let (bytes, rest) = rest.split_at_checked(u32::from_le_bytes(*size) as usize)?;
        stored.push(StoredTransaction { batch: u32::from_le_bytes(*batch), bytes: bytes.to_vec() });
        part = rest;
    }
    Some(stored)
}

fn index_u32(index: usize) -> u32 {
    u32::try_from(index).unwrap_or_else(|_| crate::bug!("a block is bounded far below 2^32 of anything"))
}
