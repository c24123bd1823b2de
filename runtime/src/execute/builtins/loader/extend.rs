//! `ExtendProgram`: makes room for larger modules in a program's data account.

use super::deploy::nested;
use super::position_of;
use super::state::{read_state, write_state};
use crate::execute::builtins::call::{
    account_at, address_at, encode, fail, log, require_accounts, writable_at,
};
use sealane_sdk::ids::system_program;
use sealane_sdk::limits::{MAX_ACCOUNT_DATA_SIZE_BYTES, rent_exempt_minimum_lamports};
use sealane_sdk::{Address, ProgramError};
use sealane_vm::{CallError, Context};
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use solana_system_interface::instruction::SystemInstruction;

/// Accounts: program data, program, system program and payer (both only if the rent-exempt minimum grows beyond what
/// the data account holds). The module itself does not change, so it is not checked again.
pub(super) fn extend(context: &mut Context<'_>, additional_bytes: u32) -> Result<(), CallError> {
    if additional_bytes == 0 {
        let line = format_args!("Additional bytes must be greater than 0");
        return fail(context, ProgramError::InvalidInstructionData, line);
    }
    require_accounts(context, 2)?;
    require_accounts_match(context)?;
    let size_bytes = account_at(context, 0)?.data.len().saturating_add(additional_bytes as usize);
    if size_bytes > MAX_ACCOUNT_DATA_SIZE_BYTES {
        let line = format_args!(
            "Extended ProgramData length of {size_bytes} bytes exceeds max account data length of \
             {MAX_ACCOUNT_DATA_SIZE_BYTES} bytes"
        );
        return fail(context, ProgramError::InvalidRealloc, line);
    }
    let authority = require_extensible(context)?;
    let balance = account_at(context, 0)?.lamports;
    pay(context, rent_exempt_minimum_lamports(size_bytes).saturating_sub(balance))?;
    context.resize_data(0, size_bytes)?;
    let slot = context.sysvars.clock.slot;
    write_state(context, 0, &State::ProgramData { slot, upgrade_authority_address: Some(authority) })?;
    log(context, format_args!("Extended ProgramData account by {additional_bytes} bytes"));
    Ok(())
}

/// Checks that the two accounts are the loader's, writable, and belong together.
fn require_accounts_match(context: &mut Context<'_>) -> Result<(), CallError> {
    for (position, name) in [(0, "ProgramData"), (1, "Program")] {
        if account_at(context, position)?.owner != *context.program_address() {
            let line = format_args!("{name} account not owned by loader");
            return fail(context, ProgramError::InvalidAccountOwner, line);
        }
        if !writable_at(context, position)? {
            let line = format_args!("{name} account is not writable");
            return fail(context, ProgramError::InvalidArgument, line);
        }
    }
    match read_state(context, 1)? {
        State::Program { programdata_address } if programdata_address == *address_at(context, 0)? => Ok(()),
        State::Program { .. } => {
            let line = format_args!("Program account does not match ProgramData account");
            fail(context, ProgramError::InvalidArgument, line)
        }
        _ => fail(context, ProgramError::InvalidAccountData, format_args!("Invalid Program account")),
    }
}

/// Checks that the program may be extended in this block; gives its authority.
fn require_extensible(context: &mut Context<'_>) -> Result<Address, CallError> {
    let State::ProgramData { slot, upgrade_authority_address } = read_state(context, 0)? else {
        return fail(context, ProgramError::InvalidAccountData, format_args!("ProgramData state is invalid"));
    };
    if context.sysvars.clock.slot == slot {
        let line = format_args!("Program was extended in this block already");
        return fail(context, ProgramError::InvalidArgument, line);
    }
    match upgrade_authority_address {
        Some(authority) => Ok(authority),
        None => {
            let line = format_args!("Cannot extend ProgramData accounts that are not upgradeable");
            fail(context, ProgramError::Immutable, line)
        }
    }
}

/// Has the system program move `lamports` from the payer, at position 3, to the data account.
fn pay(context: &mut Context<'_>, lamports: u64) -> Result<(), CallError> {
    if lamports == 0 {
        return Ok(());
    }
    require_accounts(context, 4)?;
    let data = encode(&SystemInstruction::Transfer { lamports });
    let system = position_of(context, &system_program::ID)?;
    context.call_nested(system, &[nested(3, true), nested(0, false)], &data, &[])
}
