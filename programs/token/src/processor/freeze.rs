//! FreezeAccount and ThawAccount.

use super::checks::{check_authority, load, load_mut};
use crate::error::TokenError;
use crate::state::{AccountState, Mint, TokenAccount};
use sealane_sdk::guest::{AccountView, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn freeze(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    set_state(program_id, accounts, AccountState::Frozen)
}

pub(super) fn thaw(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    set_state(program_id, accounts, AccountState::Initialized)
}

fn set_state(program_id: &Address, accounts: &[AccountView], state: AccountState) -> ProgramResult {
    let [account_view, mint_view, authority, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let mut account = load_mut::<TokenAccount>(account_view)?;
    if account.is_frozen() == (state == AccountState::Frozen) {
        return Err(TokenError::InvalidState.into());
    }
    if account.is_native() {
        return Err(TokenError::NativeNotSupported.into());
    }
    if !address_eq(mint_view.address(), &account.mint) {
        return Err(TokenError::MintMismatch.into());
    }
    let mint = load::<Mint>(mint_view)?;
    let freeze_authority = mint.freeze_authority.get().ok_or(TokenError::MintCannotFreeze)?;
    check_authority(program_id, freeze_authority, authority, signers)?;
    account.set_state(state);
    Ok(())
}
