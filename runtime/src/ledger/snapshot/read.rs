//! Reading: chunks come in from a file or a transfer, each is checked before anything of it goes out.
//!
//! ```text
//!            ┌─ACCT─┐     ┌─RPLY─┐
//!            ▼      │     ▼      │
//! HEAD ──▶ accounts ┴──▶ replay ─┴──▶ TAIL ──▶ end of the file
//! ```
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use super::format::{
    Bytes, CHUNK_HEADER_SIZE_BYTES, ChunkHeader, Kind, MAGIC, PREAMBLE_SIZE_BYTES, ReplayItem, Trailer,
    VERSION, decode, first_digest, next_digest,
};
use super::{Fault, SnapshotError, SnapshotTotals};
use crate::ingest::{RecentBlockRecord, ReplayState};
use crate::ledger::{AccountChange, LedgerHead};
use sealane_sdk::Address;
use sealane_sdk::instruction::Hash;
use serde::{Deserialize, Serialize};
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

/// A place between two chunks from which reading can go on. It is kept, in bincode, beside what has been loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// What has been read.
    pub totals: SnapshotTotals,
    /// Over the chunks that have been read.
    digest: Hash,
    /// Over the head alone: by it the snapshot is known again.
    head_digest: Hash,
    last_address: Option<Address>,
}

/// A snapshot that is being read.
#[derive(Debug)]
pub struct SnapshotReader<R> {
    source: R,
    head: LedgerHead,
    checkpoint: Checkpoint,
    stage: Stage,
    replay: ReplayState,
    recent_block_count: u64,
    /// The recent block whose items are being read.
    open_block: Option<RecentBlockRecord>,
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// In the accounts.
    Accounts,
    /// Behind the trailer.
    Ended,
}

/// What stands behind the accounts of a snapshot.
#[derive(Debug)]
pub struct SnapshotEnd {
    /// Where the ledger stands.
    pub head: LedgerHead,
    /// Its replay protection.
    pub replay: ReplayState,
    /// What the file holds.
    pub totals: SnapshotTotals,
    /// Stands for everything in it.
    pub digest: Hash,
}

/// A chunk whose SHA-256 is right.
struct Chunk {
    header: ChunkHeader,
    plain: Vec<u8>,
}

impl<R: Read> SnapshotReader<R> {
    /// Reads and checks how the snapshot begins. `source` is read in pieces of some megabytes, save for small headers.
    ///
    /// # Errors
    /// [`SnapshotError`]: it is no snapshot, one of another version, or its head is damaged.
    pub fn new(mut source: R) -> Result<Self, SnapshotError> {
        let mut preamble = [0; PREAMBLE_SIZE_BYTES];
        let read_bytes = fill(&mut source, &mut preamble)
            .map_err(|error| SnapshotError::Read { offset_bytes: 0, error })?;
        let (magic, version) = preamble.split_first_chunk().ok_or(SnapshotError::NotASnapshot)?;
        if read_bytes < PREAMBLE_SIZE_BYTES || *magic != MAGIC {
            return Err(SnapshotError::NotASnapshot);
        }
        let found = version.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        if found != VERSION {
            return Err(SnapshotError::Version { found, known: VERSION });
        }
        let digest = Hash::new_from_array(first_digest());
        let totals = SnapshotTotals { file_bytes: PREAMBLE_SIZE_BYTES as u64, ..SnapshotTotals::default() };
        let mut checkpoint = Checkpoint { totals, digest, head_digest: digest, last_address: None };
        let chunk = next_chunk(&mut source, &mut checkpoint.totals)?;
        let fault = |fault| damaged(&totals, fault);
        if chunk.header.kind != Kind::Head {
            return Err(fault(Fault::Order { expected: Kind::Head, found: chunk.header.kind }));
        }
        let head: LedgerHead = decode(&chunk.plain).ok_or_else(|| fault(Fault::HeadEncoding))?;
        head.check().map_err(|error| fault(Fault::Head(error)))?;
        if chunk.header.item_count != 1 {
            return Err(fault(Fault::ItemCount { stated_count: chunk.header.item_count }));
        }
        checkpoint.digest = Hash::new_from_array(next_digest(&digest.to_bytes(), &chunk.header.hash));
        checkpoint.head_digest = checkpoint.digest;
        Ok(Self {
            source,
            replay: ReplayState::new(head.rules.blockhash_age_blocks),
            head,
            checkpoint,
            stage: Stage::Accounts,
            recent_block_count: 0,
            open_block: None,
        })
    }

    /// Goes on where an earlier reader of the same snapshot stood; the source begins with the file.
    ///
    /// # Errors
    /// As [`Self::new`]; [`SnapshotError::OtherSnapshot`] if the checkpoint was made while reading another one.
    pub fn resume(source: R, checkpoint: &Checkpoint) -> Result<Self, SnapshotError>
    where
        R: Seek,
    {
        let mut reader = Self::new(source)?;
        if reader.checkpoint.head_digest != checkpoint.head_digest {
            return Err(SnapshotError::OtherSnapshot);
        }
        let offset_bytes = checkpoint.totals.file_bytes;
        reader
            .source
            .seek(SeekFrom::Start(offset_bytes))
            .map_err(|error| SnapshotError::Read { offset_bytes, error })?;
        reader.checkpoint = *checkpoint;
        Ok(reader)
    }

    /// Where the ledger stands.
    #[must_use]
    pub const fn head(&self) -> &LedgerHead {
        &self.head
    }

    /// Behind the last chunk of accounts that was read.
    #[must_use]
    pub const fn checkpoint(&self) -> Checkpoint {
        self.checkpoint
    }

    /// The accounts of the next chunk, as changes of a store that does not have them; `None` behind the last.
    ///
    /// # Errors
    /// [`SnapshotError::Damaged`] says where and why; [`SnapshotError::Read`] if the source fails.
    pub fn next_accounts(&mut self) -> Result<Option<Vec<AccountChange>>, SnapshotError> {
        if self.stage == Stage::Ended {
            return Ok(None);
        }
        let mut totals = self.checkpoint.totals;
        let chunk = next_chunk(&mut self.source, &mut totals)?;
        if chunk.header.kind != Kind::Accounts {
            self.read_end(chunk, totals)?;
            return Ok(None);
        }
        let before = self.checkpoint.totals;
        let mut last_address = self.checkpoint.last_address;
        let accounts =
            accounts(&chunk, &mut last_address, &mut totals).map_err(|fault| damaged(&before, fault))?;
        let digest = next_digest(&self.checkpoint.digest.to_bytes(), &chunk.header.hash);
        self.checkpoint =
            Checkpoint { totals, digest: Hash::new_from_array(digest), last_address, ..self.checkpoint };
        Ok(Some(accounts))
    }

    /// What stands behind the accounts; accounts that have not been asked for are checked and dropped.
    ///
    /// # Errors
    /// As [`Self::next_accounts`].
    pub fn finish(mut self) -> Result<SnapshotEnd, SnapshotError> {
        while self.next_accounts()?.is_some() {}
        let Self { head, replay, checkpoint: Checkpoint { totals, digest, .. }, .. } = self;
        Ok(SnapshotEnd { head, replay, totals, digest })
    }

    /// Reads from the first chunk that holds no accounts to the end of the file.
    fn read_end(&mut self, mut chunk: Chunk, mut totals: SnapshotTotals) -> Result<(), SnapshotError> {
        let mut before = self.checkpoint.totals;
        let mut digest = self.checkpoint.digest.to_bytes();
        let mut last_kind = Kind::Accounts;
        while chunk.header.kind == Kind::Replay {
            self.read_replay(&chunk).map_err(|fault| damaged(&before, fault))?;
            digest = next_digest(&digest, &chunk.header.hash);
            before = totals;
            last_kind = Kind::Replay;
            chunk = next_chunk(&mut self.source, &mut totals)?;
        }
        let found = chunk.header.kind;
        if found != Kind::Trailer || last_kind != Kind::Replay {
            let expected = if last_kind == Kind::Replay { Kind::Trailer } else { Kind::Replay };
            return Err(damaged(&before, Fault::Order { expected, found }));
        }
        self.end_block().map_err(|fault| damaged(&before, fault))?;
        let digest = Hash::new_from_array(digest);
        let stated: Trailer = decode(&chunk.plain).ok_or_else(|| damaged(&before, Fault::Totals))?;
        if stated.digest != digest {
            return Err(damaged(&before, Fault::Digest));
        }
        if stated != Trailer::new(&before, self.recent_block_count, digest) || chunk.header.item_count != 1 {
            return Err(damaged(&before, Fault::Totals));
        }
        let offset_bytes = totals.file_bytes;
        let behind =
            fill(&mut self.source, &mut [0]).map_err(|error| SnapshotError::Read { offset_bytes, error })?;
        if behind > 0 {
            return Err(damaged(&totals, Fault::TrailingBytes));
        }
        self.checkpoint = Checkpoint { totals, digest, ..self.checkpoint };
        self.stage = Stage::Ended;
        Ok(())
    }

    fn read_replay(&mut self, chunk: &Chunk) -> Result<(), Fault> {
        let mut rest = Bytes(&chunk.plain);
        for item_index in 0..chunk.header.item_count {
            let malformed = Fault::ReplayItem { item_index };
            let item = rest.replay_item().ok_or(malformed.clone())?;
            if let ReplayItem::Blockhash(blockhash) = item {
                self.end_block()?;
                let blockhash = Hash::new_from_array(blockhash);
                self.open_block = Some(RecentBlockRecord { blockhash, ..RecentBlockRecord::default() });
                continue;
            }
            let block = self.open_block.as_mut().ok_or(malformed.clone())?;
            // An item that comes too late is another order than the one that is written.
            let is_late = match item {
                ReplayItem::Signature(_) => !block.messages.is_empty() || !block.nonce_signatures.is_empty(),
                ReplayItem::Message(_) => !block.nonce_signatures.is_empty(),
                _ => false,
            };
            if is_late {
                return Err(malformed);
            }
            match item {
                ReplayItem::Signature(signature) => block.signatures.push(signature),
                ReplayItem::Message(message) => block.messages.push(message),
                ReplayItem::NonceSignature(signature) => block.nonce_signatures.push(signature),
                ReplayItem::Blockhash(_) => {}
            }
        }
        match rest.is_empty() {
            true => Ok(()),
            false => Err(Fault::ItemCount { stated_count: chunk.header.item_count }),
        }
    }

    fn end_block(&mut self) -> Result<(), Fault> {
        if let Some(record) = self.open_block.take() {
            self.replay.push_record(record)?;
            self.recent_block_count = self.recent_block_count.saturating_add(1);
        }
        Ok(())
    }
}

/// The accounts of a chunk, each behind the one before.
fn accounts(
    chunk: &Chunk,
    last_address: &mut Option<Address>,
    totals: &mut SnapshotTotals,
) -> Result<Vec<AccountChange>, Fault> {
    let mut rest = Bytes(&chunk.plain);
    let stated_count = chunk.header.item_count;
    let mut accounts = Vec::new();
    for item_index in 0..stated_count {
        let (address, account) = rest.account().ok_or(Fault::Account { item_index })?;
        if last_address.is_some_and(|last| last >= address) {
            return Err(Fault::AccountOrder { address });
        }
        *last_address = Some(address);
        totals.account_count = totals.account_count.saturating_add(1);
        totals.data_bytes = totals.data_bytes.saturating_add(account.data.len() as u64);
        totals.lamports = totals.lamports.saturating_add(u128::from(account.lamports));
        accounts.push((address, Some(Arc::new(account))));
    }
    match rest.is_empty() && !accounts.is_empty() {
        true => Ok(accounts),
        false => Err(Fault::ItemCount { stated_count }),
    }
}

/// Reads a chunk that begins where `totals` ends, checks its SHA-256 and takes its contents apart; `totals` then count it.
fn next_chunk(source: &mut impl Read, totals: &mut SnapshotTotals) -> Result<Chunk, SnapshotError> {
    let before = *totals;
    let unreadable = |error| SnapshotError::Read { offset_bytes: before.file_bytes, error };
    let mut bytes = [0; CHUNK_HEADER_SIZE_BYTES];
    let read_bytes = fill(source, &mut bytes).map_err(unreadable)?;
    require(CHUNK_HEADER_SIZE_BYTES, read_bytes).map_err(|fault| damaged(&before, fault))?;
    let header = ChunkHeader::parse(&bytes).map_err(|fault| damaged(&before, fault))?;
    let stored_size_bytes = header.stored_size_bytes as usize;
    // Not reserved at once: a header may promise more than there is.
    let mut stored = Vec::new();
    source.by_ref().take(u64::from(header.stored_size_bytes)).read_to_end(&mut stored).map_err(unreadable)?;
    require(stored_size_bytes, stored.len()).map_err(|fault| damaged(&before, fault))?;
    if header.hash_with(before.chunk_count, &stored) != header.hash {
        return Err(damaged(&before, Fault::Hash));
    }
    let plain_size_bytes = header.plain_size_bytes as usize;
    let plain = lz4_flex::block::decompress(&stored, plain_size_bytes).ok();
    let plain = plain.filter(|plain| plain.len() == plain_size_bytes);
    let plain = plain.ok_or_else(|| damaged(&before, Fault::Compression))?;
    let chunk_bytes = u64::from(header.stored_size_bytes).saturating_add(CHUNK_HEADER_SIZE_BYTES as u64);
    totals.file_bytes = before.file_bytes.saturating_add(chunk_bytes);
    totals.chunk_count = before.chunk_count.saturating_add(1);
    Ok(Chunk { header, plain })
}

const fn require(needed_bytes: usize, read_bytes: usize) -> Result<(), Fault> {
    match needed_bytes.saturating_sub(read_bytes) {
        0 => Ok(()),
        missing => Err(Fault::Truncated { missing_bytes: missing as u64 }),
    }
}

/// A fault of the chunk that begins where `before` ends.
const fn damaged(before: &SnapshotTotals, fault: Fault) -> SnapshotError {
    SnapshotError::Damaged { chunk_index: before.chunk_count, offset_bytes: before.file_bytes, fault }
}

/// Reads until the buffer is full or the source ends; gives the bytes read.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut reader = source.take(buffer.len() as u64);
    let mut bytes = Vec::with_capacity(buffer.len());
    let read_bytes = reader.read_to_end(&mut bytes)?;
    buffer.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    Ok(read_bytes)
}
