//! Solana's syscalls, one file a family: the functions of the module `env`, on what the native host calls are made of.
//!
//! In: a running program's arguments, untrusted: addresses of 32 bits, all other numbers of 64. Out: as of the native
//! calls; what a program can go on from is answered with Solana's numbers, the rest ends it with a
//! [`CallError`](crate::CallError).

mod address;
mod big_mod_exp;
mod bn128;
mod curve;
mod grain;
mod invoke;
mod layout;
mod link;
mod memory;
mod poseidon;
mod say;
mod sibling;
mod signature;
mod sysvar;

pub(crate) use link::link;

use crate::{CallError, HostCall};

/// What a syscall answers that did what it was asked.
const SUCCESS: i64 = 0;
/// What a syscall answers that has no better number for its failure.
const FAILURE: i64 = 1;

/// A size or a count in the width of addresses.
fn narrow(call: HostCall, value: u64) -> Result<u32, CallError> {
    u32::try_from(value).map_err(|_| CallError::HostLimit { call, value, limit: u64::from(u32::MAX) })
}
