//! Addresses that a program derives from seeds: accounts that only it can sign for.

use super::host_calls;
use crate::{Address, ProgramError};
pub use solana_address::address_eq;

/// The address that `seeds`, the bump among them, derive from `program`.
///
/// # Errors
/// [`ProgramError::InvalidSeeds`] if the address lies on the curve, so that somebody may hold its key; or for
/// more than 16 seeds, or a seed above 32 bytes.
pub fn create_program_address(seeds: &[&[u8]], program: &Address) -> Result<Address, ProgramError> {
    let address = host_calls::create_address(seeds, program.as_array()).ok_or(ProgramError::InvalidSeeds)?;
    Ok(Address::new_from_array(address))
}

/// The first address off the curve that `seeds` and a bump, counted down from 255, derive from `program`; and
/// the bump. `None` if there is no such bump, or for more than 15 seeds, or a seed above 32 bytes.
///
/// A program that knows the bump saves units with
/// [`create_program_address`].
#[must_use]
pub fn try_find_program_address(seeds: &[&[u8]], program: &Address) -> Option<(Address, u8)> {
    let (address, bump) = host_calls::find_address(seeds, program.as_array())?;
    Some((Address::new_from_array(address), bump))
}

/// As [`try_find_program_address`], for seeds that surely have a bump: all but one in 2²⁵⁶ do.
///
/// # Panics
/// If there is no bump, or the seeds are too many or too long.
#[must_use]
pub fn find_program_address(seeds: &[&[u8]], program: &Address) -> (Address, u8) {
    try_find_program_address(seeds, program).expect("no bump leads off the curve")
}
