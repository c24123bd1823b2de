//! The beginning of a ledger in an empty database: its genesis block.
//!
//! What says that the ledger is there is written last, and waited for: making it may be interrupted at any time.

use super::account_bytes;
use super::block_bytes;
use super::keys;
use super::record;
use super::shared::Progress;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::{Batch, Durability, KeyValueStore, Order, Table};
use crate::ledger::{AccountChange, Commit, LedgerRules};
use std::ops::{Bound, ControlFlow};

/// Writes the genesis block; gives how far the tables have come.
pub(super) fn write_genesis(
    store: &dyn KeyValueStore,
    rules: &LedgerRules,
    genesis: &Commit,
) -> Result<Progress, StoreError> {
    clear_accounts(store)?;
    let Commit { block, changes, .. } = genesis;
    let mut changes: Vec<&AccountChange> = changes.iter().collect();
    changes.sort_unstable_by_key(|(address, _)| *address);
    store.load(
        Table::Accounts,
        &mut changes.iter().map(|(address, account)| {
            let value = account.as_ref().map(|account| account_bytes::value(address, account));
            (address.as_ref().to_vec(), value)
        }),
    )?;
    let number = block.header.number;
    let mut batch = Batch::default();
    block_bytes::put_block(&mut batch, block, &[], 0);
    let progress = Progress { applied: number, first_available: number, first_header: number };
    batch.put(Table::Meta, keys::RULES, record::encode(keys::RULES, rules));
    progress.put(&mut batch);
    store.write(batch, Durability::Now)?;
    Ok(progress)
}

/// Takes away what is left of a beginning that was interrupted.
pub(super) fn clear_accounts(store: &dyn KeyValueStore) -> Result<(), StoreError> {
    let mut keys = Vec::new();
    store.scan(Table::Accounts, (Bound::Unbounded, Bound::Unbounded), Order::Ascending, &mut |key, _| {
        keys.push(key.to_vec());
        ControlFlow::Continue(())
    })?;
    store.load(Table::Accounts, &mut keys.into_iter().map(|key| (key, None)))
}
