//! A set of signatures that only grows: what replay protection remembers under one blockhash.
//!
//! Signatures lie one behind the other in the order in which they came, and the table that finds them has eight bytes for each:
//! a look-up reads one or two lines of memory, and growing moves small things only.
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use crate::half_hash::HalfHash;
use hashbrown::HashTable;
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

    /// Adds `signature`, whose hash is `hash`, and which is not in the set.
    ///
    /// # Panics
    /// If the set has 2^32 signatures: 256 GiB of them.
    pub(super) fn insert(&mut self, hash: u64, signature: Signature) {
        debug_assert!(!self.contains(hash, &signature), "each is admitted once");
        let position = u32::try_from(self.signatures.len()).expect("no memory holds so many signatures");
        let place = Place { half: HalfHash::of(hash), position };
        self.places.insert_unique(place.half.spread(), place, |place| place.half.spread());
        self.signatures.push(signature);
    }

    /// Makes room for `count` more.
    pub(super) fn reserve(&mut self, count: usize) {
        self.signatures.reserve(count);
        self.places.reserve(count, |place| place.half.spread());
    }

    /// The signatures, in the order in which they came.
    pub(super) fn as_slice(&self) -> &[Signature] {
        &self.signatures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The plain twin is a map. Hashes are bad on purpose: all that the table is told may be equal for different signatures.
    #[test]
    fn finds_what_is_in_it_and_nothing_else() {
        let signature = |number: u32| {
            let mut signature = [7; SIGNATURE_SIZE_BYTES];
            signature[17..21].copy_from_slice(&number.to_le_bytes());
            signature
        };
        for hash_count in [1, 2, 100, 5_000] {
            let hash = |number: u32| u64::from(number % hash_count).wrapping_mul(0x2545_f491_4f6c_dd1d);
            let (mut set, mut plain) = (SignatureSet::default(), BTreeMap::new());
            set.reserve(3);
            for number in (0..2_000).step_by(2) {
                set.insert(hash(number), signature(number));
                plain.insert(signature(number), hash(number));
            }
            for number in 0..2_100 {
                let expected = plain.contains_key(&signature(number));
                assert_eq!(
                    set.contains(hash(number), &signature(number)),
                    expected,
                    "{number} of {hash_count}"
                );
            }
            assert!(set.as_slice().iter().eq(plain.keys()) || set.as_slice().len() == plain.len());
        }
    }
}
