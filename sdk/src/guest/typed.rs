//! Account data with a type that it names itself: the first eight bytes say what the rest is.

use super::account::AccountView;
use super::borrow::{DataRef, DataRefMut};
use crate::{Address, ProgramError, ProgramResult};
use bytemuck::Pod;

/// The data of one kind of account: a `#[repr(C)]` struct whose first field is its discriminator, `[u8; 8]`.
///
/// The discriminator keeps a program from taking one of its accounts for another; it must not be all zero,
/// because that is what fresh data is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the data of an account",
    note = "declare its layout: a struct with `#[account]`; what has `#[account(borsh)]` is the data of a `BorshAccount<{Self}>`; the \
            token program's accounts are fields of the type `TokenAccount` or `Mint`"
)]
pub trait AccountData: Pod {
    /// The first eight bytes of every account of this kind.
    const DISCRIMINATOR: [u8; 8];
    /// Those of the layout that this one replaced, if it replaced one: only what is logged depends on it.
    const PREVIOUS: Option<[u8; 8]> = None;
    /// Whether this is the head of the data, and more bytes may follow: `#[account(tail)]`. Otherwise the data has its size exactly.
    const HAS_TAIL: bool = false;

    /// The same with the discriminator set.
    #[must_use]
    #[inline]
    fn with_discriminator(mut self) -> Self {
        *discriminator_place::<Self>(bytemuck::bytes_of_mut(&mut self)) = Self::DISCRIMINATOR;
        self
    }

    /// Whether data of so many bytes can be of this kind: it has this size, or more if more may follow.
    #[must_use]
    #[inline(always)]
    fn fits(size_bytes: usize) -> bool {
        if Self::HAS_TAIL { size_bytes >= size_of::<Self>() } else { size_bytes == size_of::<Self>() }
    }

    /// What an account's data says, as clients get it from a node, or its head if more follows; nothing if it is no account of this
    /// kind.
    #[must_use]
    fn read(data: &[u8]) -> Option<Self> {
        let is_one = Self::fits(data.len()) && data.starts_with(&Self::DISCRIMINATOR);
        is_one.then(|| bytemuck::pod_read_unaligned(&data[..size_of::<Self>()]))
    }

    /// Adds the kind to what clients are told.
    #[cfg(feature = "host")]
    fn describe(_definitions: &mut crate::idl::Definitions) {}
}

impl AccountView {
    /// The account's data as a `T`, in place, once it is sure that it is one: owner, size and discriminator
    /// are checked.
    ///
    /// # Errors
    /// [`ProgramError::InvalidAccountOwner`], [`ProgramError::UninitializedAccount`] if the discriminator is
    /// zero, [`ProgramError::InvalidAccountData`] if it or the size is another; else as
    /// [`Self::borrow_data`].
    #[inline]
    pub fn load_checked<T: AccountData>(&self, program_id: &Address) -> Result<DataRef<'_, T>, ProgramError> {
        self.require_owner(program_id)?;
        let data = if T::HAS_TAIL { self.load_prefix::<T>()? } else { self.load::<T>()? };
        check_discriminator::<T>(&data)?;
        Ok(data)
    }

    /// As [`Self::load_checked`], to be written.
    ///
    /// # Errors
    /// As [`Self::load_checked`] and [`Self::borrow_data_mut`].
    #[inline]
    pub fn load_checked_mut<T: AccountData>(
        &self,
        program_id: &Address,
    ) -> Result<DataRefMut<'_, T>, ProgramError> {
        self.require_owner(program_id)?;
        let data = if T::HAS_TAIL { self.load_prefix_mut::<T>()? } else { self.load_mut::<T>()? };
        check_discriminator::<T>(&data)?;
        Ok(data)
    }

    /// Makes fresh data a `T`: writes the discriminator and lends the rest, all zero as it was.
    ///
    /// # Errors
    /// [`ProgramError::InvalidAccountOwner`]; [`ProgramError::AccountAlreadyInitialized`] if the
    /// discriminator's place is not zero; else as [`Self::load_mut`].
    pub fn load_fresh<T: AccountData>(
        &self,
        program_id: &Address,
    ) -> Result<DataRefMut<'_, T>, ProgramError> {
        self.require_owner(program_id)?;
        let mut data = if T::HAS_TAIL { self.load_prefix_mut::<T>()? } else { self.load_mut::<T>()? };
        let place = discriminator_place::<T>(bytemuck::bytes_of_mut(&mut *data));
        if *place != [0; 8] {
            return Err(ProgramError::AccountAlreadyInitialized);
        }
        *place = T::DISCRIMINATOR;
        Ok(data)
    }

    fn require_owner(&self, program_id: &Address) -> ProgramResult {
        if self.is_owned_by(program_id) { Ok(()) } else { Err(ProgramError::InvalidAccountOwner) }
    }
}

#[inline]
fn check_discriminator<T: AccountData>(data: &T) -> ProgramResult {
    const { assert!(size_of::<T>() >= 8, "the discriminator is the first eight bytes") };
    match bytemuck::bytes_of(data).first_chunk::<8>() {
        Some(found) if *found == T::DISCRIMINATOR => Ok(()),
        Some([0, 0, 0, 0, 0, 0, 0, 0]) => Err(ProgramError::UninitializedAccount),
        _ => Err(ProgramError::InvalidAccountData),
    }
}

fn discriminator_place<T: AccountData>(bytes: &mut [u8]) -> &mut [u8; 8] {
    const { assert!(size_of::<T>() >= 8, "the discriminator is the first eight bytes") };
    bytes.first_chunk_mut::<8>().expect("checked when compiled")
}

/// Head and tail of an account's data: what `split` of a struct with `#[account(tail)]` calls.
///
/// # Errors
/// [`ProgramError::InvalidAccountData`], or [`ProgramError::UninitializedAccount`] if the discriminator is zero.
#[doc(hidden)]
#[inline]
pub fn split<T: AccountData, E: Pod>(data: &[u8]) -> Result<(&T, &[E]), ProgramError> {
    let (head, tail) = data.split_at_checked(size_of::<T>()).ok_or(ProgramError::InvalidAccountData)?;
    let head = bytemuck::try_from_bytes(head).map_err(|_| ProgramError::InvalidAccountData)?;
    check_discriminator::<T>(head)?;
    Ok((head, bytemuck::try_cast_slice(tail).map_err(|_| ProgramError::InvalidAccountData)?))
}

/// As [`split`], to be written.
///
/// # Errors
/// As [`split`].
#[doc(hidden)]
#[inline]
pub fn split_mut<T: AccountData, E: Pod>(data: &mut [u8]) -> Result<(&mut T, &mut [E]), ProgramError> {
    let (head, tail) = data.split_at_mut_checked(size_of::<T>()).ok_or(ProgramError::InvalidAccountData)?;
    let head = bytemuck::try_from_bytes_mut(head).map_err(|_| ProgramError::InvalidAccountData)?;
    check_discriminator::<T>(head)?;
    Ok((head, bytemuck::try_cast_slice_mut(tail).map_err(|_| ProgramError::InvalidAccountData)?))
}

/// Plain data: every pattern of bytes is a value.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot lie in an account's data",
    label = "not every pattern of bytes is one",
    note = "use integers, `Address`, arrays of them, and structs with \
            `#[derive(Clone, Copy, Argument, bytemuck::Pod, bytemuck::Zeroable)] #[repr(C)]`; for an enum or a `bool`, a `u8`; or \
            make it `#[account(borsh)]`, which may hold all that an argument may"
)]
pub trait Plain: Pod {}

impl<T: Pod> Plain for T {}

/// Makes sure, when a program is compiled, that a field of an account is plain data.
#[doc(hidden)]
pub const fn assert_plain<T: Plain>() {}

/// Makes sure, when a program is compiled, that the fields of an account leave no gaps.
#[doc(hidden)]
#[track_caller]
pub const fn assert_no_padding(size_bytes: usize, fields_size_bytes: usize) {
    match size_bytes - fields_size_bytes {
        0 => {}
        1 => panic!(
            "the layout has a gap: order the fields from large to small, and end with `padding: [u8; 1]`"
        ),
        2 => panic!(
            "the layout has a gap: order the fields from large to small, and end with `padding: [u8; 2]`"
        ),
        3 => panic!(
            "the layout has a gap: order the fields from large to small, and end with `padding: [u8; 3]`"
        ),
        4 => panic!(
            "the layout has a gap: order the fields from large to small, and end with `padding: [u8; 4]`"
        ),
        5 => panic!(
            "the layout has a gap: order the fields from large to small, and end with `padding: [u8; 5]`"
        ),
        6 => panic!(
            "the layout has a gap: order the fields from large to small, and end with `padding: [u8; 6]`"
        ),
        7 => panic!(
            "the layout has a gap: order the fields from large to small, and end with `padding: [u8; 7]`"
        ),
        _ => panic!("the layout has gaps: order the fields from large to small, those of one byte last"),
    }
}
