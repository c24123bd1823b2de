//! Lending: reserves that pay interest, collateral, borrowing, liquidation and flash loans.
//!
//! **How it works.** Depositors pay tokens into a *reserve* and hold *shares* of it, which gain by the interest that
//! borrowers pay. A borrower puts shares up as collateral in an *obligation* and borrows from any reserve of the market,
//! as far as the collateral's value allows. Prices come from *oracles*; once an obligation owes too much, anybody may
//! repay part of it and takes collateral for it, with a bonus. [`state::Reserve`] has the arithmetic of a reserve,
//! [`health`] that of value, [`instructions`] the accounts of each instruction and what must hold of them.
//!
//! **Rounding.** Amounts are integers, everything else has 18 decimal places; every division says which way it rounds, and
//! that is always in favour of the depositors: shares and payments out down, debts and payments in up.
//!
//! **Invariants**, which the tests hold it to:
//! - the value of a share never falls;
//! - a reserve's scaled debt is exactly the sum of its obligations';
//! - the token vault holds what the reserve calls available, the collateral vault the shares of all positions;
//! - no round trip earns anything;
//! - a flash loan is repaid, with its fee, in the transaction that takes it.
//!
//! **What runs side by side.** Every instruction that moves tokens of a reserve writes the reserve, because it accrues
//! interest: those of one reserve run one after another. Moving collateral writes the obligation and the collateral vault
//! and only reads reserves. Judging an obligation reads the reserves and oracles of all its positions, accruing in memory.
//! A market is never written.
//!
//! **What it does not have.** Debt that no collateral covers stays on the books: nobody's deposits are written down.
//!
//! The host calls [`process`]. Clients make instructions with `builders`, and with `client` what these are given (feature
//! `host`); they read accounts with [`state`] and can run its arithmetic on what they read.
#![cfg_attr(target_arch = "wasm32", no_std)]

pub mod instructions;

pub mod health;
pub mod state;

pub mod math;

pub mod error;

#[cfg(feature = "host")]
pub mod client;

pub use error::LendingError;

use instructions::{
    Accrue, Borrow, CollectFees, ConfigureReserve, DepositCollateral, Exchange, FlashBorrow, FlashRepay,
    InitMarket, InitObligation, InitOracle, InitReserve, Liquidate, Repay, UpdatePrice, WithdrawCollateral,
};
use instructions::{collateral, flash, liquidate, liquidity, loan, market, oracle, reserve};
use sealane_sdk::prelude::*;
use state::ReserveConfig;

declare_id!("Lending111111111111111111111111111111111111");

/// What a reserve's authority, which owns its vaults and mints its shares, is derived from, before the reserve's address.
pub const AUTHORITY_SEED: &[u8] = b"authority";

/// Lends tokens against shares of reserves.
///
/// Instructions that judge an obligation take *positions* behind their accounts: two accounts, reserve and its oracle, for
/// each of the obligation's positions, in their order.
#[program(errors = LendingError)]
pub mod lending {
    use super::*;

    /// Makes a market of the admin who signs.
    #[instruction(discriminator = 0)]
    pub fn init_market(context: Context<InitMarket>) -> Result {
        market::init_market(&context)
    }

    /// Makes an oracle of the authority that signs; it has no price yet. Its prices will be in units of 10^exponent: -18 to 0.
    #[instruction(discriminator = 1)]
    pub fn init_oracle(context: Context<InitOracle>, exponent: i32) -> Result {
        oracle::init(&context, exponent)
    }

    /// Sets an oracle's price, above zero, as of the running slot; `confidence` is half the width of the interval that it
    /// lies in.
    #[instruction(discriminator = 2)]
    pub fn update_price(context: Context<UpdatePrice>, price: u64, confidence: u64) -> Result {
        oracle::update(&context, price, confidence)
    }

    /// Makes a reserve, its vaults and its share mint.
    #[instruction(discriminator = 3)]
    pub fn init_reserve(context: Context<InitReserve>, config: ReserveConfig) -> Result {
        reserve::init(&context, &config)
    }

    /// Accrues, then replaces the configuration.
    #[instruction(discriminator = 4)]
    pub fn configure_reserve(context: Context<ConfigureReserve>, config: ReserveConfig) -> Result {
        reserve::configure(&context, &config)
    }

    /// Makes an obligation of the owner who signs.
    #[instruction(discriminator = 5)]
    pub fn init_obligation(context: Context<InitObligation>) -> Result {
        market::init_obligation(&context)
    }

    /// Accrues interest. Every instruction that writes a reserve does so by itself.
    #[instruction(discriminator = 6)]
    pub fn accrue(context: Context<Accrue>) -> Result {
        reserve::accrue(&context)
    }

    /// Pays tokens in and mints shares for them.
    #[instruction(discriminator = 7)]
    pub fn deposit(context: Context<Exchange>, amount: u64) -> Result {
        liquidity::deposit(&context, amount)
    }

    /// Burns shares and pays tokens out for them.
    #[instruction(discriminator = 8)]
    pub fn withdraw(context: Context<Exchange>, shares: u64) -> Result {
        liquidity::withdraw(&context, shares)
    }

    /// Puts shares up as collateral.
    #[instruction(discriminator = 9)]
    pub fn deposit_collateral(context: Context<DepositCollateral>, shares: u64) -> Result {
        collateral::deposit(&context, shares)
    }

    /// Takes collateral back, as far as the rest bears the debt. The positions are those of after; if nothing is owed, it
    /// needs none.
    #[instruction(discriminator = 10)]
    pub fn withdraw_collateral(context: Context<WithdrawCollateral>, shares: u64) -> Result {
        collateral::withdraw(&context, shares)
    }

    /// Borrows, as far as the collateral bears the debt. The positions are those of after: a reserve that is borrowed from for
    /// the first time comes last.
    #[instruction(discriminator = 11)]
    pub fn borrow(context: Context<Borrow>, amount: u64) -> Result {
        loan::borrow(&context, amount)
    }

    /// Pays a debt back, in part or as a whole: no more than it is, and at most `most` tokens. Anybody may.
    #[instruction(discriminator = 12)]
    pub fn repay(context: Context<Repay>, most: u64) -> Result {
        loan::repay(&context, most)
    }

    /// Pays part of an unhealthy obligation's debt back, at most `most` tokens and no more than the close factor and the
    /// collateral allow, and gets shares of its collateral for it, with a bonus. The positions are those of before.
    #[instruction(discriminator = 13)]
    pub fn liquidate(context: Context<Liquidate>, most: u64, minimum_shares: u64) -> Result {
        liquidate::liquidate(&context, most, minimum_shares)
    }

    /// Borrows without collateral until a later instruction of the transaction, the one at `repay_index`, which must be the
    /// FlashRepay of the same reserve and amount. At top level only; one loan a reserve at a time.
    #[instruction(discriminator = 14)]
    pub fn flash_borrow(context: Context<FlashBorrow>, amount: u64, repay_index: u16) -> Result {
        flash::borrow(&context, amount, repay_index)
    }

    /// Pays a flash loan of `amount` back, with its fee on top.
    #[instruction(discriminator = 15)]
    pub fn flash_repay(context: Context<FlashRepay>, amount: u64) -> Result {
        flash::repay(&context, amount)
    }

    /// Pays out what the protocol earned.
    #[instruction(discriminator = 16)]
    pub fn collect_fees(context: Context<CollectFees>) -> Result {
        reserve::collect_fees(&context)
    }
}
