//! A set of signatures of which only the last are taken out again: what replay protection remembers under one blockhash.
//!
//! Signatures lie one behind the other, and the table that finds them has eight bytes for each:
//! a look-up reads one or two lines of memory, and growing moves small things only.
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use crate::half_hash::HalfHash;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use sealane_sdk::limits::SIGNATURE_SIZE_BYTES;

pub(super) type Signature = [u8; SIGNATURE_SIZE_BYTES];

/// The signatures, and where each of them stands. Whoever asks computes their hashes, always in the same way, from a key that
/// users do not know.
#[derive(Clone, Debug, Default)]
pub(super) struct SignatureSet {
    signatures: Vec<Signature>,
    places: HashTable<Place>,
}

/// Where a signature stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Half of its hash.
    half: HalfHash,
    position: u32,
}

impl SignatureSet {
    /// Whether `signature`, whose hash is `hash`, is in the set.
    #[inline]
    pub(super) fn contains(&self, hash: u64, signature: &Signature) -> bool {
        let half = HalfHash::of(hash);
        let is_same = |place: &Place| {
            place.half == half && self.signatures.get(place.position as usize) == Some(signature)
        };
        self.places.find(half.spread(), is_same).is_some()
    }

    /// Adds `signature`, whose hash is `hash`; `false` if it is in the set.
    ///
    /// # Panics
    /// If the set has 2^32 signatures: 256 GiB of them.
    #[inline]
    pub(super) fn insert(&mut self, hash: u64, signature: &Signature) -> bool {
        let Self { signatures, places } = self;
        let position = u32::try_from(signatures.len()).expect("no memory holds so many signatures");
        let half = HalfHash::of(hash);
        let is_same =
            |place: &Place| place.half == half && signatures.get(place.position as usize) == Some(signature);
        match places.entry(half.spread(), is_same, |place| place.half.spread()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(free) => {
                free.insert(Place { half, position });
                signatures.push(*signature);
                true
            }
        }
    }

    /// Takes `signature`, whose hash is `hash`, out if it stands at `first` or behind, and puts the last one where it stood;
    /// `false` if it does not. `rehash` gives the hash of any signature.
    pub(super) fn remove_from(
        &mut self,
        first: usize,
        hash: u64,
        signature: &Signature,
        rehash: impl Fn(&Signature) -> u64,
    ) -> bool {
        let Self { signatures, places } = self;
        let half = HalfHash::of(hash);
        let is_same =
            |place: &Place| place.half == half && signatures.get(place.position as usize) == Some(signature);
        let Ok(entry) = places.find_entry(half.spread(), is_same) else { return false };
        let position = entry.get().position;
        if (position as usize) < first {
            return false;
        }
        entry.remove();
        let last_position = u32::try_from(signatures.len().saturating_sub(1)).unwrap_or(u32::MAX);
        if position != last_position
            && let Some(last) = signatures.last()
        {
            let half = HalfHash::of(rehash(last));
            let moved = places.find_mut(half.spread(), |place| place.position == last_position);
            moved.expect("every signature has its place").position = position;
        }
        signatures.swap_remove(position as usize);
        true
    }

    /// Takes out all signatures but the first `count`. `rehash` gives the hash of any signature.
    pub(super) fn truncate(&mut self, count: usize, rehash: impl Fn(&Signature) -> u64) {
        let Self { signatures, places } = self;
        for (position, signature) in signatures.iter().enumerate().skip(count) {
            let half = HalfHash::of(rehash(signature));
            if let Ok(entry) = places.find_entry(half.spread(), |place| place.position as usize == position) {
                entry.remove();
            }
        }
        signatures.truncate(count);
    }

    /// How many signatures there are.
    pub(super) const fn len(&self) -> usize {
        self.signatures.len()
    }

    /// Makes room for `count` more.
    pub(super) fn reserve(&mut self, count: usize) {
        self.signatures.reserve(count);
        self.places.reserve(count, |place| place.half.spread());
    }

    /// The signatures, in no particular order.
    pub(super) fn as_slice(&self) -> &[Signature] {
        &self.signatures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(number: u32) -> Signature {
        let mut signature = [7; SIGNATURE_SIZE_BYTES];
        signature[17..21].copy_from_slice(&number.to_le_bytes());
        signature
    }

    fn number(signature: &Signature) -> u32 {
        u32::from_le_bytes(*signature[17..].first_chunk().expect("long enough"))
    }

    /// The plain twin is a list. Hashes are bad on purpose: all that the table is told may be equal for different signatures.
    #[test]
    fn finds_what_is_in_it_and_nothing_else() {
        for hash_count in [1, 2, 100, 5_000] {
            let hash = |number: u32| u64::from(number % hash_count).wrapping_mul(0x2545_f491_4f6c_dd1d);
            let rehash = |signature: &Signature| hash(number(signature));
            let (mut set, mut plain) = (SignatureSet::default(), Vec::new());
            set.reserve(3);
            let agree = |set: &SignatureSet, plain: &[u32]| {
                for number in 0..700 {
                    let is_in = set.contains(hash(number), &signature(number));
                    assert_eq!(is_in, plain.contains(&number), "{number} of {hash_count}");
                }
                let (mut found, mut expected): (Vec<_>, _) =
                    (set.as_slice().iter().map(number).collect(), plain.to_vec());
                found.sort_unstable();
                expected.sort_unstable();
                assert_eq!(found, expected);
            };
            for number in (0..600).step_by(2) {
                assert!(set.insert(hash(number), &signature(number)));
                assert!(!set.insert(hash(number / 4 * 2), &signature(number / 4 * 2)), "it is there already");
                plain.push(number);
            }
            agree(&set, &plain);
            // The first 100 stay, whatever is asked.
            for number in (0..700).step_by(3) {
                let is_last =
                    plain.iter().position(|other| *other == number).is_some_and(|found| found >= 100);
                assert_eq!(set.remove_from(100, hash(number), &signature(number), rehash), is_last);
                if is_last {
                    let position = plain.iter().position(|other| *other == number).expect("found above");
                    plain.swap_remove(position);
                }
            }
            agree(&set, &plain);
            set.truncate(150, rehash);
            plain.truncate(150);
            agree(&set, &plain);
            for number in 600..700 {
                assert!(set.insert(hash(number), &signature(number)));
                plain.push(number);
            }
            agree(&set, &plain);
        }
    }
}
