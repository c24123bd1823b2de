//! A decentralised exchange: constant-product pools and limit order books over SPL tokens.
//!
//! The first byte of the instruction data says which instruction it is: below 64 those of [`pool`], from 64 those of
//! [`market`]. Every token moves by a nested call to the token program. Clients read the accounts with the types of
//! `pool::state` and `market::state`, and make instructions with the builders (feature `host`).
//!
//! Rounding is always against who trades and for who provides: the pool, the maker, the collector of fees.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(any(feature = "host", test))]
extern crate alloc;

pub mod pool;

pub mod market;

pub mod error;
pub mod math;

mod vault;

pub use error::DexError;

use sealane_sdk::guest::{AccountView, log};
use sealane_sdk::{Address, ProgramError, ProgramResult};

// Where tests and workloads put it. Nothing in the program depends on it: it runs at any address.
sealane_sdk::declare_id!("Dex1111111111111111111111111111111111111111");

sealane_sdk::entrypoint!(process);

/// The first instruction number of [`market`].
pub const FIRST_MARKET_INSTRUCTION: u8 = 64;

/// Carries out one instruction.
///
/// # Errors
/// [`ProgramError::InvalidInstructionData`] for data that is no instruction; [`DexError`] as `Custom`, with a line in the
/// log; those of the SDK for accounts that are missing or are not what they should be.
pub fn process(program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    let result = match data.split_first() {
        None => Err(ProgramError::InvalidInstructionData),
        Some((tag @ ..FIRST_MARKET_INSTRUCTION, arguments)) => {
            pool::process(program_id, accounts, *tag, arguments)
        }
        Some((tag, arguments)) => market::process(program_id, accounts, *tag, arguments),
    };
    if let Err(ProgramError::Custom(number)) = result
        && let Some(error) = DexError::from_number(number)
    {
        log(error.log_line());
    }
    result
}
