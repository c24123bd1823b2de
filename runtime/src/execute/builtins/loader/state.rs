//! The head of an account that the upgradeable loader owns, in Solana's layout: a u32 tag, then the tag's fields.
//!
//! | tag | state | fields | what follows |
//! |---|---|---|---|
//! | 0 | uninitialized | | |
//! | 1 | buffer | authority: option of 32 bytes | from byte 37: the module, being written |
//! | 2 | program | address of the data account: 32 bytes | |
//! | 3 | program data | slot of the last change: u64; upgrade authority: option of 32 bytes | from byte 45: the module |
//!
//! An option is a byte 0, or a byte 1 and the value. What follows stays where it is when the option is empty.

use crate::execute::builtins::call::{account_at, fail};
use sealane_sdk::ProgramError;
use sealane_vm::{CallError, Context};
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;

/// Size of an uninitialized account in bytes.
pub(super) const UNINITIALIZED_SIZE_BYTES: usize = State::size_of_uninitialized();
/// Where the module starts in a buffer, in bytes.
pub(super) const BUFFER_METADATA_SIZE_BYTES: usize = State::size_of_buffer_metadata();
/// Where the module starts in a program's data account, in bytes.
pub(super) const PROGRAM_DATA_METADATA_SIZE_BYTES: usize = State::size_of_programdata_metadata();
/// Size of a program account in bytes.
pub(super) const PROGRAM_SIZE_BYTES: usize = State::size_of_program();

/// The state at the head of `data`, if there is one.
pub(super) fn parse(data: &[u8]) -> Option<State> {
    let decoded = bincode::serde::decode_from_slice(data, bincode::config::legacy());
    decoded.ok().map(|(state, _)| state)
}

/// The state of the account at `position`, whoever owns it.
///
/// # Errors
/// [`ProgramError::InvalidAccountData`].
pub(super) fn read_state(context: &Context<'_>, position: usize) -> Result<State, CallError> {
    parse(&account_at(context, position)?.data).ok_or(CallError::from(ProgramError::InvalidAccountData))
}

/// Writes the state of the account at `position`.
///
/// # Errors
/// The rules of the ledger: the loader must own the account, and the state must fit.
///
/// # Panics
/// Never: no state is longer than the largest head.
pub(super) fn write_state(
    context: &mut Context<'_>,
    position: usize,
    state: &State,
) -> Result<(), CallError> {
    let mut bytes = [0; PROGRAM_DATA_METADATA_SIZE_BYTES];
    let size_bytes = bincode::serde::encode_into_slice(state, &mut bytes, bincode::config::legacy())
        .expect("no state is longer than the largest head");
    context.write_data(position, 0, &bytes[..size_bytes])
}

/// Checks that a program last changed in `slot` was not changed in this block.
///
/// # Errors
/// [`ProgramError::InvalidArgument`].
pub(super) fn require_other_slot(context: &mut Context<'_>, slot: u64) -> Result<(), CallError> {
    if context.sysvars.clock.slot != slot {
        return Ok(());
    }
    let line = format_args!("Program was deployed in this block already");
    fail(context, ProgramError::InvalidArgument, line)
}
