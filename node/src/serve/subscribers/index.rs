//! Subscriptions by what they are about, and by their number.

use super::Subscriber;
use crate::rpc::{Subscription, SubscriptionKey};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use sealane_sdk::Address;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Subscriptions in all ways in which they are looked for. A block looks for each of its transactions and changes.
#[derive(Debug, Default)]
pub(super) struct Index {
    last_number: u64,
    keys: BTreeMap<u64, SubscriptionKey>,
    subscribers: HashMap<SubscriptionKey, BTreeMap<u64, Arc<Subscriber>>, RandomState>,
    pub(super) counts: Counts,
}

/// How many subscriptions need a block's parts to be looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) signatures: usize,
    pub(super) accounts: usize,
    pub(super) programs: usize,
    pub(super) mentions: usize,
}

/// Subscriptions about the same, and where in a block it stands.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) subscribers: Vec<Arc<Subscriber>>,
    /// Indices of transactions or changes, ascending.
    pub(super) places: Vec<u32>,
}

impl Index {
    /// Subscriptions now.
    pub(super) fn count(&self) -> usize {
        self.keys.len()
    }

    /// Whether a subscription is there.
    pub(super) fn contains(&self, number: u64) -> bool {
        self.keys.contains_key(&number)
    }

    /// Adds a subscription, which `make` makes for its number.
    pub(super) fn add(
        &mut self,
        subscription: Subscription,
        make: impl FnOnce(u64, Subscription) -> Subscriber,
    ) -> Arc<Subscriber> {
        self.last_number += 1;
        let (number, key) = (self.last_number, subscription.key());
        let subscriber = Arc::new(make(number, subscription));
        self.keys.insert(number, key);
        self.subscribers.entry(key).or_default().insert(number, Arc::clone(&subscriber));
        if let Some(count) = self.count_of(&key) {
            *count += 1;
        }
        subscriber
    }

    /// Takes a subscription off; `false` if it is gone already.
    pub(super) fn remove(&mut self, number: u64) -> bool {
        let Some(key) = self.keys.remove(&number) else { return false };
        if let Some(same) = self.subscribers.get_mut(&key) {
            same.remove(&number);
            if same.is_empty() {
                self.subscribers.remove(&key);
            }
        }
        if let Some(count) = self.count_of(&key) {
            *count -= 1;
        }
        true
    }

    /// Those about `key`, to whom `places` are of concern.
    pub(super) fn find(&self, key: &SubscriptionKey, places: impl FnOnce() -> Vec<u32>) -> Option<Found> {
        let subscribers = self.subscribers.get(key)?;
        Some(Found { subscribers: subscribers.values().cloned().collect(), places: places() })
    }

    /// Whether somebody listens to an address in that way.
    pub(super) fn has(&self, key: fn(Address) -> SubscriptionKey, address: &Address) -> bool {
        self.subscribers.contains_key(&key(*address))
    }

    /// All who wait for a transaction.
    pub(super) fn of_signatures(&self) -> Vec<Arc<Subscriber>> {
        let is_signature = |key: &SubscriptionKey| matches!(key, SubscriptionKey::Signature(_));
        let numbers = self.keys.iter().filter(|(_, key)| is_signature(key));
        numbers.filter_map(|(number, key)| self.subscribers.get(key)?.get(number).cloned()).collect()
    }

    fn count_of(&mut self, key: &SubscriptionKey) -> Option<&mut usize> {
        match key {
            SubscriptionKey::Signature(_) => Some(&mut self.counts.signatures),
            SubscriptionKey::Account(_) => Some(&mut self.counts.accounts),
            SubscriptionKey::Program(_) => Some(&mut self.counts.programs),
            SubscriptionKey::LogsMention(_) => Some(&mut self.counts.mentions),
            _ => None,
        }
    }
}
