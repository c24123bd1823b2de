//! The tables in fjall, a log-structured merge tree: the engine of choice where every block writes thousands of random
//! keys, since a batch is one append to a journal, whatever the keys are.
//!
//! | | what fjall does | what is added here |
//! |---|---|---|
//! | a batch | one journal entry, then the tables' buffers in memory | numbers that tell damage from a crash (`numbers.rs`) |
//! | `Durability::Later` | the operating system has it: lost with the machine, not with the process | |
//! | `Durability::Now` | `fsync` of the journal | |
//! | a buffer becomes a file | after an `fsync` of the journal, so no table gets ahead of it | the same before `load` |
//! | damage to a table's file | checksums a block, looked at whenever it is read | |
//! | damage to the journal | taken for a crash: what follows is dropped | the numbers again |
//! | empty keys | refused | every key of the caller's has a byte before it |

mod numbers;
mod tables;
#[cfg(test)]
mod tests;

use self::numbers::Numbers;
use super::contain::contain;
use super::{
    Ascending, Batch, Change, Durability, KeyRange, KeyValueRead, KeyValueStore, Order, Table, Visit,
    holds_nothing,
};
use crate::ledger::store::StoreError;
use crate::ledger::store::directory::DirectoryLock;
use fjall::{Database, Guard, Keyspace, LsmError, PersistMode, Readable, Snapshot};
use parking_lot::Mutex;
use std::fmt;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The first byte of every key of the caller's. What is smaller is ours.
const CALLERS: u8 = 1;

/// The tables in fjall.
#[derive(Debug)]
pub(crate) struct FjallTables {
    engine: Arc<Engine>,
    /// Who writes holds it.
    writer: Mutex<Writer>,
}

/// The tables as they were when it was taken. Keeps the engine open.
struct FjallView {
    snapshot: Snapshot,
    engine: Arc<Engine>,
}

#[derive(Debug)]
struct Writer {
    numbers: Numbers,
    /// Whether a write has failed: what is in the journal now is known at the next opening only.
    stopped: bool,
}

struct Engine {
    folder: PathBuf,
    /// One a table, in the order of [`Table::ALL`].
    keyspaces: Option<[Keyspace; Table::ALL.len()]>,
    database: Option<Database>,
    /// Goes last, when all files are closed.
    _lock: DirectoryLock,
}

impl FjallTables {
    /// Makes empty tables in `folder`, which must not exist.
    pub(crate) fn create(
        folder: &Path,
        cache_size_bytes: u64,
        lock: DirectoryLock,
    ) -> Result<Self, StoreError> {
        contain("creating the tables", folder, || {
            let database = tables::open(folder, cache_size_bytes)?;
            let keyspaces = tables::create(folder, &database)?;
            database
                .persist(PersistMode::SyncAll)
                .map_err(|error| fault("creating the tables", folder, error))?;
            Ok(Self::new(folder, database, keyspaces, Numbers::default(), lock))
        })
    }

    /// Opens the tables in `folder`, and checks that they are those of one and the same batch.
    pub(crate) fn open(
        folder: &Path,
        cache_size_bytes: u64,
        lock: DirectoryLock,
    ) -> Result<Self, StoreError> {
        contain("opening the tables", folder, || {
            tables::check_present(folder)?;
            let database = tables::open(folder, cache_size_bytes)?;
            let keyspaces = tables::existing(folder, &database)?;
            let numbers = Numbers::read(folder, &database.snapshot(), &keyspaces)?;
            Ok(Self::new(folder, database, keyspaces, numbers, lock))
        })
    }

    fn new(
        folder: &Path,
        database: Database,
        keyspaces: [Keyspace; Table::ALL.len()],
        numbers: Numbers,
        lock: DirectoryLock,
    ) -> Self {
        let engine = Engine {
            folder: folder.into(),
            keyspaces: Some(keyspaces),
            database: Some(database),
            _lock: lock,
        };
        Self { engine: Arc::new(engine), writer: Mutex::new(Writer { numbers, stopped: false }) }
    }
}

impl KeyValueRead for FjallTables {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.engine.read(|| Ok(self.engine.keyspace(table).get(prefixed(key))?.map(|value| value.to_vec())))
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        order: Order,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        // Without a snapshot the engine would show half of a batch that is being written.
        self.view()?.scan(table, range, order, visit)
    }
}

impl KeyValueStore for FjallTables {
    fn write(&self, batch: Batch, durability: Durability) -> Result<(), StoreError> {
        const OPERATION: &str = "writing a batch";
        batch.check_sizes()?;
        let mut writer = self.writer.lock();
        writer.check(OPERATION, &self.engine)?;
        writer.stopped = true;
        contain(OPERATION, &self.engine.folder, || {
            let mode = match durability {
                Durability::Now => PersistMode::SyncAll,
                Durability::Later => PersistMode::Buffer,
            };
            let mut out = self.engine.database().batch().durability(Some(mode));
            let mut prefixed = vec![CALLERS];
            for (table, (key, value)) in batch.into_changes() {
                prefixed.truncate(1);
                prefixed.extend_from_slice(&key);
                match value {
                    Some(value) => out.insert(self.engine.keyspace(table), prefixed.as_slice(), value),
                    None => out.remove(self.engine.keyspace(table), prefixed.as_slice()),
                }
            }
            writer.numbers.count(&mut out, self.engine.keyspaces());
            out.commit().map_err(|error| fault(OPERATION, &self.engine.folder, error))
        })?;
        writer.stopped = false;
        Ok(())
    }

    fn load(&self, table: Table, changes: &mut dyn Iterator<Item = Change>) -> Result<(), StoreError> {
        const OPERATION: &str = "loading a table";
        let folder = &self.engine.folder;
        let mut writer = self.writer.lock();
        writer.check(OPERATION, &self.engine)?;
        writer.stopped = true;
        let mut ingestion = contain(OPERATION, folder, || {
            self.engine.keyspace(table).start_ingestion().map_err(|error| fault(OPERATION, folder, error))
        })?;
        for change in Ascending::new(table, changes) {
            // An error of the caller's leaves files that no table knows; the engine removes them at the next opening.
            let (key, value) = change.inspect_err(|_| writer.stopped = false)?;
            contain(OPERATION, folder, || {
                let key = prefixed(&key);
                match value {
                    Some(value) => ingestion.write(key, value),
                    None => ingestion.write_tombstone(key),
                }
                .map_err(|error| fault(OPERATION, folder, error))
            })?;
        }
        contain(OPERATION, folder, || {
            // Finishing turns the table's buffer into a file. Batches in it must not outlive the machine's power in one
            // table and be lost in the others.
            self.engine
                .database()
                .persist(PersistMode::SyncAll)
                .and_then(|()| ingestion.finish())
                .map_err(|error| fault(OPERATION, folder, error))
        })?;
        writer.stopped = false;
        Ok(())
    }

    fn view(&self) -> Result<Box<dyn KeyValueRead>, StoreError> {
        let snapshot =
            contain("taking a view", &self.engine.folder, || Ok(self.engine.database().snapshot()))?;
        Ok(Box::new(FjallView { snapshot, engine: Arc::clone(&self.engine) }))
    }

    fn size_bytes(&self) -> u64 {
        self.engine.read(|| self.engine.database().disk_space()).unwrap_or(0)
    }
}

impl KeyValueRead for FjallView {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let keyspace = self.engine.keyspace(table);
        self.engine.read(|| Ok(self.snapshot.get(keyspace, prefixed(key))?.map(|value| value.to_vec())))
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        order: Order,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        if holds_nothing(range) {
            return Ok(());
        }
        let range = callers_range(range);
        let keyspace = self.engine.keyspace(table);
        let mut entries = self.engine.read(|| Ok(self.snapshot.range::<Vec<u8>, _>(keyspace, range)))?;
        // Only the engine's own steps are contained: a panic of `visit` is the caller's.
        while let Some((key, value)) = self.engine.read(|| {
            let entry = match order {
                Order::Ascending => entries.next(),
                Order::Descending => entries.next_back(),
            };
            entry.map(Guard::into_inner).transpose()
        })? {
            if visit(key.get(1..).unwrap_or_default(), &value).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl Engine {
    fn keyspaces(&self) -> &[Keyspace; Table::ALL.len()] {
        self.keyspaces.as_ref().expect("they are there until the engine is dropped")
    }

    fn keyspace(&self, table: Table) -> &Keyspace {
        &self.keyspaces()[table as usize]
    }

    fn database(&self) -> &Database {
        self.database.as_ref().expect("it is there until the engine is dropped")
    }

    fn read<T>(&self, work: impl FnOnce() -> fjall::Result<T>) -> Result<T, StoreError> {
        const OPERATION: &str = "reading a table";
        contain(OPERATION, &self.folder, || work().map_err(|error| fault(OPERATION, &self.folder, error)))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let (database, keyspaces) = (self.database.take(), self.keyspaces.take());
        // Nothing can be reported from here, and nothing is lost: the journal has it all.
        let _ = contain("closing the tables", &self.folder, || {
            let synced = database.as_ref().map(|database| database.persist(PersistMode::SyncAll));
            drop((keyspaces, database));
            synced.transpose().map_err(|error| fault("closing the tables", &self.folder, error))
        });
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Engine").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl fmt::Debug for FjallView {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("FjallView").field("engine", &self.engine).finish_non_exhaustive()
    }
}

impl Writer {
    fn check(&self, operation: &'static str, engine: &Engine) -> Result<(), StoreError> {
        match self.stopped {
            true => Err(StoreError::Stopped { operation, path: engine.folder.clone() }),
            false => Ok(()),
        }
    }
}

fn prefixed(key: &[u8]) -> Vec<u8> {
    [&[CALLERS], key].concat()
}

/// The same range among the keys as the engine has them.
fn callers_range((start, end): KeyRange<'_>) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    let start = match start {
        Bound::Unbounded => Bound::Included(vec![CALLERS]),
        bound => bound.map(prefixed),
    };
    let end = match end {
        Bound::Unbounded => Bound::Excluded(vec![CALLERS + 1]),
        bound => bound.map(prefixed),
    };
    (start, end)
}

/// The error for what fjall said of `operation` on the tables in `folder`.
fn fault(operation: &'static str, folder: &Path, error: fjall::Error) -> StoreError {
    match &error {
        fjall::Error::Poisoned => StoreError::Stopped { operation, path: folder.into() },
        fjall::Error::Io(io) | fjall::Error::Storage(LsmError::Io(io)) => {
            let kind = io.kind();
            StoreError::of_engine(operation, folder, Some(kind), error.into())
        }
        _ => StoreError::of_engine(operation, folder, None, error.into()),
    }
}
