//! An account as a store shows it: shared with others, or packed in the store's own way and to be copied.

use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// Accounts with more data than this, in bytes, are not copied where that can be helped.
pub const MAX_COPIED_SIZE_BYTES: usize = 4_096;

/// An account within a store.
#[derive(Clone, Copy, Debug)]
pub struct StoredAccount<'s> {
    /// Balance in lamports.
    pub lamports: u64,
    /// Its owner.
    pub owner: Address,
    /// Whether it is a program.
    pub executable: bool,
    /// Its data.
    pub data: &'s [u8],
    shared: Option<&'s Arc<Account>>,
}

impl<'s> From<&'s Arc<Account>> for StoredAccount<'s> {
    fn from(account: &'s Arc<Account>) -> Self {
        let Account { lamports, owner, executable, ref data } = **account;
        Self { lamports, owner, executable, data, shared: Some(account) }
    }
}

impl<'s> StoredAccount<'s> {
    /// An account that is no program and that the store holds in its own way.
    pub(super) const fn packed(lamports: u64, owner: Address, data: &'s [u8]) -> Self {
        Self { lamports, owner, executable: false, data, shared: None }
    }

    /// The account as the store shares it, if it does.
    #[must_use]
    pub const fn shared(&self) -> Option<&'s Arc<Account>> {
        self.shared
    }

    /// The account, to be kept: shared with the store, or a copy.
    #[must_use]
    pub fn to_shared(&self) -> Arc<Account> {
        self.shared.map_or_else(|| Arc::new(self.to_account()), Arc::clone)
    }

    /// A copy.
    #[must_use]
    pub fn to_account(&self) -> Account {
        let Self { lamports, owner, executable, data, .. } = *self;
        Account { lamports, owner, executable, data: data.to_vec() }
    }

    /// Makes `room` a copy, and keeps the room of its data.
    pub fn copy_to(&self, room: &mut Account) {
        (room.lamports, room.owner, room.executable) = (self.lamports, self.owner, self.executable);
        self.data.clone_into(&mut room.data);
    }
}
