//! Accounts as bytes, laid out plainly:
//!
//! ```text
//! lamports u64, owner 32 bytes, executable u8, data
//! ```
//!
//! In the table each stands under its address, sealed. In a block's log many stand in one part, one behind the other:
//! address 32 bytes, size of what follows u32, the account; an account that is gone has [`GONE`] for a size and nothing
//! behind it.

use super::record;
use crate::ledger::AccountChange;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::Table;
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// Bytes before the data.
const HEAD_SIZE_BYTES: usize = 8 + 32 + 1;
/// The size that says that an account is gone.
const GONE: u32 = u32::MAX;

/// Bytes that an account takes in a part.
pub(super) fn change_size_bytes(account: Option<&Account>) -> usize {
    32 + 4 + account.map_or(0, |account| HEAD_SIZE_BYTES + account.data.len())
}

/// The value of an account in the table.
pub(super) fn value(address: &Address, account: &Account) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD_SIZE_BYTES + account.data.len() + 8);
    push(&mut bytes, account);
    record::seal(address.as_ref(), bytes)
}

/// The account of a value in the table.
///
/// # Errors
/// [`StoreError::Corrupt`] if it is none.
pub(super) fn account(address: &[u8], value: &[u8]) -> Result<Account, StoreError> {
    let bytes = record::checked(Table::Accounts, address, value)?;
    read(bytes).ok_or_else(|| record::corrupt(Table::Accounts, address, "the value is no account"))
}

/// Adds a change to a part.
pub(super) fn push_change(part: &mut Vec<u8>, (address, account): &AccountChange) {
    part.extend_from_slice(address.as_ref());
    match account {
        None => part.extend_from_slice(&GONE.to_le_bytes()),
        Some(account) => {
            // An account has 10 MiB of data at most.
            let size = u32::try_from(HEAD_SIZE_BYTES + account.data.len()).unwrap_or(GONE);
            part.extend_from_slice(&size.to_le_bytes());
            push(part, account);
        }
    }
}

/// The changes of a part, added to `changes`. `None` if the bytes are no such part.
pub(super) fn read_changes(mut part: &[u8], changes: &mut Vec<AccountChange>) -> Option<()> {
    while !part.is_empty() {
        let (address, rest) = part.split_first_chunk::<32>()?;
        let (size, rest) = rest.split_first_chunk::<4>()?;
        let address = Address::new_from_array(*address);
        part = match u32::from_le_bytes(*size) {
            GONE => {
                changes.push((address, None));
                rest
            }
            size => {
                let (bytes, rest) = rest.split_at_checked(size as usize)?;
                changes.push((address, Some(Arc::new(read(bytes)?))));
                rest
            }
        };
    }
    Some(())
}

fn push(bytes: &mut Vec<u8>, account: &Account) {
    bytes.extend_from_slice(&account.lamports.to_le_bytes());
    bytes.extend_from_slice(account.owner.as_ref());
    bytes.push(u8::from(account.executable));
    bytes.extend_from_slice(&account.data);
}

fn read(bytes: &[u8]) -> Option<Account> {
    let (lamports, rest) = bytes.split_first_chunk::<8>()?;
    let (owner, rest) = rest.split_first_chunk::<32>()?;
    let (executable, data) = rest.split_first()?;
    let executable = match executable {
        0 => false,
        1 => true,
        _ => return None,
    };
    Some(Account {
        lamports: u64::from_le_bytes(*lamports),
        owner: Address::new_from_array(*owner),
        executable,
        data: data.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_account() -> impl Strategy<Value = Account> {
        let data = prop::collection::vec(any::<u8>(), 0..300);
        (any::<u64>(), any::<[u8; 32]>(), any::<bool>(), data).prop_map(
            |(lamports, owner, executable, data)| Account {
                lamports,
                owner: Address::new_from_array(owner),
                executable,
                data,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            changes in prop::collection::vec((any::<[u8; 32]>(), prop::option::of(any_account())), 0..20),
        ) {
            let changes: Vec<AccountChange> = changes
                .into_iter()
                .map(|(address, account)| (Address::new_from_array(address), account.map(Arc::new)))
                .collect();
            let mut part = Vec::new();
            changes.iter().for_each(|change| push_change(&mut part, change));
            let size: usize = changes.iter().map(|(_, account)| change_size_bytes(account.as_deref())).sum();
            prop_assert_eq!(part.len(), size);
            let mut read = Vec::new();
            prop_assert_eq!(read_changes(&part, &mut read), Some(()));
            prop_assert_eq!(&read, &changes);
            for (address, stored) in changes {
                let Some(stored) = stored else { continue };
                let value = value(&address, &stored);
                prop_assert_eq!(account(address.as_ref(), &value).expect("as written"), stored.as_ref().clone());
            }
        }

        #[test]
        fn any_bytes_are_changes_or_refused(part in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut changes = Vec::new();
            if read_changes(&part, &mut changes).is_some() {
                let mut again = Vec::new();
                changes.iter().for_each(|change| push_change(&mut again, change));
                prop_assert_eq!(again, part);
            }
        }
    }
}
