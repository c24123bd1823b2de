//! Borrow and Repay.

use super::checks::{
    judge, load_accrued_mut, require_address, require_amount, require_owner, require_same_market,
    require_signer, with_authority,
};
use crate::error::LendingError;
use crate::state::Obligation;
use sealane_sdk::guest::AccountView;
use sealane_sdk::guest::token::{Authority, TokenProgram};
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn borrow(program_id: &Address, accounts: &[AccountView], amount: u64) -> ProgramResult {
    let [obligation, reserve_view, token_vault, destination, owner, authority, token_program, positions @ ..] =
        accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_amount(amount)?;
    let mut obligation = obligation.load_checked_mut::<Obligation>(program_id)?;
    require_owner(&obligation, owner)?;
    let reserve = {
        let mut reserve = load_accrued_mut(program_id, reserve_view)?;
        require_same_market(&obligation, &reserve)?;
        require_address(token_vault, &reserve.token_vault, LendingError::VaultMismatch)?;
        let scaled = reserve.borrow(amount)?;
        obligation.add_debt(reserve_view.address(), scaled)?;
        // No longer lent: the reserve is read again as one of the positions.
        *reserve
    };
    judge(program_id, &obligation, positions, |_, _, _| {})?.require_within_limit()?;
    let token_program = TokenProgram::new(token_program)?;
    with_authority(&reserve, reserve_view.address(), authority, |authority| {
        token_program.transfer(token_vault, destination, amount, authority)
    })
}

pub(super) fn repay(program_id: &Address, accounts: &[AccountView], most: u64) -> ProgramResult {
    let [obligation, reserve_view, token_vault, source, owner, token_program, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_amount(most)?;
    require_signer(owner)?;
    let mut obligation = obligation.load_checked_mut::<Obligation>(program_id)?;
    let mut reserve = load_accrued_mut(program_id, reserve_view)?;
    require_address(token_vault, &reserve.token_vault, LendingError::VaultMismatch)?;
    let position = obligation.position(reserve_view.address()).ok_or(LendingError::NoDebt)?;
    let repayment = reserve.repay(most, position.scaled_debt.get())?;
    obligation.remove_debt(reserve_view.address(), repayment.scaled)?;
    let token_program = TokenProgram::new(token_program)?;
    token_program.transfer(source, token_vault, repayment.amount, Authority::Signer(owner))
}
