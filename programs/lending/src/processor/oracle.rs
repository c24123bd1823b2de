//! InitOracle and UpdatePrice.

use super::checks::{current_slot, require_address, require_signer};
use crate::error::LendingError;
use crate::state::Oracle;
use sealane_sdk::guest::AccountView;
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn init(program_id: &Address, accounts: &[AccountView], exponent: i32) -> ProgramResult {
    let [oracle, authority, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_signer(authority)?;
    if !Oracle::is_valid_exponent(exponent) {
        return Err(LendingError::InvalidConfig.into());
    }
    let mut oracle = oracle.load_fresh::<Oracle>(program_id)?;
    oracle.authority = *authority.address();
    oracle.exponent = exponent;
    Ok(())
}

pub(super) fn update(
    program_id: &Address,
    accounts: &[AccountView],
    price: u64,
    confidence: u64,
) -> ProgramResult {
    let [oracle, authority, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let mut oracle = oracle.load_checked_mut::<Oracle>(program_id)?;
    require_address(authority, &oracle.authority, LendingError::OracleAuthorityMismatch)?;
    require_signer(authority)?;
    Ok(oracle.update(price, confidence, current_slot())?)
}
