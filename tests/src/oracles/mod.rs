//! Judges: whether two runs of a block are the same in everything, and whether one run is right by plain reckoning.
//!
//! All of it reads what the runtime gives from outside and reckons again with Solana's own types and loops over
//! everything: slow, and too simple to be wrong in the same way. Suites and fuzz targets call the same checks.

mod access;
mod compare;
mod invariants;
mod roots;

mod bytes;
mod chain;
mod inferred;
mod snapshot;

pub use access::{Locks, conflicts, locks};
pub use bytes::{check_deployment, check_ingest, check_instruction, check_module};
pub use chain::{check_chain, check_chain_from};
pub use compare::{Step, compare};
pub use inferred::{Effects, check_inferred, effects_with, instructions_of};
pub use invariants::check_step;
pub use roots::{naive_receipts_root, naive_state_root, naive_transactions_root};
pub use snapshot::{check_snapshot, loose_snapshot, sealed_snapshot};
