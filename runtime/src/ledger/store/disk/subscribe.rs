//! Who wants to hear of each block when it is durable.
//!
//! A subscription is a bounded channel. Whoever is too slow misses blocks and is told how many: nobody waits for a reader.

use super::layer::Layer;
use crate::ledger::{AccountChange, Block};
use sealane_sdk::instruction::Hash;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

/// A block that is durable, and what it did to the accounts.
#[derive(Clone, Debug)]
pub struct CommittedBlock {
    /// The block.
    pub block: Arc<Block>,
    /// Its hash.
    pub hash: Hash,
    /// Every account it changed, ascending addresses.
    pub changes: Arc<[AccountChange]>,
}

/// What a subscription brings.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The block.
    pub committed: CommittedBlock,
    /// Blocks before it that were missed, because the channel was full.
    pub missed_count: u64,
}

/// A subscription to all blocks from now on, in order. Dropping it ends it.
#[derive(Debug)]
pub struct Subscription(Receiver<Delivery>);

impl Subscription {
    /// Waits for the next block; `None` once the ledger is closed.
    #[must_use]
    pub fn next(&self) -> Option<Delivery> {
        self.0.recv().ok()
    }

    /// As [`Self::next`], but waits no longer than so.
    #[must_use]
    pub fn next_within(&self, timeout: Duration) -> Option<Delivery> {
        self.0.recv_timeout(timeout).ok()
    }

    /// The next block, if it is there already.
    #[must_use]
    pub fn try_next(&self) -> Option<Delivery> {
        self.0.try_recv().ok()
    }
}

/// All subscribers.
#[derive(Debug, Default)]
pub(super) struct Subscribers {
    subscribers: Vec<Subscriber>,
    is_closed: bool,
}

#[derive(Debug)]
struct Subscriber {
    sender: SyncSender<Delivery>,
    missed_count: u64,
}

impl Subscribers {
    /// Adds one with room for so many blocks, at least 1.
    pub(super) fn add(&mut self, room_count: usize) -> Subscription {
        let (sender, receiver) = sync_channel(room_count.max(1));
        if !self.is_closed {
            self.subscribers.push(Subscriber { sender, missed_count: 0 });
        }
        Subscription(receiver)
    }

    /// Tells all of a block.
    pub(super) fn tell(&mut self, layer: &Layer) {
        self.subscribers.retain_mut(|subscriber| {
            let committed = CommittedBlock {
                block: Arc::clone(&layer.block),
                hash: layer.hash,
                changes: Arc::clone(&layer.changes),
            };
            let delivery = Delivery { committed, missed_count: subscriber.missed_count };
            match subscriber.sender.try_send(delivery) {
                Ok(()) => subscriber.missed_count = 0,
                Err(TrySendError::Full(_)) => subscriber.missed_count += 1,
                Err(TrySendError::Disconnected(_)) => return false,
            }
            true
        });
    }

    /// There will be no more blocks.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
        self.subscribers.clear();
    }
}
