//! Create and CreateIdempotent.

use crate::INVALID_OWNER;
use crate::derivation::Derivation;
use crate::token_calls;
use crate::token_state::TokenAccount;
use sealane_sdk::guest::system::NewAccount;
use sealane_sdk::guest::{AccountView, address_eq, log, sysvar};
use sealane_sdk::{Address, ProgramError, ProgramResult, ids};

/// What to do about an account that exists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Fail.
    Always,
    /// Be content, if it is the wallet's and the mint's.
    Idempotent,
}

pub(crate) fn create(program_id: &Address, accounts: &[AccountView], mode: Mode) -> ProgramResult {
    let [payer, account, wallet, mint, system_program, token_program, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let derivation = Derivation::find(program_id, wallet.address(), token_program.address(), mint.address());
    if !address_eq(&derivation.address, account.address()) {
        log("Error: Associated address does not match seed derivation");
        return Err(ProgramError::InvalidSeeds);
    }
    if mode == Mode::Idempotent && exists(account, wallet, mint, token_program)? {
        return Ok(());
    }
    if !account.is_owned_by(&ids::system_program::ID) {
        return Err(ProgramError::IllegalOwner);
    }
    let size_bytes = token_calls::account_size_bytes(token_program, mint)?;
    let new = NewAccount {
        system_program,
        payer,
        account,
        seeds: &derivation.seeds(),
        lamports: sysvar::rent().minimum_balance(usize::try_from(size_bytes).unwrap_or(usize::MAX)).max(1),
        size_bytes,
        owner: token_program.address(),
    };
    new.make()?;
    log("Initialize the associated token account");
    token_calls::initialize_immutable_owner(token_program, account)?;
    token_calls::initialize_account(token_program, account, mint, wallet.address())
}

/// Whether the account is there already, as the wallet's account for the mint. One that is no token account is not.
fn exists(
    account: &AccountView,
    wallet: &AccountView,
    mint: &AccountView,
    token_program: &AccountView,
) -> Result<bool, ProgramError> {
    if !account.is_owned_by(token_program.address()) {
        return Ok(false);
    }
    let Ok(token_account) = TokenAccount::read(account) else { return Ok(false) };
    if !address_eq(&token_account.owner, wallet.address()) {
        log("Associated token account owner does not match address derivation");
        return Err(INVALID_OWNER);
    }
    if !address_eq(&token_account.mint, mint.address()) {
        return Err(ProgramError::InvalidAccountData);
    }
    Ok(true)
}
