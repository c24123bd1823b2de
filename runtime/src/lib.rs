//! The pipeline: sanitize, verify, schedule, execute, commit, store, root.
//!
//! Read [`block`] first: it shows every stage in order. The modules below follow the way of a transaction.

pub mod ahead;
pub mod block;
pub mod checked;
pub mod ingest;
pub mod prepare;
pub mod schedule;

pub mod execute;
pub mod outcome;
mod places;
pub mod serial;

pub mod balances;
pub mod receipt;
pub mod seal;

pub mod ledger;
pub mod runtime;

pub mod face;

pub mod explain;
pub mod rewind;
pub mod simulate;

pub mod bug;
pub mod error;
pub mod file_error;
mod half_hash;
mod prefetch;
pub mod stages;

pub use ahead::PreparedBlocks;
pub use balances::Balances;
pub use block::ExecutedBlock;
pub use checked::{CheckedTransaction, Checker};
pub use error::{BlockError, Fatal, Rejection};
pub use face::{Ledger, LedgerConfig, LedgerError, LedgerReader, PendingBlock};
pub use file_error::FileError;
pub use prepare::{PreparedBlock, Preparer};
pub use rewind::Standing;
pub use runtime::{Execution, Observation, RootPolicy, Runtime, RuntimeConfig, Signatures};
pub use sealane_vm::{
    DataHead, EngineError, FrameKind, FunctionUnits, InstancePolicy, Profile, ProfileFrame, Profiler,
};
