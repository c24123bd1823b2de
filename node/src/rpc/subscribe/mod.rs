//! Subscriptions: what a client wants to hear of, and what it hears after each block.
//!
//! A subscription knows no connection and no number; the server keeps those, asks each subscription that a block may concern, by
//! its [`SubscriptionKey`], and sends what it gets.

use super::context::answer_at;
use super::error::RpcError;
use super::params::Params;
use super::{BlockEvent, Rpc};
use sealane_sdk::Address;
use serde_json::value::RawValue;

/// What a client wants to hear of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Subscription {
    kind: Kind,
}

/// What a subscription is about: after a block, only those need to be asked whose key the block has something of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum SubscriptionKey {
    /// A transaction with this first signature.
    Signature([u8; 64]),
    /// A change of this account.
    Account(Address),
    /// A change of any account of this program: any block may have one.
    Program(Address),
    /// Any transaction.
    LogsAll,
    /// A transaction that names this address.
    LogsMention(Address),
    /// Any block.
    Slot,
    /// Any block.
    Root,
    /// Any block.
    Block,
    /// Any block.
    SlotsUpdates,
}

/// Something a subscription has to tell.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    /// The method of the notification, like `signatureNotification`.
    pub(crate) method: &'static str,
    /// Its `params.result`.
    pub(crate) result: Box<RawValue>,
    /// Whether the subscription ends with it.
    pub(crate) is_last: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Signature { signature: [u8; 64] },
    Slot,
}

impl Subscription {
    /// The subscription that `method` asks for.
    ///
    /// # Errors
    /// -32601 if there is none of that name, -32602 if its parameters are wrong.
    pub(super) fn new(method: &str, params: &Params<'_>) -> Result<Self, RpcError> {
        let kind = match method {
            "signatureSubscribe" => Kind::Signature { signature: params.signature(0)? },
            "slotSubscribe" => Kind::Slot,
            _ => return Err(RpcError::method_not_found()),
        };
        Ok(Self { kind })
    }

    /// What it is about.
    pub(crate) const fn key(&self) -> SubscriptionKey {
        match &self.kind {
            Kind::Signature { signature } => SubscriptionKey::Signature(*signature),
            Kind::Slot => SubscriptionKey::Slot,
        }
    }

    /// What it has to tell as it begins: of a transaction that was processed already.
    pub(crate) fn at_start(&self, rpc: &Rpc) -> Vec<Notice> {
        let Kind::Signature { signature } = &self.kind else { return Vec::new() };
        let found = rpc.reader().transaction(signature).ok().flatten();
        let notice = found.and_then(|found| {
            let err = found.receipt.body.failure.map(|failure| failure.transaction_error());
            let value = serde_json::json!({ "err": err });
            let result = answer_at(rpc.slot(), value).ok()?;
            Some(Notice { method: "signatureNotification", result, is_last: true })
        });
        notice.into_iter().collect()
    }

    /// What it has to tell of a block that has just become durable.
    pub(crate) fn at_block(&self, rpc: &Rpc, event: &BlockEvent, places: &[u32]) -> Vec<Notice> {
        let _ = places;
        if self.kind == Kind::Slot {
            let result = super::context::answer(
                &serde_json::json!({"slot": event.number, "parent": event.number - 1, "root": event.number}),
            )
            .unwrap();
            return vec![Notice { method: "slotNotification", result, is_last: false }];
        }
        self.at_start(rpc)
    }
}
