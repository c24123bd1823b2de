//! Accounts in memory before the tables: the latest value of each account that was used lately, or that it is not there.
//!
//! The workers read it side by side; only the owner of the store writes blocks to it. Its size is bounded: entries are held
//! in two generations, and when the young one has half of the room the old one is dropped and the young one takes its
//! place. An entry that is used again moves to the young one. So an eviction costs no search, and a look-up one lock that
//! readers share. What the tables do not have yet is never dropped.

use crate::ledger::AccountChange;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use parking_lot::RwLock;
use sealane_sdk::{Account, Address};
use std::hash::BuildHasher;
use std::sync::Arc;

/// Shards, each under a lock of its own; a power of two.
const SHARD_COUNT: usize = 64;
/// Bytes an entry takes beside the account's data, roughly.
const ENTRY_SIZE_BYTES: usize = 200;

/// The cache.
#[derive(Debug)]
pub(super) struct Cache {
    shards: Vec<RwLock<Shard>>,
    /// Addresses are chosen by users, so the hasher's key is random.
    random_state: RandomState,
    /// Bytes of a shard's young generation, at most.
    generation_size_bytes: usize,
}

#[derive(Debug, Default)]
struct Shard {
    young: HashMap<Address, Entry, RandomState>,
    old: HashMap<Address, Entry, RandomState>,
    young_size_bytes: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    account: Option<Arc<Account>>,
    /// Number of the block that wrote it; 0 if it came from the tables.
    written_in: u64,
}

impl Cache {
    /// A cache of so many bytes, roughly.
    pub(super) fn new(size_bytes: usize) -> Self {
        Self {
            shards: (0..SHARD_COUNT).map(|_| RwLock::default()).collect(),
            random_state: RandomState::default(),
            generation_size_bytes: size_bytes / SHARD_COUNT / 2,
        }
    }

    /// What is known of an account: the inner `None` says that there is none. `applied` is the last block whose changes
    /// the tables have.
    pub(super) fn get(&self, address: &Address, applied: u64) -> Option<Option<Arc<Account>>> {
        let shard = self.shard(address);
        let read = shard.read();
        if let Some(entry) = read.young.get(address) {
            return Some(entry.account.clone());
        }
        if !read.old.contains_key(address) {
            return None;
        }
        drop(read);
        let mut shard = shard.write();
        let entry = shard.old.remove(address)?;
        let account = entry.account.clone();
        shard.insert(*address, entry, self.generation_size_bytes, applied);
        Some(account)
    }

    /// Remembers what the tables say of an account.
    pub(super) fn remember(&self, address: &Address, account: Option<Arc<Account>>, applied: u64) {
        let mut shard = self.shard(address).write();
        shard.insert(*address, Entry { account, written_in: 0 }, self.generation_size_bytes, applied);
    }

    /// Remembers what the tables say of an account, if nothing is known of it and there is room: nothing is dropped for it.
    pub(super) fn fill(&self, address: &Address, account: Option<&Arc<Account>>) {
        let mut shard = self.shard(address).write();
        let entry = Entry { account: account.cloned(), written_in: 0 };
        let has_room = shard.young_size_bytes + entry.size_bytes() <= self.generation_size_bytes;
        if has_room && !shard.young.contains_key(address) && !shard.old.contains_key(address) {
            shard.insert(*address, entry, self.generation_size_bytes, 0);
        }
    }

    /// Takes in what a block wrote.
    pub(super) fn write(
        &mut self,
        number: u64,
        changes: impl IntoIterator<Item = AccountChange>,
        applied: u64,
    ) {
        for (address, account) in changes {
            let position = self.position(&address);
            let entry = Entry { account, written_in: number };
            self.shards[position].get_mut().insert(address, entry, self.generation_size_bytes, applied);
        }
    }

    /// Bytes that the young and the old entries take, roughly.
    #[cfg(test)]
    fn size_bytes(&self) -> usize {
        let size = |entries: &HashMap<Address, Entry, RandomState>| {
            entries.values().map(Entry::size_bytes).sum::<usize>()
        };
        self.shards.iter().map(|shard| size(&shard.read().young) + size(&shard.read().old)).sum()
    }

    fn shard(&self, address: &Address) -> &RwLock<Shard> {
        &self.shards[self.position(address)]
    }

    fn position(&self, address: &Address) -> usize {
        // The low bits choose the place in a table; these are others.
        (self.random_state.hash_one(address) >> 32) as usize % SHARD_COUNT
    }
}

impl Shard {
    fn insert(&mut self, address: Address, entry: Entry, generation_size_bytes: usize, applied: u64) {
        let size_bytes = entry.size_bytes();
        match self.young.insert(address, entry) {
            Some(before) => self.young_size_bytes = self.young_size_bytes.saturating_sub(before.size_bytes()),
            // One address never stands in both generations.
            None => drop(self.old.remove(&address)),
        }
        self.young_size_bytes += size_bytes;
        if self.young_size_bytes > generation_size_bytes {
            self.turn(applied);
        }
    }

    /// Drops the old generation, but for what the tables do not have, and makes the young one old.
    fn turn(&mut self, applied: u64) {
        let kept = std::mem::take(&mut self.old).into_iter().filter(|(_, entry)| entry.written_in > applied);
        self.old = std::mem::take(&mut self.young);
        self.old.extend(kept);
        self.young_size_bytes = 0;
    }
}

impl Entry {
    fn size_bytes(&self) -> usize {
        ENTRY_SIZE_BYTES + self.account.as_ref().map_or(0, |account| account.data.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u32) -> Address {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_le_bytes());
        Address::new_from_array(bytes)
    }

    fn account(lamports: u64) -> Option<Arc<Account>> {
        Some(Arc::new(Account { lamports, data: vec![0; 100], ..Account::default() }))
    }

    #[test]
    fn it_stays_within_its_bounds_and_keeps_what_is_used() {
        const SIZE_BYTES: usize = 1 << 20;
        let cache = Cache::new(SIZE_BYTES);
        cache.remember(&address(0), account(7), 0);
        for number in 1..100_000 {
            cache.remember(&address(number), account(1), 0);
            assert_eq!(cache.get(&address(0), 0), Some(account(7)), "it is used all the time");
        }
        let size_bytes = cache.size_bytes();
        assert!(size_bytes <= SIZE_BYTES + SHARD_COUNT * 300, "{size_bytes}");
        assert!(size_bytes > SIZE_BYTES / 3, "{size_bytes}");
        assert_eq!(cache.get(&address(1), 0), None, "it was not used again");
        assert_eq!(cache.get(&address(99_999), 0), Some(account(1)), "it is the newest");
    }

    #[test]
    fn filling_it_stops_when_half_is_full() {
        let cache = Cache::new(1 << 20);
        (0..10_000).for_each(|number| cache.fill(&address(number), account(1).as_ref()));
        let size_bytes = cache.size_bytes();
        assert!(size_bytes <= 1 << 19, "{size_bytes}");
        assert!(size_bytes > 1 << 18, "{size_bytes}");
        assert_eq!(cache.get(&address(0), 0), Some(account(1)), "the first ones stay");
    }

    #[test]
    fn what_the_tables_lack_is_kept_whatever_comes() {
        let mut cache = Cache::new(1 << 16);
        let written: Vec<_> = (0..1_000).map(|number| (address(number), account(5))).collect();
        cache.write(3, written.clone(), 2);
        cache.write(4, [(address(0), None)], 2);
        let others = |cache: &Cache, applied| {
            (10_000..20_000).for_each(|number| cache.remember(&address(number), account(1), applied));
        };
        others(&cache, 2);
        assert_eq!(cache.get(&address(0), 2), Some(None), "it is known to be gone");
        for (address, account) in &written[1..] {
            assert_eq!(cache.get(address, 2), Some(account.clone()));
        }
        cache.fill(&address(1), account(99).as_ref());
        assert_eq!(cache.get(&address(1), 2), Some(account(5)), "what is known stays");
        others(&cache, 4);
        others(&cache, 4);
        let left = written.iter().filter(|(address, _)| cache.get(address, 4).is_some()).count();
        assert!(left < 10, "{left} are left though the tables have them");
    }
}
