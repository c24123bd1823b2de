//! Numbers that tell damage from a crash.
//!
//! fjall takes whatever it cannot read in its journal for the end of what was written before a crash, and trusts the
//! headers of journal entries without a checksum. That is right after a crash and wrong after damage: a table whose newest
//! batches already stand in its own files would be ahead of the others, or one batch would be missing amid its
//! followers, without a word. So every batch writes its number into *every* table, and says of the number before it that it was
//! followed. After an opening all tables must tell the same story:
//!
//! ```text
//! key    0, number modulo KEPT (8 bytes, big-endian)
//! value  number (8 bytes, big-endian), FOLLOWED or LAST (1 byte)
//! ```
//!
//! - a table that is ahead of the others has another last number;
//! - of the batch before a missing one, nobody says `FOLLOWED`;
//! - a batch that was put above its followers says `LAST` where they said `FOLLOWED`, one that was put below those before it
//!   lets the one before say `LAST`.
//!
//! The numbers go round so that no deleted keys pile up. Damage more than [`KEPT`] batches back is the checksums' affair: by
//! then the tables' own files have those batches, unless the batches are tiny, and then the state root notices.

use super::fault;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::Table;
use fjall::{Guard, Keyspace, OwnedWriteBatch, Readable, Snapshot};
use std::path::Path;

/// How many batches back the numbers go.
const KEPT: u64 = 1_024;
/// The first byte of the keys: below that of the caller's.
const OURS: u8 = 0;
const LAST: u8 = 0;
const FOLLOWED: u8 = 1;

/// The number of the batch written last; 0 before the first.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    last: u64,
}

impl Numbers {
    /// Reads the numbers from all tables.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the tables do not tell the same story, or not a whole one.
    pub(super) fn read(
        folder: &Path,
        snapshot: &Snapshot,
        keyspaces: &[Keyspace; Table::ALL.len()],
    ) -> Result<Self, StoreError> {
        const OPERATION: &str = "comparing the tables";
        let damaged =
            |what| StoreError::Damaged { operation: OPERATION, path: folder.into(), what, source: None };
        let mut common = None;
        for (table, keyspace) in Table::ALL.into_iter().zip(keyspaces) {
            let entries = snapshot
                .range(keyspace, vec![OURS]..vec![OURS + 1])
                .map(Guard::into_inner)
                .map(|entry| entry.map(|(key, value)| (key.to_vec(), value.to_vec())))
                .collect::<fjall::Result<Vec<_>>>()
                .map_err(|error| fault(OPERATION, folder, error))?;
            let last = whole_story(&entries)
                .ok_or_else(|| damaged(format!("the table {} lacks a batch in the middle", table.name())))?;
            match common.get_or_insert(last) {
                common if *common == last => (),
                common => {
                    let (first, name) = (Table::ALL[0].name(), table.name());
                    return Err(damaged(format!(
                        "the table {first} ends with batch {common}, the table {name} with batch {last}"
                    )));
                }
            }
        }
        Ok(Self { last: common.unwrap_or(0) })
    }

    /// Gives `batch` the next number. If it is not written, nothing more may be.
    pub(super) fn count(&mut self, batch: &mut OwnedWriteBatch, keyspaces: &[Keyspace; Table::ALL.len()]) {
        let before = self.last;
        self.last = before.checked_add(1).expect("a batch a nanosecond would take 584 years");
        for keyspace in keyspaces {
            batch.insert(keyspace, key(before), value(before, FOLLOWED));
            batch.insert(keyspace, key(self.last), value(self.last, LAST));
        }
    }
}

/// The last number, if `entries` are what [`Numbers::count`] leaves behind.
fn whole_story(entries: &[(Vec<u8>, Vec<u8>)]) -> Option<u64> {
    let number = |(_, value): &(Vec<u8>, Vec<u8>)| value.first_chunk().copied().map(u64::from_be_bytes);
    if entries.is_empty() {
        return Some(0);
    }
    let last = entries.iter().map(number).try_fold(0, |last, number| Some(last.max(number?)))?;
    // The first batch says of number 0, which nobody wrote, that it was followed.
    let first = last.saturating_sub(KEPT - 1);
    let mut expected: Vec<_> = (first..=last)
        .map(|number| {
            (key(number).to_vec(), value(number, if number == last { LAST } else { FOLLOWED }).to_vec())
        })
        .collect();
    expected.sort();
    (entries == expected).then_some(last)
}

fn key(number: u64) -> [u8; 9] {
    let mut key = [OURS; 9];
    key[1..].copy_from_slice(&(number % KEPT).to_be_bytes());
    key
}

fn value(number: u64, state: u8) -> [u8; 9] {
    let mut value = [state; 9];
    value[..8].copy_from_slice(&number.to_be_bytes());
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// What is left of the batches `order`, each put above those before it, among all up to `last`.
    fn entries(order: &[u64]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut map = BTreeMap::new();
        for &number in order {
            map.insert(key(number - 1).to_vec(), value(number - 1, FOLLOWED).to_vec());
            map.insert(key(number).to_vec(), value(number, LAST).to_vec());
        }
        map.into_iter().collect()
    }

    #[test]
    fn batches_in_order_are_a_whole_story() {
        assert_eq!(whole_story(&[]), Some(0));
        for last in [1, 2, 3, KEPT - 1, KEPT, KEPT + 1, 3 * KEPT + 5] {
            let order: Vec<_> = (1..=last).collect();
            assert_eq!(whole_story(&entries(&order)), Some(last), "{last}");
        }
    }

    #[test]
    fn a_batch_that_is_missing_or_out_of_place_is_noticed() {
        for last in [5, KEPT, 2 * KEPT + 7] {
            let order: Vec<_> = (1..=last).collect();
            for moved in (last - 4)..last {
                let without: Vec<_> = order.iter().copied().filter(|number| *number != moved).collect();
                assert_eq!(whole_story(&entries(&without)), None, "{moved} of {last} is missing");
                let ends = (0..=without.len()).filter(|place| *place < 8 || *place + 8 > without.len());
                for place in ends {
                    let mut reordered = without.clone();
                    reordered.insert(place, moved);
                    let expected = (reordered == order).then_some(last);
                    assert_eq!(whole_story(&entries(&reordered)), expected, "{moved} of {last} at {place}");
                }
            }
        }
    }
}
