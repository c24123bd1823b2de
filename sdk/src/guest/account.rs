//! An account as a program sees it: a view of its entry in the input region, and of its data behind it.
//!
//! Nothing is copied. A view is one address; what it changes, the host reads back after the call and before
//! each nested one, and refuses if the ledger's rules forbid it. Data is lent out with a counter in the
//! entry, so that no two parts of a program write the same bytes, and none hold on to them while a nested
//! call may change them.
#![expect(unsafe_code, reason = "the input region is memory that the host wrote")]

use super::borrow::{BORROWED_MUT, DataRef, DataRefMut};
use super::host_calls;
use super::log::log_pieces;
use super::typed::AccountData;
use crate::abi::{AccountEntry, FLAG_EXECUTABLE, FLAG_SIGNER, FLAG_WINDOWED, FLAG_WRITABLE};
use crate::ids::system_program;
use crate::{Address, ProgramError, ProgramResult};
use bytemuck::Pod;
use core::fmt;
use core::ptr::NonNull;
use solana_address::address_eq;

/// An account of the running call. Copies, and views of an account that is listed twice, are the same
/// account.
///
/// A change that the ledger's rules forbid (a read-only account, another program's account) is not refused
/// here: the host finds it when it reads the account back, and fails the call with an error that names
/// account and rule.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct AccountView {
    entry: NonNull<AccountEntry>,
}

impl AccountView {
    /// A view of the entry.
    ///
    /// # Safety
    /// `entry` must stand in the account table of an input region, not be a duplicate's, and stay valid as
    /// long as views of it are used; data is only ever accessed through views.
    pub(super) const unsafe fn new(entry: NonNull<AccountEntry>) -> Self {
        Self { entry }
    }

    fn flags(&self) -> u32 {
        // SAFETY: the entry is valid as long as its views.
        unsafe { (*self.entry.as_ptr()).flags }
    }

    pub(super) fn borrow_state(&self) -> u64 {
        // SAFETY: the entry is valid as long as its views.
        unsafe { (*self.entry.as_ptr()).reserved }
    }

    /// The account's position in the call's account list (the first one, if it is listed more than once).
    #[inline]
    #[must_use]
    pub fn index(&self) -> u16 {
        // SAFETY: the entry is valid as long as its views.
        let index = unsafe { (*self.entry.as_ptr()).duplicate_of };
        #[expect(clippy::cast_possible_truncation, reason = "a call has at most 255 accounts")]
        {
            index as u16
        }
    }

    /// The account's address.
    #[inline]
    #[must_use]
    pub fn address(&self) -> &Address {
        // SAFETY: the entry is valid as long as its views, nobody writes its address, and an address is 32
        // bytes.
        unsafe { &*(&raw const (*self.entry.as_ptr()).address).cast::<Address>() }
    }

    /// The account's address, by value.
    #[inline]
    #[must_use]
    pub fn key(&self) -> Address {
        *self.address()
    }

    /// The account's owner, by value: [`Self::assign`] and nested calls change it. [`Self::is_owned_by`]
    /// copies nothing.
    #[inline]
    #[must_use]
    pub fn owner(&self) -> Address {
        // SAFETY: the entry is valid as long as its views.
        Address::new_from_array(unsafe { (*self.entry.as_ptr()).owner })
    }

    /// Whether `program` owns the account.
    #[inline]
    #[must_use]
    pub fn is_owned_by(&self, program: &Address) -> bool {
        // SAFETY: the entry is valid as long as its views, and the reference ends with this call.
        let owner = unsafe { &*(&raw const (*self.entry.as_ptr()).owner).cast::<Address>() };
        address_eq(owner, program)
    }

    /// The account's balance in lamports.
    #[inline]
    #[must_use]
    pub fn lamports(&self) -> u64 {
        // SAFETY: the entry is valid as long as its views.
        unsafe { (*self.entry.as_ptr()).lamports }
    }

    /// Sets the account's balance in lamports.
    #[inline]
    pub fn set_lamports(&self, lamports: u64) {
        // SAFETY: the entry is valid as long as its views, and no reference to the field is ever given out.
        unsafe { (*self.entry.as_ptr()).lamports = lamports }
    }

    /// Adds to the account's balance.
    ///
    /// # Errors
    /// [`ProgramError::ArithmeticOverflow`].
    #[inline]
    pub fn add_lamports(&self, lamports: u64) -> ProgramResult {
        self.set_lamports(self.lamports().checked_add(lamports).ok_or(ProgramError::ArithmeticOverflow)?);
        Ok(())
    }

    /// Takes from the account's balance.
    ///
    /// # Errors
    /// [`ProgramError::InsufficientFunds`].
    #[inline]
    pub fn sub_lamports(&self, lamports: u64) -> ProgramResult {
        self.set_lamports(self.lamports().checked_sub(lamports).ok_or(ProgramError::InsufficientFunds)?);
        Ok(())
    }

    /// Whether the account signed (or a calling program signed for it with its seeds).
    #[inline]
    #[must_use]
    pub fn is_signer(&self) -> bool {
        self.flags() & FLAG_SIGNER != 0
    }

    /// Whether this call may change the account.
    #[inline]
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.flags() & FLAG_WRITABLE != 0
    }

    /// Whether the account is a program.
    #[inline]
    #[must_use]
    pub fn is_executable(&self) -> bool {
        self.flags() & FLAG_EXECUTABLE != 0
    }

    /// Whether the data is too large to lie in the program's memory: [`Self::read_window`] and
    /// [`Self::write_window`] reach it, [`Self::borrow_data`] does not.
    #[inline]
    #[must_use]
    pub fn is_windowed(&self) -> bool {
        self.flags() & FLAG_WINDOWED != 0
    }

    /// Size of the account's data in bytes.
    #[inline]
    #[must_use]
    pub fn data_size(&self) -> usize {
        // SAFETY: the entry is valid as long as its views.
        unsafe { (*self.entry.as_ptr()).data_size as usize }
    }

    /// Whether the account has no data.
    #[inline]
    #[must_use]
    pub fn data_is_empty(&self) -> bool {
        self.data_size() == 0
    }

    /// Lends the account's data to be read.
    ///
    /// # Errors
    /// [`ProgramError::AccountBorrowFailed`] while it is lent to be written, or if the account is windowed.
    #[inline]
    pub fn borrow_data(&self) -> Result<DataRef<'_, [u8]>, ProgramError> {
        let data = self.data()?;
        if self.borrow_state() >= BORROWED_MUT - 1 {
            return Err(self.refuse_to_lend());
        }
        // SAFETY: the data is valid, and the state says that nobody writes it.
        Ok(unsafe { DataRef::new(data, self.counter()) })
    }

    /// Lends the account's data to be written.
    ///
    /// # Errors
    /// [`ProgramError::AccountBorrowFailed`] while it is lent to anybody, or if the account is windowed.
    #[inline]
    pub fn borrow_data_mut(&self) -> Result<DataRefMut<'_, [u8]>, ProgramError> {
        let data = self.data()?;
        self.require_free()?;
        // SAFETY: the data is valid, and the state says that nobody has it.
        Ok(unsafe { DataRefMut::new(data, self.counter()) })
    }

    /// The account's data as a `T`, in place. The size must fit exactly.
    ///
    /// # Errors
    /// [`ProgramError::InvalidAccountData`] if the data has another size, else as [`Self::borrow_data`].
    #[inline]
    pub fn load<T: Pod>(&self) -> Result<DataRef<'_, T>, ProgramError> {
        self.require_size(self.data_size() == size_of::<T>())?;
        self.load_prefix()
    }

    /// The account's data as a `T`, in place, to be written. The size must fit exactly.
    ///
    /// # Errors
    /// [`ProgramError::InvalidAccountData`] if the data has another size, else as [`Self::borrow_data_mut`].
    #[inline]
    pub fn load_mut<T: Pod>(&self) -> Result<DataRefMut<'_, T>, ProgramError> {
        self.require_size(self.data_size() == size_of::<T>())?;
        self.load_prefix_mut()
    }

    /// The first bytes of the account's data as a `T`, in place; more may follow.
    ///
    /// # Errors
    /// [`ProgramError::InvalidAccountData`] if the data is too short, else as [`Self::borrow_data`].
    #[inline]
    pub fn load_prefix<T: Pod>(&self) -> Result<DataRef<'_, T>, ProgramError> {
        const { assert!(align_of::<T>() <= crate::abi::REGION_ALIGNMENT_BYTES, "account data is 8-aligned") };
        self.require_size(self.data_size() >= size_of::<T>())?;
        let data = self.borrow_data()?;
        // SAFETY: the data is 8-aligned and long enough, and any bytes are a `T`.
        Ok(DataRef::map(data, |bytes| unsafe { &*bytes.as_ptr().cast::<T>() }))
    }

    /// The first bytes of the account's data as a `T`, in place, to be written; more may follow.
    ///
    /// # Errors
    /// [`ProgramError::InvalidAccountData`] if the data is too short, else as [`Self::borrow_data_mut`].
    #[inline]
    pub fn load_prefix_mut<T: Pod>(&self) -> Result<DataRefMut<'_, T>, ProgramError> {
        const { assert!(align_of::<T>() <= crate::abi::REGION_ALIGNMENT_BYTES, "account data is 8-aligned") };
        self.require_size(self.data_size() >= size_of::<T>())?;
        let data = self.borrow_data_mut()?;
        // SAFETY: the data is 8-aligned and long enough, and any bytes are a `T`.
        Ok(DataRefMut::map(data, |bytes| unsafe { &mut *bytes.as_mut_ptr().cast::<T>() }))
    }

    /// Gives the account to `owner`. The ledger allows it to the present owner, while the data is all zero.
    #[inline]
    pub fn assign(&self, owner: &Address) {
        // SAFETY: the entry is valid as long as its views, and no reference to the field outlives its call.
        unsafe { (*self.entry.as_ptr()).owner = owner.to_bytes() }
    }

    /// Makes the account's data `size` bytes long; new bytes are zero. The data may move in memory.
    ///
    /// The host refuses, by ending the call, what the ledger's rules forbid: growth by more than 10 KiB a
    /// call, data above 10 MiB, another program's account.
    ///
    /// # Errors
    /// [`ProgramError::AccountBorrowFailed`] while the data is lent.
    pub fn resize(&self, size: usize) -> ProgramResult {
        self.require_free()?;
        if size != self.data_size() {
            // SAFETY: nobody holds a reference to the data, as was just checked.
            unsafe { host_calls::account_resize(self.entry, size) };
        }
        Ok(())
    }

    /// Fills `out` with the data from `offset` on; works for every account. The host ends the call if the
    /// range reaches beyond the data.
    ///
    /// # Errors
    /// [`ProgramError::AccountBorrowFailed`] while the data is lent to be written.
    pub fn read_window(&self, offset: usize, out: &mut [u8]) -> ProgramResult {
        if self.borrow_state() == BORROWED_MUT {
            return Err(self.refuse_to_lend());
        }
        host_calls::account_read(self.entry, offset, out);
        Ok(())
    }

    /// Writes `data` over the account's data at `offset`; works for every account. The host ends the call if
    /// the range reaches beyond the data, or the rules forbid it.
    ///
    /// # Errors
    /// [`ProgramError::AccountBorrowFailed`] while the data is lent.
    pub fn write_window(&self, offset: usize, data: &[u8]) -> ProgramResult {
        self.require_free()?;
        host_calls::account_write(self.entry, offset, data);
        Ok(())
    }

    /// Closes the account: its lamports go to `destination`, its data is emptied, and the system program gets
    /// it back.
    ///
    /// # Errors
    /// [`ProgramError::InvalidArgument`] if it is its own destination, [`ProgramError::AccountBorrowFailed`]
    /// while its data is lent, [`ProgramError::ArithmeticOverflow`].
    pub fn close_to(&self, destination: &Self) -> ProgramResult {
        if self == destination {
            return Err(ProgramError::InvalidArgument);
        }
        self.require_free()?;
        destination.add_lamports(self.lamports())?;
        self.set_lamports(0);
        self.resize(0)?;
        self.assign(&system_program::ID);
        Ok(())
    }

    /// Checks that the data is lent to nobody.
    #[inline]
    pub(super) fn require_free(&self) -> ProgramResult {
        if self.borrow_state() == 0 { Ok(()) } else { Err(self.refuse_to_lend()) }
    }

    /// Logs which account it was, and gives the error.
    #[cold]
    #[inline(never)]
    pub(super) fn refuse_to_lend(&self) -> ProgramError {
        self.refuse(&["its data is lent out already"]);
        ProgramError::AccountBorrowFailed
    }

    /// Logs which account it was, and what is wrong with it, in one or two pieces.
    #[cold]
    #[inline(never)]
    pub(super) fn refuse(&self, why: &[&str]) {
        let digit =
            |number: u16| "0123456789".get(usize::from(number)..=usize::from(number)).unwrap_or_default();
        let index = self.index();
        let hundreds = if index < 100 { "" } else { digit(index / 100) };
        let tens = if index < 10 { "" } else { digit(index / 10 % 10) };
        let [why, more] = [0, 1].map(|piece| why.get(piece).copied().unwrap_or_default());
        log_pieces(&["Error: account ", hundreds, tens, digit(index % 10), ": ", why, more]);
    }

    #[inline]
    fn require_size(&self, fits: bool) -> ProgramResult {
        if fits { Ok(()) } else { Err(ProgramError::InvalidAccountData) }
    }

    fn counter(&self) -> NonNull<u64> {
        // SAFETY: the entry is valid, so its fields are not null.
        unsafe { NonNull::new_unchecked(&raw mut (*self.entry.as_ptr()).reserved) }
    }

    /// The data's place and size, if it is in memory.
    #[inline]
    fn data(&self) -> Result<NonNull<[u8]>, ProgramError> {
        let size = self.data_size();
        if size == 0 {
            // 8-aligned, as all data is.
            return Ok(NonNull::slice_from_raw_parts(NonNull::<u64>::dangling().cast(), 0));
        }
        if self.is_windowed() {
            return Err(ProgramError::AccountBorrowFailed);
        }
        // SAFETY: the entry is valid as long as its views, and its data has an address.
        let start = unsafe { NonNull::new_unchecked(data_address(self.entry)) };
        Ok(NonNull::slice_from_raw_parts(start, size))
    }
}

/// An account whose data lies in the program's memory: it is not windowed, and that does not change during a call. What
/// lends its data need not ask again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::guest) struct InMemory(AccountView);

impl InMemory {
    /// The account, if its data lies in memory.
    #[inline(always)]
    pub(super) fn new(view: AccountView) -> Option<Self> {
        (!view.is_windowed()).then_some(Self(view))
    }

    /// The account.
    #[inline(always)]
    pub(super) const fn view(&self) -> &AccountView {
        &self.0
    }

    /// As [`AccountView::load`], or [`AccountView::load_prefix`] if more may follow.
    #[inline(always)]
    pub(super) fn load<T: AccountData>(&self) -> Result<DataRef<'_, T>, ProgramError> {
        let data = self.data::<T>()?;
        if self.0.borrow_state() >= BORROWED_MUT - 1 {
            return Err(self.0.refuse_to_lend());
        }
        // SAFETY: the data is valid and a `T`, and the state says that nobody writes it.
        Ok(unsafe { DataRef::new(data, self.0.counter()) })
    }

    /// As [`Self::load`], to be written.
    #[inline(always)]
    pub(super) fn load_mut<T: AccountData>(&self) -> Result<DataRefMut<'_, T>, ProgramError> {
        let data = self.data::<T>()?;
        self.0.require_free()?;
        // SAFETY: the data is valid and a `T`, and the state says that nobody has it.
        Ok(unsafe { DataRefMut::new(data, self.0.counter()) })
    }

    /// A copy of the `SIZE` bytes at `offset` of the data; none if they are not there, or lent to be written. It costs
    /// less than lending them.
    #[inline(always)]
    pub(super) fn copy<const SIZE: usize>(&self, offset: usize) -> Option<[u8; SIZE]> {
        let is_within = offset.checked_add(SIZE).is_some_and(|end| end <= self.0.data_size());
        if !is_within || self.0.borrow_state() == BORROWED_MUT {
            return None;
        }
        // SAFETY: the bytes are there, and nobody writes them.
        Some(unsafe { data_address(self.0.entry).add(offset).cast::<[u8; SIZE]>().read() })
    }

    /// Whether the data has the size of a `T`, or more if it may.
    #[inline(always)]
    pub(super) fn fits<T: AccountData>(&self) -> bool {
        T::fits(self.0.data_size())
    }

    /// Where the data is, if it has the size of a `T`, which is not zero.
    #[inline(always)]
    fn data<T: AccountData>(&self) -> Result<NonNull<T>, ProgramError> {
        const { assert!(size_of::<T>() > 0 && align_of::<T>() <= crate::abi::REGION_ALIGNMENT_BYTES) };
        self.0.require_size(self.fits::<T>())?;
        // SAFETY: the entry is valid as long as its views; data in memory has an address, 8-aligned, unless it is empty.
        Ok(unsafe { NonNull::new_unchecked(data_address(self.0.entry)).cast() })
    }
}

impl fmt::Debug for AccountView {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AccountView")
            .field("index", &self.index())
            .field("address", self.address())
            .field("lamports", &self.lamports())
            .field("data_size", &self.data_size())
            .finish()
    }
}

/// Where an account's data starts.
///
/// # Safety
/// The entry must be valid.
#[cfg(target_arch = "wasm32")]
#[inline]
pub(super) unsafe fn data_address(entry: NonNull<AccountEntry>) -> *mut u8 {
    // SAFETY: as above. The host wrote the data there, so the address belongs to no Rust object.
    unsafe { core::ptr::with_exposed_provenance_mut((*entry.as_ptr()).data_offset as usize) }
}

/// Where an account's data starts. Where there is no vm, "the program's memory" begins with the region, and
/// the table follows its header directly.
///
/// # Safety
/// The entry must stand in the table of a [`Region`](super::region::Region).
#[cfg(not(target_arch = "wasm32"))]
pub(super) unsafe fn data_address(entry: NonNull<AccountEntry>) -> *mut u8 {
    // SAFETY: the region spans from its header to the end of its data, and the entry's pointer was made from
    // the region's.
    unsafe {
        let index = (*entry.as_ptr()).duplicate_of as usize;
        let region = entry.as_ptr().sub(index).byte_sub(size_of::<crate::abi::InputHeader>()).cast::<u8>();
        region.add((*entry.as_ptr()).data_offset as usize)
    }
}
