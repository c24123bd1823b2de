//! `Account<T>`: an account whose data is a `T`, read and written where it lies.

use super::field::AccountField;
use super::refusal::{ConstraintError, Fault};
use crate::guest::typed::AccountData;
use crate::guest::{AccountView, DataRef, DataRefMut};
use crate::limits::rent_exempt_minimum_lamports;
use crate::{Address, ProgramError};
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

/// An account of this program that holds a `T`: its owner, size and discriminator were checked.
///
/// Nothing is copied: [`load`](Self::load) and [`load_mut`](Self::load_mut) lend the data in place. The data is lent to one
/// writer or to many readers, also if two fields are the same account; who would break that gets
/// [`ProgramError::AccountBorrowFailed`].
pub struct Account<T> {
    view: AccountView,
    data: PhantomData<T>,
}

impl<T: AccountData> Account<T> {
    /// Lends the data to be read.
    ///
    /// # Errors
    /// As [`AccountView::load`].
    #[inline(always)]
    pub fn load(&self) -> Result<DataRef<'_, T>, ProgramError> {
        self.view.load()
    }

    /// Lends the data to be written. The host refuses, after the call, if the account is not writable.
    ///
    /// # Errors
    /// As [`AccountView::load_mut`].
    #[inline(always)]
    pub fn load_mut(&self) -> Result<DataRefMut<'_, T>, ProgramError> {
        self.view.load_mut()
    }

    /// A copy of the data.
    ///
    /// # Errors
    /// As [`AccountView::load`].
    #[inline(always)]
    pub fn get(&self) -> Result<T, ProgramError> {
        Ok(*self.load()?)
    }

    /// Whether the address at `offset` of the data is `address`: what `has_one` asks. The second argument only makes sure
    /// that an address stands there.
    #[doc(hidden)]
    #[inline(always)]
    pub fn names(&self, offset: usize, _field: fn(&T) -> &Address, address: &Address) -> bool {
        self.view.holds_address(offset, address)
    }

    /// Makes the data a `New`, and hands it out as that: an account of an older version is brought to the next.
    ///
    /// `convert` makes the new data from the old; its discriminator is set. The size changes with it. Where the new one is
    /// larger, the account needs more lamports to stay rent-exempt: `missing_lamports` of them are to be there before the
    /// transaction ends, see [`Self::missing_lamports`].
    ///
    /// # Errors
    /// What `convert` fails with; [`ProgramError::AccountBorrowFailed`] while the data is lent.
    pub fn migrate<New: AccountData>(
        &self,
        convert: impl FnOnce(&T) -> Result<New, ProgramError>,
    ) -> Result<Account<New>, ProgramError> {
        let new = convert(&*self.load()?)?;
        self.view.resize(size_of::<New>())?;
        let account = Account { view: self.view, data: PhantomData };
        *account.load_mut()? = new.with_discriminator();
        Ok(account)
    }

    /// Lamports that the account lacks to be rent-exempt with a `New` in it.
    #[must_use]
    pub fn missing_lamports<New>(&self) -> u64 {
        rent_exempt_minimum_lamports(size_of::<New>()).saturating_sub(self.view.lamports())
    }
}

impl<T: AccountData> AccountField for Account<T> {
    const HOLDS_DATA: bool = true;
    const SPACE_BYTES: usize = size_of::<T>();

    #[inline(always)]
    fn from_view(view: AccountView, program_id: &Address) -> Result<Self, Fault> {
        if view.is_owned_by(program_id)
            && view.data_size() == size_of::<T>()
            && view.discriminator() == Some(T::DISCRIMINATOR)
        {
            Ok(Self { view, data: PhantomData })
        } else {
            Err(fault(view, program_id, T::DISCRIMINATOR, T::PREVIOUS))
        }
    }

    fn from_new(view: AccountView, program_id: &Address) -> Result<Self, Fault> {
        match view.load_fresh::<T>(program_id) {
            Ok(_) => Ok(Self { view, data: PhantomData }),
            Err(_) => Err(Fault::new(
                "`space` is not the size of its data",
                ConstraintError::AccountDidNotDeserialize,
            )),
        }
    }

    #[inline(always)]
    fn view(&self) -> AccountView {
        self.view
    }

    #[cfg(feature = "host")]
    fn describe(definitions: &mut crate::idl::Definitions) {
        T::describe(definitions);
    }
}

/// Which of the checks an account failed.
#[cold]
#[inline(never)]
fn fault(view: AccountView, program_id: &Address, expected: [u8; 8], previous: Option<[u8; 8]>) -> Fault {
    if view.data_is_empty() {
        return Fault::new("is not made yet", ConstraintError::AccountNotInitialized);
    }
    if !view.is_owned_by(program_id) {
        return Fault::new("must belong to this program", ConstraintError::AccountOwnedByWrongProgram);
    }
    if view.is_windowed() {
        return Fault::new("is too large to lend its data", ConstraintError::AccountDidNotDeserialize);
    }
    match view.discriminator() {
        Some(found) if found == expected => {
            Fault::new("has data of another size than its type", ConstraintError::AccountDidNotDeserialize)
        }
        Some([0, 0, 0, 0, 0, 0, 0, 0]) => {
            Fault::new("holds nothing yet", ConstraintError::AccountNotInitialized)
        }
        Some(found) if Some(found) == previous => Fault::new(
            "holds an older version of its data: it must be migrated first",
            ConstraintError::AccountDiscriminatorMismatch,
        ),
        _ => Fault::new("holds data of another type", ConstraintError::AccountDiscriminatorMismatch),
    }
}

impl<T> Clone for Account<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Account<T> {}

impl<T> fmt::Debug for Account<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view.fmt(formatter)
    }
}

impl<T> Deref for Account<T> {
    type Target = AccountView;

    #[inline(always)]
    fn deref(&self) -> &AccountView {
        &self.view
    }
}
