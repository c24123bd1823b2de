//! What tests share: a ledger in the test's own process, random worlds and blocks, and oracles that judge the result.
//!
//! The suites in `tests/` use it, one file a claim, and so do the fuzz targets. Nothing here is measured for speed:
//! plain code that is obviously right comes first.

pub mod harness;
pub mod modules;
pub mod programs;
pub mod solana_programs;

pub mod generators;

pub mod oracles;

pub use harness::Harness;
pub use sealane_testing::user::{self, User};
