//! The store in memory: one hash table. For tests, benchmarks and embedding; nothing outlives the process.

use super::{AccountChange, AccountStore, StoreError};
use hashbrown::HashMap;
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// Accounts in a hash table whose hasher is keyed at random, since users choose addresses.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    accounts: HashMap<Address, Arc<Account>, foldhash::fast::RandomState>,
}

impl AccountStore for MemoryStore {
    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        Ok(self.accounts.get(address).cloned())
    }

    fn commit(&mut self, changes: &[AccountChange]) -> Result<(), StoreError> {
        for (address, account) in changes {
            match account {
                Some(account) => drop(self.accounts.insert(*address, Arc::clone(account))),
                None => drop(self.accounts.remove(address)),
            }
        }
        Ok(())
    }

    fn for_each(&self, visit: &mut dyn FnMut(&Address, &Arc<Account>)) -> Result<(), StoreError> {
        for (address, account) in &self.accounts {
            visit(address, account);
        }
        Ok(())
    }

    fn account_count(&self) -> usize {
        self.accounts.len()
    }
}
