//! A ledger in an empty database, of a snapshot: its accounts, chunk by chunk, and what stands beside them.
//!
//! Each chunk is written together with the checkpoint behind it, so restoring that was interrupted goes on there. What says
//! that the ledger is there is written last, and waited for.

use super::account_bytes;
use super::block_bytes::HeaderRecord;
use super::create::clear_accounts;
use super::keys;
use super::record;
use super::recover::{OpenError, look, meta};
use super::shared::Progress;
use super::snapshot::stored_account;
use crate::ingest::{RecentBlockRecord, ReplayState};
use crate::ledger::snapshot::{Checkpoint, SnapshotTarget};
use crate::ledger::state_root::StateTree;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::{Batch, Durability, KeyValueRead, KeyValueStore, Order, Table};
use crate::ledger::{AccountChange, LedgerHead};
use crate::schedule::Workers;
use sealane_sdk::instruction::Hash;
use sealane_sdk::{Account, Address};
use serde::{Deserialize, Serialize};
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;
use std::time::Duration;

/// Accounts that are hashed at once.
const ACCOUNTS_AT_ONCE: usize = 1 << 16;

/// A ledger that is being restored: the target of a snapshot's accounts.
#[derive(Debug)]
pub struct Restoration {
    store: Arc<dyn KeyValueStore>,
    /// What was there when this one began.
    taken_up: Option<Checkpoint>,
    snapshot: Hash,
}

/// How far restoring has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Restoring {
    /// Hash of the snapshot's block.
    snapshot: Hash,
    /// `None` before the first chunk.
    checkpoint: Option<Checkpoint>,
}

/// One of the recent blocks that came with a snapshot.
#[derive(Debug, Serialize, Deserialize)]
struct BaseBlock {
    blockhash: Hash,
    /// One behind the other; so are the others.
    signatures: Vec<u8>,
    messages: Vec<u8>,
    nonce_signatures: Vec<u8>,
}

impl Restoration {
    /// Begins to restore the snapshot of the block with this hash in an empty database, or goes on with it.
    ///
    /// # Errors
    /// `Ok(None)` if there is a ledger already; [`StoreError`] if the database fails.
    pub fn begin(store: Arc<dyn KeyValueStore>, snapshot: Hash) -> Result<Option<Self>, StoreError> {
        match look(&*store) {
            Err(OpenError::Missing | OpenError::Incomplete | OpenError::Restoring) => {}
            Err(OpenError::Store(error)) => return Err(error),
            Ok(_) => return Ok(None),
        }
        let found = meta::<Restoring>(&*store, keys::RESTORING)?.filter(|found| found.snapshot == snapshot);
        let taken_up = found.and_then(|found| found.checkpoint);
        let restoration = Self { store, taken_up, snapshot };
        if taken_up.is_none() {
            // Noted first: accounts without a note would be taken for a ledger that was being made.
            restoration.forget()?;
            clear_accounts(&*restoration.store)?;
            clear_base(&*restoration.store)?;
        }
        Ok(Some(restoration))
    }

    /// Makes whoever restores next begin anew: nobody vouches for what was loaded.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub fn forget(&self) -> Result<(), StoreError> {
        let mut note = Batch::default();
        put_restoring(&mut note, &Restoring { snapshot: self.snapshot, checkpoint: None });
        self.store.write(note, Durability::Now)
    }

    /// Where reading the snapshot goes on: behind the accounts that are here already.
    #[must_use]
    pub const fn checkpoint(&self) -> Option<&Checkpoint> {
        self.taken_up.as_ref()
    }

    /// The tree over the accounts that are here already.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails or is damaged.
    pub fn state(&self, workers: &Workers) -> Result<StateTree, StoreError> {
        let mut tree = StateTree::default();
        let mut accounts: Vec<AccountChange> = Vec::with_capacity(ACCOUNTS_AT_ONCE);
        let mut take = |accounts: &mut Vec<AccountChange>| {
            let _ = tree.apply(accounts, workers, &mut Duration::default());
            accounts.clear();
        };
        let mut failure = None;
        let everything = (Bound::Unbounded, Bound::Unbounded);
        self.store.scan(Table::Accounts, everything, Order::Ascending, &mut |key, value| {
            let account = keys::address_of_key(key)
                .ok_or_else(|| record::corrupt(Table::Accounts, key, "the key is no address"))
                .and_then(|address| Ok((address, Some(Arc::new(account_bytes::account(key, value)?)))));
            match account {
                Ok(account) => accounts.push(account),
                Err(error) => {
                    failure = Some(error);
                    return ControlFlow::Break(());
                }
            }
            if accounts.len() == ACCOUNTS_AT_ONCE {
                take(&mut accounts);
            }
            ControlFlow::Continue(())
        })?;
        take(&mut accounts);
        failure.map_or(Ok(tree), Err)
    }

    /// Makes it a ledger: all accounts are here, and `head` and `replay` are what stands beside them.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be written.
    pub fn finish(self, head: &LedgerHead, replay: &ReplayState) -> Result<(), StoreError> {
        for (index, block) in (0..).zip(replay.records()) {
            let key = keys::base_block_key(index);
            let mut batch = Batch::default();
            batch.put(Table::Meta, &*key, record::encode(&key, &BaseBlock::of(&block)));
            self.store.write(batch, Durability::Later)?;
        }
        let number = head.header.number;
        let mut batch = Batch::default();
        let header = HeaderRecord {
            header: head.header,
            transaction_count: 0,
            changes_part_count: 0,
            transactions_total: 0,
        };
        let key = keys::header_key(number);
        batch.put(Table::Headers, key, record::encode(&key, &header));
        batch.put(Table::Meta, keys::BASE, record::encode(keys::BASE, head));
        batch.put(Table::Meta, keys::RULES, record::encode(keys::RULES, &head.rules));
        // The block itself did not come with the snapshot: the first one that can be read whole is the next.
        Progress { applied: number, first_available: number + 1, first_header: number }.put(&mut batch);
        batch.delete(Table::Meta, keys::RESTORING);
        self.store.write(batch, Durability::Now)
    }
}

impl SnapshotTarget for Restoration {
    fn load(&mut self, accounts: &[AccountChange], checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        for (address, account) in accounts {
            match account {
                Some(account) => {
                    batch.put(Table::Accounts, address.as_ref(), account_bytes::value(address, account));
                }
                None => batch.delete(Table::Accounts, address.as_ref()),
            }
        }
        let checkpoint = Some(*checkpoint);
        put_restoring(&mut batch, &Restoring { snapshot: self.snapshot, checkpoint });
        self.store.write(batch, Durability::Later)
    }

    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        stored_account(&*self.store, address)
    }
}

impl BaseBlock {
    fn of(record: &RecentBlockRecord) -> Self {
        Self {
            blockhash: record.blockhash,
            signatures: record.signatures.as_flattened().to_vec(),
            messages: record.messages.as_flattened().to_vec(),
            nonce_signatures: record.nonce_signatures.as_flattened().to_vec(),
        }
    }

    fn record(&self) -> RecentBlockRecord {
        RecentBlockRecord {
            blockhash: self.blockhash,
            signatures: self.signatures.as_chunks().0.to_vec(),
            messages: self.messages.as_chunks().0.to_vec(),
            nonce_signatures: self.nonce_signatures.as_chunks().0.to_vec(),
        }
    }
}

/// What the ledger was restored of, if it was.
pub(super) fn base(store: &dyn KeyValueRead) -> Result<Option<LedgerHead>, StoreError> {
    meta(store, keys::BASE)
}

/// Makes the recent blocks that came with the snapshot those of `replay`.
pub(super) fn remember_base(store: &dyn KeyValueRead, replay: &mut ReplayState) -> Result<(), StoreError> {
    for index in 0.. {
        let key = keys::base_block_key(index);
        let Some(block) = meta::<BaseBlock>(store, &key)? else { break };
        let what = "it is no recent block that follows those before it";
        replay.push_record(block.record()).map_err(|_| record::corrupt(Table::Meta, &key, what))?;
    }
    Ok(())
}

/// Takes away the recent blocks of a restoration that was given up.
fn clear_base(store: &dyn KeyValueStore) -> Result<(), StoreError> {
    let mut batch = Batch::default();
    let from_base = (Bound::Included(keys::BASE), Bound::Unbounded);
    store.scan(Table::Meta, from_base, Order::Ascending, &mut |key, _| {
        if !key.starts_with(keys::BASE) {
            return ControlFlow::Break(());
        }
        batch.delete(Table::Meta, key);
        ControlFlow::Continue(())
    })?;
    store.write(batch, Durability::Later)
}

fn put_restoring(batch: &mut Batch, restoring: &Restoring) {
    batch.put(Table::Meta, keys::RESTORING, record::encode(keys::RESTORING, restoring));
}
