//! Workloads: blocks of real, signed transactions and the ledger they start from; and how they are measured.
//!
//! The `sealane bench` command, the Criterion benches and the tests all use them from here.

pub mod contention;
pub mod measure;
pub mod sign;
pub mod transfer;
pub mod workload;

pub use contention::Contention;
pub use measure::{Checks, Comparison, Measurement, Side, measure};
pub use transfer::{TransferOptions, transfer};
pub use workload::Workload;
