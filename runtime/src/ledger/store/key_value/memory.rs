//! The tables in memory: one ordered map. Nothing outlives the process.

use super::{Batch, Change, Durability, KeyRange, KeyValueRead, KeyValueStore, Order, Table, Visit};
use crate::ledger::store::StoreError;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::ops::Bound;

type Map = BTreeMap<(Table, Vec<u8>), Vec<u8>>;

/// The tables, behind one lock.
#[derive(Debug, Default)]
pub struct MemoryTables(RwLock<Map>);

impl KeyValueRead for MemoryTables {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.read().get(&(table, key.to_vec())).cloned())
    }

    fn scan(
        &self,
        table: Table,
        (start, end): KeyRange<'_>,
        order: Order,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        let map = self.0.read().clone();
        let within = |key: &[u8]| {
            let after_start = match start {
                Bound::Included(start) => key >= start,
                Bound::Excluded(start) => key > start,
                Bound::Unbounded => true,
            };
            let before_end = match end {
                Bound::Included(end) => key <= end,
                Bound::Excluded(end) => key < end,
                Bound::Unbounded => true,
            };
            after_start && before_end
        };
        let mut found: Vec<_> =
            map.iter().filter(|((other, key), _)| *other == table && within(key)).collect();
        if order == Order::Descending {
            found.reverse();
        }
        let _ = found.into_iter().try_for_each(|((_, key), value)| visit(key, value));
        Ok(())
    }
}

impl KeyValueStore for MemoryTables {
    fn write(&self, batch: Batch, _: Durability) -> Result<(), StoreError> {
        let mut map = self.0.write();
        for (table, (key, value)) in batch.into_changes() {
            match value {
                Some(value) => drop(map.insert((table, key), value)),
                None => drop(map.remove(&(table, key))),
            }
        }
        Ok(())
    }

    fn load(&self, table: Table, changes: &mut dyn Iterator<Item = Change>) -> Result<(), StoreError> {
        for change in changes {
            let mut batch = Batch::default();
            match change {
                (key, Some(value)) => batch.put(table, key, value),
                (key, None) => batch.delete(table, key),
            }
            self.write(batch, Durability::Later)?;
        }
        Ok(())
    }

    fn view(&self) -> Result<Box<dyn KeyValueRead>, StoreError> {
        Ok(Box::new(Self(RwLock::new(self.0.read().clone()))))
    }

    fn size_bytes(&self) -> u64 {
        0
    }
}
