//! Liquidate: who repays part of an unhealthy obligation's debt gets collateral for it.

use super::checks::{
    judge, load_accrued_mut, require_address, require_amount, require_signer, with_authority,
};
use crate::error::LendingError;
use crate::health::{Exchange, Liquidation};
use crate::state::{Obligation, Reserve};
use sealane_sdk::guest::AccountView;
use sealane_sdk::guest::address_eq;
use sealane_sdk::guest::token::{Authority, TokenProgram};
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn liquidate(
    program_id: &Address,
    accounts: &[AccountView],
    most: u64,
    minimum_shares: u64,
) -> ProgramResult {
    let [
        obligation,
        debt_reserve,
        token_vault,
        collateral_reserve,
        collateral_vault,
        collateral_authority,
        source,
        destination,
        owner,
        token_program,
        positions @ ..,
    ] = accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_amount(most)?;
    require_signer(owner)?;
    let mut obligation = obligation.load_checked_mut::<Obligation>(program_id)?;
    let parties = [debt_reserve.address(), collateral_reserve.address()];
    let (exchange, collateral) = agree(program_id, &obligation, positions, parties, most)?;
    if exchange.shares < minimum_shares {
        return Err(LendingError::BelowMinimum.into());
    }
    require_address(collateral_vault, &collateral.collateral_vault, LendingError::VaultMismatch)?;
    obligation.remove_shares(collateral_reserve.address(), exchange.shares)?;
    let repaid = {
        let mut reserve = load_accrued_mut(program_id, debt_reserve)?;
        require_address(token_vault, &reserve.token_vault, LendingError::VaultMismatch)?;
        let position = obligation.position(debt_reserve.address()).ok_or(LendingError::NoDebt)?;
        let repayment = reserve.repay(exchange.repaid, position.scaled_debt.get())?;
        obligation.remove_debt(debt_reserve.address(), repayment.scaled)?;
        repayment.amount
    };
    let token_program = TokenProgram::new(token_program)?;
    token_program.transfer(source, token_vault, repaid, Authority::Signer(owner))?;
    with_authority(&collateral, collateral_reserve.address(), collateral_authority, |authority| {
        token_program.transfer(collateral_vault, destination, exchange.shares, authority)
    })
}

/// Judges the obligation and computes what is exchanged; gives the collateral's reserve, accrued, as well. `parties` are
/// the reserves of debt and collateral, which may be the same.
///
/// # Errors
/// [`LendingError::Healthy`], [`LendingError::NoDebt`] and [`LendingError::InsufficientCollateral`] if the obligation has no
/// position there; those of [`judge`] and [`Liquidation::exchange`].
fn agree(
    program_id: &Address,
    obligation: &Obligation,
    positions: &[AccountView],
    parties: [&Address; 2],
    most: u64,
) -> Result<(Exchange, Reserve), ProgramError> {
    let mut found = [None, None];
    let health = judge(program_id, obligation, positions, |position, reserve, prices| {
        for (place, party) in found.iter_mut().zip(parties) {
            if address_eq(&position.reserve, party) {
                *place = Some((*position, *reserve, prices.middle));
            }
        }
    })?;
    health.require_unhealthy()?;
    let [debt, collateral] = found;
    let (debt, debt_reserve, debt_price) = debt.ok_or(LendingError::NoDebt)?;
    let (collateral, collateral_reserve, collateral_price) =
        collateral.ok_or(LendingError::InsufficientCollateral)?;
    let liquidation = Liquidation {
        debt_reserve: &debt_reserve,
        debt_price,
        scaled_debt: debt.scaled_debt.get(),
        collateral_reserve: &collateral_reserve,
        collateral_price,
        shares: collateral.shares,
    };
    Ok((liquidation.exchange(most)?, collateral_reserve))
}
