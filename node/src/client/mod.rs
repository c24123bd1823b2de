//! A client of a node's JSON-RPC, as the commands for people use it: they call, answers come back typed. HTTP by ureq,
//! subscriptions over WebSocket by tungstenite.
//!
//! It speaks what Solana's nodes speak, so it reads from those as well; `kind.rs` tells the two apart, since what spends shall
//! spend on a Sealane node alone. `send.rs` signs, sends and waits.

mod error;
mod http;
mod kind;
mod methods;
mod send;
mod socket;

pub(crate) use error::ClientError;
pub(crate) use http::{Client, Commitment};
pub(crate) use methods::{LatestBlockhash, Preflight, SignatureStatus};
pub(crate) use send::{SIGNATURES_A_CALL, Sent, patiently, signed};
pub(crate) use socket::Subscription;
