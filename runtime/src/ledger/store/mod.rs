//! Where accounts live between blocks.
//!
//! The runtime reads through this trait while a block runs, and at its end hands over the block with all its changes.
//! [`MemoryStore`] keeps the accounts and forgets the rest; [`disk`] keeps everything, above an embedded database.

pub mod directory;
pub mod disk;
mod error;
pub mod key_value;
mod memory;
mod stored;

pub use error::{Cause, StoreError};
pub use memory::MemoryStore;
pub use stored::{MAX_COPIED_SIZE_BYTES, StoredAccount};

use super::Block;
use sealane_sdk::instruction::Hash;
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// What a block did to one account: its new value, or that it is gone.
pub type AccountChange = (Address, Option<Arc<Account>>);

/// A block to be made the last one, and what it did to the accounts.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The block.
    pub block: Arc<Block>,
    /// Its hash.
    pub hash: Hash,
    /// Every account it changed, in no particular order; no address stands twice.
    pub changes: Vec<AccountChange>,
    /// Where the store said that the first of these are, if it did.
    pub places: Vec<StorePlace>,
}

/// Where a store holds an account, as it says when the account is visited, so that it need not look for it again when the
/// account is changed. A hint: nothing else may be made of it, and it may be out of date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StorePlace {
    /// It did not say.
    #[default]
    Unknown,
    /// A number that means something to the store.
    At(u32),
}

/// An account as it was found by [`AccountStore::visit`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Found<'s> {
    /// The account, if there is one.
    pub account: Option<StoredAccount<'s>>,
    /// Where it is.
    pub place: StorePlace,
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
        visit: &mut dyn FnMut(usize, Found<'_>),
    ) -> Result<(), StoreError> {
        for (index, address) in addresses.iter().enumerate() {
            let account = self.account(address)?;
            let account = account.as_ref().map(StoredAccount::from);
            visit(index, Found { account, place: StorePlace::Unknown });
        }
        Ok(())
    }

    /// Makes a block the last one and applies its changes, all or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing has changed.
    fn commit(&mut self, commit: Commit) -> Result<(), StoreError>;

    /// Into how many parts the accounts fall that can be read through side by side.
    fn part_count(&self) -> usize {
        1
    }

    /// Every account of a part, in no particular order. Parts count from 0.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read through.
    fn for_each_in_part(
        &self,
        part: usize,
        visit: &mut dyn FnMut(&Address, &Arc<Account>),
    ) -> Result<(), StoreError>;

    /// Accounts that the last commit left over, if the store is in memory, for their room: what it replaced, or what it copied
    /// into the store. Nothing else may be made of them, and others may still hold them.
    fn take_replaced(&mut self) -> Vec<Arc<Account>> {
        Vec::new()
    }

    /// Every account, in no particular order.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read through.
    fn for_each(&self, visit: &mut dyn FnMut(&Address, &Arc<Account>)) -> Result<(), StoreError> {
        (0..self.part_count()).try_for_each(|part| self.for_each_in_part(part, visit))
    }
}
