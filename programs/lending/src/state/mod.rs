//! The program's accounts: `#[repr(C)]` structs read and written in place, each with a discriminator of eight bytes.
//!
//! The arithmetic of lending is here, in methods that know accounts' contents alone: the processor calls them on account
//! data, clients on copies of it to see what an instruction would do.

mod market;
mod oracle;

mod config;
mod reserve;

mod obligation;

mod wide;

pub use config::ReserveConfig;
pub use market::Market;
pub use obligation::{MAX_POSITIONS, Obligation, Position};
pub use oracle::{Oracle, Prices};
pub use reserve::{Repayment, Reserve};
pub use wide::Wide;
