//! Workloads: blocks of real, signed transactions and the ledger they start from; and how they are measured.
//!
//! The `sealane bench` command, the Criterion benches and the tests all use them from here.

pub mod contention;
pub mod kinds;
pub mod traffic;
pub mod workload;

pub mod transfer;

pub mod sign;
pub mod tokens;

pub mod measure;

pub mod charts;
pub mod explain;

pub use contention::Contention;
pub use kinds::Kind;
pub use measure::{Checks, Comparison, Measurement, Side, measure};
pub use workload::{Labels, Workload, WorkloadOptions};
