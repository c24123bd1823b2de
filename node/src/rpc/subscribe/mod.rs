//! Subscriptions: what a client wants to hear of, and what it hears after each block.
//!
//! A subscription knows no connection and no number; the server keeps those, asks each subscription that a block may concern, by
//! its [`SubscriptionKey`], and sends what it gets.

mod notices;
mod read;

use super::error::RpcError;
use super::filter::Filter;
use super::methods::BlockOptions;
use super::params::Params;
use super::{BlockEvent, Rpc};
use crate::rpc::encode::account::AccountForm;
use sealane_sdk::Address;
use serde_json::value::RawValue;

/// What a client wants to hear of. Equal ones hear the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscription(Kind);

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

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Signature([u8; 64]),
    Account { address: Address, form: AccountForm },
    Program { program: Address, form: AccountForm, filters: Vec<Filter> },
    Logs(Mention),
    Slot,
    Root,
    SlotsUpdates,
    Block { mention: Mention, options: BlockOptions },
}

/// Which transactions of a block are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mention {
    /// All.
    All,
    /// Those that name this address.
    Of(Address),
}

impl Subscription {
    /// The subscription that `method` asks for.
    ///
    /// # Errors
    /// -32601 if there is none of that name, -32602 if its parameters are wrong.
    pub(super) fn new(method: &str, params: &Params<'_>) -> Result<Self, RpcError> {
        read::kind(method, params).map(Self)
    }

    /// What it is about.
    pub(crate) const fn key(&self) -> SubscriptionKey {
        match &self.0 {
            Kind::Signature(signature) => SubscriptionKey::Signature(*signature),
            Kind::Account { address, .. } => SubscriptionKey::Account(*address),
            Kind::Program { program, .. } => SubscriptionKey::Program(*program),
            Kind::Logs(Mention::All) => SubscriptionKey::LogsAll,
            Kind::Logs(Mention::Of(address)) => SubscriptionKey::LogsMention(*address),
            Kind::Slot => SubscriptionKey::Slot,
            Kind::Root => SubscriptionKey::Root,
            Kind::SlotsUpdates => SubscriptionKey::SlotsUpdates,
            Kind::Block { .. } => SubscriptionKey::Block,
        }
    }

    /// What it has to tell as it begins: of a transaction that was processed already. It must have been registered before this is
    /// asked, or a block may fall between.
    pub(crate) fn at_start(&self, rpc: &Rpc) -> Vec<Notice> {
        match &self.0 {
            Kind::Signature(signature) => notices::signature_found(rpc, signature).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// What it has to tell of a block that has just become durable. `places` are the ascending indices of what concerns it by its
    /// key: of the block's transactions for signatures and logs, of `event.changes` for accounts and programs; others need none.
    pub(crate) fn at_block(&self, rpc: &Rpc, event: &BlockEvent, places: &[u32]) -> Vec<Notice> {
        match &self.0 {
            Kind::Signature(_) => {
                places.first().and_then(|place| notices::signature(event, *place)).into_iter().collect()
            }
            Kind::Account { address, form } => notices::account(rpc, event, places, address, *form),
            Kind::Program { program, form, filters } => {
                notices::program(rpc, event, places, program, *form, filters)
            }
            Kind::Logs(_) => places.iter().filter_map(|place| notices::logs(event, *place)).collect(),
            Kind::Slot => looking(rpc, notices::slot(event)).into_iter().collect(),
            Kind::Root => looking(rpc, notices::root(event)).into_iter().collect(),
            Kind::SlotsUpdates => looking(rpc, notices::slots_updates(event)),
            Kind::Block { mention, options } => {
                notices::block(rpc, event, *mention, options).into_iter().collect()
            }
        }
    }
}

/// What is told to somebody who looks at time passing: blocks go on coming for them, even if nothing waits.
fn looking<T>(rpc: &Rpc, told: T) -> T {
    rpc.chain().note_interest();
    told
}

#[cfg(test)]
mod tests;
