//! An account as the ledger holds it.
//!
//! The store hands accounts to the runtime, the runtime to the vm; programs see them as
//! [`guest::AccountView`](crate::guest) instead, in place in their own memory.

use crate::Address;
use alloc::vec::Vec;

/// An account: lamports, owner, data (0 to 10 MiB) and whether it is a program. Its address is its key in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "host", derive(serde::Serialize, serde::Deserialize))]
pub struct Account {
    /// Balance in lamports. An account whose lamports reach 0 is gone at the end of its transaction.
    pub lamports: u64,
    /// The program that alone may take lamports from the account and write its data.
    pub owner: Address,
    /// Whether the account is a program that can be called.
    pub executable: bool,
    /// The account's data, at most [`MAX_ACCOUNT_DATA_SIZE_BYTES`](crate::limits::MAX_ACCOUNT_DATA_SIZE_BYTES).
    pub data: Vec<u8>,
}

impl Account {
    /// An account with `lamports` and no data, owned by the system program: what a transfer to a new address makes.
    #[must_use]
    pub fn system(lamports: u64) -> Self {
        Self { lamports, ..Self::default() }
    }

    /// A rent-exempt account that holds `data` and belongs to `owner`.
    #[must_use]
    pub fn with_data(owner: Address, data: Vec<u8>) -> Self {
        Self {
            lamports: crate::limits::rent_exempt_minimum_lamports(data.len()),
            owner,
            executable: false,
            data,
        }
    }

    /// Whether the account holds enough lamports for its size.
    #[must_use]
    pub fn is_rent_exempt(&self) -> bool {
        self.lamports >= crate::limits::rent_exempt_minimum_lamports(self.data.len())
    }
}
