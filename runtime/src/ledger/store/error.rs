//! What can go wrong with a store. Each message says what, where, and how to mend it; what the operating system or an
//! engine said stands in the `source` alone, never in anything that is hashed.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// What an engine or the operating system said.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A fault of the store; the block that met it is fatal.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Reading or writing failed, for none of the reasons below.
    #[error("{operation} failed: {source}")]
    Io {
        /// What was tried.
        operation: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// The path leads to something that is no directory.
    #[error("{} is not a directory; name the directory of a ledger, or one that does not exist yet", path.display())]
    NotADirectory {
        /// The path.
        path: PathBuf,
    },
    /// There is no ledger, and none was to be created.
    #[error("there is no ledger in {}; create one first, or name another directory", directory.display())]
    Missing {
        /// The directory.
        directory: PathBuf,
    },
    /// The directory holds something that no ledger has.
    #[error(
        "{} holds {file}, which is not part of a ledger; move it away, or name another directory",
        directory.display()
    )]
    Foreign {
        /// The directory.
        directory: PathBuf,
        /// The name of the file.
        file: String,
    },
    /// The tables are there, but not the file that says what they are.
    #[error(
        "{} holds the tables of a ledger but not its file {file}; bring that back from a copy of the directory, or move \
         the tables away to begin anew",
        directory.display()
    )]
    Unmarked {
        /// The directory.
        directory: PathBuf,
        /// The name of the file that is missing.
        file: &'static str,
    },
    /// The file that says what the tables are does not say it.
    #[error("{} does not describe a ledger; bring it back from a copy of the directory", file.display())]
    Format {
        /// The file.
        file: PathBuf,
    },
    /// The ledger was written in another format.
    #[error(
        "the ledger in {} has format {found}, and this program reads format {supported}; open it with the program that \
         wrote it, or load a snapshot of it into a new directory",
        directory.display()
    )]
    Version {
        /// The directory.
        directory: PathBuf,
        /// The format of the ledger.
        found: u32,
        /// The only format that is read.
        supported: u32,
    },
    /// Another process has the ledger open.
    #[error(
        "the ledger in {} is open in another process{}; stop that one first, or name another directory",
        directory.display(),
        holder.map(|id| format!(" (process {id})")).unwrap_or_default()
    )]
    Locked {
        /// The directory.
        directory: PathBuf,
        /// The process that holds it, if it has said so.
        holder: Option<u32>,
    },
    /// What is needed may not be read or written.
    #[error(
        "{operation} at {} is not permitted; a ledger needs a directory that this user may write to, on a disk that is \
         not mounted read-only",
        path.display()
    )]
    Denied {
        /// What was tried.
        operation: &'static str,
        /// Where.
        path: PathBuf,
        /// What the operating system said.
        source: Cause,
    },
    /// The disk is full, or a quota or a limit on the size of files is reached.
    #[error(
        "no room on disk for {operation} at {}; what was committed before is safe: make room, and open the ledger again",
        path.display()
    )]
    NoRoom {
        /// What was tried.
        operation: &'static str,
        /// Where.
        path: PathBuf,
        /// What the operating system said.
        source: Cause,
    },
    /// What is on disk is not what was written there.
    #[error(
        "the tables in {} are damaged (found while {operation}): {what}; bring the directory back from a copy, or load a \
         snapshot into a new one",
        path.display()
    )]
    Damaged {
        /// What was tried.
        operation: &'static str,
        /// The folder of the tables.
        path: PathBuf,
        /// What disagrees.
        what: String,
        /// What the engine said, if it was the engine that noticed.
        source: Option<Cause>,
    },
    /// An earlier write failed, and nothing is written after it.
    #[error(
        "{operation} at {} was refused, because an earlier write has failed; what was committed before is safe: see to \
         the disk, and open the ledger again",
        path.display()
    )]
    Stopped {
        /// What was tried.
        operation: &'static str,
        /// The folder of the tables.
        path: PathBuf,
    },
    /// What a table holds is not what was written there.
    #[error(
        "table {table}, key {key}: {what}; bring the directory back from a copy, or load a snapshot into a new one"
    )]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The key, in hexadecimal digits.
        key: String,
        /// What is wrong.
        what: &'static str,
    },
    /// The ledger takes no more blocks, because writing an earlier one failed.
    #[error(
        "writing an earlier block failed, open the ledger again to go on from the last durable one: {message}"
    )]
    Halted {
        /// What failed then.
        message: String,
    },
    /// A key or a value is larger than an engine may be asked to hold.
    #[error("a {what} of {size_bytes} bytes is too large for a table: at most {max_bytes} bytes")]
    TooLarge {
        /// `key` or `value`.
        what: &'static str,
        /// Its size.
        size_bytes: usize,
        /// The largest one allowed.
        max_bytes: usize,
    },
    /// Keys to load were not in strictly ascending order.
    #[error("keys to load into the table {table} are not in strictly ascending order; sort them first")]
    NotAscending {
        /// The name of the table.
        table: &'static str,
    },
}

impl StoreError {
    /// The error for what the operating system said of `operation` at `path`.
    pub(crate) fn of_io(operation: &'static str, path: &Path, source: io::Error) -> Self {
        match Trouble::of_kind(source.kind()) {
            Some(Trouble::NoRoom) => Self::NoRoom { operation, path: path.into(), source: source.into() },
            Some(Trouble::Denied) => Self::Denied { operation, path: path.into(), source: source.into() },
            None if source.kind() == ErrorKind::NotADirectory => Self::NotADirectory { path: path.into() },
            None => Self::Io { operation, source },
        }
    }

    /// The error for what an engine said of `operation` on the tables in `path`; `io` is what kind of thing the operating
    /// system told it, if that was the reason. Engines that cannot make sense of their files have been given others.
    pub(crate) fn of_engine(
        operation: &'static str,
        path: &Path,
        io: Option<ErrorKind>,
        source: Cause,
    ) -> Self {
        match io.map(|kind| (kind, Trouble::of_kind(kind))) {
            Some((_, Some(Trouble::NoRoom))) => Self::NoRoom { operation, path: path.into(), source },
            Some((_, Some(Trouble::Denied))) => Self::Denied { operation, path: path.into(), source },
            Some((kind, None)) if !tells_of_damage(kind) => {
                Self::Io { operation, source: io::Error::new(kind, source) }
            }
            _ => Self::Damaged {
                operation,
                path: path.into(),
                what: "the engine cannot make sense of its files".into(),
                source: Some(source),
            },
        }
    }
}

/// Whether a file that is missing, too short or full of nonsense makes the operating system, or an engine in its name,
/// say `kind`.
fn tells_of_damage(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnexpectedEof
            | ErrorKind::InvalidData
            | ErrorKind::InvalidInput
            | ErrorKind::NotFound
            | ErrorKind::AlreadyExists
            | ErrorKind::IsADirectory
            | ErrorKind::NotADirectory
            | ErrorKind::Other
    )
}

/// The reasons for a failed operation that a user can do something about.
enum Trouble {
    NoRoom,
    Denied,
}

impl Trouble {
    fn of_kind(kind: ErrorKind) -> Option<Self> {
        match kind {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Some(Self::NoRoom),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Some(Self::Denied),
            _ => None,
        }
    }
}
