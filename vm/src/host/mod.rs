//! What the host offers to programs: the functions of the module `sealane`, one file a family; and those of Solana's ABI,
//! in a folder.
//!
//! In: a running program's arguments, untrusted, and its memory. Out: results in that memory, changes in the context.
//! Every call pays first ([`prices`]), then works on a [`Guest`], then answers or ends the program with a
//! [`CallError`](crate::CallError).

pub(crate) mod prices;

mod guest;
mod lend;
mod limiter;
mod memory;
mod state;

pub(crate) mod account;
mod address;
mod curve_memo;
mod hash;
mod invoke;
mod link;
mod log;
mod return_data;
mod signature;
mod solana;
mod sysvar;
mod units;

pub(crate) use curve_memo::CurveMemo;
pub(crate) use lend::lend;
pub(crate) use limiter::Limiter;
pub(crate) use link::link;
pub(crate) use log::base64;
pub(crate) use memory::{GuestMemory, HostMarks};
pub(crate) use state::{Host, HostState, host_parts, local_failure, set_units, units};
