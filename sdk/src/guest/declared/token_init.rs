//! `init` for accounts of the token program: they are made, and then initialized by it, before the instruction's function runs.

use super::field::AccountField;
use super::init::{Init, is_missing, make};
use super::refusal::{ConstraintError, Fault, refuse_fault};
use crate::guest::token::TokenProgram;
use crate::guest::{AccountView, Invocation, InvokeMeta, invoke};
use crate::{Address, ProgramError};

/// Makes a token account of `authority`, and hands it out as its field's type.
///
/// # Errors
/// As [`init`](super::init()). Where the token program refuses, the running program ends as well.
#[inline(never)]
pub fn init_token_account<F: AccountField>(
    new: &Init<'_>,
    token_program: AccountView,
    mint: AccountView,
    authority: &Address,
) -> Result<F, ProgramError> {
    make(new)?;
    TokenProgram::new(&token_program)?.initialize_account(&new.view, &mint, authority)?;
    made(new)
}

/// Makes a mint, and hands it out as its field's type.
///
/// # Errors
/// As [`init_token_account`].
#[inline(never)]
pub fn init_mint<F: AccountField>(
    new: &Init<'_>,
    token_program: AccountView,
    decimals: u8,
    authority: &Address,
    freeze_authority: Option<&Address>,
) -> Result<F, ProgramError> {
    make(new)?;
    TokenProgram::new(&token_program)?.initialize_mint_with_freeze(
        &new.view,
        decimals,
        authority,
        freeze_authority,
    )?;
    made(new)
}

/// Makes the associated token account of a wallet, and hands it out as its field's type.
///
/// # Errors
/// [`ConstraintError::AccountDiscriminatorAlreadySet`], logged, if it is there. Where the program of associated token
/// accounts refuses (the address is another one), the running program ends as well.
#[inline(never)]
pub fn init_associated_token_account<F: AccountField>(
    new: &Init<'_>,
    associated_token_program: AccountView,
    token_program: AccountView,
    mint: AccountView,
    wallet: AccountView,
) -> Result<F, ProgramError> {
    const CREATE: u8 = 0;
    if !is_missing(&new.view) {
        const FAULT: Fault = Fault::new(
            "is there already: `init_if_needed` takes it as it is",
            ConstraintError::AccountDiscriminatorAlreadySet,
        );
        return Err(refuse_fault(new.place, &FAULT));
    }
    let accounts = [
        InvokeMeta::writable_signer(&new.payer),
        InvokeMeta::writable(&new.view),
        InvokeMeta::readonly(&wallet),
        InvokeMeta::readonly(&mint),
        InvokeMeta::readonly(&new.system_program),
        InvokeMeta::readonly(&token_program),
    ];
    invoke(&Invocation { program: &associated_token_program, accounts: &accounts, data: &[CREATE] })?;
    made(new)
}

fn made<F: AccountField>(new: &Init<'_>) -> Result<F, ProgramError> {
    F::from_view(new.view, new.program_id).map_err(|fault| refuse_fault(new.place, fault))
}
