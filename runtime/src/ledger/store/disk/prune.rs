//! Takes old blocks away: whole runs, with their part of the index, and headers that nobody looks back to.
//!
//! First it is noted down and announced to readers that they are gone, then they go; a run's own note goes last. What is
//! interrupted is done again.

use super::block_bytes::{self, HeaderRecord};
use super::block_index::BlockIndex;
use super::checkpoint::Run;
use super::keys;
use super::policy::HistoryPolicy;
use super::record;
use super::run_index::{self, Entries, Indexed};
use super::shared::Progress;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::{Batch, Durability, KeyValueStore, Order, Table};
use crate::ledger::{LedgerRules, TransactionList};
use std::ops::{Bound, ControlFlow};

/// Takes away what the policy does not keep when `last_number` is the last block. `announce` is told what is left, before
/// anything goes.
///
/// # Errors
/// [`StoreError`] if the store fails or is damaged.
pub(super) fn prune(
    store: &dyn KeyValueStore,
    policy: HistoryPolicy,
    rules: &LedgerRules,
    last_number: u64,
    mut progress: Progress,
    announce: &dyn Fn(Progress),
) -> Result<(), StoreError> {
    let first_kept = policy.first_kept(last_number, rules.replayed_block_count());
    for (key, last_of_run) in runs_before(store, first_kept)? {
        let value =
            store.get(Table::Meta, &key)?.ok_or_else(|| record::corrupt(Table::Meta, &key, "it is gone"))?;
        let run: Run = record::decode(Table::Meta, &key, &value)?;
        progress.first_available = progress.first_available.max(last_of_run + 1);
        let mut note = Batch::default();
        progress.put(&mut note);
        store.write(note, Durability::Later)?;
        announce(progress);
        prune_run(store, run.first_number..=last_of_run, &key)?;
    }
    // A block that is kept has its header, and so have those that replay protection looks back to.
    let first_looked_at = (last_number + 1).saturating_sub(rules.recent_header_count());
    let first_header = first_looked_at.min(progress.first_available);
    if progress.first_header < first_header {
        let mut batch = Batch::default();
        (progress.first_header..first_header)
            .for_each(|number| batch.delete(Table::Headers, keys::header_key(number)));
        progress.first_header = first_header;
        progress.put(&mut batch);
        announce(progress);
        store.write(batch, Durability::Later)?;
    }
    Ok(())
}

/// The keys of the runs that end before this block, and the last block of each, oldest first.
fn runs_before(store: &dyn KeyValueStore, number: u64) -> Result<Vec<(Vec<u8>, u64)>, StoreError> {
    let mut runs = Vec::new();
    let (first, end) = (keys::run_key(0), keys::run_key(number));
    let range = (Bound::Included(&*first), Bound::Excluded(&*end));
    let mut is_damaged = None;
    store.scan(Table::Meta, range, Order::Ascending, &mut |key, _| match keys::number_of_run_key(key) {
        Some(number) => {
            runs.push((key.to_vec(), number));
            ControlFlow::Continue(())
        }
        None => {
            is_damaged = Some(record::corrupt(Table::Meta, key, "it is not the key of a run"));
            ControlFlow::Break(())
        }
    })?;
    is_damaged.map_or(Ok(runs), Err)
}

fn prune_run(
    store: &dyn KeyValueStore,
    numbers: std::ops::RangeInclusive<u64>,
    run_key: &[u8],
) -> Result<(), StoreError> {
    let mut records: Vec<HeaderRecord> = Vec::new();
    let mut blocks: Vec<(BlockIndex, TransactionList)> = Vec::new();
    for number in numbers {
        let missing = || record::corrupt(Table::Headers, &keys::header_key(number), "the header is missing");
        let record = block_bytes::header(store, number)?.ok_or_else(missing)?;
        let transactions = block_bytes::transactions(store, &record)?;
        blocks.push((BlockIndex::new(number, &transactions), transactions));
        records.push(record);
    }
    let indexed: Vec<Indexed<'_>> =
        blocks.iter().map(|(index, transactions)| (index, transactions)).collect();
    store.load(Table::Signatures, &mut run_index::signatures(&indexed, Entries::Deleted))?;
    store.load(Table::Addresses, &mut run_index::addresses(&indexed, Entries::Deleted))?;
    let mut batch = Batch::default();
    records.iter().flat_map(HeaderRecord::body_keys).for_each(|key| batch.delete(Table::Blocks, key));
    batch.delete(Table::Meta, run_key);
    store.write(batch, Durability::Later)
}
