//! SPL Associated Token Account as a WebAssembly program: one token account a wallet and mint, at an address that
//! anybody can derive.
//!
//! The host calls [`process`]; it makes or empties accounts by nested calls to the system program and to the token
//! program that the instruction names. The order of checks is SPL's. Clients use `builders` (feature `host`).
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(feature = "host")]
extern crate alloc;

mod create;
mod recover_nested;

mod derivation;
mod token_calls;
mod token_state;

#[cfg(feature = "host")]
pub mod builders;

pub use sealane_sdk::ids::associated_token::{ID, check_id, id};

use create::Mode;
use sealane_sdk::guest::{AccountView, log};
use sealane_sdk::{Address, ProgramError, ProgramResult};

sealane_sdk::entrypoint!(process);

/// The program's own error, `Custom(0)`: the account stands at the right address, but another wallet owns it.
pub const INVALID_OWNER: ProgramError = ProgramError::Custom(0);

/// An instruction: one byte of data. No data at all is [`Create`](Self::Create).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum AssociatedTokenInstruction {
    /// Makes a wallet's token account; it must not exist. Accounts: payer (writable, signer), account (writable),
    /// wallet, mint, system program, token program.
    Create = 0,
    /// The same, content if the account exists and is the wallet's.
    CreateIdempotent = 1,
    /// Empties and closes an associated account that belongs to an associated account instead of a wallet. Accounts:
    /// nested account (writable), its mint, wallet's account for that mint (writable), owner account, owner account's
    /// mint, wallet (writable, signer), token program.
    RecoverNested = 2,
}

impl AssociatedTokenInstruction {
    /// Decodes instruction data.
    ///
    /// # Errors
    /// `InvalidInstructionData` for anything but nothing, 0, 1 and 2.
    pub const fn decode(data: &[u8]) -> Result<Self, ProgramError> {
        match data {
            [] | [0] => Ok(Self::Create),
            [1] => Ok(Self::CreateIdempotent),
            [2] => Ok(Self::RecoverNested),
            _ => Err(ProgramError::InvalidInstructionData),
        }
    }
}

/// Carries out one instruction.
///
/// # Errors
/// SPL's for the same accounts and data.
pub fn process(program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    match AssociatedTokenInstruction::decode(data)? {
        AssociatedTokenInstruction::Create => {
            log("Create");
            create::create(program_id, accounts, Mode::Always)
        }
        AssociatedTokenInstruction::CreateIdempotent => {
            log("CreateIdempotent");
            create::create(program_id, accounts, Mode::Idempotent)
        }
        AssociatedTokenInstruction::RecoverNested => {
            log("RecoverNested");
            recover_nested::recover_nested(program_id, accounts)
        }
    }
}
