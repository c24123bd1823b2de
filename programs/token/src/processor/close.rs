//! CloseAccount: an account's lamports go to another account, and it ceases to be.

use super::checks::{check_authority, load};
use crate::error::TokenError;
use crate::state::TokenAccount;
use sealane_sdk::guest::{AccountView, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult, ids};

pub(super) fn close_account(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [source, destination, authority, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    if source == destination {
        return Err(ProgramError::InvalidAccountData);
    }
    check_close(program_id, source, destination, authority, signers)?;
    let lamports = destination.lamports().checked_add(source.lamports()).ok_or(TokenError::Overflow)?;
    destination.set_lamports(lamports);
    source.set_lamports(0);
    source.resize(0)?;
    source.assign(&ids::system_program::ID);
    Ok(())
}

fn check_close(
    program_id: &Address,
    source: &AccountView,
    destination: &AccountView,
    authority: &AccountView,
    signers: &[AccountView],
) -> ProgramResult {
    let account = load::<TokenAccount>(source)?;
    if !account.is_native() && account.amount() != 0 {
        return Err(TokenError::NonNativeHasBalance.into());
    }
    if !account.is_owned_by_system_program_or_incinerator() {
        let expected = account.close_authority.get().unwrap_or(&account.owner);
        return check_authority(program_id, expected, authority, signers);
    }
    // Nobody can sign for such an account: anyone may close it, but its lamports are burned.
    if address_eq(destination.address(), &ids::incinerator::ID) {
        Ok(())
    } else {
        Err(ProgramError::InvalidAccountData)
    }
}
