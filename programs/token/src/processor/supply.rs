//! MintTo, Burn and their checked forms: what changes a mint's supply.

use super::checks::{check_authority, check_owned, check_spender, load_mut, spend_allowance};
use crate::error::TokenError;
use crate::state::{Mint, TokenAccount};
use sealane_sdk::guest::{AccountView, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn mint_to(
    program_id: &Address,
    accounts: &[AccountView],
    amount: u64,
    expected_decimals: Option<u8>,
) -> ProgramResult {
    let [mint_view, destination_view, authority, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let mut destination = load_mut::<TokenAccount>(destination_view)?;
    if destination.is_frozen() {
        return Err(TokenError::AccountFrozen.into());
    }
    if destination.is_native() {
        return Err(TokenError::NativeNotSupported.into());
    }
    if !address_eq(mint_view.address(), &destination.mint) {
        return Err(TokenError::MintMismatch.into());
    }
    let mut mint = load_mut::<Mint>(mint_view)?;
    if expected_decimals.is_some_and(|decimals| decimals != mint.decimals) {
        return Err(TokenError::MintDecimalsMismatch.into());
    }
    let mint_authority = mint.mint_authority.get().ok_or(TokenError::FixedSupply)?;
    check_authority(program_id, mint_authority, authority, signers)?;
    if amount == 0 {
        check_owned(program_id, mint_view)?;
        check_owned(program_id, destination_view)?;
    }
    let destination_amount = destination.amount().checked_add(amount).ok_or(TokenError::Overflow)?;
    let supply = mint.supply().checked_add(amount).ok_or(TokenError::Overflow)?;
    destination.set_amount(destination_amount);
    mint.set_supply(supply);
    Ok(())
}

pub(super) fn burn(
    program_id: &Address,
    accounts: &[AccountView],
    amount: u64,
    expected_decimals: Option<u8>,
) -> ProgramResult {
    let [source_view, mint_view, authority, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let mut source = load_mut::<TokenAccount>(source_view)?;
    let mut mint = load_mut::<Mint>(mint_view)?;
    if source.is_frozen() {
        return Err(TokenError::AccountFrozen.into());
    }
    if source.is_native() {
        return Err(TokenError::NativeNotSupported.into());
    }
    if source.amount() < amount {
        return Err(TokenError::InsufficientFunds.into());
    }
    if !address_eq(mint_view.address(), &source.mint) {
        return Err(TokenError::MintMismatch.into());
    }
    if expected_decimals.is_some_and(|decimals| decimals != mint.decimals) {
        return Err(TokenError::MintDecimalsMismatch.into());
    }
    if !source.is_owned_by_system_program_or_incinerator() {
        let spender = check_spender(program_id, &source, amount, authority, signers)?;
        spend_allowance(&mut source, spender, amount)?;
    }
    if amount == 0 {
        check_owned(program_id, source_view)?;
        check_owned(program_id, mint_view)?;
    }
    let source_amount = source.amount().checked_sub(amount).ok_or(TokenError::Overflow)?;
    let supply = mint.supply().checked_sub(amount).ok_or(TokenError::Overflow)?;
    source.set_amount(source_amount);
    mint.set_supply(supply);
    Ok(())
}
