//! Places for values that threads fill in any order, each once; afterwards they are a list.
//!
//! A block's receipts are a few hundred bytes each. Here each is written once, where it stays: with a lock around every
//! one they would be written a second time to be freed of it.
//!
//! `unsafe`, since neither that nobody else writes a place, nor that all are filled in the end, is known to the compiler. Both
//! follow from one flag a place, which is set before it is written, by one thread only. The file depends on nothing, so that
//! its tests run under Miri in seconds, copied into a crate of its own (`MIRIFLAGS=-Zmiri-many-seeds cargo +nightly miri test`).
#![expect(
    unsafe_code,
    reason = "values are written to shared memory that is claimed by flags, and taken over as a list"
)]

use std::cell::UnsafeCell;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::sync::atomic::{AtomicBool, Ordering};

/// Places for values, each empty or filled.
pub(crate) struct Places<T> {
    values: Vec<UnsafeCell<MaybeUninit<T>>>,
    /// Whether a place is claimed. Who claims it writes its value before it gives the places back, without fail.
    claimed: Vec<AtomicBool>,
}

// SAFETY: `&Places` lets threads write values (hence `T: Send`) and never read one, and each place is written by the one thread
// that has claimed it.
unsafe impl<T: Send> Sync for Places<T> {}

impl<T> Places<T> {
    /// `count` empty places.
    pub(crate) fn new(count: usize) -> Self {
        let values = std::iter::repeat_with(|| UnsafeCell::new(MaybeUninit::uninit())).take(count).collect();
        let claimed = std::iter::repeat_with(AtomicBool::default).take(count).collect();
        Self { values, claimed }
    }

    /// How many places there are.
    pub(crate) const fn len(&self) -> usize {
        self.claimed.len()
    }

    /// Fills the place at `index` with `value`.
    ///
    /// # Errors
    /// The value, if the place is filled already.
    ///
    /// # Panics
    /// If there is no such place.
    #[inline]
    pub(crate) fn fill(&self, index: usize, value: T) -> Result<(), T> {
        let cell = &self.values[index];
        // Relaxed: nothing is read here that another thread wrote, and who takes the values must have waited for all threads.
        if self.claimed[index].swap(true, Ordering::Relaxed) {
            return Err(value);
        }
        // SAFETY: the flag was false until now and never becomes false again, so this thread alone gets here for this place, and
        // values are read through owned or exclusive access only, which cannot be while `self` is borrowed here.
        unsafe { cell.get().write(MaybeUninit::new(value)) };
        Ok(())
    }

    /// All values, in order.
    ///
    /// # Errors
    /// If some places are empty: what is in each.
    pub(crate) fn into_values(mut self) -> Result<Vec<T>, Vec<Option<T>>> {
        let claimed = std::mem::take(&mut self.claimed);
        // From here on this has no flags, so that dropping it drops no value.
        let values = std::mem::take(&mut self.values);
        if claimed.iter().all(|claimed| claimed.load(Ordering::Relaxed)) {
            let mut values = ManuallyDrop::new(values);
            let (pointer, count, capacity) = (values.as_mut_ptr(), values.len(), values.capacity());
            // SAFETY: the list is that of `values`, which is forgotten. `UnsafeCell` and `MaybeUninit` are transparent, so its
            // items are laid out as `T`, and all of them were claimed and thus written: nobody borrows the places any more.
            return Ok(unsafe { Vec::from_raw_parts(pointer.cast::<T>(), count, capacity) });
        }
        let taken = values.into_iter().zip(claimed).map(|(value, claimed)| {
            // SAFETY: what is claimed was written, as above, and each value is taken once.
            claimed.into_inner().then(|| unsafe { value.into_inner().assume_init() })
        });
        Err(taken.collect())
    }
}

impl<T> Drop for Places<T> {
    fn drop(&mut self) {
        for (value, claimed) in self.values.iter_mut().zip(&mut self.claimed) {
            if *claimed.get_mut() {
                // SAFETY: what is claimed was written, since nobody borrows the places any more, and was not taken.
                unsafe { value.get_mut().assume_init_drop() };
            }
        }
    }
}

impl<T> std::fmt::Debug for Places<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Places").field("count", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// The plain twin is a list of options. Counted references show that each value is dropped once, whatever becomes of it.
    fn check(count: usize, fillings: &[usize], take: bool) {
        let counter = Arc::new(());
        let places = Places::new(count);
        let mut plain = vec![None; count];
        for (value, index) in fillings.iter().enumerate() {
            let filled = places.fill(*index, (value, Arc::clone(&counter)));
            assert_eq!(filled.is_ok(), plain[*index].is_none());
            plain[*index].get_or_insert(value);
        }
        let filled_count = plain.iter().flatten().count();
        assert_eq!(Arc::strong_count(&counter), filled_count + 1);
        if !take {
            drop(places);
        } else if filled_count == count {
            let values = places.into_values().expect("all are filled");
            assert!(values.iter().map(|(value, _)| Some(*value)).eq(plain));
        } else {
            let values = places.into_values().expect_err("some are empty");
            assert!(values.iter().map(|value| value.as_ref().map(|(value, _)| *value)).eq(plain));
        }
        assert_eq!(Arc::strong_count(&counter), 1);
    }

    #[test]
    fn values_come_out_as_they_were_filled_in() {
        for take in [true, false] {
            check(0, &[], take);
            check(1, &[], take);
            check(1, &[0, 0], take);
            check(4, &[3, 1, 0, 2], take);
            check(4, &[3, 1, 3, 2], take);
        }
    }

    #[test]
    fn values_without_a_size_are_counted_too() {
        let places = Places::new(3);
        (0..3).for_each(|index| places.fill(index, ()).expect("empty"));
        assert_eq!(places.into_values(), Ok(vec![(); 3]));
    }

    #[test]
    fn many_threads_fill_each_place_once() {
        const COUNT: usize = if cfg!(miri) { 60 } else { 20_000 };
        let places = Places::new(COUNT);
        let filled: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|thread| {
                    let places = &places;
                    // Every place is tried by two of the four.
                    let indices = (0..COUNT).filter(move |index| (index + thread) % 4 < 2);
                    scope.spawn(move || {
                        indices.filter(|index| places.fill(*index, vec![*index]).is_ok()).count()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(filled, COUNT);
        let values = places.into_values().expect("all are filled");
        assert!(values.into_iter().flatten().eq(0..COUNT));
    }
}
