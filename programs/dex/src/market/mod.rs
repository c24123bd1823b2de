//! Limit order books: orders wait in price-time order, and new ones trade with them at once.
//!
//! A market is one account: its header, the traders' seats, the bids, the asks ([`state`]). What a trade gives is booked
//! in the traders' seats, makers' included, so that no account of a maker's need be named by whoever trades with him;
//! settling pays it out. A market's transactions all write that one account: different markets run side by side, one
//! market is a chain.
//!
//! Base is traded in lots; prices are quote tokens a lot, so that price × lots is exact and only fees are rounded.

pub mod create;
pub mod orders;
pub mod settle;

pub mod matching;

pub mod book;
pub mod state;

#[cfg(feature = "host")]
pub mod builders;

#[cfg(all(test, feature = "host"))]
mod tests;
