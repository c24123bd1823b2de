//! The upgradeable loader: programs come onto the ledger in pieces through a buffer, are deployed, upgraded, closed.
//!
//! Instructions, account layouts, checks and error codes are those of Solana's loader v3; what the accounts hold is a
//! WebAssembly module in the place of an ELF file. A program deployed in a block can be called from the next block on:
//! the executor looks programs up as they were when the block began.

mod authority;
mod deploy;
mod extend;
mod module;
mod state;

pub use module::{deployed, module_of, program_bytes, program_data_address};

use super::call::{account_at, address_at, decode, fail, log, move_lamports, require_accounts, writable_at};
use authority::{NewAuthority, require_authority, set_authority};
use sealane_sdk::{Address, ProgramError};
use sealane_vm::{CallError, Context};
use solana_loader_v3_interface::instruction::UpgradeableLoaderInstruction;
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use state::{BUFFER_METADATA_SIZE_BYTES, read_state, write_state};

/// Runs one instruction.
pub(super) fn run(context: &mut Context<'_>) -> Result<(), CallError> {
    use UpgradeableLoaderInstruction as I;
    match decode(context.data())? {
        I::InitializeBuffer => initialize_buffer(context),
        I::Write { offset, bytes } => write(context, offset, &bytes),
        I::DeployWithMaxDataLen { max_data_len } => deploy::deploy(context, max_data_len),
        I::Upgrade => deploy::upgrade(context),
        I::SetAuthority => set_authority(context, NewAuthority::Optional),
        I::SetAuthorityChecked => set_authority(context, NewAuthority::MustSign),
        I::Close => close(context),
        I::ExtendProgram { additional_bytes } => extend::extend(context, additional_bytes),
    }
}

/// Accounts: buffer, authority.
fn initialize_buffer(context: &mut Context<'_>) -> Result<(), CallError> {
    require_accounts(context, 2)?;
    if read_state(context, 0)? != State::Uninitialized {
        let line = format_args!("Buffer account already initialized");
        return fail(context, ProgramError::AccountAlreadyInitialized, line);
    }
    let authority = *address_at(context, 1)?;
    write_state(context, 0, &State::Buffer { authority_address: Some(authority) })
}

/// Accounts: buffer, authority.
fn write(context: &mut Context<'_>, offset: u32, bytes: &[u8]) -> Result<(), CallError> {
    require_accounts(context, 2)?;
    let State::Buffer { authority_address } = read_state(context, 0)? else {
        return fail(context, ProgramError::InvalidAccountData, format_args!("Invalid Buffer account"));
    };
    require_authority(context, authority_address, 1, authority::BUFFER)?;
    let start = BUFFER_METADATA_SIZE_BYTES.saturating_add(offset as usize);
    let end = start.saturating_add(bytes.len());
    let size_bytes = account_at(context, 0)?.data.len();
    if size_bytes < end {
        let line = format_args!("Write overflow: {size_bytes} < {end}");
        return fail(context, ProgramError::AccountDataTooSmall, line);
    }
    context.write_data(0, start, bytes)
}

/// Accounts: the account to close, who gets its lamports, the authority, the program (to close its data account).
fn close(context: &mut Context<'_>) -> Result<(), CallError> {
    require_accounts(context, 2)?;
    let closed = *address_at(context, 0)?;
    if closed == *address_at(context, 1)? {
        let line = format_args!("Recipient is the same as the account being closed");
        return fail(context, ProgramError::InvalidArgument, line);
    }
    let state = read_state(context, 0)?;
    context.resize_data(0, state::UNINITIALIZED_SIZE_BYTES)?;
    match state {
        State::Uninitialized => {
            drain(context, 0, 1)?;
            log(context, format_args!("Closed Uninitialized {closed}"));
        }
        State::Buffer { authority_address } => {
            require_accounts(context, 3)?;
            close_owned(context, authority_address)?;
            log(context, format_args!("Closed Buffer {closed}"));
        }
        State::ProgramData { slot, upgrade_authority_address } => {
            require_accounts(context, 4)?;
            require_program_of(context, 3, &closed, slot)?;
            close_owned(context, upgrade_authority_address)?;
            let program = *address_at(context, 3)?;
            log(context, format_args!("Closed Program {program}"));
        }
        State::Program { .. } => {
            let line = format_args!("Account does not support closing");
            return fail(context, ProgramError::InvalidArgument, line);
        }
    }
    Ok(())
}

/// Checks that the account at `position` is the program whose data account, last changed in `slot`, is to be closed.
fn require_program_of(
    context: &mut Context<'_>,
    position: usize,
    data_address: &Address,
    slot: u64,
) -> Result<(), CallError> {
    if !writable_at(context, position)? {
        return fail(context, ProgramError::InvalidArgument, format_args!("Program account is not writable"));
    }
    if account_at(context, position)?.owner != *context.program_address() {
        let line = format_args!("Program account not owned by loader");
        return fail(context, ProgramError::IncorrectProgramId, line);
    }
    state::require_other_slot(context, slot)?;
    match read_state(context, position)? {
        State::Program { programdata_address } if programdata_address == *data_address => Ok(()),
        State::Program { .. } => {
            let line = format_args!("ProgramData account does not match ProgramData account");
            fail(context, ProgramError::InvalidArgument, line)
        }
        _ => fail(context, ProgramError::InvalidArgument, format_args!("Invalid Program account")),
    }
}

/// Closes the account at position 0, in favour of the one at 1, by the authority at 2.
fn close_owned(context: &mut Context<'_>, authority: Option<Address>) -> Result<(), CallError> {
    require_authority(context, authority, 2, authority::CLOSE)?;
    drain(context, 0, 1)?;
    write_state(context, 0, &State::Uninitialized)
}

/// Moves all lamports of one account to another.
fn drain(context: &mut Context<'_>, from: usize, to: usize) -> Result<(), CallError> {
    let lamports = account_at(context, from)?.lamports;
    move_lamports(context, from, to, lamports)
}

/// Where the call lists the account with this address.
fn position_of(context: &Context<'_>, address: &Address) -> Result<usize, CallError> {
    let mut accounts = context.call_accounts().iter();
    accounts
        .position(|account| context.accounts.address(usize::from(account.index)) == address)
        .ok_or(CallError::from(ProgramError::NotEnoughAccountKeys))
}
