//! The accounts of a test ledger: those of the runtime, within reach of the test.

use parking_lot::{RwLock, RwLockReadGuard};
use sealane_runtime::ledger::{AccountChange, AccountStore, Commit, Found, MemoryStore, StoreError};
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// A store in memory that the runtime and the test ledger share.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedStore(Arc<RwLock<MemoryStore>>);

impl SharedStore {
    /// Changes accounts outside of any block.
    pub(crate) fn apply(&self, changes: impl IntoIterator<Item = AccountChange>) {
        self.0.write().apply(changes);
    }

    /// A copy of the accounts as they are.
    pub(crate) fn copy(&self) -> MemoryStore {
        self.0.read().clone()
    }

    /// Makes the accounts those.
    pub(crate) fn replace(&self, accounts: MemoryStore) {
        *self.0.write() = accounts;
    }

    fn read(&self) -> RwLockReadGuard<'_, MemoryStore> {
        self.0.read()
    }
}

impl AccountStore for SharedStore {
    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        self.read().account(address)
    }

    fn visit(
        &self,
        addresses: &[&Address],
        visit: &mut dyn FnMut(usize, Found<'_>),
    ) -> Result<(), StoreError> {
        self.read().visit(addresses, visit)
    }

    fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        self.0.write().commit(commit)
    }

    fn part_count(&self) -> usize {
        self.read().part_count()
    }

    fn for_each_in_part(
        &self,
        part: usize,
        visit: &mut dyn FnMut(&Address, &Arc<Account>),
    ) -> Result<(), StoreError> {
        self.read().for_each_in_part(part, visit)
    }

    fn take_replaced(&mut self) -> Vec<Arc<Account>> {
        self.0.write().take_replaced()
    }
}
