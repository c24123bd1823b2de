//! A bug of ours is not a failed transaction.
//!
//! [`bug!`](crate::bug!) is for what cannot happen if this code is right: it unwinds to the block, which ends as fatal
//! with the message and commits nothing.

use crate::error::Fatal;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `work`; a bug of ours that surfaces in it is fatal. What `work` has half-changed must be dropped or made anew.
pub(crate) fn caught<T, E: From<Fatal>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(Fatal::Bug(message(payload)).into()))
}

/// What a panic said.
pub(crate) fn message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload.downcast_ref::<&str>().copied().unwrap_or("it did not say why").to_owned(),
    }
}

/// Ends the block as fatal: an invariant of this crate does not hold.
#[macro_export]
macro_rules! bug {
    ($($argument:tt)*) => {
        panic!("invariant broken: {}", format_args!($($argument)*))
    };
}
