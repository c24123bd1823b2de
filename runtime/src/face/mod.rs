//! The library's face for who runs a ledger: a [`Ledger`] makes blocks and keeps them, a [`LedgerReader`] reads beside it.

mod config;
mod error;
mod ledger;

pub use crate::ledger::store::directory::Engine;
pub use crate::ledger::store::disk::{
    AccountsAt, AddressSignature, CheckpointPolicy, CommittedBlock, Delivery, HistoryPolicy, LedgerReader,
    LedgerSnapshot, Place, Recorded, RecordedTransaction, SignatureQuery, Subscription,
};
pub use config::LedgerConfig;
pub use error::LedgerError;
pub use ledger::{Ledger, PendingBlock};
