//! The index of a run, the blocks that one checkpoint brings into the tables: signatures and addresses as sorted changes.
//!
//! The same blocks always give the same keys. So pruning a run makes its index once more, and takes away what it finds.
//!
//! An entry of the address index lists up to [`PLACES_PER_ENTRY`] places, newest first: the first is in its key, of each
//! other one the difference to the one before, in groups of 7 bits, the lowest first, with the top bit where more follow.

use super::block_index::{BlockIndex, Mention};
use super::keys;
use super::layer::prefix;
use super::record;
use crate::ledger::TransactionList;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::{Change, Table};
use sealane_sdk::Address;

/// Places an entry of the address index has at most.
const PLACES_PER_ENTRY: usize = 1_024;

/// A block of a run.
pub(super) type Indexed<'r> = (&'r BlockIndex, &'r TransactionList);

/// What is to become of the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entries {
    Written,
    Deleted,
}

/// The signatures of a run, oldest block first, as changes in the order of their keys.
pub(super) fn signatures(run: &[Indexed<'_>], entries: Entries) -> impl Iterator<Item = Change> + use<> {
    let mut all: Vec<(u64, u64)> = run.iter().flat_map(|(index, _)| index.signatures()).collect();
    // The stable sort finds the sorted runs and merges them.
    all.sort();
    all.into_iter().map(move |(prefix, place)| {
        let value = (entries == Entries::Written).then(Vec::new);
        (keys::signature_key(prefix, place).to_vec(), value)
    })
}

/// The addresses of a run, oldest block first, as changes in the order of their keys.
pub(super) fn addresses<'r>(run: &[Indexed<'r>], entries: Entries) -> impl Iterator<Item = Change> + use<'r> {
    let mut groups = grouped(run);
    // Of one address the newest block comes first, and stays so: the sort is stable.
    groups.sort_by(|one, other| one.prefix.cmp(&other.prefix).then_with(|| one.address.cmp(other.address)));
    let mut groups = groups.into_iter().peekable();
    let mut places = Vec::new();
    std::iter::from_fn(move || {
        let first = groups.next()?;
        places.clear();
        places.extend(first.index.places(first.mentions));
        while let Some(same) = groups.next_if(|group| group.address == first.address) {
            places.extend(same.index.places(same.mentions));
        }
        Some(
            places
                .chunks(PLACES_PER_ENTRY)
                .map(|entry| change(first.address, entry, entries))
                .collect::<Vec<_>>(),
        )
    })
    .flatten()
}

/// The packed places of an entry, newest first.
///
/// # Errors
/// [`StoreError::Corrupt`] if the entry is damaged.
pub(super) fn places(key: &[u8], value: &[u8]) -> Result<Vec<u64>, StoreError> {
    let bytes = record::checked(Table::Addresses, key, value)?;
    read_places(key, bytes)
        .ok_or_else(|| record::corrupt(Table::Addresses, key, "the value is no list of places"))
}

/// An address in one block.
struct Group<'r> {
    prefix: u64,
    address: &'r Address,
    index: &'r BlockIndex,
    mentions: &'r [Mention],
}

/// The addresses of all blocks, newest block first.
fn grouped<'r>(run: &[Indexed<'r>]) -> Vec<Group<'r>> {
    let mut groups = Vec::new();
    for (index, transactions) in run.iter().rev() {
        groups.extend(index.addresses(transactions).map(|(address, mentions)| Group {
            prefix: prefix(address),
            address,
            index,
            mentions,
        }));
    }
    groups
}

fn change(address: &Address, places: &[u64], entries: Entries) -> Change {
    let key = keys::address_key(address, places[0]);
    let value = (entries == Entries::Written).then(|| {
        let mut value = Vec::with_capacity(2 * places.len() + 8);
        for pair in places.windows(2) {
            push_number(&mut value, pair[0] - pair[1]);
        }
        record::seal(&key, value)
    });
    (key.to_vec(), value)
}

fn read_places(key: &[u8], mut bytes: &[u8]) -> Option<Vec<u64>> {
    let mut newest = keys::newest_of_address_key(key)?;
    let mut places = vec![newest];
    while !bytes.is_empty() {
        newest = newest.checked_sub(take_number(&mut bytes)?)?;
        places.push(newest);
    }
    Some(places)
}

fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [lowest, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return bytes.push(lowest);
        }
        bytes.push(lowest | 0x80);
    }
}

fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_entry_is_read_as_it_was_written(mut places in prop::collection::btree_set(any::<u64>(), 1..50)) {
            let address = Address::new_from_array([3; 32]);
            let mut newest_first = Vec::new();
            while let Some(newest) = places.pop_last() {
                newest_first.push(newest);
            }
            let (key, value) = change(&address, &newest_first, Entries::Written);
            prop_assert_eq!(super::places(&key, &value.expect("it is written")).expect("as written"), newest_first);
        }

        #[test]
        fn any_bytes_are_places_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let key = keys::address_key(&Address::default(), 1 << 50);
            if let Some(places) = read_places(&key, &bytes) {
                prop_assert!(places.is_sorted_by(|newer, older| newer >= older));
            }
        }
    }
}
