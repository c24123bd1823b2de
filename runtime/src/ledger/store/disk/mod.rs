//! The ledger on disk: accounts, blocks and their index above an embedded database, see [`key_value`](super::key_value).
//!
//! The runtime hands over a block; a thread of its own writes it to the log, in one durable batch; another brings what
//! the log holds into the tables, many blocks at a time. README.md tells the design and its figures.

mod account_bytes;
mod block_bytes;
mod block_index;
mod cache;
mod checkpoint;
mod create;
mod keys;
mod layer;
mod policy;
mod prune;
mod reader;
mod record;
mod recover;
mod restore;
mod run_index;
mod shared;
mod snapshot;
mod store;
mod subscribe;
mod writer;

pub use keys::Place;
pub use policy::{CheckpointPolicy, DiskConfig, HistoryPolicy};
pub use reader::{
    AccountsAt, AddressSignature, BlockSummary, LedgerReader, Recorded, RecordedTransaction, SignatureQuery,
};
pub use recover::{Found, LastBlock, OpenError, look};
pub use restore::Restoration;
pub use snapshot::{LedgerSnapshot, SnapshotView};
pub use store::DiskStore;
pub use subscribe::{CommittedBlock, Delivery, Subscription};
