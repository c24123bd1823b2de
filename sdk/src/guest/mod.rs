//! The contract author's API: what a program written in Rust uses.
//!
//! ```
//! #![cfg_attr(target_arch = "wasm32", no_std)]
//! use sealane_sdk::guest::AccountView;
//! use sealane_sdk::{Address, ProgramError, ProgramResult};
//!
//! sealane_sdk::entrypoint!(process);
//!
//! fn process(_program_id: &Address, accounts: &[AccountView], _data: &[u8]) -> ProgramResult {
//!     let [counter, ..] = accounts else {
//!         return Err(ProgramError::NotEnoughAccountKeys);
//!     };
//!     let mut count = counter.load_mut::<u64>()?;
//!     *count = count.checked_add(1).ok_or(ProgramError::ArithmeticOverflow)?;
//!     sealane_sdk::log!("counted");
//!     Ok(())
//! }
//! # fn main() {}
//! ```
//!
//! The same code compiles on the host, where `Region` runs it in unit tests without a vm; `host_calls` says
//! what works there.

pub mod arguments;
pub mod codec;
pub mod entrypoint;

pub mod account;
mod borrow;
pub mod typed;
mod wide;

pub mod invoke;

pub mod address;
pub mod crypto;
pub mod instructions;
pub mod log;
pub mod return_data;
pub mod sysvar;

pub mod system;
pub mod token;

pub mod declared;

pub mod alloc;
pub mod panic;

mod host_calls;
#[cfg(not(target_arch = "wasm32"))]
pub mod region;
#[cfg(not(target_arch = "wasm32"))]
mod stand_ins;
#[cfg(test)]
mod tests;

pub use account::AccountView;
pub use address::{address_eq, create_program_address, find_program_address, try_find_program_address};
pub use arguments::Arguments;
pub use borrow::{DataRef, DataRefMut};
pub use crypto::{blake3, ed25519_verify, secp256k1_recover, sha256};
pub use entrypoint::DEFAULT_MAX_ACCOUNTS;
pub use instructions::Instructions;
pub use invoke::{Invocation, InvokeMeta, invoke, invoke_signed};
pub use log::{log, log_bytes, log_data};
pub use return_data::{get_return_data, set_return_data};
pub use sysvar::remaining_units;
pub use typed::AccountData;
pub use wide::{I128, U128};
