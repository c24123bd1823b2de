//! Instructions of admins, oracles and owners of new accounts, and flash loans, in few words.

use crate::bank::{obligation, place, reserve_accounts, tokens_of};
use sealane_lending::builders;
use sealane_lending::instructions::market::{InitMarketAddresses, InitObligationAddresses};
use sealane_lending::instructions::oracle::{InitOracleAddresses, UpdatePriceAddresses};
use sealane_lending::instructions::reserve::AccrueAddresses;
use sealane_lending::state::ReserveConfig;
use sealane_sdk::Address;
use sealane_sdk::instruction::Instruction;

pub(crate) fn init_market(number: usize, admin: Address) -> Instruction {
    builders::init_market(&InitMarketAddresses { market: place("market", number), admin })
}

pub(crate) fn init_oracle(reserve: usize, authority: Address, exponent: i32) -> Instruction {
    let oracle = reserve_accounts(reserve).oracle;
    builders::init_oracle(&InitOracleAddresses { oracle, authority }, exponent)
}

pub(crate) fn update_price(reserve: usize, authority: Address, price: u64, confidence: u64) -> Instruction {
    let oracle = reserve_accounts(reserve).oracle;
    builders::update_price(&UpdatePriceAddresses { oracle, authority }, price, confidence)
}

pub(crate) fn init_reserve(reserve: usize, admin: Address, config: ReserveConfig) -> Instruction {
    builders::init_reserve(&reserve_accounts(reserve).init(admin), config)
}

pub(crate) fn configure(reserve: usize, admin: Address, config: ReserveConfig) -> Instruction {
    builders::configure_reserve(&reserve_accounts(reserve).configure(admin), config)
}

pub(crate) fn accrue(reserve: usize) -> Instruction {
    builders::accrue(&AccrueAddresses { reserve: reserve_accounts(reserve).reserve })
}

/// To a user's tokens.
pub(crate) fn collect_fees(reserve: usize, admin: Address, user: u64) -> Instruction {
    builders::collect_fees(&reserve_accounts(reserve).collect_fees(admin, tokens_of(user, reserve)))
}

/// A loan to a user's tokens.
pub(crate) fn flash_borrow(user: u64, reserve: usize, amount: u64, repay_index: u16) -> Instruction {
    let accounts = reserve_accounts(reserve).flash_borrow(tokens_of(user, reserve));
    builders::flash_borrow(&accounts, amount, repay_index)
}

/// Paid back from the tokens of a user, whose address is `owner`.
pub(crate) fn flash_repay(user: u64, owner: Address, reserve: usize, amount: u64) -> Instruction {
    let accounts = reserve_accounts(reserve).flash_repay(tokens_of(user, reserve), owner);
    builders::flash_repay(&accounts, amount)
}

pub(crate) fn init_obligation(user: u64, market: usize, owner: Address) -> Instruction {
    let (obligation, market) = (obligation(user), place("market", market));
    builders::init_obligation(&InitObligationAddresses { obligation, market, owner })
}
