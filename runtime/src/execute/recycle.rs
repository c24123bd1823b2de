//! Room for copies: accounts that the last block has left over, in which the next one copies those it may write.
//!
//! What a block replaces it replaces by as many others, so nearly every copy finds room of its size, and neither takes
//! memory from the allocator nor gives any back. In: what the store let go of at the last commit. Out: copies.

use crate::ledger::{MAX_COPIED_SIZE_BYTES, StoredAccount};
use crate::prefetch;
use parking_lot::{Mutex, MutexGuard};
use sealane_sdk::Account;
use std::sync::Arc;

/// Sizes of data are told apart in such steps, in bytes: a copy's room is never larger than its data by more.
const STEP_SIZE_BYTES: usize = 16;

/// Accounts looked at for one of the right size before the allocator is asked.
const MAX_TRIES_COUNT: usize = 4;

/// How far ahead the accounts that are next in turn are fetched, and their data, which begins where they say.
const ACCOUNTS_AHEAD_COUNT: usize = 8;
const DATA_AHEAD_COUNT: usize = 4;

/// The room of a ledger, divided so that workers need not wait for each other.
#[derive(Debug)]
pub struct Recycled {
    bins: Vec<Mutex<Bin>>,
}

/// Room for one worker at a time.
#[derive(Debug, Default)]
pub struct Bin {
    /// Not looked at yet; the last is next.
    unsorted: Vec<Arc<Account>>,
    /// By the size of their data's room, in steps.
    by_size: Vec<Vec<Arc<Account>>>,
}

impl Recycled {
    /// No room yet, to be used by `worker_count` workers.
    #[must_use]
    pub fn new(worker_count: usize) -> Self {
        Self { bins: (0..worker_count.max(1)).map(|_| Mutex::default()).collect() }
    }

    /// Takes accounts that nobody may hold any more. What was left of those given before is dropped.
    pub fn refill(&mut self, mut accounts: Vec<Arc<Account>>) {
        let mut bins_left = self.bins.len();
        for bin in &mut self.bins {
            let bin = bin.get_mut();
            bin.by_size.iter_mut().for_each(Vec::clear);
            bin.unsorted = accounts.split_off(accounts.len() - accounts.len() / bins_left);
            bins_left -= 1;
        }
    }

    /// Lets `work` copy with the room of one bin, of a filled one if it can be, or with none if all are in use.
    pub fn with_bin<R>(&self, work: impl FnOnce(&mut Bin) -> R) -> R {
        let filled = |bin: &MutexGuard<'_, Bin>| !bin.unsorted.is_empty();
        match self.bins.iter().filter_map(Mutex::try_lock).find(filled) {
            Some(mut bin) => work(&mut bin),
            None => match self.bins.iter().find_map(Mutex::try_lock) {
                Some(mut bin) => work(&mut bin),
                None => work(&mut Bin::default()),
            },
        }
    }
}

impl Bin {
    /// A copy of `account` that nobody else holds.
    #[must_use]
    pub fn copy(&mut self, account: StoredAccount<'_>) -> Arc<Account> {
        match self.room(account.data.len()) {
            Some(mut room) => match Arc::get_mut(&mut room) {
                Some(free) => {
                    account.copy_to(free);
                    room
                }
                None => Arc::new(account.to_account()),
            },
            None => Arc::new(account.to_account()),
        }
    }

    /// An account whose data has room for `size_bytes`, and little more.
    fn room(&mut self, size_bytes: usize) -> Option<Arc<Account>> {
        let wanted = steps(size_bytes);
        if let Some(room) = self.by_size.get_mut(wanted).and_then(Vec::pop) {
            return Some(room);
        }
        for _ in 0..MAX_TRIES_COUNT {
            let room = self.unsorted.pop()?;
            self.look_ahead();
            let found = steps(room.data.capacity());
            if found == wanted {
                return Some(room);
            }
            if found <= steps(MAX_COPIED_SIZE_BYTES) {
                if self.by_size.len() <= found {
                    self.by_size.resize_with(found + 1, Vec::new);
                }
                self.by_size[found].push(room);
            }
        }
        None
    }

    fn look_ahead(&self) {
        let ahead = |count: usize| self.unsorted.get(self.unsorted.len().checked_sub(count)?);
        if let Some(account) = ahead(ACCOUNTS_AHEAD_COUNT) {
            prefetch::value::<Account>(account);
        }
        if let Some(account) = ahead(DATA_AHEAD_COUNT) {
            prefetch::slice(&account.data);
        }
    }
}

const fn steps(size_bytes: usize) -> usize {
    size_bytes.div_ceil(STEP_SIZE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_sdk::Address;

    fn account(size: usize, fill: u8) -> Arc<Account> {
        let data = vec![fill; size];
        Arc::new(Account {
            executable: fill.is_multiple_of(2),
            ..Account::with_data(Address::new_from_array([fill; 32]), data)
        })
    }

    #[test]
    fn a_copy_is_equal_whatever_room_it_was_made_in() {
        let sizes = [0, 1, 15, 16, 17, 82, 165, 165, 300, 4_096, 5_000];
        for worker_count in 1..4 {
            let mut recycled = Recycled::new(worker_count);
            recycled.refill(sizes.iter().map(|size| account(*size, 1)).collect());
            for size in sizes.iter().rev().chain(&sizes) {
                let original = account(*size, 2);
                let copy = recycled.with_bin(|bin| bin.copy((&original).into()));
                assert_eq!(*copy, *original);
                assert!(copy.data.capacity() < size + STEP_SIZE_BYTES, "room beyond need at {size}");
            }
        }
    }

    #[test]
    fn room_is_used_again_unless_somebody_still_holds_it() {
        let mut recycled = Recycled::new(1);
        let (held, free) = (account(165, 1), account(165, 3));
        let free_address = Arc::as_ptr(&free).addr();
        recycled.refill(vec![free, Arc::clone(&held)]);
        let original = account(165, 5);
        let copies = recycled.with_bin(|bin| [(); 3].map(|()| bin.copy((&original).into())));
        assert!(copies.iter().all(|copy| **copy == *original));
        assert_eq!(*held, *account(165, 1), "what somebody holds stays as it was");
        assert_eq!(Arc::as_ptr(&copies[1]).addr(), free_address);
    }
}
