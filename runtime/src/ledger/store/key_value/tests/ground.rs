//! What the suite stands on: an engine with its directory, and the ordered slice that says what a range holds.

use super::{Batch, Durability, KeyRange, KeyValueRead, KeyValueStore, Order, Table};
use crate::ledger::store::StoreError;
use crate::ledger::store::directory::{Engine, OpenOptions, open};
use crate::ledger::store::key_value::MemoryTables;
use std::fmt;
use std::fs;
use std::ops::{ControlFlow, RangeBounds};
use std::path::Path;
use tempfile::TempDir;

/// The implementations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Memory,
    Disk(Engine),
}

/// A key and its value.
pub(super) type Entry = (Vec<u8>, Vec<u8>);

/// Tables of one kind, empty at first.
pub(super) struct Ground {
    kind: Kind,
    directory: TempDir,
    /// None only while it is opened again.
    store: Option<Box<dyn KeyValueStore>>,
}

impl Ground {
    pub(super) fn new(kind: Kind) -> Self {
        let directory = TempDir::new().unwrap();
        let mut ground = Self { kind, directory, store: None };
        ground.reopen();
        ground
    }

    pub(super) fn all() -> [Self; 3] {
        [Kind::Memory, Kind::Disk(Engine::Fjall), Kind::Disk(Engine::Redb)].map(Self::new)
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn store(&self) -> &dyn KeyValueStore {
        self.store.as_deref().unwrap()
    }

    /// Closes and opens; what is in memory alone stays as it is.
    pub(super) fn reopen(&mut self) {
        match self.kind {
            Kind::Memory => {
                self.store = Some(self.store.take().unwrap_or_else(|| Box::<MemoryTables>::default()))
            }
            Kind::Disk(_) => {
                self.store = None;
                self.store = Some(open_again(self.kind, self.directory.path()).unwrap());
            }
        }
    }

    /// Goes on with a copy of the files as they are at this instant, with nothing closed; what is in memory alone stays as it is.
    pub(super) fn restore_from_files(&mut self) {
        if self.kind != Kind::Memory {
            let copy = TempDir::new().unwrap();
            copy_folder(self.directory.path(), copy.path());
            self.store = None;
            self.directory = copy;
            self.reopen();
        }
    }

    /// Gives the directory away, and the store up.
    pub(super) fn close(self) -> TempDir {
        self.directory
    }

    pub(super) fn write(&self, batch: Batch, durability: Durability) {
        self.store().write(batch, durability).unwrap();
    }

    pub(super) fn get(&self, table: Table, key: &[u8]) -> Option<Vec<u8>> {
        self.store().get(table, key).unwrap()
    }

    pub(super) fn scan(&self, table: Table, range: KeyRange<'_>, order: Order) -> Vec<Entry> {
        scan(self.store(), table, range, order)
    }
}

impl fmt::Debug for Ground {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(out)
    }
}

/// All that a scan shows.
pub(super) fn scan<R: KeyValueRead + ?Sized>(
    read: &R,
    table: Table,
    range: KeyRange<'_>,
    order: Order,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let visit = &mut |key: &[u8], value: &[u8]| {
        entries.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    };
    read.scan(table, range, order, visit).unwrap();
    entries
}

/// A batch that puts one value.
pub(super) fn put(table: Table, key: &[u8], value: &[u8]) -> Batch {
    let mut batch = Batch::default();
    batch.put(table, key, value);
    batch
}

/// Those of `keys` that are within `range`, ascending, each with itself as its value.
pub(super) fn range_of(keys: &[&[u8]], range: KeyRange<'_>) -> Vec<Entry> {
    keys.iter()
        .filter(|key| RangeBounds::<[u8]>::contains::<[u8]>(&range, key))
        .map(|key| (key.to_vec(), key.to_vec()))
        .collect()
}

/// Opens `directory`, where a ledger of `kind` lies.
pub(super) fn open_again(kind: Kind, directory: &Path) -> Result<Box<dyn KeyValueStore>, StoreError> {
    let Kind::Disk(engine) = kind else { panic!("nothing is kept in memory") };
    let options = OpenOptions { engine, cache_size_bytes: 8 << 20, ..OpenOptions::default() };
    Ok(open(directory, &options)?.tables)
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
