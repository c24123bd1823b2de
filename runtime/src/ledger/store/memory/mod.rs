//! The store in memory: packed accounts and an index over them, in shards. For tests, benchmarks and embedding; nothing outlives
//! the process.
//!
//! What it is read with are copies, and what is committed to it is copied: an account takes some 90 bytes beside its data, and
//! a look-up waits for memory twice, for the index and for the account.

mod index;
mod records;
mod shard;

#[cfg(test)]
mod tests;

use super::{AccountChange, AccountStore, Commit, Found, StoreError, StorePlace};
use crate::half_hash::HalfHash;
use crate::prefetch;
use foldhash::fast::RandomState;
use sealane_sdk::{Account, Address};
use shard::Shard;
use std::hash::BuildHasher;
use std::sync::Arc;

/// Accounts looked up side by side.
const GROUP_COUNT: usize = 16;

/// How far ahead accounts are fetched that will be copied into the store, and their data, which begins where they say.
const ACCOUNTS_AHEAD_COUNT: usize = 12;
const DATA_AHEAD_COUNT: usize = 6;

/// Into how many shards accounts fall, as a power of two.
const SHARD_BITS: u32 = 3;
const SHARD_COUNT: usize = 1 << SHARD_BITS;

/// Accounts by address. The hasher is keyed at random, since users choose addresses.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    shards: Vec<Shard>,
    random_state: RandomState,
    /// Whose room the last commit did not need.
    replaced: Vec<Arc<Account>>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        let shards = vec![Shard::default(); SHARD_COUNT];
        Self { shards, random_state: RandomState::default(), replaced: Vec::new() }
    }
}

/// What is known of an address before anything is looked at: its shard, and half of its hash.
#[derive(Clone, Copy, Debug)]
struct Home {
    shard: usize,
    half: HalfHash,
}

impl MemoryStore {
    /// Applies changes outside of any block.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = AccountChange>) {
        for (address, account) in changes {
            drop(self.set(&address, account));
        }
    }

    /// Makes an account something else, or takes it out; gives the account whose room is not needed any more, if there is one.
    fn set(&mut self, address: &Address, account: Option<Arc<Account>>) -> Option<Arc<Account>> {
        let Home { shard, half } = self.home(address);
        self.shards[shard].set(half, address, account)
    }

    fn home(&self, address: &Address) -> Home {
        let hash = self.random_state.hash_one(address);
        // The half is made of the hash's other bits.
        let [low, ..] = hash.to_le_bytes();
        Home { shard: usize::from(low) % SHARD_COUNT, half: HalfHash::of(hash) }
    }
}

/// Where a record is, as the runtime is told.
fn place(shard: usize, record: u32) -> StorePlace {
    let shard = u32::try_from(shard).unwrap_or_default();
    StorePlace::At(record << SHARD_BITS | shard)
}

/// The shard and the record that a place means.
fn shard_and_record(place: StorePlace) -> Option<(usize, u32)> {
    let StorePlace::At(place) = place else { return None };
    Some((place as usize % SHARD_COUNT, place >> SHARD_BITS))
}

impl AccountStore for MemoryStore {
    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        let Home { shard, half } = self.home(address);
        Ok(self.shards[shard].find(half, address).map(|(_, account)| account.to_shared()))
    }

    fn visit(
        &self,
        addresses: &[&Address],
        visit: &mut dyn FnMut(usize, Found<'_>),
    ) -> Result<(), StoreError> {
        // Each step begins for all of a group before the next one waits for any: a look-up alone is two waits for memory.
        let mut first = 0;
        let mut homes = [Home { shard: 0, half: HalfHash::of(0) }; GROUP_COUNT];
        for group in addresses.chunks(GROUP_COUNT) {
            for (home, address) in homes.iter_mut().zip(group) {
                *home = self.home(address);
                self.shards[home.shard].prefetch_index(home.half);
            }
            for Home { shard, half } in &homes[..group.len()] {
                self.shards[*shard].prefetch_record(*half);
            }
            for (index, (Home { shard, half }, address)) in (first..).zip(homes.iter().zip(group)) {
                visit(
                    index,
                    match self.shards[*shard].find(*half, address) {
                        Some((record, account)) => {
                            Found { account: Some(account), place: place(*shard, record) }
                        }
                        None => Found::default(),
                    },
                );
            }
            first += group.len();
        }
        Ok(())
    }

    fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        let Commit { changes, places, .. } = commit;
        self.replaced.clear();
        self.replaced.reserve(changes.len());
        let mut changes_left = changes.into_iter();
        for index in 0..changes_left.len() {
            self.fetch_ahead(places.get(index..).unwrap_or_default(), changes_left.as_slice());
            let Some((address, account)) = changes_left.next() else { break };
            let thought = places.get(index).copied().and_then(shard_and_record);
            let left = match (thought, account) {
                // An account that stays where it is needs no search, and no hash of its address.
                (Some((shard, record)), Some(account)) => {
                    match self.shards[shard].replace_at(record, &address, account) {
                        Ok(left) => Some(left),
                        Err(account) => self.set(&address, Some(account)),
                    }
                }
                (_, account) => self.set(&address, account),
            };
            self.replaced.extend(left);
        }
        Ok(())
    }

    fn take_replaced(&mut self) -> Vec<Arc<Account>> {
        std::mem::take(&mut self.replaced)
    }

    fn part_count(&self) -> usize {
        SHARD_COUNT
    }

    fn for_each_in_part(
        &self,
        part: usize,
        visit: &mut dyn FnMut(&Address, &Arc<Account>),
    ) -> Result<(), StoreError> {
        let mut room = Arc::new(Account::default());
        self.shards[part].for_each(&mut |address, account| match account.shared() {
            Some(account) => visit(address, account),
            None => {
                match Arc::get_mut(&mut room) {
                    Some(room) => account.copy_to(room),
                    // Whoever was shown the last one keeps it.
                    None => room = account.to_shared(),
                }
                visit(address, &room);
            }
        });
        Ok(())
    }
}

impl MemoryStore {
    /// Has the processor fetch what changes after the first of these need, and where they belong.
    fn fetch_ahead(&self, places: &[StorePlace], changes: &[AccountChange]) {
        if let Some((shard, record)) = places.get(ACCOUNTS_AHEAD_COUNT).copied().and_then(shard_and_record) {
            self.shards[shard].prefetch_at(record);
        }
        let account = |ahead: usize| changes.get(ahead)?.1.as_deref();
        if let Some(account) = account(ACCOUNTS_AHEAD_COUNT) {
            prefetch::value(account);
        }
        if let Some(account) = account(DATA_AHEAD_COUNT) {
            prefetch::slice(&account.data);
        }
    }
}
