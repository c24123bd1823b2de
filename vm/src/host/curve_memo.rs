//! Which hashes lie on the curve, remembered: programs derive the same few addresses at every call, and finding out costs
//! some microseconds, most of what a nested call costs.
//!
//! What is remembered follows from the 32 bytes alone, so nobody can tell a remembered answer from a fresh one.

use sealane_sdk::Address;

/// Answers remembered a worker; each takes 33 bytes.
const PLACE_COUNT: usize = 4096;

/// Answers that one worker has found out. A new one takes the place of an older one whose hash begins alike.
#[derive(Debug, Default)]
pub(crate) struct CurveMemo {
    /// Empty until the first question, then [`PLACE_COUNT`] places.
    places: Vec<Place>,
}

/// What is known of a hash. The zero hash is on the curve, so that a fresh place is already right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    hash: [u8; 32],
    is_on_curve: bool,
}

impl CurveMemo {
    /// Whether the hash is a point of the curve, so that somebody might hold its key.
    pub(crate) fn is_on_curve(&mut self, hash: &[u8; 32]) -> bool {
        if self.places.is_empty() {
            let zero = [0; 32];
            let fresh = Place { hash: zero, is_on_curve: Address::new_from_array(zero).is_on_curve() };
            self.places = vec![fresh; PLACE_COUNT];
        }
        let index = usize::from(u16::from_le_bytes([hash[0], hash[1]])) % PLACE_COUNT;
        let place = &mut self.places[index];
        if place.hash != *hash {
            *place = Place { hash: *hash, is_on_curve: Address::new_from_array(*hash).is_on_curve() };
        }
        place.is_on_curve
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Asked in any order and again, with hashes that take each other's places, it says what the curve says.
        #[test]
        fn it_says_what_the_curve_says(hashes in prop::collection::vec((0_u8..4, any::<u8>(), 0_u8..3), 1..80)) {
            let mut memo = CurveMemo::default();
            for (first, second, rest) in hashes {
                let mut hash = [rest; 32];
                // Beyond the place count the second byte makes no difference.
                (hash[0], hash[1]) = (first, second);
                prop_assert_eq!(memo.is_on_curve(&hash), Address::new_from_array(hash).is_on_curve());
            }
        }
    }

    #[test]
    fn zero_is_as_any_other() {
        let zero = Address::default();
        assert_eq!(CurveMemo::default().is_on_curve(zero.as_array()), zero.is_on_curve());
    }
}
