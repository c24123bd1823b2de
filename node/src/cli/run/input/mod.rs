//! The input of `sealane run`: a stream of bytes to blocks of raw transactions, one at a time, with the place of each.
//!
//! Two formats hold the same. Both are read as they come: a file may be larger than the memory.

mod bincode;
mod json_lines;
#[cfg(test)]
mod tests;

use bincode::BincodeBlocks;
use json_lines::JsonLines;
use sealane_runtime::block::MAX_BLOCK_TRANSACTIONS;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

/// Most bytes of one transaction, far more than any that is accepted: what is larger is damage, not a transaction.
const MAX_TRANSACTION_SIZE_BYTES: usize = 1 << 20;
/// Bytes at the beginning that tell the formats apart.
const SNIFFED_SIZE_BYTES: usize = 512;
/// What some editors begin UTF-8 files with.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How blocks are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Blocks in bincode, one behind the other
    Bincode,
    /// A transaction a line, in base64
    Json,
}

/// A block as the input has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InputBlock {
    /// Its number, if the input says it.
    pub(super) number: Option<u64>,
    /// Unix time in seconds, if the input says it.
    pub(super) unix_time: Option<i64>,
    /// Where it begins.
    pub(super) place: Place,
    /// Bytes of its transactions, in order.
    pub(super) transactions: Vec<Vec<u8>>,
    /// Where each of them stands.
    pub(super) places: Vec<Place>,
}

/// A place in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A line, from 1.
    Line(u64),
    /// A line and a column in characters, both from 1.
    Column(u64, usize),
    /// A byte, from 0.
    Byte(u64),
}

impl InputBlock {
    /// A block that begins at `place`, still without transactions.
    const fn begin(place: Place, number: Option<u64>, unix_time: Option<i64>) -> Self {
        Self { number, unix_time, place, transactions: Vec::new(), places: Vec::new() }
    }
}

impl Place {
    /// The place in the file of that name.
    pub(super) fn of(self, file: &str) -> String {
        match self {
            Self::Line(line) => format!("{file}:{line}"),
            Self::Column(line, column) => format!("{file}:{line}:{column}"),
            Self::Byte(offset) => format!("{file}: byte {offset}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) | Self::Column(line, _) => write!(out, "line {line}"),
            Self::Byte(offset) => write!(out, "byte {offset}"),
        }
    }
}

/// Why the input ends before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InputError {
    /// Where.
    pub(super) place: Place,
    /// Index of the transaction within its block, from 0, if it is one that is wrong.
    pub(super) transaction_index: Option<usize>,
    /// What is wrong, and how to mend it where that is not plain.
    pub(super) reason: String,
}

/// Blocks, one after another.
pub(super) struct Input<R> {
    blocks: Blocks<R>,
}

enum Blocks<R> {
    Bincode(BincodeBlocks<R>),
    Json(JsonLines<R>),
}

impl<R: Read> Input<R> {
    /// Opens a source in the format given, or in the one that its first bytes are in. JSON Lines without lines that begin
    /// blocks are cut into blocks of `block_size_count` transactions, or not at all.
    ///
    /// # Errors
    /// If the source cannot be read.
    pub(super) fn open(
        source: R,
        format: Option<Format>,
        block_size_count: Option<usize>,
    ) -> io::Result<Self> {
        let mut source = Counted { source: BufReader::with_capacity(1 << 18, source), offset: 0 };
        let format = match format {
            Some(format) => format,
            None => sniff(source.fill_buf()?),
        };
        let blocks = match format {
            Format::Bincode => Blocks::Bincode(BincodeBlocks::new(source)),
            Format::Json => Blocks::Json(JsonLines::new(source, block_size_count)),
        };
        Ok(Self { blocks })
    }

    /// The next block; `None` after the last one.
    ///
    /// # Errors
    /// [`InputError`]: there is no reading on behind it.
    pub(super) fn next_block(&mut self) -> Result<Option<InputBlock>, InputError> {
        match &mut self.blocks {
            Blocks::Bincode(blocks) => blocks.next_block(),
            Blocks::Json(blocks) => blocks.next_block(),
        }
    }

    /// Bytes that were read so far.
    pub(super) const fn offset(&self) -> u64 {
        match &self.blocks {
            Blocks::Bincode(blocks) => blocks.offset(),
            Blocks::Json(blocks) => blocks.offset(),
        }
    }
}

/// The format that the input begins in. JSON begins with a brace or a quotation mark, and holds no control characters; a
/// block in bincode may begin with such a byte by its time, but then has the count of the first transaction's signatures,
/// which is a control character, or a length that is no UTF-8.
fn sniff(beginning: &[u8]) -> Format {
    let beginning = &beginning[..beginning.len().min(SNIFFED_SIZE_BYTES)];
    let text = beginning.strip_prefix(BYTE_ORDER_MARK).unwrap_or(beginning);
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let first = text.iter().find(|byte| !is_blank(byte));
    let is_text = text.iter().all(|byte| *byte >= b' ' || is_blank(byte));
    if is_text && matches!(first, Some(b'{' | b'"')) { Format::Json } else { Format::Bincode }
}

/// A source that knows how much of it was read.
struct Counted<R> {
    source: BufReader<R>,
    offset: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let size = self.source.read(room)?;
        self.offset += size as u64;
        Ok(size)
    }
}

impl<R: Read> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.source.fill_buf()
    }

    fn consume(&mut self, size: usize) {
        self.offset += size as u64;
        self.source.consume(size);
    }
}

fn too_many_transactions() -> String {
    format!(
        "a block of more than {MAX_BLOCK_TRANSACTIONS} transactions; begin a block before it, or give a --block-size"
    )
}

fn too_large(size: impl fmt::Display) -> String {
    format!("a transaction of {size} bytes; there is none of more than {MAX_TRANSACTION_SIZE_BYTES}")
}
