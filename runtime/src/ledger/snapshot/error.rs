//! Why a snapshot cannot be written, or is refused, and where.

use super::format::Kind;
use crate::error::Fatal;
use crate::ingest::ReplayRecordError;
use crate::ledger::StoreError;
use crate::ledger::head::HeadError;
use sealane_sdk::Address;
use sealane_sdk::instruction::Hash;
use std::io;
use thiserror::Error;

impl SnapshotError {
    /// Whether what was loaded before is good all the same: only the transfer, or the target, broke off.
    #[must_use]
    pub const fn is_interruption(&self) -> bool {
        matches!(
            self,
            Self::Read { .. } | Self::Store(_) | Self::Damaged { fault: Fault::Truncated { .. }, .. }
        )
    }
}

/// Why a snapshot cannot be written, or is refused.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// Reading failed.
    #[error("cannot read the snapshot at byte {offset_bytes}: {error}")]
    Read {
        /// Where.
        offset_bytes: u64,
        /// What the system says.
        error: io::Error,
    },
    /// Writing failed.
    #[error("cannot write the snapshot at byte {offset_bytes}: {error}")]
    Write {
        /// Where.
        offset_bytes: u64,
        /// What the system says.
        error: io::Error,
    },
    /// The store that the accounts come from, or go to, failed.
    #[error("store: {0}")]
    Store(#[from] StoreError),
    /// A runtime that goes on from the snapshot cannot be made.
    #[error("{0}")]
    Runtime(#[from] Fatal),
    /// What is to be written is no ledger that could be read back.
    #[error("this ledger cannot be written as a snapshot: {0}")]
    Unwritable(#[from] HeadError),
    /// The source shows its accounts in another order than that of their addresses.
    #[error("the source of the snapshot shows account {0} out of order")]
    SourceOrder(Address),
    /// An account of the source is larger than any account may be.
    #[error("account {address} of the source has {size_bytes} bytes of data, more than an account may")]
    SourceAccount {
        /// Its address.
        address: Address,
        /// Bytes of its data.
        size_bytes: usize,
    },
    /// The file is something else.
    #[error("the file is not a snapshot: it does not begin as one")]
    NotASnapshot,
    /// The file was written by another version.
    #[error(
        "the snapshot has version {found}, this program reads version {known}: take a program or a snapshot that fits"
    )]
    Version {
        /// The file's version.
        found: u32,
        /// The one that can be read.
        known: u32,
    },
    /// The file was altered, or cut off. All chunks before this one are good: a transfer may go on at its first byte.
    #[error("chunk {chunk_index} of the snapshot, at byte {offset_bytes}: {fault}")]
    Damaged {
        /// The chunk's number, from 0.
        chunk_index: u64,
        /// Where it begins in the file.
        offset_bytes: u64,
        /// Which check it does not pass.
        fault: Fault,
    },
    /// The note of how far reading had come belongs to another snapshot.
    #[error("the checkpoint is that of another snapshot: begin anew")]
    OtherSnapshot,
    /// The snapshot is one of another block.
    #[error("the snapshot is one of block {found}, not of {expected}")]
    WrongBlock {
        /// Hash of the block it was to be of.
        expected: Hash,
        /// Hash of the block it is of.
        found: Hash,
    },
    /// The snapshot has another digest.
    #[error("the snapshot's digest is {found}, not {expected}")]
    WrongDigest {
        /// The digest it was to have.
        expected: Hash,
        /// The digest it has.
        found: Hash,
    },
    /// The accounts are not those of the block.
    #[error("the state root of the snapshot's accounts is {computed}, its header says {header}")]
    StateRoot {
        /// The root of the accounts that were read.
        computed: Hash,
        /// What the block's header says.
        header: Hash,
    },
    /// What stands beside the accounts is not what a sysvar among them says.
    #[error("the sysvar {sysvar} is not what the snapshot's head and replay protection say")]
    Sysvar {
        /// Its address.
        sysvar: Address,
    },
    /// There are other recent blockhashes than those of the last blocks.
    #[error(
        "the snapshot's {found_count} recent blockhashes are not those of the last {expected_count} blocks"
    )]
    RecentBlocks {
        /// How many there must be.
        expected_count: usize,
        /// How many there are.
        found_count: usize,
    },
}

/// Which check a chunk does not pass.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// The file ends within the chunk, or before one that must come.
    #[error("the file ends here, {missing_bytes} or more bytes too early")]
    Truncated {
        /// Bytes that are missing at least.
        missing_bytes: u64,
    },
    /// No such kind of chunk.
    #[error("there is no chunk of kind {0:?}")]
    Kind([u8; 4]),
    /// A chunk of one kind where another must come.
    #[error("a chunk of {found} stands where {expected} must stand")]
    Order {
        /// What must come.
        expected: Kind,
        /// What stands there.
        found: Kind,
    },
    /// A chunk larger than any that is written.
    #[error("it is to have {size_bytes} bytes, more than {limit_bytes}")]
    TooLarge {
        /// What the header says.
        size_bytes: u32,
        /// The most there may be.
        limit_bytes: u32,
    },
    /// Header or contents were altered.
    #[error("the SHA-256 of its header and contents is not the one written in it")]
    Hash,
    /// The contents are not compressed as they should be.
    #[error("its contents do not decompress to the size that its header says")]
    Compression,
    /// More or fewer items than the header says.
    #[error("it does not hold the {stated_count} items that its header says")]
    ItemCount {
        /// What the header says.
        stated_count: u32,
    },
    /// The head cannot be decoded.
    #[error("the head cannot be decoded")]
    HeadEncoding,
    /// The parts of the head contradict each other.
    #[error("{0}")]
    Head(HeadError),
    /// An account cannot be decoded.
    #[error("account {item_index} of the chunk is malformed")]
    Account {
        /// Its index in the chunk.
        item_index: u32,
    },
    /// An account is not behind the one before.
    #[error("account {address} is not behind the one before it in the order of addresses")]
    AccountOrder {
        /// Its address.
        address: Address,
    },
    /// An item of replay protection cannot be decoded.
    #[error("item {item_index} of replay protection is malformed")]
    ReplayItem {
        /// Its index in the chunk.
        item_index: u32,
    },
    /// A recent block of replay protection contradicts itself or those before.
    #[error("{0}")]
    Replay(#[from] ReplayRecordError),
    /// The trailer counts something else than was read.
    #[error("the trailer's totals are not those of what stands before it")]
    Totals,
    /// The trailer's digest is not that of the chunks before it.
    #[error("the trailer's digest is not that of the chunks before it")]
    Digest,
    /// Something stands behind the trailer.
    #[error("the file goes on behind its end")]
    TrailingBytes,
}
