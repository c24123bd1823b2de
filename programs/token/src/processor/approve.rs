//! Approve, ApproveChecked and Revoke: who else may spend an account's tokens.

use super::checks::{check_authority, check_mint, load_mut};
use crate::error::TokenError;
use crate::instruction::CheckedAmount;
use crate::state::TokenAccount;
use sealane_sdk::guest::AccountView;
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn approve(program_id: &Address, accounts: &[AccountView], amount: u64) -> ProgramResult {
    let [source, delegate, owner, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let mut account = load_mut::<TokenAccount>(source)?;
    if account.is_frozen() {
        return Err(TokenError::AccountFrozen.into());
    }
    check_authority(program_id, &account.owner, owner, signers)?;
    account.delegate.set(Some(delegate.address()));
    account.set_delegated_amount(amount);
    Ok(())
}

pub(super) fn approve_checked(
    program_id: &Address,
    accounts: &[AccountView],
    checked: CheckedAmount,
) -> ProgramResult {
    let [source, mint, delegate, owner, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let mut account = load_mut::<TokenAccount>(source)?;
    if account.is_frozen() {
        return Err(TokenError::AccountFrozen.into());
    }
    check_mint(mint, &account, checked.decimals)?;
    check_authority(program_id, &account.owner, owner, signers)?;
    account.delegate.set(Some(delegate.address()));
    account.set_delegated_amount(checked.amount);
    Ok(())
}

pub(super) fn revoke(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [source, rest @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    // The owner is looked for only after the account has been read.
    let mut account = load_mut::<TokenAccount>(source)?;
    let [owner, signers @ ..] = rest else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    if account.is_frozen() {
        return Err(TokenError::AccountFrozen.into());
    }
    check_authority(program_id, &account.owner, owner, signers)?;
    account.delegate.set(None);
    account.set_delegated_amount(0);
    Ok(())
}
