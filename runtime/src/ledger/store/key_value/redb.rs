//! The tables in redb, a copy-on-write B-tree in one file: the second engine, which keeps the trait honest.
//!
//! `Durability::Now` is a two-phase commit: the new root is on disk before anything says that it counts. `Durability::Later` is a
//! commit in memory alone: later commits build upon it, the next durable one takes it along, and a killed process loses it with all
//! that came after, so what is left is always a prefix. redb looks at its checksums only when it is told to, so every
//! opening reads the whole file and checks it.

use super::contain::contain;
use super::{
    Ascending, Batch, Change, Durability, KeyRange, KeyValueRead, KeyValueStore, Order, Table, Visit,
    holds_nothing,
};
use crate::ledger::store::StoreError;
use crate::ledger::store::directory::DirectoryLock;
use parking_lot::Mutex;
use redb::{Database, ReadOnlyTable, ReadTransaction, ReadableDatabase, TableDefinition, WriteTransaction};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The one file, in the folder of the tables.
const FILE: &str = "tables.redb";

/// The tables in redb.
#[derive(Debug)]
pub(crate) struct RedbTables {
    engine: Arc<Engine>,
    /// Whether a write has failed: what is on disk now is known at the next opening only.
    stopped: Mutex<bool>,
}

/// The tables as they were when it was taken. Keeps the engine open.
struct RedbView {
    transaction: ReadTransaction,
    engine: Arc<Engine>,
}

struct Engine {
    folder: PathBuf,
    database: Option<Database>,
    /// Goes last, when the file is closed.
    _lock: DirectoryLock,
}

impl RedbTables {
    /// Makes empty tables in `folder`, which must be empty.
    pub(crate) fn create(
        folder: &Path,
        cache_size_bytes: u64,
        lock: DirectoryLock,
    ) -> Result<Self, StoreError> {
        const OPERATION: &str = "creating the tables";
        contain(OPERATION, folder, || {
            let create = || -> Result<Database, redb::Error> {
                let database = builder(cache_size_bytes).create(folder.join(FILE))?;
                let mut transaction = database.begin_write()?;
                transaction.set_two_phase_commit(true);
                for table in Table::ALL {
                    transaction.open_table(definition(table))?;
                }
                transaction.commit()?;
                Ok(database)
            };
            create()
                .map(|database| Self::new(folder, database, lock))
                .map_err(|error| fault(OPERATION, folder, error))
        })
    }

    /// Opens the tables in `folder`, and checks every page of them.
    pub(crate) fn open(
        folder: &Path,
        cache_size_bytes: u64,
        lock: DirectoryLock,
    ) -> Result<Self, StoreError> {
        const OPERATION: &str = "opening the tables";
        contain(OPERATION, folder, || {
            let open = || -> Result<Database, redb::Error> {
                let database =
                    builder(cache_size_bytes).set_check_integrity_on_open(true).open(folder.join(FILE))?;
                let transaction = database.begin_read()?;
                for table in Table::ALL {
                    transaction.open_table(definition(table))?;
                }
                drop(transaction);
                Ok(database)
            };
            open()
                .map(|database| Self::new(folder, database, lock))
                .map_err(|error| fault(OPERATION, folder, error))
        })
    }

    fn new(folder: &Path, database: Database, lock: DirectoryLock) -> Self {
        let engine = Engine { folder: folder.into(), database: Some(database), _lock: lock };
        Self { engine: Arc::new(engine), stopped: Mutex::new(false) }
    }

    fn read_view(&self) -> Result<RedbView, StoreError> {
        let transaction = self.engine.read(|| Ok(self.engine.database().begin_read()?))?;
        Ok(RedbView { transaction, engine: Arc::clone(&self.engine) })
    }

    /// Lets `change` make changes in a transaction, and commits it. One at a time; none after one that failed.
    fn transact(
        &self,
        operation: &'static str,
        durability: Durability,
        change: impl FnOnce(&WriteTransaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let folder = &self.engine.folder;
        let mut stopped = self.stopped.lock();
        if *stopped {
            return Err(StoreError::Stopped { operation, path: folder.clone() });
        }
        *stopped = true;
        let transaction = contain(operation, folder, || {
            let begin = || -> Result<WriteTransaction, redb::Error> {
                let mut transaction = self.engine.database().begin_write()?;
                match durability {
                    Durability::Now => transaction.set_two_phase_commit(true),
                    Durability::Later => transaction.set_durability(redb::Durability::None)?,
                }
                Ok(transaction)
            };
            begin().map_err(|error| fault(operation, folder, error))
        })?;
        let refused = match change(&transaction) {
            Ok(()) => None,
            // The caller's own mistake: the engine is as sound as before.
            Err(error @ (StoreError::TooLarge { .. } | StoreError::NotAscending { .. })) => Some(error),
            Err(error) => return Err(error),
        };
        contain(operation, folder, || {
            let end = || -> Result<(), redb::Error> {
                match refused {
                    Some(_) => Ok(transaction.abort()?),
                    None => Ok(transaction.commit()?),
                }
            };
            end().map_err(|error| fault(operation, folder, error))
        })?;
        *stopped = false;
        refused.map_or(Ok(()), Err)
    }
}

impl KeyValueRead for RedbTables {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.read_view()?.get(table, key)
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        order: Order,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        self.read_view()?.scan(table, range, order, visit)
    }
}

impl KeyValueStore for RedbTables {
    fn write(&self, batch: Batch, durability: Durability) -> Result<(), StoreError> {
        const OPERATION: &str = "writing a batch";
        batch.check_sizes()?;
        self.transact(OPERATION, durability, |transaction| {
            let mut changes: [Vec<Change>; Table::ALL.len()] = Default::default();
            for (table, change) in batch.into_changes() {
                changes[table as usize].push(change);
            }
            for (table, mut changes) in Table::ALL.into_iter().zip(changes) {
                // In the order of the keys neighbours meet in one page. Stable, so that the later change still counts.
                changes.sort_by(|(left, _), (right, _)| left.cmp(right));
                self.engine.apply(OPERATION, transaction, table, &mut changes.into_iter().map(Ok))?;
            }
            Ok(())
        })
    }

    fn load(&self, table: Table, changes: &mut dyn Iterator<Item = Change>) -> Result<(), StoreError> {
        const OPERATION: &str = "loading a table";
        self.transact(OPERATION, Durability::Later, |transaction| {
            self.engine.apply(OPERATION, transaction, table, &mut Ascending::new(table, changes))
        })
    }

    fn view(&self) -> Result<Box<dyn KeyValueRead>, StoreError> {
        Ok(Box::new(self.read_view()?))
    }

    fn size_bytes(&self) -> u64 {
        std::fs::metadata(self.engine.folder.join(FILE)).map_or(0, |file| file.len())
    }
}

impl KeyValueRead for RedbView {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.engine.read(|| Ok(self.table(table)?.get(key)?.map(|value| value.value().to_vec())))
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
        let mut entries = self.engine.read(|| Ok(self.table(table)?.range::<&[u8]>(range)?))?;
        // Only the engine's own steps are contained: a panic of `visit` is the caller's.
        while let Some((key, value)) = self.engine.read(|| {
            let entry = match order {
                Order::Ascending => entries.next(),
                Order::Descending => entries.next_back(),
            };
            Ok(entry.transpose()?)
        })? {
            if visit(key.value(), value.value()).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl RedbView {
    fn table(&self, table: Table) -> Result<ReadOnlyTable<&'static [u8], &'static [u8]>, redb::Error> {
        Ok(self.transaction.open_table(definition(table))?)
    }
}

impl Engine {
    fn database(&self) -> &Database {
        self.database.as_ref().expect("it is there until the engine is dropped")
    }

    fn read<T>(&self, work: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, StoreError> {
        const OPERATION: &str = "reading a table";
        contain(OPERATION, &self.folder, || work().map_err(|error| fault(OPERATION, &self.folder, error)))
    }

    /// Makes `changes` in `table`. Where they come from is not contained.
    fn apply(
        &self,
        operation: &'static str,
        transaction: &WriteTransaction,
        table: Table,
        changes: &mut dyn Iterator<Item = Result<Change, StoreError>>,
    ) -> Result<(), StoreError> {
        let engine = |error: redb::Error| fault(operation, &self.folder, error);
        let mut table = contain(operation, &self.folder, || {
            transaction.open_table(definition(table)).map_err(|error| engine(error.into()))
        })?;
        for change in changes {
            let (key, value) = change?;
            contain(operation, &self.folder, || {
                match value {
                    Some(value) => table.insert(key.as_slice(), value.as_slice()).map(drop),
                    None => table.remove(key.as_slice()).map(drop),
                }
                .map_err(|error| engine(error.into()))
            })?;
        }
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let database = self.database.take();
        // Nothing can be reported from here. What was durable stays so.
        let _ = contain("closing the tables", &self.folder, || {
            drop(database);
            Ok(())
        });
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Engine").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl fmt::Debug for RedbView {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("RedbView").field("engine", &self.engine).finish_non_exhaustive()
    }
}

fn builder(cache_size_bytes: u64) -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(usize::try_from(cache_size_bytes).unwrap_or(usize::MAX));
    builder
}

const fn definition(table: Table) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
    TableDefinition::new(table.name())
}

/// The error for what redb said of `operation` on the tables in `folder`.
fn fault(operation: &'static str, folder: &Path, error: redb::Error) -> StoreError {
    match &error {
        redb::Error::PreviousIo => StoreError::Stopped { operation, path: folder.into() },
        redb::Error::Io(io) => {
            let kind = io.kind();
            StoreError::of_engine(operation, folder, Some(kind), error.into())
        }
        _ => StoreError::of_engine(operation, folder, None, error.into()),
    }
}
