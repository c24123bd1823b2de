//! `BorshAccount<T>`: an account whose data is a `T` as Borsh writes it, so that text and lists may be in it.
//!
//! What lies in an [`Account<T>`](super::Account) is read in place; this is read by making a `T` of it, and written whole. That
//! costs units for every byte, and for every call of `load` and `save`.

use super::field::AccountField;
use super::refusal::{ConstraintError, Fault};
use super::typed_account::fault;
use crate::guest::account::InMemory;
use crate::guest::codec::{Decode, Encode, Writer};
use crate::guest::{AccountView, Arguments};
use crate::limits::rent_exempt_minimum_lamports;
use crate::{Address, ProgramError, ProgramResult};
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

/// Size of the discriminator that stands before the value.
const DISCRIMINATOR_SIZE_BYTES: usize = 8;

/// The data of one kind of account, as Borsh writes it behind eight bytes of discriminator. `#[account(borsh)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the data of a `BorshAccount`",
    note = "declare it with `#[account(borsh)]`; what has `#[account]` alone is the data of an `Account<{Self}>`"
)]
pub trait BorshData: Encode + for<'a> Decode<'a> {
    /// The first eight bytes of every account of this kind.
    const DISCRIMINATOR: [u8; 8];
    /// Those of the layout that this one replaced, if it replaced one: only what is logged depends on it.
    const PREVIOUS: Option<[u8; 8]> = None;

    /// Adds the kind to what clients are told.
    #[cfg(feature = "host")]
    fn describe(_definitions: &mut crate::idl::Definitions) {}

    /// Size of an account's data in bytes that holds this value, discriminator included.
    #[must_use]
    fn account_size_bytes(&self) -> usize {
        DISCRIMINATOR_SIZE_BYTES.saturating_add(self.size_bytes())
    }
}

/// Room that an account of this kind is made with, in bytes, if no `space` is declared.
///
/// # Panics
/// If some text or list in it has no limit: then the program does not compile.
#[must_use]
#[track_caller]
pub const fn borsh_space<T: BorshData>() -> usize {
    match T::MAX_SIZE_BYTES {
        Some(size_bytes) => DISCRIMINATOR_SIZE_BYTES.saturating_add(size_bytes),
        None => panic!(
            "how much room shall it have? Add `#[max_len(…)]` to each `String` and `Vec` of its type, or `space = …` here"
        ),
    }
}

/// An account of this program that holds a `T` as Borsh writes it: its owner and discriminator were checked.
///
/// [`load`](Self::load) makes a `T` of the data, [`save`](Self::save) writes one back; what is changed and not saved is lost.
pub struct BorshAccount<T> {
    view: AccountView,
    data: PhantomData<T>,
}

impl<T: BorshData> BorshAccount<T> {
    /// The value.
    ///
    /// # Errors
    /// [`ProgramError::InvalidAccountData`], logged, if there is no such value in the data; else as
    /// [`AccountView::borrow_data`].
    pub fn load(&self) -> Result<T, ProgramError> {
        let data = self.view.borrow_data()?;
        let value = data.get(DISCRIMINATOR_SIZE_BYTES..).unwrap_or_default();
        T::decode(&mut Arguments::new(value)).ok_or_else(|| {
            self.view.refuse(&["its data is not ", T::EXPECTED]);
            ProgramError::InvalidAccountData
        })
    }

    /// Writes the value. What is left of the room behind it becomes zero.
    ///
    /// # Errors
    /// [`ConstraintError::AccountDidNotSerialize`], logged, if the account has no room for it (`realloc` makes more); else as
    /// [`AccountView::borrow_data_mut`]. The host refuses, after the call, if the account is not writable.
    pub fn save(&self, value: &T) -> ProgramResult {
        let mut data = self.view.borrow_data_mut()?;
        let size_bytes = value.size_bytes();
        let room = data.get_mut(DISCRIMINATOR_SIZE_BYTES..).unwrap_or_default();
        let Some((place, rest)) = room.split_at_mut_checked(size_bytes) else {
            self.view.refuse(&[
                "what it shall hold is larger than the account: give it more `space`, or `realloc` it",
            ]);
            return Err(ConstraintError::AccountDidNotSerialize.into());
        };
        value.write(&mut Writer::new(place));
        rest.fill(0);
        Ok(())
    }

    /// Whether the value names this address: what `has_one` asks.
    ///
    /// # Errors
    /// As [`Self::load`].
    #[doc(hidden)]
    pub fn names(&self, field: fn(&T) -> &Address, address: &Address) -> Result<bool, ProgramError> {
        Ok(field(&self.load()?) == address)
    }

    /// Makes the value a `New`, and hands the account out as that: one of an older version is brought to the next.
    ///
    /// The account gets the size that the new value needs, and keeps its lamports: see [`Self::missing_lamports`].
    ///
    /// # Errors
    /// What `convert` fails with; [`ProgramError::AccountBorrowFailed`] while the data is lent.
    pub fn migrate<New: BorshData>(
        &self,
        convert: impl FnOnce(T) -> Result<New, ProgramError>,
    ) -> Result<BorshAccount<New>, ProgramError> {
        let new = convert(self.load()?)?;
        self.view.resize(new.account_size_bytes())?;
        let account = BorshAccount { view: self.view, data: PhantomData };
        if let Some(place) = self.view.borrow_data_mut()?.first_chunk_mut() {
            *place = New::DISCRIMINATOR;
        }
        account.save(&new)?;
        Ok(account)
    }

    /// Lamports that the account lacks to be rent-exempt with as much data as it has.
    #[must_use]
    pub fn missing_lamports(&self) -> u64 {
        rent_exempt_minimum_lamports(self.view.data_size()).saturating_sub(self.view.lamports())
    }
}

impl<T: BorshData> AccountField for BorshAccount<T> {
    const HOLDS_DATA: bool = true;

    fn from_view(view: AccountView, program_id: &Address) -> Result<Self, &'static Fault> {
        let memory = InMemory::new(view);
        let found = memory.and_then(|memory| memory.copy(0));
        if view.is_owned_by(program_id) && found == Some(T::DISCRIMINATOR) {
            return Ok(Self { view, data: PhantomData });
        }
        if view.is_owned_by(program_id) && found.is_some() && found == T::PREVIOUS {
            return const {
                Err(&Fault::new(
                    "holds an older version of its data: it must be migrated first",
                    ConstraintError::AccountDiscriminatorMismatch,
                ))
            };
        }
        Err(fault(view, memory, program_id, T::DISCRIMINATOR))
    }

    fn from_new(view: AccountView, program_id: &Address) -> Result<Self, &'static Fault> {
        const NO_ROOM: Fault =
            Fault::new("`space` has no room for its discriminator", ConstraintError::AccountDidNotSerialize);
        if let Ok(mut data) = view.borrow_data_mut()
            && let Some(place) = data.first_chunk_mut()
        {
            *place = T::DISCRIMINATOR;
        } else {
            return Err(&NO_ROOM);
        }
        Self::from_view(view, program_id)
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

impl<T> Clone for BorshAccount<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for BorshAccount<T> {}

impl<T> fmt::Debug for BorshAccount<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view.fmt(formatter)
    }
}

impl<T> Deref for BorshAccount<T> {
    type Target = AccountView;

    #[inline(always)]
    fn deref(&self) -> &AccountView {
        &self.view
    }
}
