//! What lasts from block to block: accounts, their root, how a ledger begins, and how it is handed on.

pub mod block;
pub mod dump;
pub mod genesis;
pub mod head;
pub mod snapshot;
pub mod state_root;
pub mod store;
pub mod sysvars;
mod text;

pub use block::{Block, BlockHeader, Roots, TransactionList};
pub use dump::{AccountDump, JsonStyle};
pub use genesis::{Genesis, LedgerRules};
pub use head::{HeadError, LedgerHead};
pub use store::{
    AccountChange, AccountStore, Commit, Found, MAX_COPIED_SIZE_BYTES, MemoryStore, StoreError, StorePlace,
    StoredAccount,
};
