//! The rules that constraints declare, as functions that refuse. `#[derive(Accounts)]` calls them.

use super::refusal::{Fault, Refusal, refuse, refuse_fault};
use super::scope::Place;
use crate::guest::{AccountView, address_eq, create_program_address, try_find_program_address};
use crate::limits::rent_exempt_minimum_lamports;
use crate::{Address, ProgramError, ProgramResult};

/// Refuses unless `holds`.
///
/// # Errors
/// That of `fault`, logged.
#[inline(always)]
pub fn require(holds: bool, place: Place, fault: &'static Fault) -> ProgramResult {
    if holds { Ok(()) } else { Err(refuse_fault(place, fault)) }
}

/// Refuses unless `holds`, with an error that the constraint names.
///
/// # Errors
/// `error`, logged.
#[inline(always)]
pub fn require_or(holds: bool, place: Place, rule: &'static str, error: impl Refusal) -> ProgramResult {
    if holds { Ok(()) } else { Err(refuse(place, rule, error)) }
}

/// What was found, or the refusal.
///
/// # Errors
/// That of `fault`, logged.
#[inline(always)]
pub fn require_some<T>(found: Option<T>, place: Place, fault: &'static Fault) -> Result<T, ProgramError> {
    found.ok_or_else(|| refuse_fault(place, fault))
}

/// As [`require_some`], with an error that the constraint names.
///
/// # Errors
/// `error`, logged.
#[inline(always)]
pub fn require_some_or<T>(
    found: Option<T>,
    place: Place,
    rule: &'static str,
    error: impl Refusal,
) -> Result<T, ProgramError> {
    found.ok_or_else(|| refuse(place, rule, error))
}

/// Refuses one account in two fields that are both to be written.
///
/// # Errors
/// That of `fault`, logged.
#[inline(always)]
pub fn require_apart(
    one: Option<AccountView>,
    other: Option<AccountView>,
    place: Place,
    fault: &'static Fault,
) -> ProgramResult {
    let is_same = matches!((one, other), (Some(one), Some(other)) if one == other);
    require(!is_same, place, fault)
}

/// Whether the account's address is the one that `seeds`, the bump among them, derive from `program`.
#[must_use]
pub fn is_derived(view: &AccountView, seeds: &[&[u8]], program: &Address) -> bool {
    create_program_address(seeds, program).is_ok_and(|address| address_eq(&address, view.address()))
}

/// The bump with which `seeds` derive the account's address from `program`: the first that leads to any address at all,
/// so that there is one account for the seeds and no other. Nothing if they derive another address.
#[must_use]
pub fn canonical_bump(view: &AccountView, seeds: &[&[u8]], program: &Address) -> Option<u8> {
    let (address, bump) = try_find_program_address(seeds, program)?;
    address_eq(&address, view.address()).then_some(bump)
}

/// Whether the account holds its rent-exempt minimum.
#[must_use]
pub fn is_rent_exempt(view: &AccountView) -> bool {
    view.lamports() >= rent_exempt_minimum_lamports(view.data_size())
}
