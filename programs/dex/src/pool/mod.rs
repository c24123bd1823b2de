//! Constant-product pools: two vaults, whose product a trade never lowers, and liquidity tokens that are shares in them.
//!
//! A trade writes the pool, both its vaults and two accounts of the trader: trades on other pools run beside it.

pub mod create;

pub mod liquidity;
pub mod swap;

pub mod collect;

pub mod curve;
pub mod state;

#[cfg(feature = "host")]
pub mod builders;
