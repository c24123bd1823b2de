//! Addresses and instructions as clients make them (feature `host`).

use crate::AssociatedTokenInstruction;
use alloc::vec;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Address, ids};

/// The address of `wallet`'s account for `mint`, a mint of `token_program`.
#[must_use]
pub fn associated_token_address(wallet: &Address, mint: &Address, token_program: &Address) -> Address {
    let seeds: [&[u8]; 3] = [wallet.as_ref(), token_program.as_ref(), mint.as_ref()];
    Address::find_program_address(&seeds, &crate::ID).0
}

/// [`AssociatedTokenInstruction::Create`].
#[must_use]
pub fn create(payer: &Address, wallet: &Address, mint: &Address, token_program: &Address) -> Instruction {
    build_create(payer, wallet, mint, token_program, AssociatedTokenInstruction::Create)
}

/// [`AssociatedTokenInstruction::CreateIdempotent`].
#[must_use]
pub fn create_idempotent(
    payer: &Address,
    wallet: &Address,
    mint: &Address,
    token_program: &Address,
) -> Instruction {
    build_create(payer, wallet, mint, token_program, AssociatedTokenInstruction::CreateIdempotent)
}

/// [`AssociatedTokenInstruction::RecoverNested`].
#[must_use]
pub fn recover_nested(
    wallet: &Address,
    owner_mint: &Address,
    nested_mint: &Address,
    token_program: &Address,
) -> Instruction {
    let owner = associated_token_address(wallet, owner_mint, token_program);
    let destination = associated_token_address(wallet, nested_mint, token_program);
    let nested = associated_token_address(&owner, nested_mint, token_program);
    Instruction {
        program_id: crate::ID,
        accounts: vec![
            AccountMeta::new(nested, false),
            AccountMeta::new_readonly(*nested_mint, false),
            AccountMeta::new(destination, false),
            AccountMeta::new_readonly(owner, false),
            AccountMeta::new_readonly(*owner_mint, false),
            AccountMeta::new(*wallet, true),
            AccountMeta::new_readonly(*token_program, false),
        ],
        data: vec![AssociatedTokenInstruction::RecoverNested as u8],
    }
}

fn build_create(
    payer: &Address,
    wallet: &Address,
    mint: &Address,
    token_program: &Address,
    instruction: AssociatedTokenInstruction,
) -> Instruction {
    Instruction {
        program_id: crate::ID,
        accounts: vec![
            AccountMeta::new(*payer, true),
            AccountMeta::new(associated_token_address(wallet, mint, token_program), false),
            AccountMeta::new_readonly(*wallet, false),
            AccountMeta::new_readonly(*mint, false),
            AccountMeta::new_readonly(ids::system_program::ID, false),
            AccountMeta::new_readonly(*token_program, false),
        ],
        data: vec![instruction as u8],
    }
}
