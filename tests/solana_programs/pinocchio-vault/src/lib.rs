//! A vault of lamports for each owner, written with pinocchio: it calls with C's structures, signs by seeds, writes its
//! accounts in place and resizes them, and has no heap.
//!
//! Instructions, each on owner (signer, writable), vault (writable) and system program:
//! ```text
//! 0, bump u8          opens the vault at the address of the seeds "vault", owner, bump: 8 bytes, a count of deposits
//! 1, lamports u64     deposits
//! 2, lamports u64     withdraws
//! 3, bytes            appends a note to the vault's data
//! ```
#![no_std]

use pinocchio::cpi::{Seed, Signer};
use pinocchio::error::ProgramError;
use pinocchio::{
    AccountView, Address, ProgramResult, Resize, no_allocator, nostd_panic_handler, program_entrypoint,
};
use pinocchio_system::instructions::{CreateAccount, Transfer};

program_entrypoint!(process);
no_allocator!();
nostd_panic_handler!();

/// Size of a new vault's data in bytes.
const SIZE_BYTES: usize = 8;

fn process(program: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [owner, vault, ..] = accounts else { return Err(ProgramError::NotEnoughAccountKeys) };
    if !owner.is_signer() {
        return Err(ProgramError::MissingRequiredSignature);
    }
    match data.split_first() {
        Some((0, [bump])) => open(program, owner, vault, *bump),
        Some((1, rest)) => deposit(owner, vault, number(rest)?),
        Some((2, rest)) => withdraw(owner, vault, number(rest)?),
        Some((3, note)) => append(vault, note),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}

fn number(bytes: &[u8]) -> Result<u64, ProgramError> {
    bytes.try_into().map(u64::from_le_bytes).map_err(|_| ProgramError::InvalidInstructionData)
}

fn open(program: &Address, owner: &AccountView, vault: &AccountView, bump: u8) -> ProgramResult {
    let bump = [bump];
    let seeds = [Seed::from(b"vault"), Seed::from(owner.address().as_ref()), Seed::from(&bump)];
    CreateAccount::with_minimum_balance(owner, vault, SIZE_BYTES as u64, program, None)?
        .invoke_signed(&[Signer::from(&seeds)])
}

fn deposit(owner: &AccountView, vault: &mut AccountView, lamports: u64) -> ProgramResult {
    Transfer { from: owner, to: vault, lamports }.invoke()?;
    let mut data = vault.try_borrow_mut()?;
    let count = data.first_chunk_mut::<SIZE_BYTES>().ok_or(ProgramError::UninitializedAccount)?;
    *count = (u64::from_le_bytes(*count) + 1).to_le_bytes();
    Ok(())
}

fn withdraw(owner: &mut AccountView, vault: &mut AccountView, lamports: u64) -> ProgramResult {
    let left = vault.lamports().checked_sub(lamports).ok_or(ProgramError::InsufficientFunds)?;
    vault.set_lamports(left);
    owner.set_lamports(owner.lamports() + lamports);
    Ok(())
}

fn append(vault: &mut AccountView, note: &[u8]) -> ProgramResult {
    let size = vault.data_len();
    vault.resize(size + note.len())?;
    vault.try_borrow_mut()?[size..].copy_from_slice(note);
    Ok(())
}
