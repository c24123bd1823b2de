//! Instructions as clients build them: accounts and data for the host (feature `host`).
//!
//! Tests, benches and the node call these; what comes out goes into a transaction's message. Where an authority is a
//! multisig, `signers` lists those who sign for it and the authority itself does not sign.

use crate::instruction::{AuthorityType, CheckedAmount, MintParameters, TokenInstruction};
use alloc::vec::Vec;
use sealane_sdk::instruction::{AccountMeta, Instruction, readonly, writable};
use sealane_sdk::{Address, ids};

/// [`TokenInstruction::InitializeMint`].
#[must_use]
pub fn initialize_mint(
    mint: &Address,
    mint_authority: &Address,
    freeze_authority: Option<&Address>,
    decimals: u8,
) -> Instruction {
    let parameters = MintParameters { decimals, mint_authority, freeze_authority };
    build([writable(mint), readonly(&ids::rent::ID)], TokenInstruction::InitializeMint(parameters))
}

/// [`TokenInstruction::InitializeMint2`].
#[must_use]
pub fn initialize_mint2(
    mint: &Address,
    mint_authority: &Address,
    freeze_authority: Option<&Address>,
    decimals: u8,
) -> Instruction {
    let parameters = MintParameters { decimals, mint_authority, freeze_authority };
    build([writable(mint)], TokenInstruction::InitializeMint2(parameters))
}

/// [`TokenInstruction::InitializeAccount`].
#[must_use]
pub fn initialize_account(account: &Address, mint: &Address, owner: &Address) -> Instruction {
    let accounts = [writable(account), readonly(mint), readonly(owner), readonly(&ids::rent::ID)];
    build(accounts, TokenInstruction::InitializeAccount)
}

/// [`TokenInstruction::InitializeAccount2`].
#[must_use]
pub fn initialize_account2(account: &Address, mint: &Address, owner: &Address) -> Instruction {
    let accounts = [writable(account), readonly(mint), readonly(&ids::rent::ID)];
    build(accounts, TokenInstruction::InitializeAccount2 { owner })
}

/// [`TokenInstruction::InitializeAccount3`].
#[must_use]
pub fn initialize_account3(account: &Address, mint: &Address, owner: &Address) -> Instruction {
    build([writable(account), readonly(mint)], TokenInstruction::InitializeAccount3 { owner })
}

/// [`TokenInstruction::InitializeMultisig`].
#[must_use]
pub fn initialize_multisig(multisig: &Address, signers: &[Address], required_count: u8) -> Instruction {
    let accounts = [writable(multisig), readonly(&ids::rent::ID)].into_iter();
    build(
        accounts.chain(signers.iter().map(readonly)),
        TokenInstruction::InitializeMultisig { required_count },
    )
}

/// [`TokenInstruction::InitializeMultisig2`].
#[must_use]
pub fn initialize_multisig2(multisig: &Address, signers: &[Address], required_count: u8) -> Instruction {
    let accounts = [writable(multisig)].into_iter().chain(signers.iter().map(readonly));
    build(accounts, TokenInstruction::InitializeMultisig2 { required_count })
}

/// [`TokenInstruction::Transfer`].
#[must_use]
pub fn transfer(
    source: &Address,
    destination: &Address,
    authority: &Address,
    signers: &[Address],
    amount: u64,
) -> Instruction {
    let accounts = [writable(source), writable(destination)];
    build(authorized(accounts, authority, signers), TokenInstruction::Transfer { amount })
}

/// [`TokenInstruction::TransferChecked`].
#[must_use]
pub fn transfer_checked(
    source: &Address,
    mint: &Address,
    destination: &Address,
    authority: &Address,
    signers: &[Address],
    checked: CheckedAmount,
) -> Instruction {
    let accounts = [writable(source), readonly(mint), writable(destination)];
    build(authorized(accounts, authority, signers), TokenInstruction::TransferChecked(checked))
}

/// [`TokenInstruction::Approve`].
#[must_use]
pub fn approve(
    source: &Address,
    delegate: &Address,
    owner: &Address,
    signers: &[Address],
    amount: u64,
) -> Instruction {
    let accounts = [writable(source), readonly(delegate)];
    build(authorized(accounts, owner, signers), TokenInstruction::Approve { amount })
}

/// [`TokenInstruction::ApproveChecked`].
#[must_use]
pub fn approve_checked(
    source: &Address,
    mint: &Address,
    delegate: &Address,
    owner: &Address,
    signers: &[Address],
    checked: CheckedAmount,
) -> Instruction {
    let accounts = [writable(source), readonly(mint), readonly(delegate)];
    build(authorized(accounts, owner, signers), TokenInstruction::ApproveChecked(checked))
}

/// [`TokenInstruction::Revoke`].
#[must_use]
pub fn revoke(source: &Address, owner: &Address, signers: &[Address]) -> Instruction {
    build(authorized([writable(source)], owner, signers), TokenInstruction::Revoke)
}

/// [`TokenInstruction::SetAuthority`].
#[must_use]
pub fn set_authority(
    account: &Address,
    new_authority: Option<&Address>,
    authority_type: AuthorityType,
    authority: &Address,
    signers: &[Address],
) -> Instruction {
    let instruction = TokenInstruction::SetAuthority { authority_type, new_authority };
    build(authorized([writable(account)], authority, signers), instruction)
}

/// [`TokenInstruction::MintTo`].
#[must_use]
pub fn mint_to(
    mint: &Address,
    destination: &Address,
    authority: &Address,
    signers: &[Address],
    amount: u64,
) -> Instruction {
    let accounts = [writable(mint), writable(destination)];
    build(authorized(accounts, authority, signers), TokenInstruction::MintTo { amount })
}

/// [`TokenInstruction::MintToChecked`].
#[must_use]
pub fn mint_to_checked(
    mint: &Address,
    destination: &Address,
    authority: &Address,
    signers: &[Address],
    checked: CheckedAmount,
) -> Instruction {
    let accounts = [writable(mint), writable(destination)];
    build(authorized(accounts, authority, signers), TokenInstruction::MintToChecked(checked))
}

/// [`TokenInstruction::Burn`].
#[must_use]
pub fn burn(
    source: &Address,
    mint: &Address,
    authority: &Address,
    signers: &[Address],
    amount: u64,
) -> Instruction {
    let accounts = [writable(source), writable(mint)];
    build(authorized(accounts, authority, signers), TokenInstruction::Burn { amount })
}

/// [`TokenInstruction::BurnChecked`].
#[must_use]
pub fn burn_checked(
    source: &Address,
    mint: &Address,
    authority: &Address,
    signers: &[Address],
    checked: CheckedAmount,
) -> Instruction {
    let accounts = [writable(source), writable(mint)];
    build(authorized(accounts, authority, signers), TokenInstruction::BurnChecked(checked))
}

/// [`TokenInstruction::CloseAccount`].
#[must_use]
pub fn close_account(
    account: &Address,
    destination: &Address,
    authority: &Address,
    signers: &[Address],
) -> Instruction {
    let accounts = [writable(account), writable(destination)];
    build(authorized(accounts, authority, signers), TokenInstruction::CloseAccount)
}

/// [`TokenInstruction::FreezeAccount`].
#[must_use]
pub fn freeze_account(
    account: &Address,
    mint: &Address,
    authority: &Address,
    signers: &[Address],
) -> Instruction {
    let accounts = [writable(account), readonly(mint)];
    build(authorized(accounts, authority, signers), TokenInstruction::FreezeAccount)
}

/// [`TokenInstruction::ThawAccount`].
#[must_use]
pub fn thaw_account(
    account: &Address,
    mint: &Address,
    authority: &Address,
    signers: &[Address],
) -> Instruction {
    let accounts = [writable(account), readonly(mint)];
    build(authorized(accounts, authority, signers), TokenInstruction::ThawAccount)
}

/// [`TokenInstruction::SyncNative`].
#[must_use]
pub fn sync_native(account: &Address) -> Instruction {
    build([writable(account)], TokenInstruction::SyncNative)
}

/// [`TokenInstruction::GetAccountDataSize`].
#[must_use]
pub fn get_account_data_size(mint: &Address) -> Instruction {
    build([readonly(mint)], TokenInstruction::GetAccountDataSize)
}

/// [`TokenInstruction::InitializeImmutableOwner`].
#[must_use]
pub fn initialize_immutable_owner(account: &Address) -> Instruction {
    build([writable(account)], TokenInstruction::InitializeImmutableOwner)
}

/// [`TokenInstruction::AmountToUiAmount`].
#[must_use]
pub fn amount_to_ui_amount(mint: &Address, amount: u64) -> Instruction {
    build([readonly(mint)], TokenInstruction::AmountToUiAmount { amount })
}

/// [`TokenInstruction::UiAmountToAmount`].
#[must_use]
pub fn ui_amount_to_amount(mint: &Address, ui_amount: &str) -> Instruction {
    build([readonly(mint)], TokenInstruction::UiAmountToAmount { ui_amount })
}

/// [`TokenInstruction::WithdrawExcessLamports`].
#[must_use]
pub fn withdraw_excess_lamports(
    account: &Address,
    destination: &Address,
    authority: &Address,
    signers: &[Address],
) -> Instruction {
    let accounts = [writable(account), writable(destination)];
    build(authorized(accounts, authority, signers), TokenInstruction::WithdrawExcessLamports)
}

/// [`TokenInstruction::UnwrapLamports`].
#[must_use]
pub fn unwrap_lamports(
    account: &Address,
    destination: &Address,
    authority: &Address,
    signers: &[Address],
    amount: Option<u64>,
) -> Instruction {
    let accounts = [writable(account), writable(destination)];
    build(authorized(accounts, authority, signers), TokenInstruction::UnwrapLamports { amount })
}

/// [`TokenInstruction::Batch`] of token instructions.
///
/// # Panics
/// If one of them has more than 255 accounts or more than 255 bytes of data: the format has no way to say so.
#[must_use]
pub fn batch(instructions: &[Instruction]) -> Instruction {
    let mut data = Vec::new();
    for instruction in instructions {
        let count =
            u8::try_from(instruction.accounts.len()).expect("a batched instruction has 255 accounts at most");
        let size = u8::try_from(instruction.data.len()).expect("a batched instruction has 255 bytes at most");
        data.extend_from_slice(&[count, size]);
        data.extend_from_slice(&instruction.data);
    }
    let accounts = instructions.iter().flat_map(|instruction| instruction.accounts.iter().cloned());
    build(accounts, TokenInstruction::Batch { instructions: &data })
}

fn build(accounts: impl IntoIterator<Item = AccountMeta>, instruction: TokenInstruction<'_>) -> Instruction {
    Instruction {
        program_id: ids::token::ID,
        accounts: accounts.into_iter().collect(),
        data: instruction.encode(),
    }
}

fn authorized<const COUNT: usize>(
    accounts: [AccountMeta; COUNT],
    authority: &Address,
    signers: &[Address],
) -> impl Iterator<Item = AccountMeta> {
    let authority = AccountMeta::new_readonly(*authority, signers.is_empty());
    let signers = signers.iter().map(|signer| AccountMeta::new_readonly(*signer, true));
    accounts.into_iter().chain([authority]).chain(signers)
}
