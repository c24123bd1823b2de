//! Stands in tests where Solana's stake program is: it withdraws lamports from stake accounts that are initialized and not
//! delegated, which is all a pool's reserve ever is, and refuses everything else. This ledger has no stake.
//!
//! Instruction: 4 as u32, lamports u64; on stake (writable), destination (writable), clock, stake history, withdrawer (signer).
#![no_std]

use pinocchio::error::ProgramError;
use pinocchio::{
    AccountView, Address, ProgramResult, no_allocator, nostd_panic_handler, program_entrypoint,
};

program_entrypoint!(process);
no_allocator!();
nostd_panic_handler!();

const WITHDRAW: [u8; 4] = 4_u32.to_le_bytes();
/// The state of a stake account that is not delegated.
const INITIALIZED: [u8; 4] = 1_u32.to_le_bytes();
/// Where in the state the lamports stand that must stay, and who may withdraw.
const RESERVE_OFFSET: usize = 4;
const WITHDRAWER_OFFSET: usize = 4 + 8 + 32;

fn process(_program: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [stake, destination, _clock, _history, withdrawer, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let lamports = data.strip_prefix(&WITHDRAW).ok_or(ProgramError::InvalidInstructionData)?;
    let lamports = lamports.try_into().map(u64::from_le_bytes);
    let lamports = lamports.map_err(|_| ProgramError::InvalidInstructionData)?;
    let reserve = {
        let state = stake.try_borrow()?;
        let allowed = state.get(WITHDRAWER_OFFSET..WITHDRAWER_OFFSET + 32);
        if !state.starts_with(&INITIALIZED) || allowed != Some(withdrawer.address().as_ref()) {
            return Err(ProgramError::InvalidAccountData);
        }
        let reserve = state.get(RESERVE_OFFSET..).and_then(|bytes| bytes.first_chunk());
        u64::from_le_bytes(*reserve.ok_or(ProgramError::InvalidAccountData)?)
    };
    if !withdrawer.is_signer() {
        return Err(ProgramError::MissingRequiredSignature);
    }
    let left = stake.lamports().checked_sub(lamports).filter(|left| *left >= reserve);
    stake.set_lamports(left.ok_or(ProgramError::InsufficientFunds)?);
    destination.set_lamports(destination.lamports() + lamports);
    Ok(())
}
