//! Where the memory store's accounts are: from half of an address's hash to a record's number, eight bytes an entry.
//!
//! Open addressing, looked through in order. An entry's home follows from the half by proportion, so entries lie roughly in the
//! order of their halves: any size will do, and to grow is to read and to write memory from the front to the back. A table that
//! keeps its control bytes apart waits for memory twice a look-up, this one once, for a place that is known beforehand.

use crate::half_hash::HalfHash;
use crate::prefetch;

/// Entries that the smallest table has room for.
const MIN_ENTRIES_COUNT: usize = 16;

/// Where an account is; no record has this number in an entry that is free.
const FREE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Entry {
    half: HalfHash,
    record: u32,
}

/// Records by the halves of their addresses' hashes. What a record is of, the caller knows.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    entries: Vec<Entry>,
    used_count: usize,
}

impl Index {
    /// How many records there are.
    #[cfg(test)]
    pub(super) const fn len(&self) -> usize {
        self.used_count
    }

    /// Has the processor fetch what [`Self::find`] will read.
    pub(super) fn prefetch(&self, half: HalfHash) {
        if let Some(entry) = self.entries.get(self.home(half)) {
            prefetch::value(entry);
        }
    }

    /// The record that `is_same` says yes to, among those of this half.
    pub(super) fn find(&self, half: HalfHash, mut is_same: impl FnMut(u32) -> bool) -> Option<u32> {
        let position = self.position(half, &mut is_same)?;
        Some(self.entries[position].record)
    }

    /// The first record of this half, whatever it is of: nearly always the one that is looked for.
    pub(super) fn first(&self, half: HalfHash) -> Option<u32> {
        self.find(half, |_| true)
    }

    /// Adds a record that is not there yet.
    pub(super) fn insert(&mut self, half: HalfHash, record: u32) {
        assert_ne!(record, FREE, "more accounts than have numbers");
        // Filled to four fifths at most: a look-up of what is there then reads three entries on average, of eight in a line.
        if (self.used_count + 1) * 5 > self.entries.len() * 4 {
            self.grow();
        }
        self.used_count += 1;
        self.put(Entry { half, record });
    }

    /// Says that a record is now another one.
    pub(super) fn replace(&mut self, half: HalfHash, old: u32, new: u32) {
        if let Some(position) = self.position(half, &mut |record| record == old) {
            self.entries[position].record = new;
        }
    }

    /// Takes a record out. Those behind it that are not at home move up, so that nothing is left to be stepped over.
    pub(super) fn remove(&mut self, half: HalfHash, record: u32) {
        let Some(mut hole) = self.position(half, &mut |other| other == record) else { return };
        self.used_count -= 1;
        let mut position = hole;
        loop {
            position = self.after(position);
            let entry = self.entries[position];
            if entry.record == FREE {
                break;
            }
            // An entry may move up as far as its home and no further.
            let (from_home, from_hole) =
                (self.distance(self.home(entry.half), position), self.distance(hole, position));
            if from_home >= from_hole {
                self.entries[hole] = entry;
                hole = position;
            }
        }
        self.entries[hole].record = FREE;
    }

    fn position(&self, half: HalfHash, is_same: &mut impl FnMut(u32) -> bool) -> Option<usize> {
        let mut position = self.home(half);
        loop {
            let entry = self.entries.get(position)?;
            if entry.record == FREE {
                return None;
            }
            if entry.half == half && is_same(entry.record) {
                return Some(position);
            }
            position = self.after(position);
        }
    }

    fn put(&mut self, entry: Entry) {
        let mut position = self.home(entry.half);
        while self.entries[position].record != FREE {
            position = self.after(position);
        }
        self.entries[position] = entry;
    }

    fn grow(&mut self) {
        let new_count = (self.entries.len() + self.entries.len() / 4).max(MIN_ENTRIES_COUNT);
        let free = Entry { half: HalfHash::of(0), record: FREE };
        let old = std::mem::replace(&mut self.entries, vec![free; new_count]);
        old.into_iter().filter(|entry| entry.record != FREE).for_each(|entry| self.put(entry));
    }

    /// Where an entry of this half stands, unless others stood there first.
    fn home(&self, half: HalfHash) -> usize {
        half.share_of(self.entries.len())
    }

    fn after(&self, position: usize) -> usize {
        if position + 1 == self.entries.len() { 0 } else { position + 1 }
    }

    /// How many steps it is from one position forward to another.
    fn distance(&self, from: usize, to: usize) -> usize {
        if to >= from { to - from } else { to + self.entries.len() - from }
    }
}

const _: () = assert!(size_of::<Entry>() == 8);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// The plain twin is a map. Halves repeat, and crowd at the end of the table, so that its end and its beginning meet.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Insert(u8),
        Remove(u8),
        Replace(u8),
    }

    fn half(number: u8) -> HalfHash {
        let high = [0, u64::MAX, u64::MAX - 1, u64::from(number) << 56][usize::from(number % 4)];
        HalfHash::of(high.wrapping_sub(u64::from(number / 16) << 33))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_index_is_its_plain_twin(steps in prop::collection::vec(
            (0_u8..3, any::<u8>()).prop_map(|(kind, number)| match kind {
                0 => Step::Insert(number),
                1 => Step::Remove(number),
                _ => Step::Replace(number),
            }),
            0..300,
        )) {
            let (mut index, mut plain) = (Index::default(), BTreeMap::new());
            for (time, step) in (0_u32..).zip(steps) {
                match step {
                    Step::Insert(number) => {
                        if let std::collections::btree_map::Entry::Vacant(free) = plain.entry(number) {
                            free.insert(time);
                            index.insert(half(number), time);
                        }
                    }
                    Step::Remove(number) => {
                        // What is not there is not taken out.
                        index.remove(half(number), plain.remove(&number).unwrap_or(time));
                    }
                    Step::Replace(number) => {
                        if let Some(record) = plain.get_mut(&number) {
                            index.replace(half(number), *record, time);
                            *record = time;
                        }
                    }
                }
                prop_assert_eq!(index.len(), plain.len());
                // Not all of them each time, which takes a minute without optimisation.
                for number in (0..=u8::MAX).filter(|number| u32::from(*number) % 16 == time % 16) {
                    let expected = plain.get(&number).copied();
                    let found = index.find(half(number), |record| Some(record) == expected);
                    prop_assert_eq!(found, expected);
                    let of_this_half = plain.iter().any(|(other, _)| half(*other) == half(number));
                    prop_assert_eq!(index.first(half(number)).is_some(), of_this_half);
                }
            }
        }
    }
}
