//! Checks that several instructions share: signatures, amounts, whose account is whose, and the health of an obligation.

use crate::error::LendingError;
use crate::health::Health;
use crate::state::{Market, Obligation, Oracle, Position, Prices, Reserve};
use sealane_sdk::guest::sysvar;
use sealane_sdk::guest::token::Authority;
use sealane_sdk::guest::{AccountView, DataRefMut, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// The number of the running block: the clock of interest and prices.
pub(super) fn current_slot() -> u64 {
    sysvar::clock().slot
}

/// Checks that the account signed.
pub(super) fn require_signer(view: &AccountView) -> ProgramResult {
    if view.is_signer() { Ok(()) } else { Err(ProgramError::MissingRequiredSignature) }
}

/// Checks that there is something to move.
pub(super) fn require_amount(amount: u64) -> ProgramResult {
    if amount == 0 { Err(LendingError::ZeroAmount.into()) } else { Ok(()) }
}

/// Checks that the account is the one on record.
pub(super) fn require_address(view: &AccountView, expected: &Address, error: LendingError) -> ProgramResult {
    if address_eq(view.address(), expected) { Ok(()) } else { Err(error.into()) }
}

/// Checks that the market's admin signed.
pub(super) fn require_admin(
    program_id: &Address,
    market: &AccountView,
    admin: &AccountView,
) -> ProgramResult {
    let market = market.load_checked::<Market>(program_id)?;
    require_address(admin, &market.admin, LendingError::AdminMismatch)?;
    require_signer(admin)
}

/// Checks that the obligation's owner signed.
pub(super) fn require_owner(obligation: &Obligation, owner: &AccountView) -> ProgramResult {
    require_address(owner, &obligation.owner, LendingError::OwnerMismatch)?;
    require_signer(owner)
}

/// Checks that obligation and reserve may have to do with each other.
pub(super) fn require_same_market(obligation: &Obligation, reserve: &Reserve) -> ProgramResult {
    if address_eq(&obligation.market, &reserve.market) {
        Ok(())
    } else {
        Err(LendingError::MarketMismatch.into())
    }
}

/// A reserve to be written, accrued up to now.
pub(super) fn load_accrued_mut<'a>(
    program_id: &Address,
    view: &'a AccountView,
) -> Result<DataRefMut<'a, Reserve>, ProgramError> {
    let mut reserve = view.load_checked_mut::<Reserve>(program_id)?;
    reserve.accrue(current_slot())?;
    Ok(reserve)
}

/// A copy of a reserve, accrued up to now; the account is only read.
pub(super) fn read_accrued(program_id: &Address, view: &AccountView) -> Result<Reserve, ProgramError> {
    let mut reserve = *view.load_checked::<Reserve>(program_id)?;
    reserve.accrue(current_slot())?;
    Ok(reserve)
}

/// A reserve's authority as the signer of a nested call: hands it to `call`.
///
/// # Errors
/// [`LendingError::AuthorityMismatch`] if `view` is another account.
pub(super) fn with_authority(
    reserve: &Reserve,
    reserve_address: &Address,
    view: &AccountView,
    call: impl FnOnce(Authority<'_>) -> ProgramResult,
) -> ProgramResult {
    require_address(view, &reserve.authority, LendingError::AuthorityMismatch)?;
    let [label, address] = crate::authority_seeds(reserve_address);
    call(Authority::Derived(view, &[label, address, &[reserve.authority_bump]]))
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
) -> Result<Health, ProgramError> {
    let positions = obligation.positions();
    let (pairs, rest) = listed.as_chunks::<2>();
    if pairs.len() != positions.len() || !rest.is_empty() {
        return Err(LendingError::PositionMismatch.into());
    }
    let slot = current_slot();
    let mut health = Health::default();
    for (position, [reserve_view, oracle_view]) in positions.iter().zip(pairs) {
        require_address(reserve_view, &position.reserve, LendingError::PositionMismatch)?;
        let reserve = read_accrued(program_id, reserve_view)?;
        require_address(oracle_view, &reserve.oracle, LendingError::OracleMismatch)?;
        let prices = oracle_view.load_checked::<Oracle>(program_id)?.prices(&reserve.config, slot)?;
        health.add(position, &reserve, &prices)?;
        visit(position, &reserve, &prices);
    }
    Ok(health)
}
