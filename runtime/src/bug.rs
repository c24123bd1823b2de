//! A bug of ours is not a failed transaction.
//!
//! [`bug!`](crate::bug!) is for what cannot happen if this code is right: it unwinds to the block, which ends as fatal
//! with the message and commits nothing.

/// Ends the block as fatal: an invariant of this crate does not hold.
#[macro_export]
macro_rules! bug {
    ($($argument:tt)*) => {
        panic!("invariant broken: {}", format_args!($($argument)*))
    };
}
