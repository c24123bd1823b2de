//! An escrow as programs on pinocchio 0.9 are commonly written: the default entrypoint with its own allocator, a library that
//! is nothing but a `cdylib`, and calls of the token program, signed by seeds.
//!
//! | instruction | accounts |
//! |---|---|
//! | 0, bumps u8 × 2, amount u64, price u64 | maker (signer), escrow, vault, mint offered, mint wanted, maker's tokens, token program, system program |
//! | 1 | taker (signer), maker, escrow, vault, taker's two token accounts, maker's one, token program |

use pinocchio::account_info::AccountInfo;
use pinocchio::instruction::{Seed, Signer};
use pinocchio::program_error::ProgramError;
use pinocchio::pubkey::Pubkey;
use pinocchio::sysvars::{rent::Rent, Sysvar};
use pinocchio::{entrypoint, ProgramResult};
use pinocchio_system::instructions::CreateAccount;
use pinocchio_token::instructions::{CloseAccount, InitializeAccount3, Transfer};
use pinocchio_token::state::TokenAccount;

entrypoint!(process);

/// Maker, mint wanted, price, bump.
const ESCROW_SIZE_BYTES: usize = 32 + 32 + 8 + 1;

fn process(program: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    match data.split_first() {
        Some((0, rest)) => make(program, accounts, rest),
        Some((1, [])) => take(program, accounts),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}

fn make(program: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let [maker, escrow, vault, offered, wanted, source, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let data: &[u8; 18] = data.try_into().map_err(|_| ProgramError::InvalidInstructionData)?;
    let number = |at: usize| u64::from_le_bytes(data[at..at + 8].try_into().unwrap());
    let (bump, vault_bump) = ([data[0]], [data[1]]);
    let rent = Rent::get()?;

    let seeds = [Seed::from(b"escrow"), Seed::from(maker.key()), Seed::from(&bump)];
    let lamports = rent.minimum_balance(ESCROW_SIZE_BYTES);
    CreateAccount { from: maker, to: escrow, lamports, space: ESCROW_SIZE_BYTES as u64, owner: program }
        .invoke_signed(&[Signer::from(&seeds)])?;
    let seeds = [Seed::from(b"vault"), Seed::from(escrow.key()), Seed::from(&vault_bump)];
    let (lamports, space) = (rent.minimum_balance(TokenAccount::LEN), TokenAccount::LEN as u64);
    CreateAccount { from: maker, to: vault, lamports, space, owner: &pinocchio_token::ID }
        .invoke_signed(&[Signer::from(&seeds)])?;
    InitializeAccount3 { account: vault, mint: offered, owner: escrow.key() }.invoke()?;
    Transfer { from: source, to: vault, authority: maker, amount: number(2) }.invoke()?;

    // A list on the heap, so that the allocator is part of the test.
    let state = [maker.key().to_vec(), wanted.key().to_vec(), data[10..18].to_vec(), bump.to_vec()].concat();
    escrow.try_borrow_mut_data()?.copy_from_slice(&state);
    Ok(())
}

fn take(program: &Pubkey, accounts: &[AccountInfo]) -> ProgramResult {
    let [taker, maker, escrow, vault, taker_gets, taker_gives, maker_gets, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    if !escrow.is_owned_by(program) {
        return Err(ProgramError::IllegalOwner);
    }
    let (price, bump) = {
        let state = escrow.try_borrow_data()?;
        if state[..32] != maker.key()[..] || state[32..64] != TokenAccount::from_account_info(maker_gets)?.mint()[..] {
            return Err(ProgramError::InvalidAccountData);
        }
        (u64::from_le_bytes(state[64..72].try_into().unwrap()), [state[72]])
    };
    if TokenAccount::from_account_info(maker_gets)?.owner() != maker.key() {
        return Err(ProgramError::InvalidArgument);
    }
    Transfer { from: taker_gives, to: maker_gets, authority: taker, amount: price }.invoke()?;
    let amount = TokenAccount::from_account_info(vault)?.amount();
    let seeds = [Seed::from(b"escrow"), Seed::from(maker.key()), Seed::from(&bump)];
    let signer = [Signer::from(&seeds)];
    Transfer { from: vault, to: taker_gets, authority: escrow, amount }.invoke_signed(&signer)?;
    CloseAccount { account: vault, destination: maker, authority: escrow }.invoke_signed(&signer)?;
    *maker.try_borrow_mut_lamports()? += escrow.lamports();
    escrow.close()
}
