//! Who may change a buffer or a program: the check, with Solana's words for each case, and the instructions that hand
//! the right on.

use super::state::{read_state, write_state};
use crate::execute::builtins::call::{address_at, fail, log, require_accounts, signed_at};
use sealane_sdk::{Address, ProgramError};
use sealane_vm::{CallError, Context};
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;

/// What to log when an authority is not good.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    immutable: &'static str,
    incorrect: &'static str,
    unsigned: &'static str,
}

/// For the authority of a buffer.
pub(super) const BUFFER: Words = Words {
    immutable: "Buffer is immutable",
    incorrect: "Incorrect buffer authority provided",
    unsigned: "Buffer authority did not sign",
};

/// For the authority of a program.
pub(super) const PROGRAM: Words = Words {
    immutable: "Program not upgradeable",
    incorrect: "Incorrect upgrade authority provided",
    unsigned: "Upgrade authority did not sign",
};

/// For the authority of an account that is being closed.
pub(super) const CLOSE: Words = Words {
    immutable: "Account is immutable",
    incorrect: "Incorrect authority provided",
    unsigned: "Authority did not sign",
};

/// Checks that there is an authority, that it is the account at `position`, and that it signed.
///
/// # Errors
/// [`ProgramError::Immutable`], [`ProgramError::IncorrectAuthority`], [`ProgramError::MissingRequiredSignature`].
pub(super) fn require_authority(
    context: &mut Context<'_>,
    authority: Option<Address>,
    position: usize,
    words: Words,
) -> Result<(), CallError> {
    let Some(authority) = authority else {
        return fail(context, ProgramError::Immutable, format_args!("{}", words.immutable));
    };
    if authority != *address_at(context, position)? {
        return fail(context, ProgramError::IncorrectAuthority, format_args!("{}", words.incorrect));
    }
    if !signed_at(context, position)? {
        return fail(context, ProgramError::MissingRequiredSignature, format_args!("{}", words.unsigned));
    }
    Ok(())
}

/// How an instruction names the new authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewAuthority {
    /// It may be left out, to make a program immutable for ever.
    Optional,
    /// It must be there and sign as well.
    MustSign,
}

/// `SetAuthority` and `SetAuthorityChecked`. Accounts: buffer or program data, present authority, new authority.
pub(super) fn set_authority(context: &mut Context<'_>, new: NewAuthority) -> Result<(), CallError> {
    require_accounts(context, if new == NewAuthority::MustSign { 3 } else { 2 })?;
    let new_authority = address_at(context, 2).ok().copied();
    let state = match read_state(context, 0)? {
        State::Buffer { authority_address } => {
            if new_authority.is_none() {
                let line = format_args!("Buffer authority is not optional");
                return fail(context, ProgramError::IncorrectAuthority, line);
            }
            require_authority(context, authority_address, 1, BUFFER)?;
            State::Buffer { authority_address: new_authority }
        }
        State::ProgramData { slot, upgrade_authority_address } => {
            require_authority(context, upgrade_authority_address, 1, PROGRAM)?;
            State::ProgramData { slot, upgrade_authority_address: new_authority }
        }
        State::Uninitialized | State::Program { .. } => {
            let line = format_args!("Account does not support authorities");
            return fail(context, ProgramError::InvalidArgument, line);
        }
    };
    if new == NewAuthority::MustSign && !signed_at(context, 2)? {
        let line = format_args!("New authority did not sign");
        return fail(context, ProgramError::MissingRequiredSignature, line);
    }
    write_state(context, 0, &state)?;
    match new_authority {
        Some(address) => log(context, format_args!("New authority Some({address})")),
        None => log(context, format_args!("New authority None")),
    }
    Ok(())
}
