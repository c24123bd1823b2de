//! Where accounts live between blocks.
//!
//! The runtime reads through this trait while a block runs and hands over all of a block's changes at its end. A store
//! on disk implements the same trait; it knows no transaction and no hash.

pub mod key_value;
mod memory;

pub use memory::MemoryStore;

use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// What a block did to one account: its new value, or that it is gone.
pub type AccountChange = (Address, Option<Arc<Account>>);

/// A fault of the store; the block that met it is fatal.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Reading or writing failed.
    #[error("{operation} failed: {source}")]
    Io {
        /// What was tried.
        operation: &'static str,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// Accounts by address.
pub trait AccountStore: std::fmt::Debug + Send + Sync {
    /// The account at `address`, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot tell.
    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError>;

    /// Calls `visit` with the account at each of `addresses`, if there is one, and its index in the list; in order. A store
    /// that can look up many at once faster than one by one does so.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot tell; some may have been visited.
    fn visit(
        &self,
        addresses: &[&Address],
        visit: &mut dyn FnMut(usize, Option<&Arc<Account>>),
    ) -> Result<(), StoreError> {
        for (index, address) in addresses.iter().enumerate() {
            visit(index, self.account(address)?.as_ref());
        }
        Ok(())
    }

    /// Applies a block's changes, all or nothing. No address stands twice.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing has changed.
    fn commit(&mut self, changes: &[AccountChange]) -> Result<(), StoreError>;

    /// The accounts that the last commit replaced, if the store held them in memory: for their room. Nothing else may be made
    /// of them, and others may still hold them.
    fn take_replaced(&mut self) -> Vec<Arc<Account>> {
        Vec::new()
    }

    /// Every account, in no particular order.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read through.
    fn for_each(&self, visit: &mut dyn FnMut(&Address, &Arc<Account>)) -> Result<(), StoreError>;

    /// How many accounts there are.
    fn account_count(&self) -> usize;
}
