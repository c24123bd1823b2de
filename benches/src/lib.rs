//! Workloads: blocks of real, signed transactions and the ledger they start from; and how they are measured.
//!
//! The `sealane bench` command, the Criterion benches and the tests all use them from here.

pub mod contention;
pub mod traffic;
pub mod workload;

pub mod transfer;

pub mod sign;
pub mod tokens;

pub mod explain;
pub mod measure;
pub mod pictures;

pub use contention::Contention;
pub use explain::WorkloadContention;
pub use measure::{Checks, Comparison, Measurement, Side, measure};
pub use transfer::transfer;
pub use workload::{Labels, Workload, WorkloadOptions};
