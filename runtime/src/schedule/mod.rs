//! The scheduler: access sets come in, a dependency graph comes out, and workers execute along it.
//!
//! Input is what `ingest` found each transaction to read and write; output is the order in which `execute` is
//! called. Everything here speaks of dense indices: transaction indices in block order and account slots. Only
//! `workers` knows threads. README.md beside this file explains the design and holds the figures.

mod access;
mod analysis;
mod batches;
mod bell;
mod chunks;
mod graph;
mod loan;
mod ready;
mod sync;
mod workers;

pub use access::{Access, AccessSets};
pub use analysis::Dependency;
pub use batches::{BatchError, Batches, verify_batches};
pub use chunks::ChunkResults;
pub use graph::{CriticalPath, Schedule};
pub(crate) use loan::{Loan, Taken};
pub use ready::{PendingCount, Ready};
pub use workers::{DEFAULT_STACK_SIZE_BYTES, Soon, WorkerReport, Workers, WorkersError};

#[cfg(test)]
mod tests;
