//! From instruction data to the function that carries it out: one file a group of instructions.
//!
//! Every function takes the program's address where it has to compare it, the accounts, and the decoded arguments,
//! and checks in SPL Token's order. A failed instruction takes all its changes with it, so what was written before a
//! failed check does not matter.

mod batch;

mod approve;
mod close;
mod freeze;
mod initialize;
mod native;
mod query;
mod set_authority;
mod supply;
mod transfer;

mod checks;

#[cfg(test)]
mod tests;

use crate::error::{TokenError, log_line};
use crate::instruction::{CheckedAmount, TokenInstruction, tag};
use sealane_sdk::guest::{AccountView, log};
use sealane_sdk::{Address, ProgramResult};

/// Carries out one instruction, or one batch of them.
///
/// # Errors
/// SPL Token's for the same accounts and data; the same line of text is logged.
#[inline]
pub fn process(program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    let result = match data {
        [tag::BATCH, instructions @ ..] => batch::run(program_id, accounts, instructions),
        _ => process_one(program_id, accounts, data),
    };
    if let Err(error) = &result {
        log(log_line(error));
    }
    result
}

/// Carries out one instruction that is no batch.
///
/// Transfers are most of what this program does: complete ones go past the decoder, to the same functions that a
/// decoded one goes to.
fn process_one(program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    match data.split_first_chunk::<9>() {
        Some(([tag::TRANSFER, amount @ ..], _)) => {
            log("Instruction: Transfer");
            transfer::transfer(program_id, accounts, u64::from_le_bytes(*amount))
        }
        Some(([tag::TRANSFER_CHECKED, amount @ ..], [decimals, ..])) => {
            log("Instruction: TransferChecked");
            let checked = CheckedAmount { amount: u64::from_le_bytes(*amount), decimals: *decimals };
            transfer::transfer_checked(program_id, accounts, checked)
        }
        _ => process_decoded(program_id, accounts, TokenInstruction::decode(data)?),
    }
}

/// The plain way: any instruction, decoded. Its twin `process_one` must not differ from it.
fn process_decoded(
    program_id: &Address,
    accounts: &[AccountView],
    instruction: TokenInstruction<'_>,
) -> ProgramResult {
    use TokenInstruction as I;
    if let Some(line) = instruction.log_line() {
        log(line);
    }
    match instruction {
        I::InitializeMint(parameters) => initialize::mint(accounts, parameters),
        I::InitializeMint2(parameters) => initialize::mint2(accounts, parameters),
        I::InitializeAccount => initialize::account(program_id, accounts),
        I::InitializeAccount2 { owner } => initialize::account2(program_id, accounts, owner),
        I::InitializeAccount3 { owner } => initialize::account3(program_id, accounts, owner),
        I::InitializeMultisig { required_count } => initialize::multisig(accounts, required_count),
        I::InitializeMultisig2 { required_count } => initialize::multisig2(accounts, required_count),
        I::InitializeImmutableOwner => initialize::immutable_owner(accounts),
        I::Transfer { amount } => transfer::transfer(program_id, accounts, amount),
        I::TransferChecked(checked) => transfer::transfer_checked(program_id, accounts, checked),
        I::Approve { amount } => approve::approve(program_id, accounts, amount),
        I::ApproveChecked(checked) => approve::approve_checked(program_id, accounts, checked),
        I::Revoke => approve::revoke(program_id, accounts),
        I::MintTo { amount } => supply::mint_to(program_id, accounts, amount, None),
        I::MintToChecked(CheckedAmount { amount, decimals }) => {
            supply::mint_to(program_id, accounts, amount, Some(decimals))
        }
        I::Burn { amount } => supply::burn(program_id, accounts, amount, None),
        I::BurnChecked(CheckedAmount { amount, decimals }) => {
            supply::burn(program_id, accounts, amount, Some(decimals))
        }
        I::FreezeAccount => freeze::freeze(program_id, accounts),
        I::ThawAccount => freeze::thaw(program_id, accounts),
        I::SetAuthority { authority_type, new_authority } => {
            set_authority::set_authority(program_id, accounts, authority_type, new_authority)
        }
        I::CloseAccount => close::close_account(program_id, accounts),
        I::SyncNative => native::sync(program_id, accounts),
        I::UnwrapLamports { amount } => native::unwrap_lamports(program_id, accounts, amount),
        I::WithdrawExcessLamports => native::withdraw_excess_lamports(program_id, accounts),
        I::GetAccountDataSize => query::account_data_size(program_id, accounts),
        I::AmountToUiAmount { amount } => query::amount_to_ui_amount(program_id, accounts, amount),
        I::UiAmountToAmount { ui_amount } => query::ui_amount_to_amount(program_id, accounts, ui_amount),
        // A batch in a batch could nest without end.
        I::Batch { .. } => Err(TokenError::InvalidInstruction.into()),
    }
}
