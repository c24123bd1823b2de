//! The memory store beside its plain twin, a map: whatever it is told, and however it keeps accounts, it holds the same.

use super::*;
use crate::ledger::{Block, MAX_COPIED_SIZE_BYTES};
use proptest::prelude::*;
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
            assert_eq!(
                found.account.map(|account| account.to_shared()).as_ref(),
                plain.get(&addresses[index])
            );
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
        let committed = changes.iter().filter_map(|(_, account)| account.as_ref());
        let copied: Vec<_> = committed.map(|account| account.lamports).collect();
        for (address, account) in &changes {
            match account {
                Some(account) => drop(plain.insert(*address, Arc::clone(account))),
                None => drop(plain.remove(address)),
            }
        }
        let block = Arc::new(Block::default());
        store.commit(Commit { block, hash: Hash::default(), changes, places }).expect("memory does not fail");
        let mut given: Vec<_> = store.take_replaced().iter().map(|account| account.lamports).collect();
        given.sort_unstable();
        assert_eq!(given, copied);
        let mut stored = BTreeMap::new();
        let insert = &mut |address: &Address, account: &Arc<Account>| {
            stored.insert(*address, Arc::clone(account));
        };
        store.for_each(insert).expect("memory does not fail");
        assert_eq!(stored, plain, "round {round}");
    }
}

/// Accounts around the borders: of a record's steps, of what is packed, and programs, which are not.
fn any_account() -> impl Strategy<Value = Arc<Account>> {
    let size = prop_oneof![
        4 => 0_usize..40,
        2 => Just(165_usize),
        1 => MAX_COPIED_SIZE_BYTES - 9..MAX_COPIED_SIZE_BYTES + 3,
    ];
    (any::<u64>(), any::<u8>(), any::<bool>(), size).prop_map(|(lamports, fill, executable, size)| {
        let owner = Address::new_from_array([fill; 32]);
        Arc::new(Account { lamports, owner, executable: executable && fill % 4 == 0, data: vec![fill; size] })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The plain twin is a map. Two halves for all addresses, so that the index alone tells hardly any apart.
    #[test]
    fn a_shard_is_its_plain_twin(changes in prop::collection::vec(
        (0_u8..24, prop::option::weighted(0.7, any_account()), any::<bool>(), any::<u32>()),
        0..300,
    )) {
        let (mut shard, mut plain) = (Shard::default(), BTreeMap::new());
        let half = |number: u8| HalfHash::of(u64::from(number % 2) << 63);
        for (number, account, is_told, wrong) in changes {
            let address = address(number);
            let truth = shard.find(half(number), &address).map(|(record, _)| record);
            let thought = if is_told { truth } else { Some(wrong % 128) };
            let in_place = account.clone().zip(thought).map(|(account, thought)| {
                shard.replace_at(thought, &address, account)
            });
            let left = match in_place {
                Some(Ok(left)) => Some(left),
                _ => shard.set(half(number), &address, account.clone()),
            };
            let replaced = match &account {
                Some(account) => plain.insert(number, Arc::clone(account)),
                None => plain.remove(&number),
            };
            // What is left over is one of the two, which one depends on how they are kept.
            prop_assert!(left.is_none() || left == replaced || left == account);
            for number in 0..24 {
                let found = shard.find(half(number), &self::address(number));
                let found = found.map(|(_, account)| account.to_shared());
                prop_assert_eq!(found.as_ref(), plain.get(&number));
            }
            let mut all = BTreeMap::new();
            shard.for_each(&mut |address, account| {
                all.insert(address.to_bytes()[0], account.to_shared());
            });
            prop_assert_eq!(&all, &plain);
        }
    }
}

/// Programs are told apart by where they lie: as long as nothing changes them, they are given out as they were given in.
#[test]
fn programs_and_large_accounts_are_shared_and_not_copied() {
    let mut store = MemoryStore::default();
    let program = Arc::new(Account { executable: true, ..Account::with_data(address(9), vec![1; 36]) });
    let large = Arc::new(Account::with_data(address(9), vec![1; MAX_COPIED_SIZE_BYTES + 1]));
    store.apply([(address(1), Some(Arc::clone(&program))), (address(2), Some(Arc::clone(&large)))]);
    for (number, account) in [(1, program), (2, large)] {
        let found = store.account(&address(number)).expect("memory does not fail");
        assert!(found.is_some_and(|found| Arc::ptr_eq(&found, &account)), "account {number}");
    }
}

/// An account that is taken out leaves its room to the next of its size: a ledger whose accounts come and go does not grow.
#[test]
fn room_is_used_again() {
    let mut shard = Shard::default();
    let account = Arc::new(Account::with_data(address(9), vec![1; 165]));
    let half = HalfHash::of(0);
    let mut records: Vec<u32> = Vec::new();
    for round in 0..100 {
        for number in [round, round + 1] {
            drop(shard.set(half, &address(number), Some(Arc::clone(&account))));
            records.extend(shard.find(half, &address(number)).map(|(record, _)| record));
        }
        for number in [round, round + 1] {
            drop(shard.set(half, &address(number), None));
        }
    }
    records.sort_unstable();
    records.dedup();
    assert_eq!(records.len(), 2);
}
