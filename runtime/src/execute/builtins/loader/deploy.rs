//! `DeployWithMaxDataLen` and `Upgrade`: what a buffer holds becomes a program.

use super::drain;
use super::module::check_module;
use super::state::{
    BUFFER_METADATA_SIZE_BYTES, PROGRAM_DATA_METADATA_SIZE_BYTES, PROGRAM_SIZE_BYTES, read_state,
    require_other_slot, write_state,
};
use crate::execute::builtins::call::{
    account_at, address_at, encode, fail, log, require_accounts, require_sysvar, signed_at, writable_at,
};
use sealane_sdk::ids::{clock, rent, system_program};
use sealane_sdk::limits::{
    MAX_ACCOUNT_DATA_SIZE_BYTES, MAX_MODULE_SIZE_BYTES, MAX_TRANSACTION_UNITS, rent_exempt_minimum_lamports,
};
use sealane_sdk::{Address, ProgramError};
use sealane_vm::{CallError, Context, NestedAccount};
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use solana_system_interface::instruction::SystemInstruction;

/// Compute units for each byte of a deployed module, paid before it is checked and copied. Our own: the highest whole
/// price at which one transaction can still deploy the largest module.
pub(super) const UNITS_PER_MODULE_BYTE: u64 = 1;

const _: () = {
    // 10,000 units are left for the loader, the nested call and the transaction's other instructions.
    assert!(UNITS_PER_MODULE_BYTE * MAX_MODULE_SIZE_BYTES as u64 + 10_000 <= MAX_TRANSACTION_UNITS as u64);
    assert!((UNITS_PER_MODULE_BYTE + 1) * MAX_MODULE_SIZE_BYTES as u64 > MAX_TRANSACTION_UNITS as u64);
};

/// Where an instruction lists the accounts that both have in common.
#[derive(Clone, Copy, Debug)]
struct Positions {
    buffer: usize,
    rent: usize,
    clock: usize,
    authority: usize,
}

/// `DeployWithMaxDataLen`. Accounts: payer, program data, program, buffer, rent, clock, system program, authority.
pub(super) fn deploy(context: &mut Context<'_>, max_data_len: usize) -> Result<(), CallError> {
    const AT: Positions = Positions { buffer: 3, rent: 4, clock: 5, authority: 7 };
    require_accounts(context, 4)?;
    let authority = common_accounts(context, AT)?;
    require_new_program(context, 2)?;
    let module_size_bytes = require_buffer(context, AT, authority)?;
    if max_data_len < module_size_bytes {
        let line = format_args!("Max data length is too small to hold Buffer data");
        return fail(context, ProgramError::AccountDataTooSmall, line);
    }
    let size_bytes = PROGRAM_DATA_METADATA_SIZE_BYTES.saturating_add(max_data_len);
    if size_bytes > MAX_ACCOUNT_DATA_SIZE_BYTES {
        return fail(context, ProgramError::InvalidArgument, format_args!("Max data length is too large"));
    }
    let (program, data_address) = (*address_at(context, 2)?, *address_at(context, 1)?);
    let derived = Address::try_find_program_address(&[program.as_ref()], context.program_address());
    if derived.is_none_or(|(derived, _)| derived != data_address) {
        let line = format_args!("ProgramData address is not derived");
        return fail(context, ProgramError::InvalidArgument, line);
    }
    require_distinct(context, 0, AT.buffer)?;
    drain(context, AT.buffer, 0)?;
    create_program_data(context, AT.buffer, size_bytes, &data_address)?;
    let module = checked_module(context, AT.buffer, module_size_bytes)?;
    let slot = context.sysvars.clock.slot;
    write_state(context, 1, &State::ProgramData { slot, upgrade_authority_address: Some(authority) })?;
    context.write_data(1, PROGRAM_DATA_METADATA_SIZE_BYTES, &module)?;
    context.resize_data(AT.buffer, BUFFER_METADATA_SIZE_BYTES)?;
    write_state(context, 2, &State::Program { programdata_address: data_address })?;
    context.set_executable(2, true)?;
    log(context, format_args!("Deployed program {program}"));
    Ok(())
}

/// `Upgrade`. Accounts: program data, program, buffer, spill, rent, clock, authority.
pub(super) fn upgrade(context: &mut Context<'_>) -> Result<(), CallError> {
    const AT: Positions = Positions { buffer: 2, rent: 4, clock: 5, authority: 6 };
    require_accounts(context, 3)?;
    let authority = common_accounts(context, AT)?;
    require_program(context)?;
    let module_size_bytes = require_buffer(context, AT, authority)?;
    let required_lamports = require_program_data(context, AT, authority, module_size_bytes)?;
    let module = checked_module(context, AT.buffer, module_size_bytes)?;
    let slot = context.sysvars.clock.slot;
    write_state(context, 0, &State::ProgramData { slot, upgrade_authority_address: Some(authority) })?;
    replace_module(context, &module)?;
    require_distinct(context, 3, AT.buffer)?;
    require_distinct(context, 3, 0)?;
    drain(context, AT.buffer, 0)?;
    let spilled = account_at(context, 0)?.lamports.saturating_sub(required_lamports);
    super::move_lamports(context, 0, 3, spilled)?;
    context.resize_data(AT.buffer, BUFFER_METADATA_SIZE_BYTES)?;
    let program = *address_at(context, 1)?;
    log(context, format_args!("Upgraded program {program}"));
    Ok(())
}

/// Checks the two sysvars and that the authority is listed; gives the authority.
fn common_accounts(context: &Context<'_>, at: Positions) -> Result<Address, CallError> {
    require_sysvar(context, at.rent, &rent::ID)?;
    require_sysvar(context, at.clock, &clock::ID)?;
    require_accounts(context, at.authority + 1)?;
    address_at(context, at.authority).copied()
}

/// Checks an account that is to become a program.
fn require_new_program(context: &mut Context<'_>, position: usize) -> Result<(), CallError> {
    if read_state(context, position)? != State::Uninitialized {
        let line = format_args!("Program account already initialized");
        return fail(context, ProgramError::AccountAlreadyInitialized, line);
    }
    let account = account_at(context, position)?;
    if account.data.len() < PROGRAM_SIZE_BYTES {
        return fail(context, ProgramError::AccountDataTooSmall, format_args!("Program account too small"));
    }
    if !account.is_rent_exempt() {
        let line = format_args!("Program account not rent-exempt");
        return fail(context, ProgramError::AccountNotRentExempt, line);
    }
    Ok(())
}

/// Checks the program that is to be upgraded, at position 1, with its data account at 0.
fn require_program(context: &mut Context<'_>) -> Result<(), CallError> {
    if !writable_at(context, 1)? {
        return fail(context, ProgramError::InvalidArgument, format_args!("Program account not writeable"));
    }
    if account_at(context, 1)?.owner != *context.program_address() {
        let line = format_args!("Program account not owned by loader");
        return fail(context, ProgramError::IncorrectProgramId, line);
    }
    match read_state(context, 1)? {
        State::Program { programdata_address } if programdata_address == *address_at(context, 0)? => Ok(()),
        State::Program { .. } => {
            let line = format_args!("Program and ProgramData account mismatch");
            fail(context, ProgramError::InvalidArgument, line)
        }
        _ => fail(context, ProgramError::InvalidAccountData, format_args!("Invalid Program account")),
    }
}

/// Checks the buffer and its authority; gives the size of what it holds.
fn require_buffer(context: &mut Context<'_>, at: Positions, authority: Address) -> Result<usize, CallError> {
    let State::Buffer { authority_address } = read_state(context, at.buffer)? else {
        return fail(context, ProgramError::InvalidArgument, format_args!("Invalid Buffer account"));
    };
    if authority_address != Some(authority) {
        let line = format_args!("Buffer and upgrade authority don't match");
        return fail(context, ProgramError::IncorrectAuthority, line);
    }
    if !signed_at(context, at.authority)? {
        let line = format_args!("Upgrade authority did not sign");
        return fail(context, ProgramError::MissingRequiredSignature, line);
    }
    match account_at(context, at.buffer)?.data.len().checked_sub(BUFFER_METADATA_SIZE_BYTES) {
        None | Some(0) => {
            fail(context, ProgramError::InvalidAccountData, format_args!("Buffer account too small"))
        }
        Some(size_bytes) => Ok(size_bytes),
    }
}

/// Checks the data account, at position 0, of the program that is to be upgraded; gives the lamports it must keep.
fn require_program_data(
    context: &mut Context<'_>,
    at: Positions,
    authority: Address,
    module_size_bytes: usize,
) -> Result<u64, CallError> {
    let account = account_at(context, 0)?;
    if account.data.len() < PROGRAM_DATA_METADATA_SIZE_BYTES.saturating_add(module_size_bytes) {
        let line = format_args!("ProgramData account not large enough");
        return fail(context, ProgramError::AccountDataTooSmall, line);
    }
    let required_lamports = rent_exempt_minimum_lamports(account.data.len());
    let available = account.lamports.saturating_add(account_at(context, at.buffer)?.lamports);
    if available < required_lamports {
        let line = format_args!("Buffer account balance too low to fund upgrade");
        return fail(context, ProgramError::InsufficientFunds, line);
    }
    let State::ProgramData { slot, upgrade_authority_address } = read_state(context, 0)? else {
        return fail(context, ProgramError::InvalidAccountData, format_args!("Invalid ProgramData account"));
    };
    require_other_slot(context, slot)?;
    let words = super::authority::PROGRAM;
    super::require_authority(context, upgrade_authority_address, at.authority, words)?;
    debug_assert_eq!(upgrade_authority_address, Some(authority), "the authority was found at its position");
    Ok(required_lamports)
}

/// Has the system program create the data account, at position 1, with the payer's lamports.
fn create_program_data(
    context: &mut Context<'_>,
    buffer: usize,
    size_bytes: usize,
    address: &Address,
) -> Result<(), CallError> {
    let data = encode(&SystemInstruction::CreateAccount {
        lamports: rent_exempt_minimum_lamports(size_bytes),
        space: size_bytes as u64,
        owner: *context.program_address(),
    });
    // The buffer goes along because its lamports have just gone to the payer: the sum must hold in the callee as well.
    let accounts = [(0, true), (1, true), (buffer, false)].map(|(position, signer)| nested(position, signer));
    let system = super::position_of(context, &system_program::ID)?;
    context.call_nested(system, &accounts, &data, &[*address])
}

/// An account, writable, for a nested call.
pub(super) fn nested(position: usize, signer: bool) -> NestedAccount {
    let position = u16::try_from(position).expect("positions of an instruction are bytes");
    NestedAccount { position, signer, writable: true }
}

/// Pays for the module in the buffer, checks it and gives a copy.
fn checked_module(context: &mut Context<'_>, buffer: usize, size_bytes: usize) -> Result<Vec<u8>, CallError> {
    context.meter.consume(UNITS_PER_MODULE_BYTE.saturating_mul(size_bytes as u64))?;
    let data = &account_at(context, buffer)?.data;
    let module = data.get(BUFFER_METADATA_SIZE_BYTES..).ok_or(ProgramError::AccountDataTooSmall)?.to_vec();
    check_module(context, &module)?;
    Ok(module)
}

/// Writes the module into the data account at position 0 and zeros over what is left of the old one.
fn replace_module(context: &mut Context<'_>, module: &[u8]) -> Result<(), CallError> {
    let end = PROGRAM_DATA_METADATA_SIZE_BYTES.saturating_add(module.len());
    context.write_data(0, PROGRAM_DATA_METADATA_SIZE_BYTES, module)?;
    let rest = account_at(context, 0)?.data.get(end..).unwrap_or_default();
    let old_size_bytes = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    context.write_data(0, end, &vec![0; old_size_bytes])
}

/// Checks that two positions hold different accounts: Solana cannot borrow the same one twice.
fn require_distinct(context: &Context<'_>, one: usize, other: usize) -> Result<(), CallError> {
    if address_at(context, one)? == address_at(context, other)? {
        return Err(ProgramError::AccountBorrowFailed.into());
    }
    Ok(())
}
