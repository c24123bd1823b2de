//! What several instructions check: authorities, owners, mints.

use crate::error::TokenError;
use crate::instruction::MAX_SIGNERS;
use crate::state::{Mint, Multisig, State, TokenAccount};
use sealane_sdk::guest::{AccountView, DataRef, DataRefMut, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// The initialized account in `view`'s data.
///
/// # Errors
/// `InvalidAccountData` for a wrong size or an invalid byte, then `UninitializedAccount`.
#[inline(always)]
pub(super) fn load<T: State>(view: &AccountView) -> Result<DataRef<'_, T>, ProgramError> {
    let state = view.load::<T>()?;
    check_initialized(&*state)?;
    Ok(state)
}

/// Like [`load`], for writing.
#[inline(always)]
pub(super) fn load_mut<T: State>(view: &AccountView) -> Result<DataRefMut<'_, T>, ProgramError> {
    let state = view.load_mut::<T>()?;
    check_initialized(&*state)?;
    Ok(state)
}

/// The account in `view`'s data, which must not be initialized yet.
///
/// # Errors
/// `InvalidAccountData` for a wrong size or an invalid byte, then [`TokenError::AlreadyInUse`].
pub(super) fn load_fresh<T: State>(view: &AccountView) -> Result<DataRefMut<'_, T>, ProgramError> {
    let state = view.load_mut::<T>()?;
    if !state.is_valid() {
        return Err(ProgramError::InvalidAccountData);
    }
    if state.is_initialized() {
        return Err(TokenError::AlreadyInUse.into());
    }
    Ok(state)
}

#[inline(always)]
fn check_initialized<T: State>(state: &T) -> ProgramResult {
    if !state.is_valid() {
        return Err(ProgramError::InvalidAccountData);
    }
    if !state.is_initialized() {
        return Err(ProgramError::UninitializedAccount);
    }
    Ok(())
}

/// The initialized mint in `view`'s data, of which the caller's `program_id` is the owner.
///
/// # Errors
/// `IncorrectProgramId`, then [`TokenError::InvalidMint`].
pub(super) fn load_owned_mint<'a>(
    program_id: &Address,
    view: &'a AccountView,
) -> Result<DataRef<'a, Mint>, ProgramError> {
    check_owned(program_id, view)?;
    load::<Mint>(view).map_err(|_| TokenError::InvalidMint.into())
}

/// Checks that the program owns the account. Where the program changes an account, the ledger checks this anyway.
///
/// # Errors
/// `IncorrectProgramId`.
#[inline]
pub(super) fn check_owned(program_id: &Address, account: &AccountView) -> ProgramResult {
    if account.is_owned_by(program_id) { Ok(()) } else { Err(ProgramError::IncorrectProgramId) }
}

/// Checks that `mint` is the mint of `account` and has the decimals that the sender expects.
///
/// # Errors
/// [`TokenError::MintMismatch`], those of [`load`], then [`TokenError::MintDecimalsMismatch`].
#[inline]
pub(super) fn check_mint(mint: &AccountView, account: &TokenAccount, decimals: u8) -> ProgramResult {
    if !address_eq(mint.address(), &account.mint) {
        return Err(TokenError::MintMismatch.into());
    }
    if load::<Mint>(mint)?.decimals != decimals {
        return Err(TokenError::MintDecimalsMismatch.into());
    }
    Ok(())
}

/// Checks that `authority` is the one expected and has signed, itself or through the signers of a multisig.
///
/// # Errors
/// [`TokenError::OwnerMismatch`], then `MissingRequiredSignature`, or what the multisig's data is refused for.
#[inline(always)]
pub(super) fn check_authority(
    program_id: &Address,
    expected: &Address,
    authority: &AccountView,
    signers: &[AccountView],
) -> ProgramResult {
    if !address_eq(expected, authority.address()) {
        return Err(TokenError::OwnerMismatch.into());
    }
    if authority.data_size() == Multisig::SIZE_BYTES && authority.is_owned_by(program_id) {
        return check_multisig(authority, signers);
    }
    if authority.is_signer() { Ok(()) } else { Err(ProgramError::MissingRequiredSignature) }
}

/// Checks that enough of a multisig's signers have signed.
///
/// A place in the multisig counts once, however often its signer is listed; a signer who holds several places counts
/// for each. One who is listed but has not signed is an error, even if the others would do.
#[cold]
#[inline(never)]
fn check_multisig(authority: &AccountView, signers: &[AccountView]) -> ProgramResult {
    let multisig = load::<Multisig>(authority)?;
    // The program never writes more than eleven.
    let places =
        multisig.signers.get(..usize::from(multisig.signer_count)).ok_or(ProgramError::InvalidAccountData)?;
    let mut matched = [false; MAX_SIGNERS];
    let mut signature_count = 0_u8;
    for signer in signers {
        for (place, matched) in places.iter().zip(&mut matched) {
            if *matched || !address_eq(place, signer.address()) {
                continue;
            }
            if !signer.is_signer() {
                return Err(ProgramError::MissingRequiredSignature);
            }
            *matched = true;
            signature_count = signature_count.saturating_add(1);
        }
    }
    if signature_count < multisig.required_count {
        return Err(ProgramError::MissingRequiredSignature);
    }
    Ok(())
}

/// Who spends an account's tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spender {
    /// Its owner.
    Owner,
    /// Its delegate, whose allowance shrinks.
    Delegate,
}

/// Checks that `authority` may spend `amount` of the account's tokens, as its delegate or else as its owner.
///
/// # Errors
/// Those of [`check_authority`], then [`TokenError::InsufficientFunds`] if the delegate's allowance is too small.
#[inline(always)]
pub(super) fn check_spender(
    program_id: &Address,
    account: &TokenAccount,
    amount: u64,
    authority: &AccountView,
    signers: &[AccountView],
) -> Result<Spender, ProgramError> {
    match account.delegate.get() {
        Some(delegate) if address_eq(delegate, authority.address()) => {
            check_authority(program_id, delegate, authority, signers)?;
            if account.delegated_amount() < amount {
                return Err(TokenError::InsufficientFunds.into());
            }
            Ok(Spender::Delegate)
        }
        _ => {
            check_authority(program_id, &account.owner, authority, signers)?;
            Ok(Spender::Owner)
        }
    }
}

/// Takes what a delegate has spent from its allowance; the last token ends it.
///
/// # Errors
/// [`TokenError::Overflow`], which `check_spender` has ruled out.
#[inline]
pub(super) fn spend_allowance(account: &mut TokenAccount, spender: Spender, amount: u64) -> ProgramResult {
    if spender == Spender::Delegate {
        let allowance = account.delegated_amount().checked_sub(amount).ok_or(TokenError::Overflow)?;
        account.set_delegated_amount(allowance);
        if allowance == 0 {
            account.delegate.set(None);
        }
    }
    Ok(())
}

/// Moves lamports between two accounts, which may be the same.
///
/// # Errors
/// [`TokenError::Overflow`].
#[inline]
pub(super) fn move_lamports(source: &AccountView, destination: &AccountView, lamports: u64) -> ProgramResult {
    source.set_lamports(source.lamports().checked_sub(lamports).ok_or(TokenError::Overflow)?);
    destination.set_lamports(destination.lamports().checked_add(lamports).ok_or(TokenError::Overflow)?);
    Ok(())
}
