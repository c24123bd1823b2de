//! The subscriptions of one socket: `…Subscribe` and `…Unsubscribe`.

use super::super::config::Limits;
use super::super::outbox::Outbox;
use super::{Subscriber, Subscribers};
use crate::rpc::{Rpc, RpcError};
use parking_lot::Mutex;
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What ends a subscription's name.
const SUBSCRIBE: &str = "Subscribe";
/// What ends the name of what ends it.
const UNSUBSCRIBE: &str = "Unsubscribe";
/// What can be subscribed to in Solana's interface; any number ends by any of the names, as there.
const KINDS: [&str; 9] =
    ["account", "block", "logs", "program", "root", "signature", "slot", "slotsUpdates", "vote"];

/// The subscriptions of one socket; dropping it ends them.
#[derive(Debug)]
pub(crate) struct Session {
    subscribers: Arc<Subscribers>,
    outbox: Arc<Outbox>,
    limit_count: usize,
    numbers: Mutex<BTreeSet<u64>>,
}

impl Session {
    /// A socket that has subscribed to nothing yet; its notices go to `outbox`.
    pub(crate) fn new(subscribers: Arc<Subscribers>, outbox: Arc<Outbox>, limits: &Limits) -> Self {
        let limit_count = limits.subscriptions_a_connection_count;
        Self { subscribers, outbox, limit_count, numbers: Mutex::default() }
    }

    /// Answers a call if it is about subscriptions; `None` if it is not.
    pub(crate) fn call(
        &self,
        rpc: &Rpc,
        method: &str,
        params: Option<&RawValue>,
    ) -> Option<Result<Box<RawValue>, RpcError>> {
        if method.ends_with(SUBSCRIBE) {
            return Some(self.subscribe(rpc, method, params).and_then(|number| answer(&number)));
        }
        let kind = method.strip_suffix(UNSUBSCRIBE)?;
        KINDS.contains(&kind).then(|| self.unsubscribe(params).and_then(|()| answer(&true)))
    }

    fn subscribe(&self, rpc: &Rpc, method: &str, params: Option<&RawValue>) -> Result<u64, RpcError> {
        let subscription = rpc.subscription(method, params)?;
        let subscriber = {
            // What ended by itself is off the index, and is forgotten here when there seem to be too many.
            let mut numbers = self.numbers.lock();
            let mut index = self.subscribers.index.lock();
            if numbers.len() >= self.limit_count {
                numbers.retain(|number| index.contains(*number));
            }
            if numbers.len() >= self.limit_count || index.count() >= self.subscribers.limit_count {
                return Err(RpcError::internal("Subscription refused. Node subscription limit reached"));
            }
            let outbox = Arc::clone(&self.outbox);
            let subscriber =
                index.add(subscription, |number, subscription| Subscriber { number, subscription, outbox });
            numbers.insert(subscriber.number);
            subscriber
        };
        self.subscribers.begin(&subscriber, rpc);
        Ok(subscriber.number)
    }

    fn unsubscribe(&self, params: Option<&RawValue>) -> Result<(), RpcError> {
        let numbers = params.map(|params| serde_json::from_str::<[u64; 1]>(params.get()));
        let Some(Ok([number])) = numbers else {
            return Err(RpcError::invalid("expected the number of a subscription"));
        };
        let was_ours = self.numbers.lock().remove(&number);
        if was_ours && self.subscribers.index.lock().remove(number) {
            Ok(())
        } else {
            Err(RpcError { code: -32602, message: "Invalid subscription id.".to_owned(), data: None })
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let mut index = self.subscribers.index.lock();
        for number in std::mem::take(self.numbers.get_mut()) {
            index.remove(number);
        }
    }
}

fn answer(value: &impl serde::Serialize) -> Result<Box<RawValue>, RpcError> {
    to_raw_value(value).map_err(RpcError::internal)
}
