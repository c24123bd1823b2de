//! The JSON-RPC methods and subscriptions: parameters as JSON come in, results as JSON go out, in the shapes that Solana's
//! clients know. Nothing here knows a socket or HTTP; `envelope.rs` and the server put calls and answers into theirs.
//!
//! Read `call.rs` first: it has the table of all methods. `methods/` answers them, `subscribe/` the subscriptions, `encode/` has the
//! forms of accounts, transactions and what became of them.

mod call;
mod context;
pub(crate) mod envelope;
mod error;
mod options;
mod params;

mod encode;
mod filter;
mod index;
mod methods;
mod prices;
mod scan;
mod select;
mod subscribe;

mod stub;

pub(crate) use call::Rpc;
pub(crate) use error::RpcError;
pub(crate) use params::Params;
pub(crate) use subscribe::{Notice, Subscription, SubscriptionKey};

use stub::{AirdropError, Simulated, SubmitError};
pub(crate) use stub::{BlockEvent, Chain};
