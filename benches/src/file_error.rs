//! Why a file that describes a workload cannot be used, and where it is wrong.

use std::io;
use std::path::PathBuf;
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
