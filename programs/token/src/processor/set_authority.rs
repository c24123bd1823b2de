//! SetAuthority, on mints and on token accounts: the size of the data tells which.

use super::checks::{check_authority, load_mut};
use crate::error::TokenError;
use crate::instruction::AuthorityType;
use crate::state::{Mint, State, TokenAccount};
use sealane_sdk::guest::AccountView;
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn set_authority(
    program_id: &Address,
    accounts: &[AccountView],
    authority_type: AuthorityType,
    new_authority: Option<&Address>,
) -> ProgramResult {
    let [target, authority, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    match target.data_size() {
        TokenAccount::SIZE_BYTES => {
            let mut account = load_mut::<TokenAccount>(target)?;
            if account.is_frozen() {
                return Err(TokenError::AccountFrozen.into());
            }
            check_authority(program_id, account_authority(&account, authority_type)?, authority, signers)?;
            change_account(&mut account, authority_type, new_authority)
        }
        Mint::SIZE_BYTES => {
            let mut mint = load_mut::<Mint>(target)?;
            check_authority(program_id, mint_authority(&mint, authority_type)?, authority, signers)?;
            if authority_type == AuthorityType::MintTokens {
                mint.mint_authority.set(new_authority);
            } else {
                mint.freeze_authority.set(new_authority);
            }
            Ok(())
        }
        _ => Err(ProgramError::InvalidArgument),
    }
}

/// Who may change this authority of a token account.
fn account_authority(
    account: &TokenAccount,
    authority_type: AuthorityType,
) -> Result<&Address, ProgramError> {
    match authority_type {
        AuthorityType::AccountOwner => Ok(&account.owner),
        AuthorityType::CloseAccount => Ok(account.close_authority.get().unwrap_or(&account.owner)),
        AuthorityType::MintTokens | AuthorityType::FreezeAccount => {
            Err(TokenError::AuthorityTypeNotSupported.into())
        }
    }
}

/// Who may change this authority of a mint. One that has been given up cannot be set again.
fn mint_authority(mint: &Mint, authority_type: AuthorityType) -> Result<&Address, ProgramError> {
    let (authority, absent) = match authority_type {
        AuthorityType::MintTokens => (mint.mint_authority.get(), TokenError::FixedSupply),
        AuthorityType::FreezeAccount => (mint.freeze_authority.get(), TokenError::MintCannotFreeze),
        AuthorityType::AccountOwner | AuthorityType::CloseAccount => {
            (None, TokenError::AuthorityTypeNotSupported)
        }
    };
    authority.ok_or(absent.into())
}

fn change_account(
    account: &mut TokenAccount,
    authority_type: AuthorityType,
    new_authority: Option<&Address>,
) -> ProgramResult {
    if authority_type == AuthorityType::CloseAccount {
        account.close_authority.set(new_authority);
        return Ok(());
    }
    account.owner = *new_authority.ok_or(TokenError::InvalidInstruction)?;
    // A delegate was the former owner's choice, and so was who may close a native account and take its lamports.
    account.delegate.set(None);
    account.set_delegated_amount(0);
    if account.is_native() {
        account.close_authority.set(None);
    }
    Ok(())
}
