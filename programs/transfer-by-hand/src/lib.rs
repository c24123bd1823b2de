//! A token transfer, written by hand. `programs/transfer` declares the same with the macros: the same accounts, checks and
//! log lines. What the macros cost is what that one costs more.
#![cfg_attr(target_arch = "wasm32", no_std)]

mod forward;

use bytemuck::{Pod, Zeroable};
use sealane_sdk::guest::declared::{
    ArgumentReader, ConstraintError, Fault, Place, Scope, failed, missing_account, refuse_fault,
    unknown_instruction,
};
use sealane_sdk::guest::{AccountData, AccountView, DataRefMut, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult, require};

sealane_sdk::entrypoint!(process);

const TRANSFER: u8 = 3;
const FORWARD: u8 = 4;

/// An account that holds tokens.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct TokenAccount {
    discriminator: [u8; 8],
    mint: Address,
    owner: Address,
    delegate: Address,
    amount: u64,
    allowance: u64,
    is_frozen: u64,
}

impl AccountData for TokenAccount {
    const DISCRIMINATOR: [u8; 8] = [220, 131, 236, 16, 145, 206, 207, 54];
}

sealane_sdk::program_errors! {
    /// What a transfer is refused with.
    TransferError:
    Frozen = 6000, "The account is frozen.";
    OtherMint = 6001, "The accounts hold different tokens.";
    NotYours = 6002, "The tokens are somebody else's.";
    Insufficient = 6003, "There are not so many tokens.";
    Overflow = 6004, "There would be too many tokens.";
}

/// The instruction's name, for what is logged.
const NAME: &str = "transfer";
const SCOPE: &Scope = &Scope::instruction(NAME);

/// Carries out one instruction.
///
/// # Errors
/// [`TransferError`] or [`ConstraintError`], with a line in the log that says which rule of which account is broken.
pub fn process(program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    match data.split_first() {
        Some((&TRANSFER, arguments)) => {
            let mut reader = ArgumentReader::new(NAME, arguments);
            let amount = reader.take("amount")?;
            reader.end()?;
            transfer(program_id, accounts, amount)
        }
        Some((&FORWARD, arguments)) => {
            let mut reader = ArgumentReader::new(forward::NAME, arguments);
            let amount = reader.take("amount")?;
            reader.end()?;
            forward::forward(accounts, amount)
        }
        _ => unknown_instruction(data, 1),
    }
}

fn transfer(program_id: &Address, accounts: &[AccountView], amount: u64) -> ProgramResult {
    let [source, destination, authority, ..] = accounts else {
        return Err(missing_account(SCOPE, &["source", "destination", "authority"], accounts.len()));
    };
    if !authority.is_signer() {
        const FAULT: Fault = Fault::new("must sign", ConstraintError::AccountNotSigner);
        return Err(refuse_fault(Place { scope: SCOPE, account: "authority" }, &FAULT));
    }
    let mut source = lend(program_id, source, "source")?;
    let mut destination = lend(program_id, destination, "destination")?;
    move_tokens(&mut source, &mut destination, authority, amount)
        .map_err(|error| failed::<TransferError>(NAME, error))
}

/// The account's data, once it is sure that it is a token account, and writable.
#[inline(always)]
fn lend<'a>(
    program_id: &Address,
    view: &'a AccountView,
    name: &'static str,
) -> Result<DataRefMut<'a, TokenAccount>, ProgramError> {
    if !view.is_writable() {
        const FAULT: Fault = Fault::new("must be writable", ConstraintError::ConstraintMut);
        return Err(refuse_fault(Place { scope: SCOPE, account: name }, &FAULT));
    }
    view.load_checked_mut::<TokenAccount>(program_id).map_err(|error| explain(view, &error, name))
}

/// Says what is wrong with an account.
#[cold]
#[inline(never)]
fn explain(view: &AccountView, error: &ProgramError, name: &'static str) -> ProgramError {
    use ConstraintError as E;
    let fault = match error {
        _ if view.data_is_empty() => const { &Fault::new("is not made yet", E::AccountNotInitialized) },
        _ if view.is_windowed() => {
            const { &Fault::new("is too large to lend its data", E::AccountDidNotDeserialize) }
        }
        ProgramError::InvalidAccountOwner => {
            const { &Fault::new("must belong to this program", E::AccountOwnedByWrongProgram) }
        }
        ProgramError::UninitializedAccount => {
            const { &Fault::new("holds nothing yet", E::AccountNotInitialized) }
        }
        ProgramError::AccountBorrowFailed => {
            const {
                &Fault::new(
                    "is the same account as source: two are to be written (`dup` allows one)",
                    E::ConstraintDuplicateMutableAccount,
                )
            }
        }
        _ if view.data_size() != size_of::<TokenAccount>() => {
            const { &Fault::new("has data of another size than its type", E::AccountDidNotDeserialize) }
        }
        _ => const { &Fault::new("holds data of another type", E::AccountDiscriminatorMismatch) },
    };
    refuse_fault(Place { scope: SCOPE, account: name }, fault)
}

#[inline(always)]
fn move_tokens(
    source: &mut TokenAccount,
    destination: &mut TokenAccount,
    authority: &AccountView,
    amount: u64,
) -> ProgramResult {
    require!(source.is_frozen | destination.is_frozen == 0, TransferError::Frozen);
    require!(address_eq(&source.mint, &destination.mint), TransferError::OtherMint);
    if address_eq(&source.delegate, authority.address()) {
        source.allowance = source.allowance.checked_sub(amount).ok_or(TransferError::Insufficient)?;
    } else {
        require!(address_eq(&source.owner, authority.address()), TransferError::NotYours);
    }
    source.amount = source.amount.checked_sub(amount).ok_or(TransferError::Insufficient)?;
    destination.amount = destination.amount.checked_add(amount).ok_or(TransferError::Overflow)?;
    Ok(())
}
