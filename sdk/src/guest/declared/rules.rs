//! The rules that constraints declare, as functions that refuse. `#[derive(Accounts)]` calls them.

use super::refusal::{Fault, refuse, refuse_fault};
use crate::guest::{AccountView, address_eq, create_program_address, try_find_program_address};
use crate::{Address, ProgramError, ProgramResult};

/// Where a rule is checked: for what is logged if it is broken.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Name of the instruction.
    pub instruction: &'static str,
    /// Name of the account's field.
    pub account: &'static str,
}

impl Place {
    #[cold]
    fn refuse(self, rule: &'static str, error: impl Into<ProgramError>) -> ProgramError {
        refuse(self.instruction, self.account, rule, error.into())
    }
}

/// Refuses unless `holds`.
///
/// # Errors
/// That of `fault`, logged.
#[inline(always)]
pub fn require(holds: bool, place: Place, fault: &'static Fault) -> ProgramResult {
    if holds { Ok(()) } else { Err(refuse_fault(place.instruction, place.account, fault)) }
}

/// Refuses unless `holds`, with an error of the program's own.
///
/// # Errors
/// `error`, logged.
#[inline(always)]
pub fn require_or(
    holds: bool,
    place: Place,
    rule: &'static str,
    error: impl Into<ProgramError>,
) -> ProgramResult {
    if holds { Ok(()) } else { Err(place.refuse(rule, error)) }
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

/// Refuses an account whose address is not the one that `seeds`, the bump among them, derive from `program`.
///
/// # Errors
/// `error`, logged.
pub fn require_derived(
    view: &AccountView,
    seeds: &[&[u8]],
    program: &Address,
    place: Place,
    error: ProgramError,
) -> ProgramResult {
    match create_program_address(seeds, program) {
        Ok(address) if address_eq(&address, view.address()) => Ok(()),
        _ => Err(place.refuse("its address is not the one that its seeds and bump derive", error)),
    }
}

/// The bump with which `seeds` derive the account's address from `program`: the first that leads to any address at all,
/// so that there is one account for the seeds and no other.
///
/// # Errors
/// `error`, logged, if they derive another address.
pub fn require_canonical(
    view: &AccountView,
    seeds: &[&[u8]],
    program: &Address,
    place: Place,
    error: ProgramError,
) -> Result<u8, ProgramError> {
    match try_find_program_address(seeds, program) {
        Some((address, bump)) if address_eq(&address, view.address()) => Ok(bump),
        _ => Err(place.refuse("its address is not the one that its seeds derive", error)),
    }
}
