//! Batch: several instructions in one call, each on its own slice of the accounts.
//!
//! Its data is, for each instruction: count of accounts (u8), size of data (u8), data.

use super::checks::check_owned;
use super::process_one;
use crate::error::TokenError;
use crate::instruction::tag;
use sealane_sdk::guest::{AccountView, log};
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn run(program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    log("Instruction: Batch");
    let (mut accounts, mut data) = (accounts, data);
    loop {
        let [account_count, data_size, rest @ ..] = data else {
            return Err(TokenError::InvalidInstruction.into());
        };
        let (instruction, rest) =
            rest.split_at_checked(usize::from(*data_size)).ok_or(TokenError::InvalidInstruction)?;
        let tag = instruction.first().ok_or(TokenError::InvalidInstruction)?;
        let (own, others) = accounts
            .split_at_checked(usize::from(*account_count))
            .ok_or(ProgramError::NotEnoughAccountKeys)?;
        check_changed_accounts(program_id, *tag, own)?;
        process_one(program_id, own, instruction)?;
        if rest.is_empty() {
            return Ok(());
        }
        (accounts, data) = (others, rest);
    }
}

/// Checks that the program owns what the instruction is about to change.
///
/// The ledger finds a foreign account changed only when the call ends. Within a batch, a later instruction could undo
/// such a change and keep what it brought, so batched instructions check it themselves.
fn check_changed_accounts(program_id: &Address, tag: u8, accounts: &[AccountView]) -> ProgramResult {
    let changed = match (tag, accounts) {
        (
            tag::TRANSFER | tag::MINT_TO | tag::BURN | tag::MINT_TO_CHECKED | tag::BURN_CHECKED,
            [first, second, ..],
        ) => [first, second],
        (tag::TRANSFER_CHECKED, [source, _, destination, ..]) => [source, destination],
        (
            tag::APPROVE
            | tag::REVOKE
            | tag::SET_AUTHORITY
            | tag::CLOSE_ACCOUNT
            | tag::FREEZE_ACCOUNT
            | tag::THAW_ACCOUNT
            | tag::APPROVE_CHECKED
            | tag::INITIALIZE_IMMUTABLE_OWNER
            | tag::WITHDRAW_EXCESS_LAMPORTS
            | tag::UNWRAP_LAMPORTS,
            [account, ..],
        ) => [account, account],
        // Too few accounts for an instruction of the kinds above.
        (tag::TRANSFER..=tag::BURN_CHECKED, _)
        | (tag::INITIALIZE_IMMUTABLE_OWNER | tag::WITHDRAW_EXCESS_LAMPORTS | tag::UNWRAP_LAMPORTS, _) => {
            return Err(ProgramError::NotEnoughAccountKeys);
        }
        // The others change nothing, check it themselves, or leave a mark that no instruction removes.
        _ => return Ok(()),
    };
    changed.into_iter().try_for_each(|account| check_owned(program_id, account))
}
