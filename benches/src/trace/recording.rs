//! A trace as it is read: from a file's bytes to blocks of access sets over dense account numbers.

use super::line::Line;
use crate::FileError;
use sealane_runtime::block::MAX_BLOCK_TRANSACTIONS;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Longest line in bytes, its end not counted: 4 MiB.
pub const MAX_LINE_SIZE_BYTES: usize = 4 * 1024 * 1024;
/// What some editors begin UTF-8 files with.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A recorded trace: at least one block, each with at least one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Names of all accounts, all distinct; transactions mean them by their index here.
    pub accounts: Vec<String>,
    /// The blocks, in order.
    pub blocks: Vec<RecordedBlock>,
}

/// A recorded block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedBlock {
    /// Its number in the trace; `None` before the first line that begins a block.
    pub number: Option<u64>,
    /// Its transactions, in order.
    pub transactions: Vec<RecordedTransaction>,
}

/// A recorded transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedTransaction {
    /// What it is called.
    pub id: String,
    /// Accounts it writes, by their index in [`Recording::accounts`], each once.
    pub writes: Vec<u32>,
    /// Accounts it only reads, likewise.
    pub reads: Vec<u32>,
    /// Compute units it used.
    pub cost_units: u32,
}

impl Recording {
    /// Reads a trace file, line by line.
    ///
    /// # Errors
    /// [`FileError::Read`], or [`FileError::Malformed`] (at the last character of what is wrong, or where something is
    /// missing) for the first line that is wrong, or if no line holds a
    /// transaction.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let unreadable = |error| FileError::Read { file: path.to_owned(), kind: "trace", error };
        Self::parse(path, BufReader::new(File::open(path).map_err(unreadable)?))
    }

    /// As [`Self::read`], from any source of bytes; `name` is what errors call it.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(name: &Path, mut source: impl BufRead) -> Result<Self, FileError> {
        let mut builder = Builder::default();
        let mut bytes = Vec::new();
        let mut line = 0;
        loop {
            bytes.clear();
            let limit = MAX_LINE_SIZE_BYTES as u64 + 1;
            let unreadable = |error| FileError::Read { file: name.to_owned(), kind: "trace", error };
            let size_bytes = source.by_ref().take(limit).read_until(b'\n', &mut bytes).map_err(unreadable)?;
            if size_bytes == 0 {
                break;
            }
            line += 1;
            let content = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
            let content =
                if line == 1 { content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(content) } else { content };
            builder.add_line(content).map_err(|Fault { column, reason }| FileError::Malformed {
                file: name.to_owned(),
                line,
                column,
                reason,
            })?;
        }
        builder.finish().ok_or_else(|| FileError::Malformed {
            file: name.to_owned(),
            line: line.max(1),
            column: 1,
            reason: "the trace holds no transaction".to_owned(),
        })
    }

    /// How many transactions there are in all blocks.
    #[must_use]
    pub fn transaction_count(&self) -> usize {
        self.blocks.iter().map(|block| block.transactions.len()).sum()
    }
}

/// What is wrong with a line.
struct Fault {
    /// In characters, from 1.
    column: usize,
    reason: String,
}

impl Fault {
    /// A fault at the character that the byte at `offset` belongs to. The bytes before need not be UTF-8.
    fn new(line: &[u8], offset: usize, reason: String) -> Self {
        let is_start = |byte: &&u8| **byte & 0xC0 != 0x80;
        let before = line.iter().take(offset + 1).filter(is_start).count();
        Self { column: before.max(1), reason }
    }
}

/// A recording under construction.
#[derive(Default)]
struct Builder {
    numbers: BTreeMap<String, u32>,
    blocks: Vec<RecordedBlock>,
    /// A block line came, and no transaction since.
    opened: Option<u64>,
}

impl Builder {
    fn add_line(&mut self, line: &[u8]) -> Result<(), Fault> {
        let end = line.len().saturating_sub(1);
        if line.len() > MAX_LINE_SIZE_BYTES {
            let reason = format!("the line is longer than {MAX_LINE_SIZE_BYTES} bytes");
            return Err(Fault::new(line, end, reason));
        }
        let text = std::str::from_utf8(line)
            .map_err(|error| Fault::new(line, error.valid_up_to(), "the line is not UTF-8".to_owned()))?;
        if text.trim_matches([' ', '\t', '\r']).is_empty() {
            return Ok(());
        }
        let parsed = Line::parse(text)
            .map_err(|error| Fault::new(line, error.column_bytes.saturating_sub(1).min(end), error.reason))?;
        match parsed {
            Line::Block(number) => self.opened = Some(number),
            Line::Transaction { id, accounts, cost_units } => {
                let transaction = self.transaction(id, accounts, cost_units);
                let block = self.block();
                if block.transactions.len() == MAX_BLOCK_TRANSACTIONS {
                    let reason = format!("the block has more than {MAX_BLOCK_TRANSACTIONS} transactions");
                    return Err(Fault::new(line, 0, reason));
                }
                block.transactions.push(transaction);
            }
        }
        Ok(())
    }

    fn transaction(
        &mut self,
        id: String,
        accounts: BTreeMap<String, bool>,
        cost_units: u32,
    ) -> RecordedTransaction {
        let (mut writes, mut reads) = (Vec::new(), Vec::new());
        for (name, is_written) in accounts {
            let next = u32::try_from(self.numbers.len()).expect("fewer accounts than 2^32 fit into memory");
            let number = *self.numbers.entry(name).or_insert(next);
            if is_written { &mut writes } else { &mut reads }.push(number);
        }
        RecordedTransaction { id, writes, reads, cost_units }
    }

    /// The block that transactions belong to now.
    fn block(&mut self) -> &mut RecordedBlock {
        let number = self.opened.take();
        if number.is_some() || self.blocks.is_empty() {
            self.blocks.push(RecordedBlock { number, transactions: Vec::new() });
        }
        self.blocks.last_mut().expect("there is one now")
    }

    fn finish(self) -> Option<Recording> {
        let mut accounts = vec![String::new(); self.numbers.len()];
        for (name, number) in self.numbers {
            accounts[number as usize] = name;
        }
        (!self.blocks.is_empty()).then_some(Recording { accounts, blocks: self.blocks })
    }
}
