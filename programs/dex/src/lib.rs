//! A decentralised exchange: constant-product pools and limit order books over SPL tokens.
//!
//! The first byte of the instruction data says which instruction it is: below 64 those of `pool`, from 64 those of
//! `market`.
#![cfg_attr(target_arch = "wasm32", no_std)]

pub mod market;
pub mod pool;

use sealane_sdk::guest::AccountView;
use sealane_sdk::{Address, ProgramError, ProgramResult};

sealane_sdk::entrypoint!(process);

/// The first instruction number of `market`.
pub const FIRST_MARKET_INSTRUCTION: u8 = 64;

/// Carries out one instruction.
///
/// # Errors
/// [`ProgramError::InvalidInstructionData`] for data that is no instruction; else those of [`pool`] and [`market`].
pub fn process(program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    match data.first() {
        None => Err(ProgramError::InvalidInstructionData),
        Some(..FIRST_MARKET_INSTRUCTION) => pool::process(program_id, accounts, data),
        Some(_) => market::process(program_id, accounts, data),
    }
}
