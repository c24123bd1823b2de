//! The store in memory: one hash table. For tests, benchmarks and embedding; nothing outlives the process.

use super::{AccountChange, AccountStore, Commit, StoreError};
use hashbrown::HashMap;
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// Accounts in a hash table whose hasher is keyed at random, since users choose addresses.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    accounts: HashMap<Address, Arc<Account>, foldhash::fast::RandomState>,
}

impl MemoryStore {
    /// Applies changes outside of any block.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = AccountChange>) {
        for (address, account) in changes {
            match account {
                Some(account) => drop(self.accounts.insert(address, account)),
                None => drop(self.accounts.remove(&address)),
            }
        }
    }
}

impl AccountStore for MemoryStore {
    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        Ok(self.accounts.get(address).cloned())
    }

    fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        self.apply(commit.changes);
        Ok(())
    }

    fn for_each_in_part(
        &self,
        part: usize,
        visit: &mut dyn FnMut(&Address, &Arc<Account>),
    ) -> Result<(), StoreError> {
        debug_assert_eq!(part, 0, "there is one part");
        for (address, account) in &self.accounts {
            visit(address, account);
        }
        Ok(())
    }
}
