//! One of the memory store's shards: an index over records, for the addresses whose hashes say so. Shards know nothing of each
//! other, so that workers change them side by side.

use super::index::Index;
use super::records::Records;
use crate::half_hash::HalfHash;
use crate::ledger::store::StoredAccount;
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// The accounts of some addresses.
#[derive(Clone, Debug, Default)]
pub(super) struct Shard {
    index: Index,
    records: Records,
}

impl Shard {
    /// The account at `address`, whose hash that half is of, and its record's number.
    pub(super) fn find(&self, half: HalfHash, address: &Address) -> Option<(u32, StoredAccount<'_>)> {
        let record = self.index.find(half, |record| self.records.is_of(record, address))?;
        Some((record, self.records.get(record)?))
    }

    /// Has the processor fetch what leads to an account: the first step of [`Self::find`].
    pub(super) fn prefetch_index(&self, half: HalfHash) {
        self.index.prefetch(half);
    }

    /// Has the processor fetch an account: the second step.
    pub(super) fn prefetch_record(&self, half: HalfHash) {
        if let Some(record) = self.index.first(half) {
            self.records.prefetch(record);
        }
    }

    /// Has the processor fetch the account that is thought to have that number.
    pub(super) fn prefetch_at(&self, record: u32) {
        self.records.prefetch(record);
    }

    /// Makes the account that is thought to have that number another one, if it has it and its room will do. Gives the account
    /// whose room is not needed any more, or else the account back.
    pub(super) fn replace_at(
        &mut self,
        record: u32,
        address: &Address,
        account: Arc<Account>,
    ) -> Result<Arc<Account>, Arc<Account>> {
        if self.records.is_of(record, address) { self.records.replace(record, account) } else { Err(account) }
    }

    /// Makes an account something else, or takes it out; gives the account whose room is not needed any more, if there is one.
    pub(super) fn set(
        &mut self,
        half: HalfHash,
        address: &Address,
        account: Option<Arc<Account>>,
    ) -> Option<Arc<Account>> {
        let Self { index, records } = self;
        let known = index.find(half, |record| records.is_of(record, address));
        let account = match (known, account) {
            (None, None) => return None,
            (Some(record), None) => {
                index.remove(half, record);
                return records.remove(record);
            }
            (None, Some(account)) => {
                let (record, left) = records.put(address, account);
                index.insert(half, record);
                return left;
            }
            (Some(record), Some(account)) => (record, records.replace(record, account)),
        };
        match account {
            (_, Ok(left)) => Some(left),
            (old, Err(account)) => {
                let replaced = records.remove(old);
                let (new, left) = records.put(address, account);
                index.replace(half, old, new);
                left.or(replaced)
            }
        }
    }

    /// Every account, in no particular order.
    pub(super) fn for_each(&self, visit: &mut dyn FnMut(&Address, StoredAccount<'_>)) {
        self.records.for_each(visit);
    }
}
