//! The tables in memory: one ordered map each. The plain twin of the engines on disk; nothing outlives the process.

use super::{
    Ascending, Batch, Change, Durability, KeyRange, KeyValueRead, KeyValueStore, Order, Table, Visit,
    holds_nothing,
};
use crate::ledger::store::StoreError;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The tables, behind one lock. A view shares the maps; whoever writes to a shared map copies it first, so a view costs
/// nothing until then.
#[derive(Debug, Default)]
pub struct MemoryTables {
    maps: RwLock<Maps>,
}

/// One map a table, in the order of [`Table::ALL`]. Values are shared so that copying a map copies no value.
#[derive(Clone, Debug, Default)]
struct Maps([Arc<Map>; Table::ALL.len()]);

type Map = BTreeMap<Vec<u8>, Arc<[u8]>>;

impl Maps {
    fn apply(&mut self, table: Table, (key, value): Change) {
        let map = Arc::make_mut(&mut self.0[table as usize]);
        match value {
            Some(value) => drop(map.insert(key, value.into())),
            None => drop(map.remove(&key)),
        }
    }
}

impl KeyValueRead for Maps {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0[table as usize].get(key).map(|value| value.to_vec()))
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        order: Order,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        // The map itself would panic.
        if holds_nothing(range) {
            return Ok(());
        }
        let mut entries = self.0[table as usize].range::<[u8], _>(range);
        while let Some((key, value)) = match order {
            Order::Ascending => entries.next(),
            Order::Descending => entries.next_back(),
        } {
            if visit(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl KeyValueRead for MemoryTables {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.maps.read().get(table, key)
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        order: Order,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        // Not under the lock: `visit` may write.
        let maps = self.maps.read().clone();
        maps.scan(table, range, order, visit)
    }
}

impl KeyValueStore for MemoryTables {
    fn write(&self, batch: Batch, _: Durability) -> Result<(), StoreError> {
        batch.check_sizes()?;
        let mut maps = self.maps.write();
        for (table, change) in batch.into_changes() {
            maps.apply(table, change);
        }
        Ok(())
    }

    fn load(&self, table: Table, changes: &mut dyn Iterator<Item = Change>) -> Result<(), StoreError> {
        for change in Ascending::new(table, changes) {
            let change = change?;
            self.maps.write().apply(table, change);
        }
        Ok(())
    }

    fn view(&self) -> Result<Box<dyn KeyValueRead>, StoreError> {
        Ok(Box::new(self.maps.read().clone()))
    }

    fn size_bytes(&self) -> u64 {
        0
    }
}
