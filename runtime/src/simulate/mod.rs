//! Transactions run against the ledger as it is, and nothing of it kept: what one would do, and which accounts it needs.
//!
//! Between blocks, a transaction or instructions come in. [`Runtime::simulate`](crate::Runtime::simulate) gives the receipt
//! and the accounts that the next block would give; [`Runtime::infer_access`](crate::Runtime::infer_access) finds the
//! smallest access list under which the transaction does the same. [`Runtime::profile`](crate::Runtime::profile) tells where
//! its units go. The ledger is only borrowed, and nothing here decides
//! anything about a block.

mod ground;
mod run;

mod draft;
mod infer;
mod narrow;

mod profile;

mod simulator;

pub use infer::{AccessList, InferredAccess, Verdict};
pub use profile::{ProfileError, Profiled};
pub use run::{Freshness, SimulateError, SimulateOptions, Simulation};
pub use simulator::{Follower, Simulator};
