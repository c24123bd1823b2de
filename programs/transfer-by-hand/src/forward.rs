//! Tokens of the token program, moved by a nested call: what `programs/transfer` declares with `TokenAccount` fields.

use super::TransferError;
use sealane_sdk::guest::declared::{
    ConstraintError, Fault, Place, Scope, failed, missing_account, refuse_fault,
};
use sealane_sdk::guest::token::ACCOUNT_SIZE_BYTES;
use sealane_sdk::guest::{AccountView, Invocation, InvokeMeta, address_eq, invoke};
use sealane_sdk::ids::token;
use sealane_sdk::{Address, ProgramError, ProgramResult, require};

/// The instruction's name, for what is logged.
pub(super) const NAME: &str = "forward";
const SCOPE: &Scope = &Scope::instruction(NAME);

const TRANSFER: u8 = 3;
const OWNER_AT: usize = 32;
const AMOUNT_AT: usize = 64;
const STATE_AT: usize = 108;

pub(super) fn forward(accounts: &[AccountView], amount: u64) -> ProgramResult {
    let [source, destination, authority, token_program, ..] = accounts else {
        const NAMES: &[&str] = &["source", "destination", "authority", "token_program"];
        return Err(missing_account(SCOPE, NAMES, accounts.len()));
    };
    let (owner, available) = token_account(source, "source")?;
    token_account(destination, "destination")?;
    if !authority.is_signer() {
        const FAULT: Fault = Fault::new("must sign", ConstraintError::AccountNotSigner);
        return Err(refuse("authority", &FAULT));
    }
    if !address_eq(token_program.address(), &token::ID) {
        const FAULT: Fault = Fault::new("must be the token program", ConstraintError::InvalidProgramId);
        return Err(refuse("token_program", &FAULT));
    }
    writable(source, "source")?;
    if !address_eq(&owner, authority.address()) {
        const FAULT: Fault =
            Fault::new("token::authority = authority does not hold", ConstraintError::ConstraintTokenOwner);
        return Err(refuse("source", &FAULT));
    }
    writable(destination, "destination")?;
    call([source, destination, authority, token_program], available, amount)
        .map_err(|error| failed::<TransferError>(NAME, error))
}

#[inline(always)]
fn call(accounts: [&AccountView; 4], available: u64, amount: u64) -> ProgramResult {
    let [source, destination, authority, program] = accounts;
    require!(available >= amount, TransferError::Insufficient);
    let mut data = [TRANSFER; 9];
    data[1..].copy_from_slice(&amount.to_le_bytes());
    let accounts = [
        InvokeMeta::writable(source),
        InvokeMeta::writable(destination),
        InvokeMeta::readonly_signer(authority),
    ];
    invoke(&Invocation { program, accounts: &accounts, data: &data })
}

/// Who owns the tokens and how many there are, once it is sure that it is a token account.
#[inline(always)]
fn token_account(view: &AccountView, name: &'static str) -> Result<(Address, u64), ProgramError> {
    if view.is_owned_by(&token::ID)
        && let Ok(data) = view.borrow_data()
        && let Ok(data) = <&[u8; ACCOUNT_SIZE_BYTES]>::try_from(&*data)
        && data[STATE_AT] != 0
        && let (Some((owner, _)), Some((amount, _))) =
            (data[OWNER_AT..].split_first_chunk(), data[AMOUNT_AT..].split_first_chunk())
    {
        return Ok((Address::new_from_array(*owner), u64::from_le_bytes(*amount)));
    }
    Err(explain(view, name))
}

/// Says what is wrong with an account.
#[cold]
#[inline(never)]
fn explain(view: &AccountView, name: &'static str) -> ProgramError {
    use ConstraintError as E;
    let fault = if view.data_is_empty() {
        const { &Fault::new("is not made yet", E::AccountNotInitialized) }
    } else if !view.is_owned_by(&token::ID) {
        const { &Fault::new("must belong to the token program", E::AccountOwnedByWrongProgram) }
    } else if view.data_size() != ACCOUNT_SIZE_BYTES {
        const { &Fault::new("is no token account", E::AccountDidNotDeserialize) }
    } else {
        const { &Fault::new("is not initialized by the token program", E::AccountNotInitialized) }
    };
    refuse(name, fault)
}

#[inline(always)]
fn writable(view: &AccountView, name: &'static str) -> ProgramResult {
    if view.is_writable() {
        return Ok(());
    }
    const FAULT: Fault = Fault::new("must be writable", ConstraintError::ConstraintMut);
    Err(refuse(name, &FAULT))
}

#[cold]
#[inline(always)]
fn refuse(account: &'static str, fault: &'static Fault) -> ProgramError {
    refuse_fault(Place { scope: SCOPE, account }, fault)
}
