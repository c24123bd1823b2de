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

pub use config::{MAX_RATE_BASIS_POINTS, ReserveConfig, SLOTS_PER_YEAR};
pub use market::Market;
pub use obligation::{MAX_POSITIONS, Obligation, Position};
pub use oracle::{Oracle, Prices};
pub use reserve::{Repayment, Reserve};
pub use wide::Wide;

/// The data of an account in this state, as a genesis holds it.
#[cfg(feature = "host")]
#[must_use]
pub fn account_data<T: sealane_sdk::guest::AccountData>(state: &T) -> alloc::vec::Vec<u8> {
    let mut data = bytemuck::bytes_of(state).to_vec();
    data[..T::DISCRIMINATOR.len()].copy_from_slice(&T::DISCRIMINATOR);
    data
}

/// The state in an account's data, if it is one of this kind.
#[cfg(feature = "host")]
#[must_use]
pub fn read<T: sealane_sdk::guest::AccountData>(data: &[u8]) -> Option<T> {
    let is_one = data.len() == size_of::<T>() && data.starts_with(&T::DISCRIMINATOR);
    is_one.then(|| bytemuck::pod_read_unaligned(data))
}
