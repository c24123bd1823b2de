//! SPL Token as a WebAssembly program: its account layouts, instruction encoding, error numbers and address.
//!
//! The host calls [`process`] with an instruction's accounts and data; what the program changes, it changes in the
//! accounts themselves. The order of every check is SPL Token's, so that bad input gets the same error. Clients use
//! [`state`] to read accounts and, with the feature `host`, `builders` to make instructions.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

pub mod processor;

pub mod error;
pub mod instruction;
pub mod native_mint;
pub mod state;
pub mod ui_amount;

#[cfg(feature = "host")]
pub mod builders;

pub use error::TokenError;
pub use processor::process;
pub use sealane_sdk::ids::token::{ID, check_id, id};

// A batch may list more accounts than a transaction has keys: the program takes as many as there can be.
sealane_sdk::entrypoint!(process, sealane_sdk::limits::MAX_INSTRUCTION_ACCOUNTS);
