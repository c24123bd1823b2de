//! A counter in Rust, as its neighbours in C and AssemblyScript are: without the macros, its bytes laid out by hand.
//!
//! The account holds the address of its owner (32 bytes) and the count (u64). Instructions begin with a byte:
//!
//! - 0: the second account, which signs, becomes the owner of the first, which must be all zero;
//! - 1, then a u64: adds to the count; the owner signs; returns what it has come to.
#![cfg_attr(target_arch = "wasm32", no_std)]

use sealane_sdk::guest::{AccountView, log, set_return_data};
use sealane_sdk::{Address, ProgramError, ProgramResult, entrypoint};

/// Size of a counter's data in bytes.
pub const COUNTER_SIZE_BYTES: usize = 40;
/// The count would be larger than a number can say.
pub const TOO_MUCH: ProgramError = ProgramError::Custom(1);
/// The counter belongs to somebody else.
pub const NOT_YOURS: ProgramError = ProgramError::Custom(2);

entrypoint!(process);

/// The program.
///
/// # Errors
/// Accounts or data are not as the crate's text says, [`TOO_MUCH`], [`NOT_YOURS`].
pub fn process(_program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    let [account, owner, ..] = accounts else { return Err(ProgramError::NotEnoughAccountKeys) };
    if !owner.is_signer() {
        return Err(ProgramError::MissingRequiredSignature);
    }
    let mut counter = account.borrow_data_mut()?;
    let counter: &mut [u8; COUNTER_SIZE_BYTES] =
        (&mut *counter).try_into().map_err(|_| ProgramError::InvalidAccountData)?;
    match data {
        [0] => open(counter, owner.address()),
        [1, amount @ ..] => {
            let amount = amount.try_into().map_err(|_| ProgramError::InvalidInstructionData)?;
            add(counter, owner.address(), u64::from_le_bytes(amount))
        }
        _ => Err(ProgramError::InvalidInstructionData),
    }
}

fn open(counter: &mut [u8; COUNTER_SIZE_BYTES], owner: &Address) -> ProgramResult {
    let (held, _) = counter.split_at_mut(32);
    if held.iter().any(|byte| *byte != 0) {
        return Err(ProgramError::AccountAlreadyInitialized);
    }
    held.copy_from_slice(owner.as_ref());
    log("opened");
    Ok(())
}

fn add(counter: &mut [u8; COUNTER_SIZE_BYTES], owner: &Address, amount: u64) -> ProgramResult {
    let (held, count) = counter.split_at_mut(32);
    if held != owner.as_ref() {
        return Err(NOT_YOURS);
    }
    let before = u64::from_le_bytes(count.try_into().map_err(|_| ProgramError::InvalidAccountData)?);
    let after = before.checked_add(amount).ok_or(TOO_MUCH)?;
    count.copy_from_slice(&after.to_le_bytes());
    log("added");
    set_return_data(&after.to_le_bytes());
    Ok(())
}
