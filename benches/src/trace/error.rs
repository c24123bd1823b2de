//! Why a file is no trace, and where.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a trace cannot be replayed.
#[derive(Debug, Error)]
pub enum TraceError {
    /// The file cannot be opened or read.
    #[error("{}: cannot read the trace: {error}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file is no trace.
    #[error("{}:{line}:{column}: {reason}", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1: the last character of what is wrong, or where something is missing.
        column: usize,
        /// What is wrong, and how to mend it where that is not plain.
        reason: String,
    },
}
