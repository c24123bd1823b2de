//! Account data that is lent out: references that keep count of themselves in the account's entry.
//!
//! The counter is `AccountEntry::reserved`, which the host leaves to the program: 0 is free, [`BORROWED_MUT`]
//! is lent to one writer, anything else is the number of readers.
#![expect(unsafe_code, reason = "references into the input region, guarded by counters in it")]

use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

/// The counter of data that is lent to a writer.
pub(super) const BORROWED_MUT: u64 = u64::MAX;

/// Account data, or a part of it, lent to be read. Others may read it too.
pub struct DataRef<'a, T: ?Sized> {
    value: NonNull<T>,
    counter: NonNull<u64>,
    lifetime: PhantomData<&'a T>,
}

/// Account data, or a part of it, lent to be written. Nobody else has it.
pub struct DataRefMut<'a, T: ?Sized> {
    value: NonNull<T>,
    counter: NonNull<u64>,
    lifetime: PhantomData<&'a mut T>,
}

impl<'a, T: ?Sized> DataRef<'a, T> {
    /// Counts one more reader.
    ///
    /// # Safety
    /// Both pointers must be valid for `'a`, and the counter's state must allow one more reader.
    #[inline]
    pub(super) unsafe fn new(value: NonNull<T>, counter: NonNull<u64>) -> Self {
        // SAFETY: the caller vouches for the counter.
        unsafe { *counter.as_ptr() += 1 };
        Self { value, counter, lifetime: PhantomData }
    }

    /// A part of what was lent.
    #[inline]
    pub fn map<U: ?Sized>(lent: Self, part: impl FnOnce(&T) -> &U) -> DataRef<'a, U> {
        let value = NonNull::from(part(&lent));
        let counter = lent.counter;
        core::mem::forget(lent);
        DataRef { value, counter, lifetime: PhantomData }
    }
}

impl<'a, T: ?Sized> DataRefMut<'a, T> {
    /// Marks the data as lent to a writer.
    ///
    /// # Safety
    /// Both pointers must be valid for `'a`, and the counter must be 0.
    #[inline]
    pub(super) unsafe fn new(value: NonNull<T>, counter: NonNull<u64>) -> Self {
        // SAFETY: the caller vouches for the counter.
        unsafe { *counter.as_ptr() = BORROWED_MUT };
        Self { value, counter, lifetime: PhantomData }
    }

    /// A part of what was lent.
    #[inline]
    pub fn map<U: ?Sized>(mut lent: Self, part: impl FnOnce(&mut T) -> &mut U) -> DataRefMut<'a, U> {
        let value = NonNull::from(part(&mut lent));
        let counter = lent.counter;
        core::mem::forget(lent);
        DataRefMut { value, counter, lifetime: PhantomData }
    }
}

impl<T: ?Sized> Drop for DataRef<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the counter is valid for `'a`, and this reader was counted.
        unsafe { *self.counter.as_ptr() -= 1 }
    }
}

impl<T: ?Sized> Drop for DataRefMut<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the counter is valid for `'a`.
        unsafe { *self.counter.as_ptr() = 0 }
    }
}

impl<T: ?Sized> Deref for DataRef<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the value is valid for `'a`, and the counter keeps writers out.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized> Deref for DataRefMut<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the value is valid for `'a`, and the counter keeps everybody else out.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized> DerefMut for DataRefMut<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the value is valid for `'a`, and the counter keeps everybody else out.
        unsafe { self.value.as_mut() }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for DataRef<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for DataRefMut<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}
