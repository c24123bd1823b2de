//! `realloc`: an account's data gets another size before the instruction's function runs, and the lamports follow.

use super::refusal::{ConstraintError, Fault, refuse_fault};
use super::scope::Place;
use crate::guest::{AccountView, system};
use crate::limits::{MAX_DATA_GROWTH_PER_CALL_BYTES, rent_exempt_minimum_lamports};
use crate::{Address, ProgramError};

/// An account to be resized.
#[derive(Clone, Copy, Debug)]
pub struct Resize<'a> {
    /// For what is logged.
    pub place: Place,
    /// The running program.
    pub program_id: &'a Address,
    /// The account.
    pub view: AccountView,
    /// Who pays for growth, and gets what shrinking frees: a writable signer.
    pub payer: AccountView,
    /// The system program.
    pub system_program: AccountView,
    /// Size that its data shall have, in bytes.
    pub size_bytes: usize,
}

/// Gives the data another size, and the account exactly the lamports that it needs more, or less. New bytes are zero.
///
/// # Errors
/// [`ConstraintError::AccountOwnedByWrongProgram`] and [`ConstraintError::AccountReallocExceedsLimit`], logged; as
/// [`AccountView::resize`]. Where the payer is too poor, the running program ends as well.
pub fn resize(change: &Resize<'_>) -> Result<(), ProgramError> {
    let Resize { place, view, payer, size_bytes, .. } = *change;
    if !view.is_owned_by(change.program_id) {
        const FAULT: Fault =
            Fault::new("must belong to this program", ConstraintError::AccountOwnedByWrongProgram);
        return Err(refuse_fault(place, &FAULT));
    }
    let old_size_bytes = view.data_size();
    if size_bytes.saturating_sub(old_size_bytes) > MAX_DATA_GROWTH_PER_CALL_BYTES {
        const FAULT: Fault = Fault::new(
            "would grow by more than 10 KiB: grow it in several instructions",
            ConstraintError::AccountReallocExceedsLimit,
        );
        return Err(refuse_fault(place, &FAULT));
    }
    let [before, after] = [old_size_bytes, size_bytes].map(rent_exempt_minimum_lamports);
    if size_bytes > old_size_bytes {
        system::transfer(&change.system_program, &payer, &view, after.saturating_sub(view.lamports()))?;
    } else {
        let freed = before.saturating_sub(after);
        view.sub_lamports(freed)?;
        payer.add_lamports(freed)?;
    }
    view.resize(size_bytes)
}
