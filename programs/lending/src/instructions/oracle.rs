//! InitOracle and UpdatePrice.

use super::checks::current_slot;
use crate::error::LendingError;
use crate::state::Oracle;
use sealane_sdk::prelude::*;

/// The accounts of [`init_oracle`](crate::lending::init_oracle).
#[derive(Accounts, Debug)]
pub struct InitOracle {
    /// The new oracle.
    #[account(zero)]
    pub oracle: Account<Oracle>,
    /// Who shall set its price.
    pub authority: Signer,
}

/// The accounts of [`update_price`](crate::lending::update_price).
#[derive(Accounts, Debug)]
pub struct UpdatePrice {
    /// The oracle.
    #[account(mut, has_one = authority @ LendingError::OracleAuthorityMismatch)]
    pub oracle: Account<Oracle>,
    /// Who sets its price.
    pub authority: Signer,
}

pub(crate) fn init(context: &Context<InitOracle>, exponent: i32) -> Result {
    let InitOracle { oracle, authority } = &context.accounts;
    require!(Oracle::is_valid_exponent(exponent), LendingError::InvalidConfig);
    let mut oracle = oracle.load_mut()?;
    oracle.authority = *authority.address();
    oracle.exponent = exponent;
    Ok(())
}

pub(crate) fn update(context: &Context<UpdatePrice>, price: u64, confidence: u64) -> Result {
    Ok(context.accounts.oracle.load_mut()?.update(price, confidence, current_slot())?)
}
