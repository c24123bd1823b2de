//! Tables of keys and values, ordered, written in atomic batches: what a ledger on disk asks of an embedded database.
//!
//! Everything that knows what an account or a block is stands above this trait, once; an engine below it knows bytes.

mod contain;
pub(crate) mod fjall;
mod memory;
pub(crate) mod redb;
#[cfg(test)]
mod tests;

pub use memory::MemoryTables;

use crate::ledger::store::StoreError;
use std::ops::{Bound, ControlFlow};

/// The largest key: 4 KiB. Empty keys are allowed.
pub const KEY_SIZE_MAX_BYTES: usize = 4 << 10;
/// The largest value: 1 GiB. Empty values are allowed, and are not the same as none.
pub const VALUE_SIZE_MAX_BYTES: usize = 1 << 30;

/// The tables of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// What the ledger is, and how far the other tables have come.
    Meta,
    /// Accounts by address.
    Accounts,
    /// Headers by block number.
    Headers,
    /// Everything else of a block, by block number.
    Blocks,
    /// Where a transaction stands, by its signature.
    Signatures,
    /// Which transactions name an address, by address and block.
    Addresses,
}

impl Table {
    /// All of them, in the order of the discriminants.
    pub const ALL: [Self; 6] =
        [Self::Meta, Self::Accounts, Self::Headers, Self::Blocks, Self::Signatures, Self::Addresses];

    /// Its name in an engine.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Accounts => "accounts",
            Self::Headers => "headers",
            Self::Blocks => "blocks",
            Self::Signatures => "signatures",
            Self::Addresses => "addresses",
        }
    }
}

/// When what was written is sure to outlive the machine's power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// When the call returns: the engine has waited for the disk, for this batch and all those before it.
    Now,
    /// With the next batch that is written with [`Self::Now`]. A killed process may lose it, whole and only after all
    /// later ones: what is left after a crash is always a prefix of the batches written.
    Later,
}

/// Which end of a range a scan begins at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The smallest key first.
    Ascending,
    /// The largest key first.
    Descending,
}

/// A change of one key: its new value, or that it is gone.
pub type Change = (Vec<u8>, Option<Vec<u8>>);

/// Changes that are made all or none. Where a key stands twice, the later change counts.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    changes: Vec<(Table, Change)>,
}

impl Batch {
    /// Sets `key` to `value`.
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.changes.push((table, (key.into(), Some(value.into()))));
    }

    /// Takes `key` away, if it is there.
    pub fn delete(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.changes.push((table, (key.into(), None)));
    }

    /// The changes, in the order they were made.
    #[must_use]
    pub fn into_changes(self) -> Vec<(Table, Change)> {
        self.changes
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether an engine may be asked to hold all of it.
    fn check_sizes(&self) -> Result<(), StoreError> {
        self.changes.iter().try_for_each(|(_, change)| check_size(change))
    }
}

fn check_size((key, value): &Change) -> Result<(), StoreError> {
    let within = |what, size_bytes, max_bytes| match size_bytes <= max_bytes {
        true => Ok(()),
        false => Err(StoreError::TooLarge { what, size_bytes, max_bytes }),
    };
    within("key", key.len(), KEY_SIZE_MAX_BYTES)?;
    within("value", value.as_ref().map_or(0, Vec::len), VALUE_SIZE_MAX_BYTES)
}

/// Lets changes to load through while they are small enough and in order; the first that is not ends them.
struct Ascending<'a> {
    table: Table,
    changes: &'a mut dyn Iterator<Item = Change>,
    last_key: Option<Vec<u8>>,
}

impl<'a> Ascending<'a> {
    fn new(table: Table, changes: &'a mut dyn Iterator<Item = Change>) -> Self {
        Self { table, changes, last_key: None }
    }
}

impl Iterator for Ascending<'_> {
    type Item = Result<Change, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let change = self.changes.next()?;
        if let Err(error) = check_size(&change) {
            return Some(Err(error));
        }
        if self.last_key.as_ref().is_some_and(|last| *last >= change.0) {
            return Some(Err(StoreError::NotAscending { table: self.table.name() }));
        }
        let last = self.last_key.get_or_insert_default();
        last.clear();
        last.extend_from_slice(&change.0);
        Some(Ok(change))
    }
}

/// Whether no key can be within `range`. Engines differ in what they make of a range whose end lies before its start.
fn holds_nothing(range: KeyRange<'_>) -> bool {
    match range {
        (Bound::Included(start), Bound::Included(end)) => start > end,
        (Bound::Included(start) | Bound::Excluded(start), Bound::Included(end) | Bound::Excluded(end)) => {
            start >= end
        }
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
    }
}

/// From which key to which.
pub type KeyRange<'a> = (Bound<&'a [u8]>, Bound<&'a [u8]>);

/// What a scan shows keys and values to, until it breaks.
pub type Visit<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>;

/// Reading, from the tables as they are now or from a [view](KeyValueStore::view).
pub trait KeyValueRead: std::fmt::Debug + Send + Sync {
    /// The value of `key`, if it is there.
    ///
    /// # Errors
    /// [`StoreError`] if the engine cannot tell.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Shows `visit` the keys within `range` and their values, in order, until it breaks.
    ///
    /// # Errors
    /// [`StoreError`] if the engine cannot read on.
    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        order: Order,
        visit: Visit<'_>,
    ) -> Result<(), StoreError>;
}

/// An embedded database. All methods take `&self`: readers on other threads go on while a batch is written.
pub trait KeyValueStore: KeyValueRead {
    /// Makes the changes of `batch`, all or none.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`]; then nothing has happened. Any other: none of the changes is seen by readers, no further
    /// batch is taken ([`StoreError::Stopped`]), and the next opening finds the batch whole or not at all; whole it may be
    /// if all that failed was waiting for the disk.
    fn write(&self, batch: Batch, durability: Durability) -> Result<(), StoreError>;

    /// Makes many changes of one table, given in strictly ascending order of keys, in whatever way is cheapest. Not atomic:
    /// after a failure or a crash some may be made and some not. When it returns they are all seen by readers, and
    /// as durable as with [`Durability::Later`].
    ///
    /// # Errors
    /// [`StoreError`], [`StoreError::NotAscending`] among them; then some of the changes may be made.
    fn load(&self, table: Table, changes: &mut dyn Iterator<Item = Change>) -> Result<(), StoreError>;

    /// The tables as they are now, unmoved by what is written later.
    ///
    /// # Errors
    /// [`StoreError`] if the engine cannot hold on to them.
    fn view(&self) -> Result<Box<dyn KeyValueRead>, StoreError>;

    /// Bytes the tables take on disk, as far as the engine knows; 0 in memory.
    fn size_bytes(&self) -> u64;
}
