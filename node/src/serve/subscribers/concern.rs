//! Which subscriptions a block concerns: one pass over its transactions and one over its changes, each only if somebody listens.

use super::index::{Found, Index};
use crate::rpc::{BlockEvent, SubscriptionKey};
use sealane_runtime::ingest::sanitize;
use sealane_sdk::Address;
use std::collections::BTreeMap;

/// Those who hear of every block.
const OF_EVERY_BLOCK: [SubscriptionKey; 4] =
    [SubscriptionKey::Slot, SubscriptionKey::Root, SubscriptionKey::Block, SubscriptionKey::SlotsUpdates];

/// The subscriptions that `event` concerns, each group once.
pub(super) fn find(index: &Index, event: &BlockEvent) -> Vec<Found> {
    let mut found = Vec::new();
    found.extend(OF_EVERY_BLOCK.iter().filter_map(|key| index.find(key, Vec::new)));
    found.extend(of_transactions(index, event));
    found.extend(of_changes(index, event));
    found
}

fn of_transactions(index: &Index, event: &BlockEvent) -> Vec<Found> {
    let mut found = Vec::new();
    let count = u32::try_from(event.signatures.len()).unwrap_or(u32::MAX);
    if count > 0 {
        found.extend(index.find(&SubscriptionKey::LogsAll, || (0..count).collect()));
    }
    if index.counts.signatures > 0 {
        let waited_for = (0..).zip(&event.signatures).filter_map(|(place, signature)| {
            index.find(&SubscriptionKey::Signature(*signature), || vec![place])
        });
        found.extend(waited_for);
    }
    if index.counts.mentions > 0 {
        let mut mentioned = Places::default();
        for (place, transaction) in (0..).zip(event.block.transactions.iter()) {
            // What is in a block was sanitized before.
            let Ok(transaction) = sanitize(transaction) else { continue };
            let keys = transaction.keys().iter().filter(|key| index.has(SubscriptionKey::LogsMention, key));
            keys.for_each(|key| mentioned.add(*key, place));
        }
        found.extend(mentioned.find(index, SubscriptionKey::LogsMention));
    }
    found
}

fn of_changes(index: &Index, event: &BlockEvent) -> Vec<Found> {
    let mut found = Vec::new();
    if index.counts.accounts > 0 {
        let changed = (0..).zip(event.changes.iter()).filter_map(|(place, (address, _))| {
            index.find(&SubscriptionKey::Account(*address), || vec![place])
        });
        found.extend(changed);
    }
    if index.counts.programs > 0 {
        let mut owned = Places::default();
        for (place, (_, account)) in (0..).zip(event.changes.iter()) {
            let owner = account.as_ref().map(|account| account.owner);
            if let Some(owner) = owner.filter(|owner| index.has(SubscriptionKey::Program, owner)) {
                owned.add(owner, place);
            }
        }
        found.extend(owned.find(index, SubscriptionKey::Program));
    }
    found
}

/// Places by address.
#[derive(Default)]
struct Places(BTreeMap<Address, Vec<u32>>);

impl Places {
    fn add(&mut self, address: Address, place: u32) {
        self.0.entry(address).or_default().push(place);
    }

    fn find(self, index: &Index, key: fn(Address) -> SubscriptionKey) -> impl Iterator<Item = Found> {
        self.0.into_iter().filter_map(move |(address, places)| index.find(&key(address), || places))
    }
}
