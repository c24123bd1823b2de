//! What several instructions share: amounts, accrued reserves, their authorities, and the health of an obligation.

use crate::AUTHORITY_SEED;
use crate::error::LendingError;
use crate::health::Health;
use crate::state::{Obligation, Oracle, Position, Prices, Reserve};
use sealane_sdk::guest::token::Authority;
use sealane_sdk::guest::{DataRefMut, address_eq, sysvar};
use sealane_sdk::prelude::*;

/// The number of the running block: the clock of interest and prices.
pub(super) fn current_slot() -> u64 {
    sysvar::clock().slot
}

/// Checks that there is something to move.
pub(super) fn require_amount(amount: u64) -> Result {
    require!(amount != 0, LendingError::ZeroAmount);
    Ok(())
}

/// Whether obligation and reserve may have to do with each other.
pub(super) fn is_same_market(obligation: &Account<Obligation>, reserve: &Account<Reserve>) -> Result<bool> {
    Ok(address_eq(&obligation.load()?.market, &reserve.load()?.market))
}

/// A reserve to be written, accrued up to now.
pub(super) fn accrued_mut(reserve: &Account<Reserve>) -> Result<DataRefMut<'_, Reserve>> {
    let mut reserve = reserve.load_mut()?;
    reserve.accrue(current_slot())?;
    Ok(reserve)
}

/// A reserve's authority as the signer of a nested call: hands it to `call`. `state` is what the reserve holds; `authority`
/// is the account that it names.
pub(super) fn derived(
    reserve: &Account<Reserve>,
    state: &Reserve,
    authority: &AccountView,
    call: impl FnOnce(Authority<'_>) -> Result,
) -> Result {
    let seeds = [AUTHORITY_SEED, reserve.address().as_ref(), &[state.authority_bump]];
    call(Authority::Derived(authority, &seeds))
}

/// Checks that an obligation's collateral bears its debt.
///
/// # Errors
/// [`LendingError::BeyondLimit`]; as [`judge`].
pub(super) fn require_within_limit(
    program_id: &Address,
    obligation: &Obligation,
    listed: &[AccountView],
) -> Result {
    Ok(judge(program_id, obligation, listed, |_, _, _| {})?.require_within_limit()?)
}

/// Adds an obligation's positions up. `listed` are the reserve and the oracle of each position, in order; `visit` sees
/// each position with its accrued reserve and its prices.
///
/// # Errors
/// [`LendingError::PositionMismatch`], [`LendingError::OracleMismatch`], and those of [`Oracle::prices`] and of arithmetic.
pub(super) fn judge(
    program_id: &Address,
    obligation: &Obligation,
    listed: &[AccountView],
    mut visit: impl FnMut(&Position, &Reserve, &Prices),
) -> Result<Health> {
    let positions = obligation.positions();
    let (pairs, rest) = listed.as_chunks::<2>();
    require!(pairs.len() == positions.len() && rest.is_empty(), LendingError::PositionMismatch);
    let slot = current_slot();
    let mut health = Health::default();
    for (position, [reserve, oracle]) in positions.iter().zip(pairs) {
        require!(address_eq(reserve.address(), &position.reserve), LendingError::PositionMismatch);
        let mut reserve = *reserve.load_checked::<Reserve>(program_id)?;
        reserve.accrue(slot)?;
        require!(address_eq(oracle.address(), &reserve.oracle), LendingError::OracleMismatch);
        let prices = oracle.load_checked::<Oracle>(program_id)?.prices(&reserve.config, slot)?;
        health.add(position, &reserve, &prices)?;
        visit(position, &reserve, &prices);
    }
    Ok(health)
}
