//! What a program answers with.
//!
//! `entrypoint` returns 0 for success, else an error code in Solana's encoding: a built-in error in the upper 32
//! bits, or a program's own error ([`ProgramError::Custom`]) in the lower 32. `u64::from(ProgramError)` and back is
//! the whole translation.

pub use solana_program_error::{ProgramError, ProgramResult};
