//! What makes mints, token accounts and multisigs out of fresh accounts.
//!
//! The first form of each reads rent from the sysvar's account, which must be listed; the later forms ask the host.

use super::checks::{load_fresh, load_owned_mint};
use crate::error::TokenError;
use crate::instruction::{MAX_SIGNERS, MIN_SIGNERS, MintParameters};
use crate::native_mint;
use crate::state::{AccountState, Mint, Multisig, State, TokenAccount};
use sealane_sdk::guest::sysvar::{self, Rent};
use sealane_sdk::guest::{AccountView, address_eq, log};
use sealane_sdk::{Address, ProgramError, ProgramResult, ids};

pub(super) fn mint(accounts: &[AccountView], parameters: MintParameters<'_>) -> ProgramResult {
    let [mint, rent, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    initialize_mint(mint, parameters, &rent_from_account(rent)?)
}

pub(super) fn mint2(accounts: &[AccountView], parameters: MintParameters<'_>) -> ProgramResult {
    let [mint, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    initialize_mint(mint, parameters, &sysvar::rent())
}

pub(super) fn account(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [account, mint, owner, rent, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    initialize_account(program_id, account, mint, owner.address(), &rent_from_account(rent)?)
}

pub(super) fn account2(program_id: &Address, accounts: &[AccountView], owner: &Address) -> ProgramResult {
    let [account, mint, rent, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    initialize_account(program_id, account, mint, owner, &rent_from_account(rent)?)
}

pub(super) fn account3(program_id: &Address, accounts: &[AccountView], owner: &Address) -> ProgramResult {
    let [account, mint, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    initialize_account(program_id, account, mint, owner, &sysvar::rent())
}

pub(super) fn multisig(accounts: &[AccountView], required_count: u8) -> ProgramResult {
    let [multisig, rent, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    initialize_multisig(multisig, signers, required_count, &rent_from_account(rent)?)
}

pub(super) fn multisig2(accounts: &[AccountView], required_count: u8) -> ProgramResult {
    let [multisig, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    initialize_multisig(multisig, signers, required_count, &sysvar::rent())
}

pub(super) fn immutable_owner(accounts: &[AccountView]) -> ProgramResult {
    let [account, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    load_fresh::<TokenAccount>(account)?;
    log("Please upgrade to SPL Token 2022 for immutable owner support");
    Ok(())
}

fn initialize_mint(view: &AccountView, parameters: MintParameters<'_>, rent: &Rent) -> ProgramResult {
    let mut mint = load_fresh::<Mint>(view)?;
    check_rent_exempt(view, rent)?;
    mint.mint_authority.set(Some(parameters.mint_authority));
    mint.decimals = parameters.decimals;
    mint.freeze_authority.set(parameters.freeze_authority);
    mint.set_initialized();
    Ok(())
}

fn initialize_account(
    program_id: &Address,
    view: &AccountView,
    mint: &AccountView,
    owner: &Address,
    rent: &Rent,
) -> ProgramResult {
    let mut account = load_fresh::<TokenAccount>(view)?;
    check_rent_exempt(view, rent)?;
    // The native mint is known by its address alone; no account need stand there.
    let is_native = address_eq(mint.address(), &native_mint::ID);
    if !is_native {
        load_owned_mint(program_id, mint)?;
    }
    account.mint = *mint.address();
    account.owner = *owner;
    account.close_authority.set(None);
    account.delegate.set(None);
    account.set_delegated_amount(0);
    account.set_state(AccountState::Initialized);
    if is_native {
        let reserve = rent.minimum_balance(TokenAccount::SIZE_BYTES);
        account.native_reserve.set(Some(reserve));
        account.set_amount(view.lamports().checked_sub(reserve).ok_or(TokenError::Overflow)?);
    } else {
        account.native_reserve.set(None);
        account.set_amount(0);
    }
    Ok(())
}

fn initialize_multisig(
    view: &AccountView,
    signers: &[AccountView],
    required_count: u8,
    rent: &Rent,
) -> ProgramResult {
    let mut multisig = load_fresh::<Multisig>(view)?;
    check_rent_exempt(view, rent)?;
    let signer_count = u8::try_from(signers.len())
        .ok()
        .filter(|count| is_valid_signer_count(*count))
        .ok_or(TokenError::InvalidNumberOfProvidedSigners)?;
    if !is_valid_signer_count(required_count) {
        return Err(TokenError::InvalidNumberOfRequiredSigners.into());
    }
    multisig.required_count = required_count;
    multisig.signer_count = signer_count;
    for (place, signer) in multisig.signers.iter_mut().zip(signers) {
        *place = *signer.address();
    }
    multisig.set_initialized();
    Ok(())
}

fn is_valid_signer_count(count: u8) -> bool {
    (MIN_SIGNERS..=MAX_SIGNERS).contains(&usize::from(count))
}

fn check_rent_exempt(account: &AccountView, rent: &Rent) -> ProgramResult {
    if account.lamports() >= rent.minimum_balance(account.data_size()) {
        Ok(())
    } else {
        Err(TokenError::NotRentExempt.into())
    }
}

/// Rent as the sysvar's account tells it.
///
/// # Errors
/// `InvalidArgument` if the account is another, or its data too short.
fn rent_from_account(account: &AccountView) -> Result<Rent, ProgramError> {
    if !address_eq(account.address(), &ids::rent::ID) {
        return Err(ProgramError::InvalidArgument);
    }
    let data = account.borrow_data().map_err(|_| ProgramError::InvalidArgument)?;
    data.first_chunk().map(Rent::from_bytes).ok_or(ProgramError::InvalidArgument)
}
