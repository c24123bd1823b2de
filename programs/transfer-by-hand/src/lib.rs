//! A token transfer, written by hand. `programs/transfer` declares the same with the macros, byte for byte and check for
//! check: what the macros cost is what that one costs more.
#![cfg_attr(target_arch = "wasm32", no_std)]

use bytemuck::{Pod, Zeroable};
use sealane_sdk::guest::{AccountData, AccountView, address_eq, log};
use sealane_sdk::{Address, ProgramError, ProgramResult};

sealane_sdk::entrypoint!(process);

const TRANSFER: u8 = 3;

/// An account that holds tokens.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct TokenAccount {
    discriminator: [u8; 8],
    mint: Address,
    owner: Address,
    delegate: Address,
    amount: u64,
    allowance: u64,
    is_frozen: u64,
}

impl AccountData for TokenAccount {
    const DISCRIMINATOR: [u8; 8] = [220, 131, 236, 16, 145, 206, 207, 54];
}

sealane_sdk::program_errors! {
    /// What a transfer is refused with.
    TransferError:
    Frozen = 6000, "The account is frozen.", "Error: transfer: The account is frozen.";
    OtherMint = 6001, "The accounts hold different tokens.",
        "Error: transfer: The accounts hold different tokens.";
    NotYours = 6002, "The tokens are somebody else's.", "Error: transfer: The tokens are somebody else's.";
    Insufficient = 6003, "There are not so many tokens.", "Error: transfer: There are not so many tokens.";
    Overflow = 6004, "There would be too many tokens.", "Error: transfer: There would be too many tokens.";
}

/// Carries out one instruction.
///
/// # Errors
/// [`TransferError`], with a line in the log; those of the SDK for accounts and data that are not what they should be.
pub fn process(program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    let Some((&TRANSFER, arguments)) = data.split_first() else {
        return Err(ProgramError::InvalidInstructionData);
    };
    let amount = arguments.try_into().map_err(|_| ProgramError::InvalidInstructionData)?;
    let result = transfer(program_id, accounts, u64::from_le_bytes(amount));
    if let Err(ProgramError::Custom(number)) = result
        && let Some(error) = TransferError::from_number(number)
    {
        log(error.log_line());
    }
    result
}

fn transfer(program_id: &Address, accounts: &[AccountView], amount: u64) -> ProgramResult {
    let [source, destination, authority, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    if !authority.is_signer() {
        return Err(ProgramError::MissingRequiredSignature);
    }
    // Lending both to be written refuses an account that is both.
    let mut source = source.load_checked_mut::<TokenAccount>(program_id)?;
    let mut destination = destination.load_checked_mut::<TokenAccount>(program_id)?;
    if source.is_frozen | destination.is_frozen != 0 {
        return Err(TransferError::Frozen.into());
    }
    if !address_eq(&source.mint, &destination.mint) {
        return Err(TransferError::OtherMint.into());
    }
    if address_eq(&source.delegate, authority.address()) {
        source.allowance = source.allowance.checked_sub(amount).ok_or(TransferError::Insufficient)?;
    } else if !address_eq(&source.owner, authority.address()) {
        return Err(TransferError::NotYours.into());
    }
    source.amount = source.amount.checked_sub(amount).ok_or(TransferError::Insufficient)?;
    destination.amount = destination.amount.checked_add(amount).ok_or(TransferError::Overflow)?;
    Ok(())
}
