//! Finding a ledger in a database: its last block, the log brought into the tables, and what the next block must know of
//! those before it. Whatever does not fit together is named.

use super::block_bytes::{self, HeaderRecord};
use super::checkpoint;
use super::keys;
use super::layer::Layer;
use super::record;
use super::restore;
use super::shared::Progress;
use crate::ingest::{self, ReplayState};
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::{KeyValueRead, KeyValueStore, Order, Table};
use crate::ledger::{BlockHeader, LedgerHead, LedgerRules, TransactionList};
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::SLOT_HASHES_COUNT;
use std::collections::VecDeque;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

/// A ledger that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its last block, and what the next one must know.
    pub last: LastBlock,
    pub(super) progress: Progress,
}

/// The last block of a ledger, and what the next one must know of those before it.
#[derive(Clone, Debug)]
pub struct LastBlock {
    /// Where the ledger stands.
    pub head: LedgerHead,
    /// The recent blockhashes, the last block's own the newest, and the transactions that named them.
    pub replay: ReplayState,
}

/// Why no ledger can be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is nothing at all.
    #[error("there is no ledger here")]
    Missing,
    /// It was being made when the process ended; nobody was told of it.
    #[error("making this ledger was interrupted: make it again")]
    Incomplete,
    /// It was being restored when the process ended; what is there may be taken up.
    #[error("restoring this ledger was interrupted: restore it again from the same snapshot")]
    Restoring,
    /// The store failed or is damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds the ledger in a database, once making or restoring it has ended. What its log holds and its tables do not is brought into the tables.
///
/// # Errors
/// [`OpenError`]
pub fn look(store: &dyn KeyValueStore) -> Result<Found, OpenError> {
    let missing = |key| record::corrupt(Table::Meta, key, "it is missing");
    if store.get(Table::Meta, keys::RESTORING)?.is_some() {
        return Err(OpenError::Restoring);
    }
    let (progress, rules) =
        (meta::<Progress>(store, keys::PROGRESS)?, meta::<LedgerRules>(store, keys::RULES)?);
    let (progress, rules) = match (progress, rules) {
        (Some(progress), Some(rules)) => (progress, rules),
        (Some(_), None) => return Err(missing(keys::RULES).into()),
        // All but the accounts is written at once, behind them.
        (None, None) if has_only_accounts(store)? => {
            let is_empty = is_empty(store, Table::Accounts)?;
            return Err(if is_empty { OpenError::Missing } else { OpenError::Incomplete });
        }
        (None, _) => return Err(missing(keys::PROGRESS).into()),
    };
    let last = last_header(store)?;
    let number = last.header.number;
    if progress.applied > number {
        let what = "the tables have more blocks than the log ever had";
        return Err(record::corrupt(Table::Meta, keys::PROGRESS, what).into());
    }
    let layers = (progress.applied + 1..=number).map(|number| layer(store, number));
    let layers = layers.collect::<Result<Vec<_>, _>>()?;
    let progress = checkpoint::apply(store, &layers, progress)?;
    drop(layers);
    let last = last_block(store, rules, last.header)?;
    Ok(Found { last, progress })
}

fn has_only_accounts(store: &dyn KeyValueRead) -> Result<bool, StoreError> {
    for table in Table::ALL {
        if table != Table::Accounts && !is_empty(store, table)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_empty(store: &dyn KeyValueRead, table: Table) -> Result<bool, StoreError> {
    let mut is_empty = true;
    store.scan(table, (Bound::Unbounded, Bound::Unbounded), Order::Ascending, &mut |_, _| {
        is_empty = false;
        ControlFlow::Break(())
    })?;
    Ok(is_empty)
}

pub(super) fn meta<T: serde::de::DeserializeOwned>(
    store: &dyn KeyValueRead,
    key: &[u8],
) -> Result<Option<T>, StoreError> {
    let value = store.get(Table::Meta, key)?;
    value.map(|value| record::decode(Table::Meta, key, &value)).transpose()
}

fn last_header(store: &dyn KeyValueRead) -> Result<HeaderRecord, StoreError> {
    let mut last = None;
    store.scan(
        Table::Headers,
        (Bound::Unbounded, Bound::Unbounded),
        Order::Descending,
        &mut |key, value| {
            last = Some((key.to_vec(), value.to_vec()));
            ControlFlow::Break(())
        },
    )?;
    let (key, value) = last.ok_or_else(|| record::corrupt(Table::Headers, &[], "there is no header"))?;
    let found: HeaderRecord = record::decode(Table::Headers, &key, &value)?;
    if keys::header_key(found.header.number)[..] != key[..] {
        return Err(record::corrupt(Table::Headers, &key, "the header has another number"));
    }
    Ok(found)
}

fn header(store: &dyn KeyValueRead, number: u64) -> Result<HeaderRecord, StoreError> {
    let missing = || record::corrupt(Table::Headers, &keys::header_key(number), "the header is missing");
    block_bytes::header(store, number)?.ok_or_else(missing)
}

/// A block of the log, as it was before the process ended.
fn layer(store: &dyn KeyValueRead, number: u64) -> Result<Arc<Layer>, StoreError> {
    let record = header(store, number)?;
    let block = block_bytes::block(store, &record)?;
    let changes = block_bytes::changes(store, &record)?;
    Ok(Arc::new(Layer::new(Arc::new(block), record.header.hash(), changes)))
}

/// What the next block must know of this one and of those before it: the blocks of the log, and where they do not reach
/// back far enough, what the ledger was restored with.
pub(super) fn last_block(
    store: &dyn KeyValueRead,
    rules: LedgerRules,
    header: BlockHeader,
) -> Result<LastBlock, StoreError> {
    let number = header.number;
    let mut first = (number + 1).saturating_sub(rules.recent_header_count());
    let first_replayed = (number + 1).saturating_sub(rules.replayed_block_count());
    let mut replay = ReplayState::new(rules.blockhash_age_blocks);
    let mut slot_hashes = VecDeque::new();
    let mut parent: Option<Hash> = None;
    if let Some(base) = restore::base(store)?.filter(|base| base.header.number >= first) {
        restore::remember_base(store, &mut replay)?;
        first = base.header.number + 1;
        parent = Some(base.hash());
        slot_hashes = base.slot_hashes.into();
    }
    for number in first..=number {
        let record = self::header(store, number)?;
        let hash = record.header.hash();
        if parent.is_some_and(|parent| parent != record.header.parent) {
            let what = "its parent is not the block before";
            return Err(record::corrupt(Table::Headers, &keys::header_key(number), what));
        }
        let transactions = if number < first_replayed {
            TransactionList::default()
        } else {
            block_bytes::transactions(store, &record)?
        };
        remember(&mut replay, hash, &transactions).ok_or_else(|| {
            record::corrupt(Table::Headers, &keys::header_key(number), "its transactions cannot have run")
        })?;
        slot_hashes.push_front((number, hash));
        parent = Some(hash);
    }
    slot_hashes.truncate(SLOT_HASHES_COUNT);
    let head = LedgerHead { header, rules, slot_hashes: slot_hashes.into() };
    Ok(LastBlock { head, replay })
}

/// Makes a block that ran the newest one of replay protection; `None` if it cannot have run.
fn remember(replay: &mut ReplayState, hash: Hash, transactions: &TransactionList) -> Option<()> {
    for bytes in transactions.iter() {
        let transaction = ingest::sanitize(bytes).ok()?;
        replay.admit(&transaction).ok()?;
    }
    replay.push_block(hash);
    Some(())
}
