//! Lends the context of a chain of calls to the store of a running instance, for the time of one call.
//!
//! A store's data must be `'static`, the context borrows the block's accounts. So the store holds a pointer, set while
//! the program runs and cleared when it stops, however it stops. This is the crate's only `unsafe` code.
#![expect(
    unsafe_code,
    reason = "a wasmtime store cannot hold a borrow; moving the context in and out costs more"
)]

use crate::Context;
use crate::host::HostState;
use std::ptr::NonNull;
use wasmtime::Store;

/// The place in a store's data for the context that is lent to it.
#[derive(Debug, Default)]
pub(crate) struct Lent(Option<NonNull<Context<'static>>>);

// SAFETY: the pointer is only there while `lend` is on the stack of the thread that set it, and `lend` holds the store
// mutably borrowed all that time. A store that can move to another thread has none.
unsafe impl Send for Lent {}

impl Lent {
    /// Works on the context that is lent. `work` cannot smuggle a borrow in or out: it is told no lifetime.
    ///
    /// # Panics
    /// If none is lent: host calls only happen while a program runs.
    pub(crate) fn with<R>(&mut self, work: impl for<'c> FnOnce(&mut Context<'c>) -> R) -> R {
        let mut context = self.0.expect("a program runs only while the context is lent to its store");
        // SAFETY: `lend` set the pointer from a unique borrow that it holds until it clears the pointer, and touches
        // nothing of it meanwhile. Uses of the pointer cannot overlap: each borrows this `Lent` mutably, there is one
        // `Lent` in a store and one store that the context is lent to by this `lend`. (A nested call lends a reborrow
        // of `context` on to another store and is over before `work` returns.) The lifetime is erased, not prolonged:
        // `work` is generic over it.
        work(unsafe { context.as_mut() })
    }
}

/// Runs `work` on the store with `context` lent to it.
pub(crate) fn lend<R>(
    store: &mut Store<HostState>,
    context: &mut Context<'_>,
    work: impl FnOnce(&mut Store<HostState>) -> R,
) -> R {
    struct TakeBack<'s>(&'s mut Store<HostState>);
    impl Drop for TakeBack<'_> {
        fn drop(&mut self) {
            self.0.data_mut().lent.0 = None;
        }
    }
    let lent = &mut store.data_mut().lent;
    assert!(lent.0.is_none(), "a store runs one call at a time");
    lent.0 = Some(NonNull::from(context).cast());
    let guard = TakeBack(store);
    work(&mut *guard.0)
}
