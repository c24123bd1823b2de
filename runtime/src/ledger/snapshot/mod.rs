//! Snapshots: a ledger at one block as a file, from which another machine goes on as if it had executed all blocks itself.
//!
//! [`write_snapshot`] streams a [`SnapshotSource`] into a file; [`SnapshotReader`] checks a file chunk by chunk, and
//! [`load_snapshot`] hands the accounts to a [`SnapshotTarget`] and holds what came out against the header's state root. None of
//! them holds all accounts at once. The same ledger at the same block gives the same file.
//!
//! # What is checked against what
//!
//! The accounts are proved by the state root in the header, and with them, through the sysvars among them, the recent blockhashes
//! and the slot hashes. That the header is the right one only its hash can say, which has to come from somebody else
//! ([`Expected::block_hash`]). The rules of the ledger and the signatures seen are proved by nothing in the header; a snapshot
//! that lies there makes a node whose later blocks are not those of the others, so that it refuses theirs. Who has the digest of
//! an honest snapshot of that block ([`Expected::digest`]) excludes that as well.
//!
//! # The file
//!
//! All integers are little-endian. After twelve bytes come chunks: the head, accounts, replay protection, the trailer; nothing
//! stands behind it.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `SEALSNAP` |
//! | 4 | version: 1 |
//!
//! A chunk:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | kind: `HEAD`, `ACCT`, `RPLY`, `TAIL` |
//! | 4 | how many items it holds |
//! | 4 | size of its contents, at most 16 MiB |
//! | 4 | size of its contents as an LZ4 block (without a size in front), which follows this header |
//! | 32 | SHA-256 of the chunk's number (u64, from 0), the 16 bytes before this field, and the LZ4 block |
//!
//! The head's contents are a [`LedgerHead`] in bincode; it counts as one item. Accounts, at least one a chunk, are in
//! strictly ascending order of their addresses over all chunks:
//!
//! | bytes | what |
//! |---|---|
//! | 32 | address |
//! | 8 | lamports |
//! | 32 | owner |
//! | 1 | 1 if it is executable, else 0 |
//! | 4 | size of its data |
//! | | its data |
//!
//! Replay protection is a list of items, of a byte that says what it is, and the item. An item belongs to the last blockhash
//! before it, which may stand in an earlier chunk. Blocks are oldest first, signatures and messages in ascending order:
//!
//! | byte | bytes | what |
//! |---|---|---|
//! | 0 | 32 | a recent blockhash |
//! | 1 | 64 | first signature of a transaction that named it |
//! | 2 | 32 | SHA-256 of the message of such a transaction that more than one key signed |
//! | 3 | 64 | first signature of a durable-nonce transaction of the block that has this hash |
//!
//! The trailer counts as one item: in bincode, the counts of accounts, of bytes of their data and of lamports (u128), of recent
//! blocks, of chunks before it, and the digest. The digest begins as the SHA-256 of the first twelve bytes; each chunk makes it the
//! SHA-256 of the digest before and the chunk's SHA-256.

mod error;
mod format;
mod load;
mod read;
mod source;
mod write;

#[cfg(test)]
mod tests;

pub use error::{Fault, SnapshotError};
pub use format::Kind;
pub use load::{Expected, LoadedSnapshot, SnapshotTarget, StoreTarget, load_snapshot, verify_snapshot};
pub use read::{Checkpoint, SnapshotEnd, SnapshotReader};
pub use source::{AccountVisitor, RecentBlockVisitor, SnapshotSource};
pub use write::{write_snapshot, write_snapshot_file};

use crate::ledger::LedgerHead;
use sealane_sdk::instruction::Hash;
use serde::{Deserialize, Serialize};

/// What a snapshot holds, or how much of it has been written or read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotTotals {
    /// Accounts.
    pub account_count: u64,
    /// Bytes of the accounts' data.
    pub data_bytes: u64,
    /// The accounts' lamports.
    pub lamports: u128,
    /// Chunks.
    pub chunk_count: u64,
    /// Bytes of the file.
    pub file_bytes: u64,
}

/// A whole snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotSummary {
    /// Where the ledger stands.
    pub head: LedgerHead,
    /// What the file holds.
    pub totals: SnapshotTotals,
    /// Stands for everything in it: the same on all machines for the same block.
    pub digest: Hash,
}
