//! DepositCollateral and WithdrawCollateral: shares into an obligation and out of it. Reserves are only read.

use super::checks::{
    judge, require_address, require_amount, require_owner, require_same_market, with_authority,
};
use crate::error::LendingError;
use crate::state::{Obligation, Reserve};
use sealane_sdk::guest::AccountView;
use sealane_sdk::guest::token::{Authority, TokenProgram};
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn deposit(program_id: &Address, accounts: &[AccountView], shares: u64) -> ProgramResult {
    let [obligation, reserve_view, collateral_vault, source, owner, token_program, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_amount(shares)?;
    let mut obligation = obligation.load_checked_mut::<Obligation>(program_id)?;
    let reserve = reserve_view.load_checked::<Reserve>(program_id)?;
    require_same_market(&obligation, &reserve)?;
    require_address(collateral_vault, &reserve.collateral_vault, LendingError::VaultMismatch)?;
    require_owner(&obligation, owner)?;
    obligation.add_shares(reserve_view.address(), shares)?;
    let token_program = TokenProgram::new(token_program)?;
    token_program.transfer(source, collateral_vault, shares, Authority::Signer(owner))
}

pub(super) fn withdraw(program_id: &Address, accounts: &[AccountView], shares: u64) -> ProgramResult {
    let [
        obligation,
        reserve_view,
        collateral_vault,
        destination,
        owner,
        authority,
        token_program,
        positions @ ..,
    ] = accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_amount(shares)?;
    let mut obligation = obligation.load_checked_mut::<Obligation>(program_id)?;
    let reserve = reserve_view.load_checked::<Reserve>(program_id)?;
    require_address(collateral_vault, &reserve.collateral_vault, LendingError::VaultMismatch)?;
    require_owner(&obligation, owner)?;
    obligation.remove_shares(reserve_view.address(), shares)?;
    // Who owes nothing gets the collateral back whatever its price.
    if obligation.has_debt() {
        judge(program_id, &obligation, positions, |_, _, _| {})?.require_within_limit()?;
    }
    let token_program = TokenProgram::new(token_program)?;
    with_authority(&reserve, reserve_view.address(), authority, |authority| {
        token_program.transfer(collateral_vault, destination, shares, authority)
    })
}
