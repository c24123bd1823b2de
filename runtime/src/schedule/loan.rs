//! A value of a block, lent to one transaction that writes it or to any number that read it.
//!
//! The schedule sees to it that nobody asks for what somebody else has. Here that is checked, with one counter a value: finding it
//! otherwise is a bug of ours, and never a data race. Nobody waits, so this takes one locked instruction where a lock, taken
//! to lend and again to take back, takes four.
//!
//! `unsafe`, since that the counter lets one writer in, or readers alone, is not known to the compiler. `tests/model.rs` runs it
//! in a model of threads, which finds two that have the value at once and writes that are not seen.
#![expect(unsafe_code, reason = "a value is lent under a counter that lets one writer or many readers in")]

use super::sync::{AtomicU32, Ordering, ValueCell};

/// The counter's bit for a writer; without it, the counter is the number of readers.
const WRITER: u32 = 1 << 31;

/// A value that is lent to threads.
#[derive(Debug)]
pub(crate) struct Loan<T> {
    lent: AtomicU32,
    value: ValueCell<T>,
}

/// The value is lent already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken;

// SAFETY: `&Loan` gives `&mut T` to the thread that has put the writer's bit onto a counter of 0, and `&T` to those that have
// counted themselves on a counter without it: one after another or readers side by side, on different threads.
unsafe impl<T: Send + Sync> Sync for Loan<T> {}

impl<T> Loan<T> {
    /// A value that nobody has.
    pub(crate) fn new(value: T) -> Self {
        Self { lent: AtomicU32::new(0), value: ValueCell::new(value) }
    }

    /// Lends the value to a writer: `lend` may change it.
    ///
    /// # Errors
    /// [`Taken`]; nothing has changed.
    #[inline]
    pub(crate) fn begin_writing<R>(&self, lend: impl FnOnce(&mut T) -> R) -> Result<R, Taken> {
        self.lent.compare_exchange(0, WRITER, Ordering::Acquire, Ordering::Relaxed).map_err(|_| Taken)?;
        // SAFETY: the counter was 0 and has the writer's bit now, so nobody has the value and nobody gets it. What was done with
        // it before is seen, since whoever had it counted off with a release.
        Ok(self.value.with_mut(|value| lend(unsafe { &mut *value })))
    }

    /// Takes the value back from a writer: `take_back` may change it once more.
    ///
    /// # Safety
    /// The caller has begun to write, without error, and has not ended it since.
    #[inline]
    pub(crate) unsafe fn end_writing<R>(&self, take_back: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: the writer's bit is there and is the caller's, so nobody else has the value.
        let result = self.value.with_mut(|value| take_back(unsafe { &mut *value }));
        self.lent.store(0, Ordering::Release);
        result
    }

    /// Lends the value to a reader.
    ///
    /// # Errors
    /// [`Taken`] by a writer; nothing has changed.
    #[inline]
    pub(crate) fn begin_reading<R>(&self, lend: impl FnOnce(&T) -> R) -> Result<R, Taken> {
        // Not added and taken off again: a writer ends by writing 0, so nobody may touch the counter while it has the value.
        let count_on = |count: u32| if count < WRITER - 1 { Some(count + 1) } else { None };
        self.lent.fetch_update(Ordering::Acquire, Ordering::Relaxed, count_on).map_err(|_| Taken)?;
        // SAFETY: the counter had no writer's bit and is not 0 before the caller counts off, so no writer gets in; what writers
        // did before is seen, as above.
        Ok(self.value.with(|value| lend(unsafe { &*value })))
    }

    /// Counts a reader off.
    ///
    /// # Safety
    /// The caller has begun to read, without error, and has not ended it since.
    #[inline]
    pub(crate) unsafe fn end_reading(&self) {
        self.lent.fetch_sub(1, Ordering::Release);
    }

    /// The value, once all threads are done with it.
    ///
    /// # Errors
    /// [`Taken`], if somebody never gave it back.
    pub(crate) fn get_mut(&mut self) -> Result<&mut T, Taken> {
        if *self.lent.get_mut() != 0 {
            return Err(Taken);
        }
        Ok(self.value.get_mut())
    }
}
