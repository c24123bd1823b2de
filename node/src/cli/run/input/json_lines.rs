//! JSON Lines: a transaction a line, in base64, and a line before each block.
//!
//! ```text
//! {"block": {"unix_time": 1800000000}}
//! {"transaction": "AbRV…"}
//! "AcmP…"
//! {"block": {"unix_time": 1800000001, "number": 2}}
//! ```
//!
//! - A transaction is a string, or an object with the key `transaction`. Other keys are ignored: whoever writes the file may
//!   add what he likes.
//! - `{"block": {…}}` begins a block. `unix_time` and `number` may be left out; `{"block": number}` says the number alone.
//! - Without such a line all transactions are one block, or are cut into blocks of equal size.
//! - Blank lines, `\r\n` and a byte order mark are tolerated; a line may have 2 MiB.

use super::{
    BYTE_ORDER_MARK, Counted, InputBlock, InputError, MAX_TRANSACTION_SIZE_BYTES, Place, too_large,
    too_many_transactions,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sealane_runtime::block::MAX_BLOCK_TRANSACTIONS;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::fmt::{self, Formatter};
use std::io::{BufRead, Read};

/// Longest line in bytes, its end not counted.
const MAX_LINE_SIZE_BYTES: usize = 2 << 20;

/// JSON Lines.
pub(super) struct JsonLines<R> {
    source: Counted<R>,
    /// Transactions a block, where no line begins one.
    block_size_count: usize,
    line_number: u64,
    /// The block whose first line was read already.
    begun: Option<InputBlock>,
    line: Vec<u8>,
}

/// What begins a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// A line of its own.
    Line,
    /// Its first transaction.
    Transactions,
}

/// What stands in a line.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Transaction(Base64),
    Block(BlockLine),
}

impl<R: Read> JsonLines<R> {
    pub(super) fn new(source: Counted<R>, block_size_count: Option<usize>) -> Self {
        let block_size_count = block_size_count.unwrap_or(usize::MAX);
        Self { source, block_size_count, line_number: 0, begun: None, line: Vec::new() }
    }

    pub(super) const fn offset(&self) -> u64 {
        self.source.offset
    }

    pub(super) fn next_block(&mut self) -> Result<Option<InputBlock>, InputError> {
        let mut block = self.begun.take();
        let mut origin = if block.is_some() { Origin::Line } else { Origin::Transactions };
        loop {
            let index = block.as_ref().map_or(0, |block| block.transactions.len());
            if origin == Origin::Transactions && index >= self.block_size_count {
                return Ok(block);
            }
            let Some(line) = self.next_line(index)? else { return Ok(block) };
            let place = Place::Line(self.line_number);
            match line {
                Line::Transaction(Base64(bytes)) if index < MAX_BLOCK_TRANSACTIONS => {
                    let block = block.get_or_insert_with(|| InputBlock::begin(place, None, None));
                    block.transactions.push(bytes);
                    block.places.push(place);
                }
                Line::Transaction(_) => {
                    let reason = too_many_transactions();
                    return Err(InputError { place, transaction_index: Some(index), reason });
                }
                Line::Block(BlockLine { number, unix_time }) => {
                    let next = InputBlock::begin(place, number, unix_time);
                    if block.is_some() {
                        self.begun = Some(next);
                        return Ok(block);
                    }
                    block = Some(next);
                    origin = Origin::Line;
                }
            }
        }
    }

    /// The next line that is not blank; `index` is that of the transaction it holds, if it does.
    fn next_line(&mut self, index: usize) -> Result<Option<Line>, InputError> {
        loop {
            self.line.clear();
            self.line_number += 1;
            let number = self.line_number;
            let wrong = |place, reason| InputError { place, transaction_index: None, reason };
            // Two more for the end of the line.
            let limit = MAX_LINE_SIZE_BYTES as u64 + 2;
            let read = self.source.by_ref().take(limit).read_until(b'\n', &mut self.line);
            let size =
                read.map_err(|error| wrong(Place::Line(number), format!("cannot read on: {error}")))?;
            if size == 0 {
                return Ok(None);
            }
            let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let line = if number == 1 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
            if line.len() > MAX_LINE_SIZE_BYTES {
                let reason = format!("a line of more than {MAX_LINE_SIZE_BYTES} bytes");
                return Err(wrong(Place::Column(number, MAX_LINE_SIZE_BYTES), reason));
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            return parse(line).map(Some).map_err(|(offset, reason)| InputError {
                place: Place::Column(number, column(line, offset)),
                transaction_index: (!is_block(line)).then_some(index),
                reason,
            });
        }
    }
}

/// Reads a line; if it is wrong, gives the byte where, from 0, and why.
fn parse(line: &[u8]) -> Result<Line, (usize, String)> {
    let text = std::str::from_utf8(line).map_err(|error| {
        (error.valid_up_to(), "this is not UTF-8; is the input in another format?".into())
    })?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let line = Line::deserialize(&mut reader).and_then(|line| reader.end().map(|()| line));
    line.map_err(|error| {
        let text = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        (error.column().saturating_sub(1), text.strip_suffix(&place).unwrap_or(&text).to_owned())
    })
}

/// The column, in characters from 1, of the byte at `offset`.
fn column(line: &[u8], offset: usize) -> usize {
    let is_start = |byte: &&u8| **byte & 0xC0 != 0x80;
    line.iter().take(offset + 1).filter(is_start).count().max(1)
}

/// Whether a line that is wrong was to begin a block.
fn is_block(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\"block\""))
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LineVisitor;
        impl<'de> Visitor<'de> for LineVisitor {
            type Value = Line;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str(
                    "a transaction in base64 between quotation marks, {\"transaction\": \"…\"}, or {\"block\": {…}}",
                )
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Line, E> {
                decode(text).map(Line::Transaction)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Line, A::Error> {
                match Object::deserialize(MapAccessDeserializer::new(map))? {
                    Object { block: Some(block), transaction: None } => Ok(Line::Block(block)),
                    Object { block: None, transaction: Some(bytes) } => Ok(Line::Transaction(bytes)),
                    Object { block: Some(_), transaction: Some(_) } => {
                        Err(A::Error::custom("a line is a block or a transaction, not both"))
                    }
                    Object { block: None, transaction: None } => {
                        Err(A::Error::custom("a line has the key `transaction` or the key `block`"))
                    }
                }
            }
        }
        deserializer.deserialize_any(LineVisitor)
    }
}

#[derive(Deserialize)]
struct Object {
    block: Option<BlockLine>,
    transaction: Option<Base64>,
}

/// What a line that begins a block says of it.
#[derive(Debug, PartialEq, Eq)]
struct BlockLine {
    number: Option<u64>,
    unix_time: Option<i64>,
}

impl<'de> Deserialize<'de> for BlockLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            number: Option<u64>,
            unix_time: Option<i64>,
        }
        struct BlockVisitor;
        impl<'de> Visitor<'de> for BlockVisitor {
            type Value = BlockLine;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("a block: its number, or an object with `unix_time`, `number` or both")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<BlockLine, E> {
                Ok(BlockLine { number: Some(number), unix_time: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<BlockLine, A::Error> {
                let Fields { number, unix_time } = Fields::deserialize(MapAccessDeserializer::new(map))?;
                Ok(BlockLine { number, unix_time })
            }
        }
        deserializer.deserialize_any(BlockVisitor)
    }
}

/// Bytes of a transaction, in base64.
#[derive(Debug, PartialEq, Eq)]
struct Base64(Vec<u8>);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Base64Visitor;
        impl Visitor<'_> for Base64Visitor {
            type Value = Base64;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("a transaction in base64, between quotation marks")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Base64, E> {
                decode(text)
            }
        }
        deserializer.deserialize_str(Base64Visitor)
    }
}

fn decode<E: Error>(text: &str) -> Result<Base64, E> {
    let bytes = STANDARD.decode(text).map_err(|error| {
        E::custom(format_args!("this is no base64 with its padding (RFC 4648, section 4): {error}"))
    })?;
    if bytes.len() > MAX_TRANSACTION_SIZE_BYTES {
        return Err(E::custom(too_large(bytes.len())));
    }
    Ok(Base64(bytes))
}
