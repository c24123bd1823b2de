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

/// The state in an account's data, if it is one of this kind.
#[cfg(feature = "host")]
#[must_use]
pub fn read<T: sealane_sdk::guest::AccountData>(data: &[u8]) -> Option<T> {
    let is_one = data.len() == size_of::<T>() && data.starts_with(&T::DISCRIMINATOR);
    is_one.then(|| bytemuck::pod_read_unaligned(data))
}
