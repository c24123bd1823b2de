//! The bytes of a snapshot's chunks: `mod.rs` has the tables. Encoding and decoding stand side by side here, so that they
//! cannot grow apart; `write.rs` and `read.rs` say in which order chunks come.
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use super::SnapshotTotals;
use super::error::Fault;
use crate::ingest::RecentBlockRecord;
use crate::ledger::state_root::sha256;
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::MAX_ACCOUNT_DATA_SIZE_BYTES;
use sealane_sdk::{Account, Address};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Formatter};

/// How a snapshot begins.
pub(super) const MAGIC: [u8; 8] = *b"SEALSNAP";
/// The version that is written and read.
pub(super) const VERSION: u32 = 1;
/// Magic and version.
pub(super) const PREAMBLE_SIZE_BYTES: usize = 12;
/// Kind, count, two sizes, SHA-256.
pub(super) const CHUNK_HEADER_SIZE_BYTES: usize = 48;
/// A chunk is closed when its contents reach this size.
pub(super) const CHUNK_TARGET_SIZE_BYTES: usize = 4 << 20;
/// Largest contents: what is just below the target, and one account of the largest size.
pub(super) const MAX_PLAIN_SIZE_BYTES: u32 = 16 << 20;
/// Largest compressed contents: LZ4 adds less than a hundredth to what it cannot compress.
pub(super) const MAX_STORED_SIZE_BYTES: u32 = MAX_PLAIN_SIZE_BYTES + (MAX_PLAIN_SIZE_BYTES >> 6);
/// Most bytes the head takes.
const MAX_HEAD_SIZE_BYTES: usize = 1 << 20;
/// Address, lamports, owner, flags, data size.
const ACCOUNT_HEAD_SIZE_BYTES: usize = 32 + 8 + 32 + 1 + 4;

const _: () = assert!(
    CHUNK_TARGET_SIZE_BYTES + ACCOUNT_HEAD_SIZE_BYTES + MAX_ACCOUNT_DATA_SIZE_BYTES
        <= MAX_PLAIN_SIZE_BYTES as usize
);

/// What a chunk holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The head.
    Head,
    /// Accounts.
    Accounts,
    /// Replay protection.
    Replay,
    /// The trailer.
    Trailer,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Head, Self::Accounts, Self::Replay, Self::Trailer];

    const fn tag(self) -> [u8; 4] {
        match self {
            Self::Head => *b"HEAD",
            Self::Accounts => *b"ACCT",
            Self::Replay => *b"RPLY",
            Self::Trailer => *b"TAIL",
        }
    }
}

impl Display for Kind {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Head => "the head",
            Self::Accounts => "accounts",
            Self::Replay => "replay protection",
            Self::Trailer => "the trailer",
        })
    }
}

/// A chunk's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ChunkHeader {
    pub(super) kind: Kind,
    pub(super) item_count: u32,
    pub(super) plain_size_bytes: u32,
    pub(super) stored_size_bytes: u32,
    pub(super) hash: [u8; 32],
}

impl ChunkHeader {
    /// The header of a chunk with these contents.
    pub(super) fn new(
        kind: Kind,
        item_count: u32,
        plain_size_bytes: u32,
        chunk_index: u64,
        stored: &[u8],
    ) -> Self {
        let stored_size_bytes = u32::try_from(stored.len()).unwrap_or(u32::MAX);
        let mut header = Self { kind, item_count, plain_size_bytes, stored_size_bytes, hash: [0; 32] };
        header.hash = header.hash_with(chunk_index, stored);
        header
    }

    /// SHA-256 of the chunk's number, its header and its contents.
    pub(super) fn hash_with(&self, chunk_index: u64, stored: &[u8]) -> [u8; 32] {
        sha256(&[&chunk_index.to_le_bytes(), &self.fields(), stored])
    }

    pub(super) fn to_bytes(self) -> [u8; CHUNK_HEADER_SIZE_BYTES] {
        let mut bytes = [0; CHUNK_HEADER_SIZE_BYTES];
        let (fields, hash) = bytes.split_at_mut(16);
        fields.copy_from_slice(&self.fields());
        hash.copy_from_slice(&self.hash);
        bytes
    }

    pub(super) fn parse(bytes: &[u8; CHUNK_HEADER_SIZE_BYTES]) -> Result<Self, Fault> {
        let mut rest = Bytes(bytes);
        let ended = Fault::Truncated { missing_bytes: 0 };
        let tag: [u8; 4] = rest.array().ok_or(ended.clone())?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.tag() == tag).ok_or(Fault::Kind(tag))?;
        let mut number = || rest.u32().ok_or(ended.clone());
        let (item_count, plain_size_bytes, stored_size_bytes) = (number()?, number()?, number()?);
        let hash = rest.array().ok_or(ended)?;
        for (size_bytes, limit_bytes) in
            [(plain_size_bytes, MAX_PLAIN_SIZE_BYTES), (stored_size_bytes, MAX_STORED_SIZE_BYTES)]
        {
            if size_bytes > limit_bytes {
                return Err(Fault::TooLarge { size_bytes, limit_bytes });
            }
        }
        Ok(Self { kind, item_count, plain_size_bytes, stored_size_bytes, hash })
    }

    fn fields(&self) -> [u8; 16] {
        let mut fields = [0; 16];
        let parts = [
            self.kind.tag(),
            self.item_count.to_le_bytes(),
            self.plain_size_bytes.to_le_bytes(),
            self.stored_size_bytes.to_le_bytes(),
        ];
        fields.iter_mut().zip(parts.as_flattened()).for_each(|(field, byte)| *field = *byte);
        fields
    }
}

/// The digest before the first chunk.
pub(super) fn first_digest() -> [u8; 32] {
    sha256(&[&MAGIC, &VERSION.to_le_bytes()])
}

/// The digest behind a chunk.
pub(super) fn next_digest(digest: &[u8; 32], chunk_hash: &[u8; 32]) -> [u8; 32] {
    sha256(&[digest, chunk_hash])
}

/// What stands at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trailer {
    pub(super) account_count: u64,
    pub(super) data_bytes: u64,
    pub(super) lamports: u128,
    pub(super) recent_block_count: u64,
    pub(super) chunk_count: u64,
    /// Over the chunks before this one.
    pub(super) digest: Hash,
}

impl Trailer {
    pub(super) const fn new(totals: &SnapshotTotals, recent_block_count: u64, digest: Hash) -> Self {
        let SnapshotTotals { account_count, data_bytes, lamports, chunk_count, .. } = *totals;
        Self { account_count, data_bytes, lamports, recent_block_count, chunk_count, digest }
    }
}

/// Head and trailer in bincode.
pub(super) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    bincode::serde::encode_to_vec(value, bincode::config::standard())
        .unwrap_or_else(|error| crate::bug!("a part of a snapshot cannot be encoded: {error}"))
}

/// What [`encode`] gave, if these bytes are exactly that.
pub(super) fn decode<T: Serialize + for<'de> Deserialize<'de>>(bytes: &[u8]) -> Option<T> {
    let config = bincode::config::standard().with_limit::<MAX_HEAD_SIZE_BYTES>();
    let (value, _) = bincode::serde::decode_from_slice::<T, _>(bytes, config).ok()?;
    (encode(&value) == bytes).then_some(value)
}

/// Adds an account to a chunk's contents.
pub(super) fn push_account(plain: &mut Vec<u8>, address: &Address, account: &Account) {
    plain.extend_from_slice(address.as_array());
    plain.extend_from_slice(&account.lamports.to_le_bytes());
    plain.extend_from_slice(account.owner.as_array());
    plain.push(u8::from(account.executable));
    // An account's size is far below 4 GiB; who writes has checked it.
    plain.extend_from_slice(&u32::try_from(account.data.len()).unwrap_or(u32::MAX).to_le_bytes());
    plain.extend_from_slice(&account.data);
}

/// Adds a recent block to a chunk's contents, item by item: `push` is shown each.
pub(super) fn for_each_replay_item<E>(
    record: &RecentBlockRecord,
    mut push: impl FnMut(u8, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    push(ReplayTag::BLOCKHASH, record.blockhash.as_ref())?;
    record.signatures.iter().try_for_each(|signature| push(ReplayTag::SIGNATURE, signature))?;
    record.messages.iter().try_for_each(|message| push(ReplayTag::MESSAGE, message))?;
    record.nonce_signatures.iter().try_for_each(|signature| push(ReplayTag::NONCE_SIGNATURE, signature))
}

struct ReplayTag;

impl ReplayTag {
    const BLOCKHASH: u8 = 0;
    const SIGNATURE: u8 = 1;
    const MESSAGE: u8 = 2;
    const NONCE_SIGNATURE: u8 = 3;
}

/// An item of replay protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReplayItem {
    /// A recent block begins.
    Blockhash([u8; 32]),
    Signature([u8; 64]),
    Message([u8; 32]),
    NonceSignature([u8; 64]),
}

/// Bytes that are read from the front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'b>(pub(super) &'b [u8]);

impl<'b> Bytes<'b> {
    pub(super) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The next account; `None` if these bytes do not begin with one.
    pub(super) fn account(&mut self) -> Option<(Address, Account)> {
        let address = Address::new_from_array(self.array()?);
        let lamports = u64::from_le_bytes(self.array()?);
        let owner = Address::new_from_array(self.array()?);
        let [flags] = self.array()?;
        let size_bytes = usize::try_from(self.u32()?).ok()?;
        if flags > 1 || size_bytes > MAX_ACCOUNT_DATA_SIZE_BYTES {
            return None;
        }
        let data = self.take(size_bytes)?.to_vec();
        Some((address, Account { lamports, owner, executable: flags == 1, data }))
    }

    /// The next item of replay protection, as [`Self::account`].
    pub(super) fn replay_item(&mut self) -> Option<ReplayItem> {
        let [tag] = self.array()?;
        match tag {
            ReplayTag::BLOCKHASH => self.array().map(ReplayItem::Blockhash),
            ReplayTag::SIGNATURE => self.array().map(ReplayItem::Signature),
            ReplayTag::MESSAGE => self.array().map(ReplayItem::Message),
            ReplayTag::NONCE_SIGNATURE => self.array().map(ReplayItem::NonceSignature),
            _ => None,
        }
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn take(&mut self, size_bytes: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(size_bytes)?;
        self.0 = rest;
        Some(taken)
    }
}
