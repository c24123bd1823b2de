//! What host and guest share: limits, accounts, the program ABI and its errors; and, in [`guest`], the contract
//! author's API.
//!
//! Without features this crate is `no_std` and is what programs link. The feature `host` adds what only the host
//! needs (owned accounts with serde, Solana's instruction and error types, the description of programs for clients). The
//! feature `macros` adds the macros that declare programs, see the module `prelude`.
#![no_std]

extern crate alloc;
#[cfg(feature = "host")]
extern crate std;

pub mod limits;

pub mod abi;
pub mod account;
pub mod error;
pub mod ids;
#[cfg(feature = "host")]
pub mod instruction;
mod require;
pub mod state_proof;

pub mod guest;

#[cfg(feature = "host")]
pub mod idl;
#[cfg(feature = "macros")]
pub mod prelude;

pub use account::Account;
pub use bytemuck;
pub use error::{ProgramError, ProgramResult};
#[cfg(feature = "macros")]
pub use sealane_sdk_macros as macros;
pub use solana_address::{Address, declare_id};

/// What stands in it is compiled only where clients are: if this crate has the feature `host`. The macros wrap builders and
/// descriptions in it, so that a program needs no features of its own for them.
#[cfg(feature = "host")]
#[doc(hidden)]
#[macro_export]
macro_rules! host_only {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// As the other one; there are no clients here.
#[cfg(not(feature = "host"))]
#[doc(hidden)]
#[macro_export]
macro_rules! host_only {
    ($($tokens:tt)*) => {};
}
