//! Lamports and tokens of native accounts: SyncNative, UnwrapLamports; and lamports that nobody meant to be there:
//! WithdrawExcessLamports.

use super::checks::{check_authority, check_owned, load, load_mut, move_lamports};
use crate::error::TokenError;
use crate::state::{Mint, Multisig, State, TokenAccount};
use sealane_sdk::guest::{AccountView, sysvar};
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn sync(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [view, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    check_owned(program_id, view)?;
    let mut account = load_mut::<TokenAccount>(view)?;
    let reserve = account.native_reserve.get().ok_or(TokenError::NonNativeNotSupported)?;
    let amount = view.lamports().checked_sub(reserve).ok_or(TokenError::Overflow)?;
    if amount < account.amount() {
        return Err(TokenError::InvalidState.into());
    }
    account.set_amount(amount);
    Ok(())
}

pub(super) fn unwrap_lamports(
    program_id: &Address,
    accounts: &[AccountView],
    amount: Option<u64>,
) -> ProgramResult {
    let [source, destination, authority, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let mut account = load_mut::<TokenAccount>(source)?;
    if !account.is_native() {
        return Err(TokenError::NonNativeNotSupported.into());
    }
    check_authority(program_id, &account.owner, authority, signers)?;
    let amount = amount.unwrap_or(account.amount());
    let remaining = account.amount().checked_sub(amount).ok_or(TokenError::InsufficientFunds)?;
    if amount == 0 {
        return check_owned(program_id, source);
    }
    account.set_amount(remaining);
    move_lamports(source, destination, amount)
}

pub(super) fn withdraw_excess_lamports(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [source, destination, authority, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    check_withdrawal(program_id, source, authority, signers)?;
    let reserve = sysvar::rent().minimum_balance(source.data_size());
    let excess = source.lamports().checked_sub(reserve).ok_or(TokenError::NotRentExempt)?;
    move_lamports(source, destination, excess)
}

fn check_withdrawal(
    program_id: &Address,
    source: &AccountView,
    authority: &AccountView,
    signers: &[AccountView],
) -> ProgramResult {
    match source.data_size() {
        TokenAccount::SIZE_BYTES => {
            let account = load::<TokenAccount>(source)?;
            if account.is_native() {
                return Err(TokenError::NativeNotSupported.into());
            }
            check_authority(program_id, &account.owner, authority, signers)
        }
        Mint::SIZE_BYTES => {
            let mint = load::<Mint>(source)?;
            match mint.mint_authority.get() {
                Some(mint_authority) => check_authority(program_id, mint_authority, authority, signers),
                // Without a mint authority, the mint's own key is left to sign.
                None if source != authority => Err(TokenError::AuthorityTypeNotSupported.into()),
                None if authority.is_signer() => Ok(()),
                None => Err(ProgramError::MissingRequiredSignature),
            }
        }
        Multisig::SIZE_BYTES => check_authority(program_id, source.address(), authority, signers),
        _ => Err(TokenError::InvalidState.into()),
    }
}
