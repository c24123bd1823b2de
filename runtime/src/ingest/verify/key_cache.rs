//! Decoded keys of recent signers, so that a sender who comes back is not decoded again.
//!
//! [`verify_with`](super::verify_with) asks for a group's keys at once and hands back the ones it had to decode.

use curve25519_dalek::edwards::EdwardsPoint;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use parking_lot::RwLock;

type Points = HashMap<[u8; 32], EdwardsPoint, RandomState>;

/// A bounded map from key bytes to decoded points, shared by threads.
///
/// It holds two generations. New keys enter the younger; when that has half the capacity, the older is dropped and the
/// younger takes its place. So a key in use at least once a generation stays, and no list of uses is kept.
#[derive(Debug)]
pub struct KeyCache {
    generations: RwLock<Generations>,
    generation_capacity: usize,
}

#[derive(Debug, Default)]
struct Generations {
    young: Points,
    old: Points,
}

impl KeyCache {
    /// A cache of at most `capacity` keys, of about 220 bytes each.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { generations: RwLock::default(), generation_capacity: capacity / 2 }
    }

    /// A cache that holds nothing.
    #[must_use]
    pub fn disabled() -> Self {
        Self::new(0)
    }

    /// How many keys are held.
    #[must_use]
    pub fn len(&self) -> usize {
        let generations = self.generations.read();
        generations.young.len().saturating_add(generations.old.len())
    }

    /// Whether no key is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills in the points that are held, under one lock.
    pub(super) fn look_up(&self, keys: &mut [CachedKey]) {
        if self.generation_capacity == 0 {
            return;
        }
        let generations = self.generations.read();
        for key in keys {
            if let Some(point) = generations.young.get(&key.bytes) {
                (key.point, key.is_young) = (Some(*point), true);
            } else {
                key.point = generations.old.get(&key.bytes).copied();
            }
        }
    }

    /// Keeps the decoded points that are not in the younger generation yet, under one lock.
    pub(super) fn keep(&self, keys: &[CachedKey]) {
        if self.generation_capacity == 0 || keys.iter().all(|key| key.is_young || key.point.is_none()) {
            return;
        }
        let mut generations = self.generations.write();
        for key in keys {
            if let (Some(point), false) = (key.point, key.is_young) {
                if generations.young.len() >= self.generation_capacity {
                    let full = std::mem::take(&mut generations.young);
                    generations.old = full;
                }
                generations.young.insert(key.bytes, point);
            }
        }
    }
}

/// One distinct key of a group.
#[derive(Clone, Debug)]
pub(super) struct CachedKey {
    pub(super) bytes: [u8; 32],
    /// The decoded point; after decoding, `None` says the bytes are no point.
    pub(super) point: Option<EdwardsPoint>,
    /// Whether the cache's younger generation has it.
    pub(super) is_young: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> CachedKey {
        CachedKey { bytes: [number; 32], point: Some(EdwardsPoint::default()), is_young: false }
    }

    fn holds(cache: &KeyCache, number: u8) -> bool {
        let mut asked = [CachedKey { point: None, ..key(number) }];
        cache.look_up(&mut asked);
        asked[0].point.is_some()
    }

    #[test]
    fn capacity_bounds_the_cache_and_keys_in_use_stay() {
        let cache = KeyCache::new(8);
        for number in 0..100 {
            cache.keep(&[key(number), key(200)]);
            assert!(cache.len() <= 8);
            assert!(holds(&cache, number) && holds(&cache, 200));
        }
        assert!(!holds(&cache, 0));
    }

    #[test]
    fn a_disabled_cache_holds_nothing() {
        let cache = KeyCache::disabled();
        cache.keep(&[key(1)]);
        assert!(cache.is_empty() && !holds(&cache, 1));
    }
}
