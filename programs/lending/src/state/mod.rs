//! The program's accounts, read and written in place.
//!
//! The arithmetic of lending is here, in methods that know accounts' contents alone: the instructions call them on account
//! data, clients on copies of it to see what an instruction would do.

mod market;
mod oracle;

mod config;
mod reserve;

mod obligation;

pub use config::{MAX_RATE_BASIS_POINTS, ReserveConfig, SLOTS_PER_YEAR};
pub use market::Market;
pub use obligation::{MAX_POSITIONS, Obligation, Position};
pub use oracle::{Oracle, Prices};
pub use reserve::{Repayment, Reserve};
