//! The store in memory: one hash table. For tests, benchmarks and embedding; nothing outlives the process.

use super::{AccountChange, AccountStore, Commit, Found, StoreError, StorePlace};
use crate::prefetch;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use sealane_sdk::{Account, Address};
use std::hash::BuildHasher;
use std::sync::Arc;

/// Accounts looked up side by side.
const GROUP_COUNT: usize = 16;

/// Accounts in a hash table whose hasher is keyed at random, since users choose addresses.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    accounts: HashTable<(Address, Arc<Account>)>,
    random_state: RandomState,
    /// What the last commit replaced.
    replaced: Vec<Arc<Account>>,
}

impl MemoryStore {
    /// Applies changes outside of any block.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = AccountChange>) {
        for (address, account) in changes {
            drop(self.set(&address, account));
        }
    }

    fn get(&self, address: &Address) -> Option<&Arc<Account>> {
        let (_, account) =
            self.accounts.find(self.random_state.hash_one(address), |(other, _)| other == address)?;
        Some(account)
    }

    /// Where an account is, and the account; `hash` is that of its address.
    fn find(&self, hash: u64, address: &Address) -> Option<(u32, &Arc<Account>)> {
        let index = self.accounts.find_bucket_index(hash, |(other, _)| other == address)?;
        let (_, account) = self.accounts.get_bucket(index)?;
        // A table of so many accounts that this says something else is looked through again at the commit.
        Some((u32::try_from(index).unwrap_or(u32::MAX), account))
    }

    /// Has the processor fetch what [`Self::find`] will read.
    fn prefetch(&self, hash: u64) {
        let found = self.accounts.find(hash, |entry| {
            prefetch::value(entry);
            false
        });
        debug_assert!(found.is_none(), "nothing is what is looked for");
    }

    /// Makes an account something else, or takes it out; gives what it was.
    fn set(&mut self, address: &Address, account: Option<Arc<Account>>) -> Option<Arc<Account>> {
        let Self { accounts, random_state, .. } = self;
        let hash = random_state.hash_one(address);
        let rehash = |(address, _): &(Address, Arc<Account>)| random_state.hash_one(address);
        match (accounts.entry(hash, |(other, _)| other == address, rehash), account) {
            (Entry::Occupied(mut known), Some(account)) => {
                Some(std::mem::replace(&mut known.get_mut().1, account))
            }
            (Entry::Occupied(known), None) => Some(known.remove().0.1),
            (Entry::Vacant(free), Some(account)) => {
                free.insert((*address, account));
                None
            }
            (Entry::Vacant(_), None) => None,
        }
    }

    /// The account at `address`, if that is what stands at `place`.
    fn at(&mut self, place: StorePlace, address: &Address) -> Option<&mut Arc<Account>> {
        let StorePlace::At(index) = place else { return None };
        let (found, account) = self.accounts.get_bucket_mut(index as usize)?;
        (found == address).then_some(account)
    }

    /// Looks at what stands at `place`, for no reason but that it is then on its way from memory.
    fn look_at(&self, place: StorePlace, address: &Address) {
        std::hint::black_box(match place {
            StorePlace::At(index) => {
                self.accounts.get_bucket(index as usize).is_some_and(|(found, _)| found == address)
            }
            StorePlace::Unknown => self.get(address).is_some(),
        });
    }
}

impl AccountStore for MemoryStore {
    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        Ok(self.get(address).cloned())
    }

    fn visit(
        &self,
        addresses: &[&Address],
        visit: &mut dyn FnMut(usize, Found<'_>),
    ) -> Result<(), StoreError> {
        // Each step begins for all of a group before the next one waits for any: a look-up alone is four waits for memory.
        let mut first = 0;
        for group in addresses.chunks(GROUP_COUNT) {
            let (mut hashes, mut found) = ([0; GROUP_COUNT], [Found::default(); GROUP_COUNT]);
            for (hash, address) in hashes.iter_mut().zip(group) {
                *hash = self.random_state.hash_one(address);
                self.prefetch(*hash);
            }
            for ((found, address), hash) in found.iter_mut().zip(group).zip(hashes) {
                if let Some((index, account)) = self.find(hash, address) {
                    prefetch::value::<Account>(account);
                    *found = Found { account: Some(account), place: StorePlace::At(index) };
                }
            }
            for account in found.iter().filter_map(|found| found.account) {
                prefetch::slice(&account.data);
            }
            for (index, found) in (first..).zip(&found[..group.len()]) {
                visit(index, *found);
            }
            first += group.len();
        }
        Ok(())
    }

    fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        let Commit { changes, places, .. } = commit;
        self.replaced.clear();
        self.replaced.reserve(changes.len());
        let mut places = places.into_iter().chain(std::iter::repeat(StorePlace::Unknown));
        let mut group_places = [StorePlace::Unknown; GROUP_COUNT];
        let mut changes_left = changes.into_iter();
        while !changes_left.as_slice().is_empty() {
            // First all are looked for, so that the waits for memory overlap.
            for (place, (address, _)) in group_places.iter_mut().zip(changes_left.as_slice()) {
                *place = places.next().unwrap_or_default();
                self.look_at(*place, address);
            }
            for (place, (address, account)) in
                group_places.iter().zip(changes_left.by_ref().take(GROUP_COUNT))
            {
                let replaced = match (self.at(*place, &address), account) {
                    (Some(known), Some(account)) => Some(std::mem::replace(known, account)),
                    (_, account) => self.set(&address, account),
                };
                self.replaced.extend(replaced);
            }
        }
        Ok(())
    }

    fn take_replaced(&mut self) -> Vec<Arc<Account>> {
        std::mem::take(&mut self.replaced)
    }

    fn for_each_in_part(
        &self,
        part: usize,
        visit: &mut dyn FnMut(&Address, &Arc<Account>),
    ) -> Result<(), StoreError> {
        debug_assert_eq!(part, 0, "there is one part");
        for (address, account) in self.accounts.iter() {
            visit(address, account);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Block;
    use sealane_sdk::instruction::Hash;
    use std::collections::BTreeMap;

    fn address(number: u8) -> Address {
        Address::new_from_array([number; 32])
    }

    fn account(lamports: u64) -> Arc<Account> {
        Arc::new(Account::system(lamports))
    }

    /// The plain twin is a map that knows no places. Those here are true, out of date, another account's, or out of bounds.
    #[test]
    fn a_commit_gives_the_same_whatever_it_is_told_of_places() {
        let mut store = MemoryStore::default();
        let mut plain: BTreeMap<Address, Arc<Account>> = BTreeMap::new();
        let mut lamports = 0;
        for round in 0..200_usize {
            let numbers = (0..60_u8).filter(|number| (usize::from(*number) * 7 + round * 13) % 5 < 2);
            let addresses: Vec<Address> = numbers.map(address).collect();
            let (mut places, mut visited) = (Vec::new(), 0);
            let by_reference: Vec<&Address> = addresses.iter().collect();
            let see = &mut |index: usize, found: Found<'_>| {
                assert_eq!(index, visited);
                assert_eq!(found.account, plain.get(&addresses[index]));
                visited += 1;
                places.push(found.place);
            };
            store.visit(&by_reference, see).expect("memory does not fail");
            match round % 4 {
                0 => places.rotate_left(1),
                1 => places.truncate(places.len() / 2),
                2 => places.fill(StorePlace::At(u32::MAX)),
                _ => {}
            }
            let mut changes: Vec<AccountChange> = Vec::new();
            for (index, address) in addresses.iter().enumerate() {
                lamports += 1;
                let is_gone = (index + round).is_multiple_of(6);
                changes.push((*address, (!is_gone).then(|| account(lamports))));
            }
            let mut replaced: Vec<_> = changes
                .iter()
                .filter_map(|(address, _)| plain.get(address))
                .map(|account| account.lamports)
                .collect();
            for (address, account) in &changes {
                match account {
                    Some(account) => drop(plain.insert(*address, Arc::clone(account))),
                    None => drop(plain.remove(address)),
                }
            }
            let block = Arc::new(Block::default());
            store
                .commit(Commit { block, hash: Hash::default(), changes, places })
                .expect("memory does not fail");
            let mut given: Vec<_> = store.take_replaced().iter().map(|account| account.lamports).collect();
            given.sort_unstable();
            replaced.sort_unstable();
            assert_eq!(given, replaced);
            let mut stored = BTreeMap::new();
            let insert = &mut |address: &Address, account: &Arc<Account>| {
                stored.insert(*address, Arc::clone(account));
            };
            store.for_each(insert).expect("memory does not fail");
            assert_eq!(stored, plain, "round {round}");
        }
    }
}
