//! Where accounts live between blocks.
//!
//! The runtime reads through this trait while a block runs and hands over all of a block's changes at its end. A store
//! on disk implements the same trait; it knows no transaction and no hash.

pub mod directory;
mod error;
pub mod key_value;
mod memory;

pub use error::{Cause, StoreError};
pub use memory::MemoryStore;

use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// What a block did to one account: its new value, or that it is gone.
pub type AccountChange = (Address, Option<Arc<Account>>);

/// Accounts by address.
pub trait AccountStore: std::fmt::Debug + Send + Sync {
    /// The account at `address`, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot tell.
    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError>;

    /// Applies a block's changes, all or nothing. No address stands twice.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing has changed.
    fn commit(&mut self, changes: &[AccountChange]) -> Result<(), StoreError>;

    /// Every account, in no particular order.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read through.
    fn for_each(&self, visit: &mut dyn FnMut(&Address, &Arc<Account>)) -> Result<(), StoreError>;

    /// How many accounts there are.
    fn account_count(&self) -> usize;
}
