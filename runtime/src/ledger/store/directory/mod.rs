//! The directory of a ledger: what it must look like before an engine is let near it, and how a new one comes to be.
//!
//! ```text
//! DIR/LEDGER       what this is: format and engine, see `format.rs`
//! DIR/LOCK         held by the process that has the ledger open; its id, in decimal
//! DIR/fjall/       the tables, or
//! DIR/redb/        the tables
//! DIR/LEDGER.new   only while a new ledger is being made
//! DIR/node/        what a node keeps beside its ledger; nothing here looks into it
//! ```
//!
//! A ledger begins to exist when `LEDGER.new`, written first, is renamed to `LEDGER`, last. A directory with `LEDGER.new` alone
//! never was a ledger that anybody wrote to, whatever else is in it, and is made anew; one with tables but neither file has lost
//! something and is refused.

mod format;
mod lock;
#[cfg(test)]
mod tests;

pub(crate) use self::lock::DirectoryLock;

use self::format::Format;
use super::StoreError;
use super::key_value::KeyValueStore;
use super::key_value::fjall::FjallTables;
use super::key_value::redb::RedbTables;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// The file that says what the directory is.
const LEDGER: &str = "LEDGER";
/// The same while the ledger is being made.
const LEDGER_NEW: &str = "LEDGER.new";
/// The file that is locked.
const LOCK: &str = "LOCK";

/// The folder for what a node keeps beside its ledger, such as its keypairs. It may be there before the ledger is.
pub const NODE: &str = "node";

/// What keeps the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// A log-structured merge tree.
    #[default]
    Fjall,
    /// A copy-on-write B-tree.
    Redb,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Fjall, Self::Redb];

    /// Its name: in `LEDGER`, as the folder of the tables, and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fjall => "fjall",
            Self::Redb => "redb",
        }
    }

    /// The engine of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name() == name)
    }
}

/// What to do where there is no ledger yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// Make one.
    #[default]
    Create,
    /// [`StoreError::Missing`].
    Refuse,
}

/// How to open a directory.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// The engine of a ledger that is made; one that is there has its own.
    pub engine: Engine,
    /// What to do where there is no ledger yet.
    pub missing: Missing,
    /// How much of the tables' files the engine may keep in memory, beside its write buffers.
    pub cache_size_bytes: u64,
}

impl Default for OpenOptions {
    /// fjall, made where it is missing, with 128 MiB: accounts have a cache of their own above.
    fn default() -> Self {
        Self { engine: Engine::default(), missing: Missing::default(), cache_size_bytes: 128 << 20 }
    }
}

/// The tables of a ledger that is open. The directory is free for others when this and all its views are gone.
#[derive(Debug)]
pub struct Opened {
    /// The tables.
    pub tables: Box<dyn KeyValueStore>,
    /// What keeps them.
    pub engine: Engine,
}

/// Opens the ledger in `directory`, or makes one there.
///
/// # Errors
/// [`StoreError`]: what stands in the way, and how to mend it. Nothing has been lost by then; a ledger that was being made is
/// made anew next time.
pub fn open(directory: &Path, options: &OpenOptions) -> Result<Opened, StoreError> {
    match fs::metadata(directory) {
        Ok(found) if !found.is_dir() => return Err(StoreError::NotADirectory { path: directory.into() }),
        Ok(_) => (),
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(StoreError::of_io("opening the directory", directory, error));
        }
        Err(_) if options.missing == Missing::Refuse => {
            return Err(StoreError::Missing { directory: directory.into() });
        }
        Err(_) => make_directory(directory)?,
    }
    let state = State::of(directory)?;
    if state == State::Empty && options.missing == Missing::Refuse {
        return Err(StoreError::Missing { directory: directory.into() });
    }
    let lock = DirectoryLock::take(directory)?;
    // Looked at again: the process that held the lock a moment ago may have made a ledger.
    match State::of(directory)? {
        State::Ledger => open_ledger(directory, options, lock),
        State::Empty | State::HalfMade if options.missing == Missing::Refuse => {
            Err(StoreError::Missing { directory: directory.into() })
        }
        State::Empty | State::HalfMade => make_ledger(directory, options, lock),
    }
}

/// Deletes the ledger in `directory`, so that another can be made there; nothing to do where there is none. The folder [`NODE`] stays.
/// If this is interrupted, what is left counts as a ledger that is being made.
///
/// # Errors
/// [`StoreError`] if there is something else, or another process has the ledger open; then nothing has changed.
pub fn clear(directory: &Path) -> Result<(), StoreError> {
    match fs::metadata(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(StoreError::of_io("opening the directory", directory, error)),
        Ok(found) if !found.is_dir() => return Err(StoreError::NotADirectory { path: directory.into() }),
        Ok(_) if State::of(directory)? == State::Empty => return Ok(()),
        Ok(_) => (),
    }
    let _lock = DirectoryLock::take(directory)?;
    let (new, ledger) = (directory.join(LEDGER_NEW), directory.join(LEDGER));
    let io = |path: &Path, error| StoreError::of_io("deleting the ledger", path, error);
    if State::of(directory)? == State::Ledger {
        fs::rename(&ledger, &new).map_err(|error| io(&ledger, error))?;
        sync_directory(directory)?;
    }
    clear_tables(directory)?;
    sync_directory(directory)?;
    match fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io(&new, error)),
        _ => sync_directory(directory),
    }
}

/// The engine of the ledger in `directory`, without opening it.
///
/// # Errors
/// [`StoreError`] if there is no ledger that this program can read.
pub fn engine_of(directory: &Path) -> Result<Engine, StoreError> {
    match fs::metadata(directory) {
        Ok(found) if !found.is_dir() => Err(StoreError::NotADirectory { path: directory.into() }),
        Ok(_) if State::of(directory)? == State::Ledger => Ok(Format::read(directory)?.engine),
        _ => Err(StoreError::Missing { directory: directory.into() }),
    }
}

/// What a directory is, by the names in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Empty,
    /// Making a ledger was interrupted.
    HalfMade,
    Ledger,
}

impl State {
    fn of(directory: &Path) -> Result<Self, StoreError> {
        let io = |error| StoreError::of_io("listing the directory", directory, error);
        let mut names = fs::read_dir(directory)
            .map_err(io)?
            .map(|entry| Ok(entry.map_err(io)?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<Vec<_>, StoreError>>()?;
        // So that the same directory always gets the same answer.
        names.sort();
        let has = |name: &str| names.iter().any(|found| found == name);
        let is_folder = |name: &str| Engine::of_name(name).is_some();
        let known = |name: &str| [LEDGER, LEDGER_NEW, LOCK, NODE].contains(&name) || is_folder(name);
        let foreign = |file: String| StoreError::Foreign { directory: directory.into(), file };
        if let Some(name) = names.iter().find(|name| !known(name)) {
            return Err(foreign(name.clone()));
        }
        match (has(LEDGER), has(LEDGER_NEW)) {
            // Renaming leaves one of the two.
            (true, true) => Err(foreign(LEDGER_NEW.into())),
            (true, false) => Ok(Self::Ledger),
            (false, true) => Ok(Self::HalfMade),
            (false, false) if names.iter().any(|name| is_folder(name)) => {
                Err(StoreError::Unmarked { directory: directory.into(), file: LEDGER })
            }
            (false, false) => Ok(Self::Empty),
        }
    }
}

fn open_ledger(directory: &Path, options: &OpenOptions, lock: DirectoryLock) -> Result<Opened, StoreError> {
    let Format { engine } = Format::read(directory)?;
    if let Some(other) =
        Engine::ALL.into_iter().find(|other| *other != engine && directory.join(other.name()).exists())
    {
        return Err(StoreError::Foreign { directory: directory.into(), file: other.name().into() });
    }
    let folder = directory.join(engine.name());
    let cache_size_bytes = options.cache_size_bytes;
    let tables: Box<dyn KeyValueStore> = match engine {
        Engine::Fjall => Box::new(FjallTables::open(&folder, cache_size_bytes, lock)?),
        Engine::Redb => Box::new(RedbTables::open(&folder, cache_size_bytes, lock)?),
    };
    Ok(Opened { tables, engine })
}

fn make_ledger(directory: &Path, options: &OpenOptions, lock: DirectoryLock) -> Result<Opened, StoreError> {
    let engine = options.engine;
    write_new(&directory.join(LEDGER_NEW), Format { engine }.to_string().as_bytes())?;
    sync_directory(directory)?;
    clear_tables(directory)?;
    let folder = directory.join(engine.name());
    fs::create_dir(&folder)
        .map_err(|error| StoreError::of_io("making the folder of the tables", &folder, error))?;
    let cache_size_bytes = options.cache_size_bytes;
    let tables: Box<dyn KeyValueStore> = match engine {
        Engine::Fjall => Box::new(FjallTables::create(&folder, cache_size_bytes, lock)?),
        Engine::Redb => Box::new(RedbTables::create(&folder, cache_size_bytes, lock)?),
    };
    sync_directory(&folder)?;
    sync_directory(directory)?;
    let (new, ledger) = (directory.join(LEDGER_NEW), directory.join(LEDGER));
    fs::rename(&new, &ledger).map_err(|error| StoreError::of_io("naming the new ledger", &ledger, error))?;
    sync_directory(directory)?;
    Ok(Opened { tables, engine })
}

/// Deletes the tables of all engines.
fn clear_tables(directory: &Path) -> Result<(), StoreError> {
    for engine in Engine::ALL {
        let folder = directory.join(engine.name());
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(StoreError::of_io("clearing away a half-made ledger", &folder, error));
            }
            _ => (),
        }
    }
    Ok(())
}

/// Makes `directory` and those above it, so that their names outlive the machine's power.
fn make_directory(directory: &Path) -> Result<(), StoreError> {
    if let Some(parent) = directory.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        if !parent.exists() {
            make_directory(parent)?;
        }
        make_one(directory)?;
        return sync_directory(parent);
    }
    make_one(directory)?;
    sync_directory(Path::new("."))
}

fn make_one(directory: &Path) -> Result<(), StoreError> {
    match fs::create_dir(directory) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(StoreError::of_io("making the directory", directory, error))
        }
        _ => Ok(()),
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    File::create(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(|error| StoreError::of_io("writing a file", path, error))
}

/// Waits until the names in `directory` are on disk.
fn sync_directory(directory: &Path) -> Result<(), StoreError> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(|error| StoreError::of_io("waiting for the directory", directory, error))
}
