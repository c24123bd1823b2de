//! Workloads: blocks of real, signed transactions and the ledger they start from; and how they are measured.
//!
//! The `sealane bench` command, the Criterion benches and the tests all use them from here.

pub mod contention;
pub mod traffic;
pub mod workload;

pub mod dex;
pub mod lending;
pub mod orderbook;
pub mod spl;
pub mod transfer;

pub mod mixed;
pub mod trace;

pub mod sign;
pub mod tokens;

pub mod explain;
pub mod measure;
pub mod on_disk;
pub mod pictures;
pub mod suite;

pub use contention::Contention;
pub use dex::dex;
pub use explain::WorkloadContention;
pub use lending::lending;
pub use measure::{Checks, Comparison, Measurement, Side, measure};
pub use mixed::{Shares, mixed, mixed_by};
pub use on_disk::OnDisk;
pub use orderbook::orderbook;
pub use sealane_runtime::FileError;
pub use trace::trace;
pub use transfer::transfer;
pub use workload::{Labels, Workload, WorkloadOptions};
