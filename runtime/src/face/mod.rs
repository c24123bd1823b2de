//! The library's face for who runs a ledger: a [`Ledger`] makes blocks and keeps them, a [`LedgerReader`] reads beside it.
//!
//! ```
//! use sealane_runtime::ledger::Genesis;
//! use sealane_runtime::{Ledger, LedgerConfig};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let directory = directory.path().join("ledger");
//! let mut ledger = Ledger::open_or_create(&directory, LedgerConfig::default(), &Genesis::default())?;
//! let reader = ledger.reader();
//!
//! let transactions: Vec<Vec<u8>> = Vec::new();
//! let executed = ledger.execute_block(1_800_000_000, &transactions)?;
//!
//! // The block is durable, and readers see it.
//! assert_eq!(reader.last().hash, executed.hash);
//! ledger.close()?;
//! # Ok(())
//! # }
//! ```
//!
//! To make blocks faster than the disk answers, hand in the next one while the last one is written:
//!
//! ```
//! # use sealane_runtime::ledger::Genesis;
//! # use sealane_runtime::{Ledger, LedgerConfig, PendingBlock};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let blocks: Vec<Vec<Vec<u8>>> = vec![Vec::new(); 3];
//! # let mut ledger = Ledger::create(directory.path(), LedgerConfig::default(), &Genesis::default())?;
//! let mut last: Option<PendingBlock> = None;
//! for (unix_time, transactions) in (1_800_000_000..).zip(&blocks) {
//!     let pending = ledger.execute_ahead(unix_time, transactions)?;
//!     if let Some(before) = last.replace(pending) {
//!         let durable = before.wait()?; // now it may be acknowledged
//!         println!("block {}", durable.block.header.number);
//!     }
//! }
//! # drop(last.map(PendingBlock::wait).transpose()?);
//! # Ok(())
//! # }
//! ```
//!
//! `examples/embed.rs` is a whole program.

mod config;
mod error;
mod ledger;
mod restore;

pub use crate::ledger::store::directory::Engine;
pub use crate::ledger::store::disk::{
    AccountsAt, AddressSignature, BlockSummary, CheckpointPolicy, CommittedBlock, Delivery, HistoryPolicy,
    LedgerReader, LedgerSnapshot, Place, Recorded, RecordedTransaction, SignatureQuery, SnapshotView,
    Subscription,
};
pub use config::LedgerConfig;
pub use error::LedgerError;
pub use ledger::{Ledger, PendingBlock};
