//! `Account<T>`: an account whose data is a `T`, read and written where it lies.

use super::field::AccountField;
use super::refusal::{ConstraintError, Fault};
use crate::guest::account::InMemory;
use crate::guest::typed::AccountData;
use crate::guest::{AccountView, DataRef, DataRefMut, address_eq};
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
///
/// Of a `T` with `#[account(tail)]` they lend the head. The whole is `borrow_data` and `borrow_data_mut`, which `T::split` and
/// `T::split_mut` take apart.
pub struct Account<T> {
    memory: InMemory,
    data: PhantomData<T>,
}

impl<T: AccountData> Account<T> {
    /// Lends the data to be read.
    ///
    /// # Errors
    /// As [`AccountView::load`].
    #[inline(always)]
    pub fn load(&self) -> Result<DataRef<'_, T>, ProgramError> {
        self.memory.load()
    }

    /// Lends the data to be written. The host refuses, after the call, if the account is not writable.
    ///
    /// # Errors
    /// As [`AccountView::load_mut`].
    #[inline(always)]
    pub fn load_mut(&self) -> Result<DataRefMut<'_, T>, ProgramError> {
        self.memory.load_mut()
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
        let found = self.memory.copy(offset);
        found.is_some_and(|found| address_eq(&Address::new_from_array(found), address))
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
        const {
            assert!(
                !T::HAS_TAIL && !New::HAS_TAIL,
                "what follows a head is yours to move: `borrow_data_mut` and `resize` instead of `migrate`"
            );
        }
        let new = convert(&*self.load()?)?;
        self.resize(size_of::<New>())?;
        let account = Account { memory: self.memory, data: PhantomData };
        *account.load_mut()? = new.with_discriminator();
        Ok(account)
    }

    /// Lamports that the account lacks to be rent-exempt with a `New` in it.
    #[must_use]
    pub fn missing_lamports<New>(&self) -> u64 {
        rent_exempt_minimum_lamports(size_of::<New>()).saturating_sub(self.lamports())
    }
}

impl<T: AccountData> AccountField for Account<T> {
    const HOLDS_DATA: bool = true;
    const SPACE_BYTES: usize = size_of::<T>();

    #[inline(always)]
    fn from_view(view: AccountView, program_id: &Address) -> Result<Self, &'static Fault> {
        match InMemory::new(view) {
            Some(memory)
                if view.is_owned_by(program_id)
                    && memory.fits::<T>()
                    && memory.copy(0) == Some(T::DISCRIMINATOR) =>
            {
                Ok(Self { memory, data: PhantomData })
            }
            memory => Err(match T::PREVIOUS {
                Some(previous) => later_fault(view, memory, program_id, [T::DISCRIMINATOR, previous]),
                None => fault(view, memory, program_id, T::DISCRIMINATOR),
            }),
        }
    }

    fn from_new(view: AccountView, program_id: &Address) -> Result<Self, &'static Fault> {
        let made = view.load_fresh::<T>(program_id).is_ok();
        match InMemory::new(view) {
            Some(memory) if made => Ok(Self { memory, data: PhantomData }),
            _ => {
                const {
                    Err(&Fault::new(
                        "`space` is not the size of its data: leave it out",
                        ConstraintError::AccountDidNotDeserialize,
                    ))
                }
            }
        }
    }

    fn from_zero(view: AccountView, program_id: &Address) -> Result<Self, &'static Fault> {
        let memory = InMemory::new(view);
        if let Some(memory) = memory
            && view.load_fresh::<T>(program_id).is_ok()
        {
            return Ok(Self { memory, data: PhantomData });
        }
        let is_taken = memory.and_then(|memory| memory.copy(0)).is_some_and(|found| found != [0_u8; 8]);
        if view.is_owned_by(program_id) && is_taken {
            return const {
                Err(&Fault::new(
                    "holds something already: `zero` fills an account that is all zero",
                    ConstraintError::ConstraintZero,
                ))
            };
        }
        Err(match fault(view, memory, program_id, [0; 8]) {
            found if found.error == ConstraintError::AccountNotInitialized && !view.data_is_empty() => {
                const {
                    &Fault::new(
                        "has data of another size than its type",
                        ConstraintError::AccountDidNotDeserialize,
                    )
                }
            }
            found => found,
        })
    }

    #[inline(always)]
    fn view(&self) -> AccountView {
        *self.memory.view()
    }

    #[cfg(feature = "host")]
    fn describe(definitions: &mut crate::idl::Definitions) {
        T::describe(definitions);
    }
}

/// Which of the checks an account failed whose type replaced another one, and has these discriminators. Apart from
/// [`fault`], so that programs without such types do not hold the sentence.
#[cold]
#[inline(never)]
fn later_fault(
    view: AccountView,
    memory: Option<InMemory>,
    program_id: &Address,
    [expected, previous]: [[u8; 8]; 2],
) -> &'static Fault {
    if view.is_owned_by(program_id) && memory.and_then(|memory| memory.copy(0)) == Some(previous) {
        return const {
            &Fault::new(
                "holds an older version of its data: it must be migrated first",
                ConstraintError::AccountDiscriminatorMismatch,
            )
        };
    }
    fault(view, memory, program_id, expected)
}

/// Which of the checks an account failed.
#[cold]
#[inline(never)]
pub(super) fn fault(
    view: AccountView,
    memory: Option<InMemory>,
    program_id: &Address,
    expected: [u8; 8],
) -> &'static Fault {
    use ConstraintError as E;
    if view.data_is_empty() {
        return const { &Fault::new("is not made yet", E::AccountNotInitialized) };
    }
    if !view.is_owned_by(program_id) {
        return const { &Fault::new("must belong to this program", E::AccountOwnedByWrongProgram) };
    }
    let Some(memory) = memory else {
        return const { &Fault::new("is too large to lend its data", E::AccountDidNotDeserialize) };
    };
    match memory.copy(0).map(u64::from_le_bytes) {
        Some(0) => const { &Fault::new("holds nothing yet", E::AccountNotInitialized) },
        Some(found) if found == u64::from_le_bytes(expected) => {
            const { &Fault::new("has data of another size than its type", E::AccountDidNotDeserialize) }
        }
        _ => const { &Fault::new("holds data of another type", E::AccountDiscriminatorMismatch) },
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
        self.memory.view().fmt(formatter)
    }
}

impl<T> Deref for Account<T> {
    type Target = AccountView;

    #[inline(always)]
    fn deref(&self) -> &AccountView {
        self.memory.view()
    }
}
