//! Probe: a program that does what its instruction data tells it, right or wrong. Tests use it to provoke
//! anything.
//!
//! The data is a script: operations one after another, each a number ([`Operation`]) and its operands.
//! [`Script`] writes scripts; the program runs them from the first operation to the last and stops at the
//! first that fails. Integers are little-endian. In the operands, `account` is a position in the call's
//! account list (u8), `bytes` is a size (u16), then that many bytes, and `seeds` is a count (u8), then for
//! each a size (u8) and that many bytes.
//!
//! Operations that learn something leave it as return data, where the caller, and the receipt, can see it.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod operation;
mod script;

mod interpret;
mod machine;
mod raw;
mod reader;
#[cfg(test)]
mod tests;

pub use interpret::{UNEXPECTED_DATA, UNEXPECTED_LAMPORTS};
pub use operation::Operation;
pub use raw::RawCall;
pub use script::{ACCOUNT_SIGNER, ACCOUNT_WRITABLE, Script};

sealane_sdk::entrypoint!(interpret::process, 255);
