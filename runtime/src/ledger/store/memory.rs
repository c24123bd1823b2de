//! The store in memory: one hash table. For tests, benchmarks and embedding; nothing outlives the process.

use super::{AccountChange, AccountStore, Commit, StoreError};
use crate::prefetch;
use hashbrown::HashMap;
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// Accounts looked up side by side.
const GROUP_COUNT: usize = 16;

/// Accounts in a hash table whose hasher is keyed at random, since users choose addresses.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    accounts: HashMap<Address, Arc<Account>, foldhash::fast::RandomState>,
    /// What the last commit replaced.
    replaced: Vec<Arc<Account>>,
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

    fn visit(
        &self,
        addresses: &[&Address],
        visit: &mut dyn FnMut(usize, Option<&Arc<Account>>),
    ) -> Result<(), StoreError> {
        // Each step begins for all of a group before the next one waits for any: a look-up alone is three waits for memory.
        let mut first = 0;
        for group in addresses.chunks(GROUP_COUNT) {
            let mut found = [None; GROUP_COUNT];
            for (found, address) in found.iter_mut().zip(group) {
                *found = self.accounts.get(*address);
                if let Some(account) = *found {
                    prefetch::value::<Account>(account);
                }
            }
            for account in found.iter().flatten() {
                prefetch::slice(&account.data);
            }
            for (index, found) in (first..).zip(&found[..group.len()]) {
                visit(index, *found);
            }
            first += group.len();
        }
        Ok(())
    }

    fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        let changes = commit.changes;
        self.replaced.clear();
        self.replaced.reserve(changes.len());
        for group in changes.chunks(GROUP_COUNT) {
            // First all are looked for, so that the waits for memory overlap.
            for (address, account) in group {
                std::hint::black_box(self.accounts.get(address).is_some());
                if let Some(account) = account {
                    prefetch::value::<Account>(account);
                }
            }
            for (address, account) in group {
                self.replaced.extend(match account {
                    Some(account) => self.accounts.insert(*address, Arc::clone(account)),
                    None => self.accounts.remove(address),
                });
            }
        }
        Ok(())
    }

    fn take_replaced(&mut self) -> Vec<Arc<Account>> {
        std::mem::take(&mut self.replaced)
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
