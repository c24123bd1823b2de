//! pool

use sealane_sdk::guest::AccountView;
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// Carries out one instruction.
///
/// # Errors
/// [`ProgramError::InvalidInstructionData`] for data that is no instruction.
pub fn process(_program_id: &Address, _accounts: &[AccountView], _data: &[u8]) -> ProgramResult {
    Err(ProgramError::InvalidInstructionData)
}
