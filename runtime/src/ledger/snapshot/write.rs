//! Writing: a source's parts come in, chunks go out to a sink or a file.

use super::format::{
    CHUNK_TARGET_SIZE_BYTES, ChunkHeader, Kind, MAGIC, PREAMBLE_SIZE_BYTES, Trailer, VERSION, encode,
    first_digest, for_each_replay_item, next_digest, push_account,
};
use super::{SnapshotError, SnapshotSource, SnapshotSummary, SnapshotTotals};
use crate::ledger::StoreError;
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::MAX_ACCOUNT_DATA_SIZE_BYTES;
use sealane_sdk::{Account, Address};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

/// Writes a snapshot of `source` to `sink`; `progress` is told after each chunk.
///
/// # Errors
/// [`SnapshotError`]: writing or the store fails, or the source is no ledger that could be read back. What was written
/// by then is no snapshot.
pub fn write_snapshot(
    source: &dyn SnapshotSource,
    sink: &mut dyn Write,
    progress: &mut dyn FnMut(&SnapshotTotals),
) -> Result<SnapshotSummary, SnapshotError> {
    write_in_chunks(source, sink, CHUNK_TARGET_SIZE_BYTES, progress)
}

/// As [`write_snapshot`], with chunks that are closed at another size.
pub(super) fn write_in_chunks(
    source: &dyn SnapshotSource,
    sink: &mut dyn Write,
    chunk_target_size_bytes: usize,
    progress: &mut dyn FnMut(&SnapshotTotals),
) -> Result<SnapshotSummary, SnapshotError> {
    let head = source.head();
    head.check()?;
    let mut writer = Writer::begin(sink, chunk_target_size_bytes, progress)?;
    writer.plain = encode(&head);
    writer.end_chunk(Kind::Head, 1)?;
    writer.accounts(source)?;
    let recent_block_count = writer.replay(source)?;
    let digest = Hash::new_from_array(writer.digest);
    writer.plain = encode(&Trailer::new(&writer.totals, recent_block_count, digest));
    writer.end_chunk(Kind::Trailer, 1)?;
    writer.sink.flush().map_err(|error| writer.failed(error))?;
    Ok(SnapshotSummary { head, totals: writer.totals, digest })
}

/// As [`write_snapshot`], to a file. It has another name (`.part` at its end) until it is whole and has reached the disk, so
/// that what bears the name is always a whole snapshot.
///
/// # Errors
/// As [`write_snapshot`]; then there is no new file, and an old one of that name is as it was.
pub fn write_snapshot_file(
    source: &dyn SnapshotSource,
    path: &Path,
    progress: &mut dyn FnMut(&SnapshotTotals),
) -> Result<SnapshotSummary, SnapshotError> {
    let mut part_name: OsString = path.as_os_str().to_owned();
    part_name.push(".part");
    let part_path = Path::new(&part_name);
    let result = write_part(source, part_path, progress).and_then(|summary| {
        let renamed = fs::rename(part_path, path).and_then(|()| sync_folder_of(path));
        let offset_bytes = summary.totals.file_bytes;
        renamed.map_err(|error| SnapshotError::Write { offset_bytes, error })?;
        Ok(summary)
    });
    if result.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(part_path);
    }
    result
}

fn write_part(
    source: &dyn SnapshotSource,
    path: &Path,
    progress: &mut dyn FnMut(&SnapshotTotals),
) -> Result<SnapshotSummary, SnapshotError> {
    let mut file = File::create(path).map_err(|error| SnapshotError::Write { offset_bytes: 0, error })?;
    let summary = write_snapshot(source, &mut file, progress)?;
    let offset_bytes = summary.totals.file_bytes;
    file.sync_all().map_err(|error| SnapshotError::Write { offset_bytes, error })?;
    Ok(summary)
}

/// A new name is safe only when the folder that it stands in has reached the disk.
fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// A snapshot under way.
struct Writer<'w> {
    sink: &'w mut dyn Write,
    chunk_target_size_bytes: usize,
    progress: &'w mut dyn FnMut(&SnapshotTotals),
    totals: SnapshotTotals,
    digest: [u8; 32],
    /// Contents of the chunk that is being filled.
    plain: Vec<u8>,
    item_count: u32,
}

impl<'w> Writer<'w> {
    fn begin(
        sink: &'w mut dyn Write,
        chunk_target_size_bytes: usize,
        progress: &'w mut dyn FnMut(&SnapshotTotals),
    ) -> Result<Self, SnapshotError> {
        let preamble = [MAGIC.as_slice(), &VERSION.to_le_bytes()].concat();
        sink.write_all(&preamble).map_err(|error| SnapshotError::Write { offset_bytes: 0, error })?;
        let totals = SnapshotTotals { file_bytes: PREAMBLE_SIZE_BYTES as u64, ..SnapshotTotals::default() };
        Ok(Self {
            sink,
            chunk_target_size_bytes,
            progress,
            totals,
            digest: first_digest(),
            plain: Vec::new(),
            item_count: 0,
        })
    }

    fn accounts(&mut self, source: &dyn SnapshotSource) -> Result<(), SnapshotError> {
        let mut last: Option<Address> = None;
        visited(|result| {
            source.for_each_account(&mut |address, account| {
                let is_behind = last.is_none_or(|last| last < *address);
                last = Some(*address);
                or_break(result, || match is_behind {
                    true => self.account(address, account),
                    false => Err(SnapshotError::SourceOrder(*address)),
                })
            })
        })?;
        self.end_items(Kind::Accounts)
    }

    fn account(&mut self, address: &Address, account: &Account) -> Result<(), SnapshotError> {
        let size_bytes = account.data.len();
        if size_bytes > MAX_ACCOUNT_DATA_SIZE_BYTES {
            return Err(SnapshotError::SourceAccount { address: *address, size_bytes });
        }
        self.totals.account_count += 1;
        self.totals.data_bytes += size_bytes as u64;
        self.totals.lamports += u128::from(account.lamports);
        push_account(&mut self.plain, address, account);
        self.count_item(Kind::Accounts)
    }

    /// Gives the number of recent blocks.
    fn replay(&mut self, source: &dyn SnapshotSource) -> Result<u64, SnapshotError> {
        let mut recent_block_count = 0;
        visited(|result| {
            source.for_each_recent_block(&mut |record| {
                recent_block_count += 1;
                or_break(result, || {
                    for_each_replay_item(&record, |tag, item| {
                        self.plain.push(tag);
                        self.plain.extend_from_slice(item);
                        self.count_item(Kind::Replay)
                    })
                })
            })
        })?;
        self.end_items(Kind::Replay)?;
        Ok(recent_block_count)
    }

    /// Counts an item that was added, and ends a chunk that is full.
    fn count_item(&mut self, kind: Kind) -> Result<(), SnapshotError> {
        self.item_count += 1;
        match self.plain.len() >= self.chunk_target_size_bytes {
            true => self.end_items(kind),
            false => Ok(()),
        }
    }

    /// Ends a chunk, if there is something in it.
    fn end_items(&mut self, kind: Kind) -> Result<(), SnapshotError> {
        match std::mem::take(&mut self.item_count) {
            0 => Ok(()),
            item_count => self.end_chunk(kind, item_count),
        }
    }

    fn end_chunk(&mut self, kind: Kind, item_count: u32) -> Result<(), SnapshotError> {
        let stored = lz4_flex::block::compress(&self.plain);
        let plain_size_bytes = u32::try_from(self.plain.len())
            .unwrap_or_else(|_| crate::bug!("a chunk of a snapshot is bounded far below 4 GiB"));
        let header = ChunkHeader::new(kind, item_count, plain_size_bytes, self.totals.chunk_count, &stored);
        for bytes in [header.to_bytes().as_slice(), &stored] {
            self.sink.write_all(bytes).map_err(|error| self.failed(error))?;
            self.totals.file_bytes += bytes.len() as u64;
        }
        // The trailer's digest is that of the chunks before it.
        if kind != Kind::Trailer {
            self.digest = next_digest(&self.digest, &header.hash);
        }
        self.totals.chunk_count += 1;
        self.plain.clear();
        (self.progress)(&self.totals);
        Ok(())
    }

    const fn failed(&self, error: std::io::Error) -> SnapshotError {
        SnapshotError::Write { offset_bytes: self.totals.file_bytes, error }
    }
}

/// Runs a visit whose visitor notes its own error in what it is given: that comes first, then the store's.
fn visited(
    visit: impl FnOnce(&mut Result<(), SnapshotError>) -> Result<(), StoreError>,
) -> Result<(), SnapshotError> {
    let mut result = Ok(());
    let stored = visit(&mut result);
    result?;
    Ok(stored?)
}

fn or_break(
    result: &mut Result<(), SnapshotError>,
    work: impl FnOnce() -> Result<(), SnapshotError>,
) -> ControlFlow<()> {
    *result = work();
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}
