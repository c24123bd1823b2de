//! What host and guest share: limits, accounts, the program ABI and its errors; and, in [`guest`], the contract
//! author's API.
//!
//! Without features this crate is `no_std` and is what programs link. The feature `host` adds what only the host
//! needs (owned accounts with serde, Solana's instruction and error types).
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
pub mod state_proof;

pub mod guest;

pub use account::Account;
pub use bytemuck;
pub use error::{ProgramError, ProgramResult};
pub use solana_address::{Address, declare_id};
