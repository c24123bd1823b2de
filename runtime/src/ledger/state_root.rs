//! The state root: one SHA-256 that stands for all accounts.
//!
//! This is the plain definition: the hash of every account, in address order. Its cost grows with what exists, not with
//! what changed; an incremental root must be held against one as plain as this.

use super::store::{AccountChange, AccountStore, StoreError};
use crate::receipt::root_of_hashes;
use crate::schedule::Workers;
use crate::stages::{CHUNK_COUNT, map_chunks, timed};
use sealane_sdk::instruction::Hash;
use sealane_sdk::{Account, Address};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// SHA-256 of one account: address, lamports (u64), owner, executable (one byte), data size (u64), data.
#[must_use]
pub fn account_hash(address: &Address, account: &Account) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(address.as_array());
    hasher.update(account.lamports.to_le_bytes());
    hasher.update(account.owner.as_array());
    hasher.update([u8::from(account.executable)]);
    hasher.update((account.data.len() as u64).to_le_bytes());
    hasher.update(&account.data);
    hasher.finalize().into()
}

/// The root over the accounts of `store` after `changes`: SHA-256 of their count (u64) and each account's hash, in
/// address order.
///
/// # Errors
/// [`StoreError`] if the store cannot be read through.
pub fn plain_state_root(
    store: &dyn AccountStore,
    changes: &[AccountChange],
    workers: &Workers,
    cpu: &mut Duration,
) -> Result<Hash, StoreError> {
    let accounts = timed(cpu, || accounts_in_order(store, changes))?;
    let hashes = map_chunks(workers, &accounts, CHUNK_COUNT, cpu, |chunk, hashes| {
        hashes.extend(chunk.iter().map(|(address, account)| account_hash(address, account)));
    });
    Ok(root_of_hashes(&hashes, cpu))
}

/// Every account of `store` after `changes`, in address order.
fn accounts_in_order(
    store: &dyn AccountStore,
    changes: &[AccountChange],
) -> Result<Vec<(Address, Arc<Account>)>, StoreError> {
    let changed: BTreeMap<&Address, &Option<Arc<Account>>> =
        changes.iter().map(|(address, account)| (address, account)).collect();
    let mut accounts: Vec<(Address, Arc<Account>)> =
        Vec::with_capacity(store.account_count() + changes.len());
    store.for_each(&mut |address, account| {
        if !changed.contains_key(address) {
            accounts.push((*address, Arc::clone(account)));
        }
    })?;
    let present =
        changed.iter().filter_map(|(address, account)| Some((**address, Arc::clone(account.as_ref()?))));
    accounts.extend(present);
    accounts.sort_unstable_by_key(|(address, _)| *address);
    Ok(accounts)
}
