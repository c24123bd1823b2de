//! Who wants to hear of what: subscriptions come in from sockets, and after each block those that it concerns get their notices.
//!
//! `index` finds them by what the block has, so that a block costs what it has to tell, not what there is of subscriptions;
//! `concern` tells what the block has. Subscriptions that ask for the same are rendered once.

mod concern;
mod index;
mod session;

pub(super) use session::Session;

use super::outbox::Outbox;
use crate::rpc::envelope::notification;
use crate::rpc::{BlockEvent, Notice, Rpc, Subscription};
use index::{Found, Index};
use parking_lot::Mutex;
use std::sync::Arc;

/// One subscription of one socket.
#[derive(Debug)]
struct Subscriber {
    number: u64,
    subscription: Subscription,
    outbox: Arc<Outbox>,
}

/// All subscriptions of all sockets.
#[derive(Debug)]
pub(super) struct Subscribers {
    index: Mutex<Index>,
    limit_count: usize,
}

impl Subscribers {
    /// Nobody has subscribed yet; at most `limit_count` may.
    pub(super) fn new(limit_count: usize) -> Self {
        Self { index: Mutex::default(), limit_count }
    }

    /// Subscriptions now.
    pub(super) fn count(&self) -> usize {
        self.index.lock().count()
    }

    /// Tells all whom a block concerns, once it is durable.
    pub(super) fn tell(&self, rpc: &Rpc, event: &BlockEvent) {
        let found = concern::find(&self.index.lock(), event);
        for Found { subscribers, places } in found {
            let mut rendered: Vec<(&Subscription, Vec<Notice>)> = Vec::new();
            for subscriber in &subscribers {
                let same =
                    rendered.iter().position(|(subscription, _)| **subscription == subscriber.subscription);
                let index = same.unwrap_or_else(|| {
                    let notices = subscriber.subscription.at_block(rpc, event, &places);
                    rendered.push((&subscriber.subscription, notices));
                    rendered.len() - 1
                });
                self.send(subscriber, &rendered[index].1);
            }
        }
    }

    /// Tells those whose transaction has been processed meanwhile, after blocks that went by unseen.
    pub(super) fn catch_up(&self, rpc: &Rpc) {
        let waiting = self.index.lock().of_signatures();
        for subscriber in waiting {
            self.begin(&subscriber, rpc);
        }
    }

    /// Tells a subscriber what there is to tell already. It is in the index, so that no block goes by unseen between.
    fn begin(&self, subscriber: &Subscriber, rpc: &Rpc) {
        let notices = subscriber.subscription.at_start(rpc);
        self.send(subscriber, &notices);
    }

    /// What ends a subscription is told by whoever takes it off the index: a block and [`Self::begin`] may both want to.
    fn send(&self, subscriber: &Subscriber, notices: &[Notice]) {
        for notice in notices {
            if notice.is_last && !self.index.lock().remove(subscriber.number) {
                return;
            }
            let has_room =
                subscriber.outbox.push(notification(notice.method, &notice.result, subscriber.number));
            if !has_room || notice.is_last {
                return;
            }
        }
    }
}
