//! Why a ledger cannot be opened, or a block not be made.

use crate::error::{BlockError, Fatal};
use crate::ledger::StoreError;
use crate::ledger::snapshot::SnapshotError;
use crate::ledger::store::disk::OpenError;
use crate::simulate::SimulateError;

/// Why a ledger cannot be opened, or a block not be made.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// There is no ledger where one is to be opened.
    #[error("there is no ledger here: make one of a genesis, or name the directory of one")]
    Missing,
    /// There is something where a ledger is to be made.
    #[error("there is a ledger here already: open it, or name another directory")]
    Exists,
    /// A ledger was being made when the process ended; nobody was told of it.
    #[error("making this ledger was interrupted: make it again")]
    Incomplete,
    /// A ledger was being restored when the process ended; nobody was told of it.
    #[error(
        "restoring this ledger was interrupted: restore it again from the same snapshot, which goes on where it was"
    )]
    Restoring,
    /// The ledger has other rules than the genesis it is to be made of.
    #[error(
        "the ledger was made with {what} {stored}, and the genesis has {given}: use the genesis it was made of"
    )]
    Differs {
        /// Which rule.
        what: &'static str,
        /// What it was made with.
        stored: String,
        /// What the genesis has.
        given: String,
    },
    /// The last block and what is stored disagree.
    #[error(
        "block {number} says that its {what} is {stated}, but what is stored gives {found}: restore the ledger from a \
         snapshot or a copy"
    )]
    Disagrees {
        /// The last block.
        number: u64,
        /// What of it.
        what: &'static str,
        /// As the header has it.
        stated: String,
        /// As what is stored gives it.
        found: String,
    },
    /// The store failed or is damaged.
    #[error("store: {0}")]
    Store(#[from] StoreError),
    /// The snapshot was refused, or could not be read or written.
    #[error("snapshot: {0}")]
    Snapshot(#[from] SnapshotError),
    /// The block was refused, or this node is at fault. If it is not the store's fault, the ledger is as before and goes on.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// The transaction cannot be simulated.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
    /// This node is at fault.
    #[error("fatal: {0}")]
    Fatal(#[from] Fatal),
}

impl From<OpenError> for LedgerError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Missing => Self::Missing,
            OpenError::Incomplete => Self::Incomplete,
            OpenError::Restoring => Self::Restoring,
            OpenError::Store(error) => Self::Store(error),
        }
    }
}
