//! `init` and `init_if_needed`: an account is made before the instruction's function runs.

use super::field::AccountField;
use super::refusal::{ConstraintError, Fault, refuse_fault};
use super::scope::Place;
use crate::guest::AccountView;
use crate::guest::system::NewAccount;
use crate::ids::system_program;
use crate::limits::rent_exempt_minimum_lamports;
use crate::{Address, ProgramError};

/// An account to be made.
#[derive(Clone, Copy, Debug)]
pub struct Init<'a> {
    /// For what is logged.
    pub place: Place,
    /// The running program.
    pub program_id: &'a Address,
    /// The account.
    pub view: AccountView,
    /// Who pays its rent-exempt minimum: a writable signer.
    pub payer: AccountView,
    /// The system program.
    pub system_program: AccountView,
    /// Size of its data in bytes.
    pub space_bytes: usize,
    /// The program it shall belong to.
    pub owner: &'a Address,
    /// What its address is derived from, bump included; none if the account signs for itself.
    pub seeds: &'a [&'a [u8]],
}

/// Makes the account, and hands it out as its field's type.
///
/// # Errors
/// [`ConstraintError::AccountDiscriminatorAlreadySet`], logged, if it is in use; as [`NewAccount::make`]. Where the
/// system program refuses, the running program ends as well.
pub fn init<F: AccountField>(new: &Init<'_>) -> Result<F, ProgramError> {
    make(new)?;
    F::from_new(new.view, new.program_id).map_err(|fault| refuse_fault(new.place, fault))
}

/// As [`init`], unless the account is there: then it must be what would be made, of the same owner and size.
///
/// # Errors
/// As [`init`]; the rule that an account breaks which is there.
pub fn init_if_needed<F: AccountField>(new: &Init<'_>) -> Result<F, ProgramError> {
    if is_missing(&new.view) {
        return init(new);
    }
    let found = F::from_view(new.view, new.program_id).map_err(|fault| refuse_fault(new.place, fault))?;
    if !new.view.is_owned_by(new.owner) {
        const FAULT: Fault =
            Fault::new("is there, but belongs to another program", ConstraintError::ConstraintOwner);
        return Err(refuse_fault(new.place, &FAULT));
    }
    if new.view.data_size() != new.space_bytes {
        const FAULT: Fault =
            Fault::new("is there, but has another size than `space`", ConstraintError::ConstraintSpace);
        return Err(refuse_fault(new.place, &FAULT));
    }
    Ok(found)
}

/// Whether nobody has made the account yet. Lamports may have been sent to it.
#[must_use]
pub fn is_missing(view: &AccountView) -> bool {
    view.data_is_empty() && view.is_owned_by(&system_program::ID)
}

/// The part that is the same for all types: an account with data that are all zero.
///
/// # Errors
/// As [`init`].
#[inline(never)]
pub fn make(new: &Init<'_>) -> Result<(), ProgramError> {
    if !is_missing(&new.view) {
        const FAULT: Fault = Fault::new(
            "is in use: `init` makes accounts that are not there yet",
            ConstraintError::AccountDiscriminatorAlreadySet,
        );
        return Err(refuse_fault(new.place, &FAULT));
    }
    let account = NewAccount {
        system_program: &new.system_program,
        payer: &new.payer,
        account: &new.view,
        seeds: new.seeds,
        lamports: rent_exempt_minimum_lamports(new.space_bytes),
        size_bytes: new.space_bytes as u64,
        owner: new.owner,
    };
    account.make()
}
