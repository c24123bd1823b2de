//! Blocks in bincode, one behind the other, to the end of the input.
//!
//! Each is a `{ unix_time: i64, transactions: Vec<Vec<u8>> }` in the standard configuration of bincode 2. That is:
//!
//! ```text
//! unix_time          zigzag varint: seconds
//! count              varint: transactions
//! count times:
//!   size             varint: bytes
//!   transaction      its bytes as they are sent to a node
//! ```
//!
//! A varint below 251 is one byte; 251, 252 and 253 stand before a u16, u32 and u64 in little-endian.

use super::{
    Counted, InputBlock, InputError, MAX_TRANSACTION_SIZE_BYTES, Place, too_large, too_many_transactions,
};
use bincode::error::DecodeError;
use sealane_runtime::block::MAX_BLOCK_TRANSACTIONS;
use std::io::{self, BufRead, Read};

/// Blocks in bincode.
pub(super) struct BincodeBlocks<R> {
    source: Counted<R>,
}

impl<R: Read> BincodeBlocks<R> {
    pub(super) const fn new(source: Counted<R>) -> Self {
        Self { source }
    }

    pub(super) const fn offset(&self) -> u64 {
        self.source.offset
    }

    pub(super) fn next_block(&mut self) -> Result<Option<InputBlock>, InputError> {
        let place = Place::Byte(self.source.offset);
        let wrong = |place, reason| InputError { place, transaction_index: None, reason };
        match self.source.fill_buf() {
            Ok([]) => return Ok(None),
            Ok(_) => (),
            Err(error) => return Err(wrong(place, unreadable(&error))),
        }
        let unix_time: i64 = self.number("the time of a block").map_err(|reason| wrong(place, reason))?;
        let at = Place::Byte(self.source.offset);
        let count: u64 = self.number("a block's count").map_err(|reason| wrong(at, reason))?;
        let fitting = usize::try_from(count).ok().filter(|count| *count <= MAX_BLOCK_TRANSACTIONS);
        let Some(count) = fitting else {
            return Err(wrong(at, format!("{count} transactions: {}", too_many_transactions())));
        };
        let mut block = InputBlock::begin(place, None, Some(unix_time));
        for index in 0..count {
            let place = Place::Byte(self.source.offset);
            let transaction = self.transaction().map_err(|reason| InputError {
                place,
                transaction_index: Some(index),
                reason,
            })?;
            block.transactions.push(transaction);
            block.places.push(place);
        }
        Ok(Some(block))
    }

    fn transaction(&mut self) -> Result<Vec<u8>, String> {
        let size: u64 = self.number("a transaction's size")?;
        if size > MAX_TRANSACTION_SIZE_BYTES as u64 {
            return Err(too_large(size));
        }
        let mut bytes = Vec::new();
        self.source.by_ref().take(size).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        if (bytes.len() as u64) < size {
            return Err(cut_short(&format!("a transaction of {size} bytes")));
        }
        Ok(bytes)
    }

    /// A number that stands next.
    fn number<T: bincode::Decode<()>>(&mut self, what: &str) -> Result<T, String> {
        bincode::decode_from_std_read(&mut self.source, bincode::config::standard()).map_err(|error| {
            match error {
                DecodeError::UnexpectedEnd { .. } => cut_short(what),
                DecodeError::Io { inner, .. } if inner.kind() == io::ErrorKind::UnexpectedEof => {
                    cut_short(what)
                }
                DecodeError::Io { inner, .. } => unreadable(&inner),
                _ => format!(
                    "{what} is no number of bincode; is the input in another format? Name it with --format"
                ),
            }
        })
    }
}

fn cut_short(what: &str) -> String {
    format!("the input ends within {what}: it was cut short")
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot read on: {error}")
}
