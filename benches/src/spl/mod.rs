//! SPL's own programs as clients see them: accounts as bytes and instructions, and the workloads that run them. The programs
//! are built from the package registry when a workload is made.

mod bytes;
pub mod dex;
pub mod lending;
pub mod token_lending;
pub mod token_swap;

pub use dex::dex;
pub use lending::lending;
