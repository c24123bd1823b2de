//! Why a file that somebody wrote cannot be used, and where it is wrong: line and column, and how to mend it.
//!
//! What reads such files ([`Genesis`](crate::ledger::Genesis), account dumps, workloads) takes bytes and the name that errors
//! call them by, so that it is tested without files.

use serde::de::DeserializeOwned;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a file cannot be used.
#[derive(Debug, Error)]
pub enum FileError {
    /// The file cannot be opened or read.
    #[error("{}: cannot read the {kind}: {error}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What it was to be.
        kind: &'static str,
        /// What the system says.
        error: io::Error,
    },
    /// The file is not what it was to be.
    #[error("{}:{line}:{column}: {reason}", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong, and how to mend it where that is not plain.
        reason: String,
    },
}

impl FileError {
    /// Something wrong at a byte of the file, which holds `bytes`; beyond its end, it is the end that is meant.
    #[must_use]
    pub fn at(file: &Path, bytes: &[u8], offset_bytes: usize, reason: String) -> Self {
        let (line, column) = line_and_column(bytes, offset_bytes);
        Self::Malformed { file: file.to_owned(), line, column, reason }
    }
}

/// The line and the column, both from 1, of a byte; columns count characters.
#[must_use]
pub fn line_and_column(bytes: &[u8], offset_bytes: usize) -> (usize, usize) {
    let before = String::from_utf8_lossy(bytes.get(..offset_bytes).unwrap_or(bytes));
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Reads a file, which is to be of this kind.
///
/// # Errors
/// [`FileError::Read`].
pub fn read(path: &Path, kind: &'static str) -> Result<Vec<u8>, FileError> {
    std::fs::read(path).map_err(|error| FileError::Read { file: path.to_owned(), kind, error })
}

/// Reads TOML; `name` is what errors call the file.
///
/// # Errors
/// [`FileError::Malformed`], where the first thing that is wrong begins.
pub fn parse_toml<T: DeserializeOwned>(name: &Path, bytes: &[u8]) -> Result<T, FileError> {
    toml::from_str(utf8(name, bytes)?).map_err(|error| {
        let offset_bytes = error.span().map_or(0, |span| span.start);
        FileError::at(name, bytes, offset_bytes, error.message().trim_end().to_owned())
    })
}

/// Reads JSON; `name` is what errors call the file.
///
/// # Errors
/// [`FileError::Malformed`], at the last character of the first thing that is wrong.
pub fn parse_json<T: DeserializeOwned>(name: &Path, bytes: &[u8]) -> Result<T, FileError> {
    serde_json::from_str(utf8(name, bytes)?).map_err(|error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let text = error.to_string();
        let reason = text.strip_suffix(&place).unwrap_or(&text).to_owned();
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let line_start: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
        FileError::at(name, bytes, line_start + error.column().saturating_sub(1), reason)
    })
}

fn utf8<'a>(name: &Path, bytes: &'a [u8]) -> Result<&'a str, FileError> {
    std::str::from_utf8(bytes)
        .map_err(|error| FileError::at(name, bytes, error.valid_up_to(), "the file is not UTF-8".to_owned()))
}
