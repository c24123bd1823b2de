//! What lasts from block to block: accounts, their root, how a ledger begins.

pub mod block;
pub mod genesis;
pub mod state_root;
pub mod store;
pub mod sysvars;

pub use block::{Block, BlockHeader, Roots, TransactionList};
pub use genesis::Genesis;
pub use store::{AccountChange, AccountStore, Commit, MemoryStore, StoreError};
