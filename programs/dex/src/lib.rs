//! A decentralised exchange: constant-product pools and limit order books over SPL tokens.
//!
//! This file lists the instructions; each has its accounts, and what it does with them, in a file of [`pool`] or [`market`].
//! An instruction is told from others by one byte: below 64 those of pools, from 64 those of markets. Every token moves by a
//! nested call to the token program. Clients read the accounts with the types of `pool::state` and `market::state`, and make
//! instructions with `builders`, or with the addresses of a pool or a market in `pool::builders` and `market::builders`
//! (feature `host`).
//!
//! Rounding is always against who trades and for who provides: the pool, the maker, the collector of fees.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(any(feature = "host", test))]
extern crate alloc;

pub mod pool;

pub mod market;

pub mod error;
pub mod math;

pub use error::DexError;

use market::create::CreateMarket;
use market::matching::NewOrder;
use market::orders::{CancelOrders, PlaceOrder, Placement};
use market::settle::{CollectMarketFees, Settle};
use market::state::{MarketTerms, Side};
use pool::collect::CollectProtocolFees;
use pool::create::CreatePool;
use pool::liquidity::Liquidity;
use pool::swap::Swap;
use sealane_sdk::prelude::*;

// Where tests and workloads put it. Nothing in the program depends on it: it runs at any address.
declare_id!("Dex1111111111111111111111111111111111111111");

/// What the address of a vault is derived from, before the pool or market and the mint.
pub const VAULT_SEED: &[u8] = b"vault";

/// An exchange: constant-product pools and limit order books.
#[program(errors = DexError)]
pub mod dex {
    use super::*;

    /// Makes an empty pool. Trade fee, and the protocol's share of it, in hundredths of a per cent.
    #[instruction(discriminator = 0)]
    pub fn create_pool(context: Context<CreatePool>, trade_fee: u16, protocol_share: u16) -> Result {
        context.accounts.create(context.bumps.pool, trade_fee, protocol_share)
    }

    /// Takes up to `most_a` and `most_b` tokens, in the proportion of the reserves, and gives at least `least_liquidity`
    /// liquidity tokens for them.
    #[instruction(discriminator = 1)]
    pub fn add_liquidity(
        context: Context<Liquidity>,
        most_a: u64,
        most_b: u64,
        least_liquidity: u64,
    ) -> Result {
        context.accounts.add([most_a, most_b], least_liquidity)
    }

    /// Destroys `liquidity` liquidity tokens and gives their worth, at least `least_a` and `least_b`.
    #[instruction(discriminator = 2)]
    pub fn remove_liquidity(
        context: Context<Liquidity>,
        liquidity: u64,
        least_a: u64,
        least_b: u64,
    ) -> Result {
        context.accounts.remove(liquidity, [least_a, least_b])
    }

    /// Pays exactly `input` for at least `least_output`; returns the output.
    #[instruction(discriminator = 3)]
    pub fn swap_exact_input(context: Context<Swap>, input: u64, least_output: u64) -> Result<u64> {
        context.accounts.exact_input(input, least_output)
    }

    /// Gets exactly `output` for at most `most_input`; returns the input.
    #[instruction(discriminator = 4)]
    pub fn swap_exact_output(context: Context<Swap>, output: u64, most_input: u64) -> Result<u64> {
        context.accounts.exact_output(output, most_input)
    }

    /// Pays out the protocol's part of a pool's fees.
    #[instruction(discriminator = 5)]
    pub fn collect_protocol_fees(context: Context<CollectProtocolFees>) -> Result {
        context.accounts.collect()
    }

    /// Makes a market in an account that the client has made.
    #[instruction(discriminator = 64)]
    pub fn create_market(context: Context<CreateMarket>, terms: MarketTerms) -> Result {
        context.accounts.create(context.bumps.signer, &terms)
    }

    /// Places an order; returns what came of it.
    #[instruction(discriminator = 65)]
    pub fn place_order(context: Context<PlaceOrder>, order: NewOrder) -> Result<Placement> {
        context.accounts.place(&order)
    }

    /// Cancels an order: what it offered is free again.
    #[instruction(discriminator = 66)]
    pub fn cancel_order(context: Context<CancelOrders>, side: Side, price: u64, sequence: u64) -> Result {
        context.accounts.cancel(side, price, sequence)
    }

    /// Cancels all orders of a trader's.
    #[instruction(discriminator = 67)]
    pub fn cancel_all_orders(context: Context<CancelOrders>) -> Result {
        context.accounts.cancel_all()
    }

    /// Pays out what is a trader's and free.
    #[instruction(discriminator = 68)]
    pub fn settle(context: Context<Settle>) -> Result {
        context.accounts.settle()
    }

    /// Pays out a market's fees.
    #[instruction(discriminator = 69)]
    pub fn collect_market_fees(context: Context<CollectMarketFees>) -> Result {
        context.accounts.collect()
    }
}
