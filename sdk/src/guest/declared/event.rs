//! Events: what clients that follow the ledger read from the log.
//!
//! An event is logged as data: its discriminator, then its fields as Borsh writes them. The log shows it as
//! `Program data: ` and base64, which is where clients of Anchor programs look for it.

use crate::guest::codec::{Encode, encode};
use crate::guest::log::log_data;

/// What can be logged for clients. `#[event]` implements it.
#[diagnostic::on_unimplemented(message = "`{Self}` is not an event", note = "add `#[event]` to the struct")]
pub trait Event: Encode {
    /// The first eight bytes of what is logged.
    const DISCRIMINATOR: [u8; 8];

    /// Adds the event to what clients are told.
    #[cfg(feature = "host")]
    fn describe(_definitions: &mut crate::idl::Definitions) {}
}

/// An event that the program's description lists. `#[program]` implements it for what its `events` names.
#[diagnostic::on_unimplemented(
    message = "the event `{Self}` is not listed in the program's description",
    label = "clients would not know this event",
    note = "add it to the program: `#[program(events = [{Self}])]`"
)]
pub trait Listed {}

/// Logs an event.
#[inline]
pub fn emit<E: Event + Listed>(event: &E) {
    log_data(&[&encode(&E::DISCRIMINATOR, event)]);
}

/// Logs an event, as [`emit()`] does: `emit!(Paid { amount })`.
#[macro_export]
macro_rules! emit {
    ($event:expr $(,)?) => {
        $crate::guest::declared::emit(&$event)
    };
}
