//! How built-in programs see the call they serve: its accounts by position, its signers, its data decoded, its log.
//!
//! Every function answers with the error Solana's built-in programs give in the same place.

use bincode::serde::decode_from_slice;
use sealane_sdk::limits::MAX_TRANSACTION_SIZE_BYTES;
use sealane_sdk::{Account, Address, ProgramError};
use sealane_vm::{CallError, Context};
use serde::de::DeserializeOwned;
use std::fmt::Arguments;

/// Decodes instruction data as Solana does: fixed-size integers, at most the size of a legacy transaction whatever the
/// version of this one, bytes behind the instruction ignored.
///
/// # Errors
/// [`ProgramError::InvalidInstructionData`].
pub(super) fn decode<T: DeserializeOwned>(data: &[u8]) -> Result<T, CallError> {
    let config = bincode::config::legacy().with_limit::<MAX_TRANSACTION_SIZE_BYTES>();
    match decode_from_slice(data, config) {
        Ok((value, _)) => Ok(value),
        Err(_) => Err(ProgramError::InvalidInstructionData.into()),
    }
}

/// Encodes an instruction in the same way.
///
/// # Panics
/// Never: a vector takes any instruction.
pub(super) fn encode<T: serde::Serialize>(instruction: &T) -> Vec<u8> {
    bincode::serde::encode_to_vec(instruction, bincode::config::legacy())
        .expect("a vector takes any instruction")
}

/// Checks that the call lists at least `count` accounts.
///
/// # Errors
/// [`ProgramError::NotEnoughAccountKeys`].
pub(super) fn require_accounts(context: &Context<'_>, count: usize) -> Result<(), CallError> {
    if context.call_accounts().len() < count {
        Err(ProgramError::NotEnoughAccountKeys.into())
    } else {
        Ok(())
    }
}

/// Index in the account table of the account at `position`.
fn index_at(context: &Context<'_>, position: usize) -> Result<usize, CallError> {
    let account = context.call_accounts().get(position).ok_or(ProgramError::NotEnoughAccountKeys)?;
    Ok(usize::from(account.index))
}

/// The account at `position`.
///
/// # Errors
/// [`ProgramError::NotEnoughAccountKeys`].
pub(super) fn account_at<'c>(context: &'c Context<'_>, position: usize) -> Result<&'c Account, CallError> {
    index_at(context, position).map(|index| context.accounts.account(index))
}

/// The address at `position`.
///
/// # Errors
/// [`ProgramError::NotEnoughAccountKeys`].
pub(super) fn address_at<'a>(context: &Context<'a>, position: usize) -> Result<&'a Address, CallError> {
    index_at(context, position).map(|index| context.accounts.address(index))
}

/// Whether the account at `position` signed.
///
/// # Errors
/// [`ProgramError::NotEnoughAccountKeys`].
pub(super) fn signed_at(context: &Context<'_>, position: usize) -> Result<bool, CallError> {
    let account = context.call_accounts().get(position).ok_or(ProgramError::NotEnoughAccountKeys)?;
    Ok(account.signer)
}

/// Whether the call may change the account at `position`.
///
/// # Errors
/// [`ProgramError::NotEnoughAccountKeys`].
pub(super) fn writable_at(context: &Context<'_>, position: usize) -> Result<bool, CallError> {
    let account = context.call_accounts().get(position).ok_or(ProgramError::NotEnoughAccountKeys)?;
    Ok(account.writable)
}

/// Whether the account with this address is among the call's signers.
pub(super) fn is_signer(context: &Context<'_>, address: &Address) -> bool {
    context
        .call_accounts()
        .iter()
        .any(|account| account.signer && context.accounts.address(usize::from(account.index)) == address)
}

/// Checks that the account at `position` is the sysvar with this address. Its value is read from the block, not from
/// the account.
///
/// # Errors
/// [`ProgramError::NotEnoughAccountKeys`]; [`ProgramError::InvalidArgument`] for another account.
pub(super) fn require_sysvar(
    context: &Context<'_>,
    position: usize,
    sysvar: &Address,
) -> Result<(), CallError> {
    if address_at(context, position)? == sysvar { Ok(()) } else { Err(ProgramError::InvalidArgument.into()) }
}

/// Takes lamports from one account and gives them to another, which may be the same.
///
/// # Errors
/// [`ProgramError::ArithmeticOverflow`]; the rules of the ledger.
pub(super) fn move_lamports(
    context: &mut Context<'_>,
    from: usize,
    to: usize,
    lamports: u64,
) -> Result<(), CallError> {
    let left =
        account_at(context, from)?.lamports.checked_sub(lamports).ok_or(ProgramError::ArithmeticOverflow)?;
    context.set_lamports(from, left)?;
    let sum =
        account_at(context, to)?.lamports.checked_add(lamports).ok_or(ProgramError::ArithmeticOverflow)?;
    context.set_lamports(to, sum)
}

/// Adds a line to the transaction's log.
pub(super) fn log(context: &mut Context<'_>, line: Arguments<'_>) {
    context.logs.builtin_message(line.to_string().as_bytes());
}

/// Logs why, and gives the error.
pub(super) fn fail<T>(
    context: &mut Context<'_>,
    error: impl Into<ProgramError>,
    line: Arguments<'_>,
) -> Result<T, CallError> {
    log(context, line);
    Err(error.into().into())
}
