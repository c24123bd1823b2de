//! What the workers' protocols are made of. Tests put a model of threads in the place of this file (`tests/model.rs`).

pub(super) use parking_lot::{Condvar, Mutex};
pub(super) use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering, fence};

use std::cell::UnsafeCell;

/// A value that is reached through raw pointers, which the model watches.
#[derive(Debug)]
pub(super) struct ValueCell<T>(UnsafeCell<T>);

impl<T> ValueCell<T> {
    pub(super) const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    #[inline]
    pub(super) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        read(self.0.get())
    }

    #[inline]
    pub(super) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        write(self.0.get())
    }

    pub(super) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }
}
