//! fjall trusts the headers of its journal's entries. Altered in any bit, they must not make the tables tell anything but
//! a prefix of what was written.

use crate::ledger::store::StoreError;
use crate::ledger::store::directory::{Engine, OpenOptions, open};
use crate::ledger::store::key_value::{
    Batch, Durability, KeyValueRead, KeyValueStore, MemoryTables, Order, Table,
};
use std::fs;
use std::ops::{Bound, ControlFlow};
use std::path::Path;
use tempfile::TempDir;

type Entry = (Vec<u8>, Vec<u8>);

const BATCHES: u8 = 6;
/// Three of ours, and two numbers a table.
const ITEMS: u8 = 15;
const _: () = assert!(ITEMS as usize == 3 + 2 * Table::ALL.len());
/// Tag, count of items, sequence number.
const HEADER_SIZE_BYTES: usize = 1 + 4 + 8;

/// Overwrites a key, puts a new one, and deletes that of the batch before.
fn batch(number: u8) -> Batch {
    let mut batch = Batch::default();
    batch.put(Table::Accounts, *b"overwritten", [number]);
    batch.put(Table::Accounts, [number], [number]);
    batch.delete(Table::Accounts, [number - 1]);
    batch
}

fn accounts(tables: &dyn KeyValueRead) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    tables.scan(
        Table::Accounts,
        (Bound::Unbounded, Bound::Unbounded),
        Order::Ascending,
        &mut |key, value| {
            entries.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        },
    )?;
    Ok(entries)
}

fn open_accounts(directory: &Path) -> Result<Vec<Entry>, StoreError> {
    let options = OpenOptions { engine: Engine::Fjall, cache_size_bytes: 1 << 20, ..OpenOptions::default() };
    accounts(&*open(directory, &options)?.tables)
}

/// Where the headers of our batches begin in the journal.
fn headers(journal: &[u8]) -> Vec<usize> {
    let begins = |window: &[u8]| window == [1, ITEMS, 0, 0, 0];
    journal.windows(5).enumerate().filter(|(_, window)| begins(window)).map(|(offset, _)| offset).collect()
}

#[test]
fn no_altered_header_in_the_journal_passes_unnoticed() {
    let directory = TempDir::new().unwrap();
    let tables = open(directory.path(), &OpenOptions::default()).unwrap().tables;
    let twin = MemoryTables::default();
    let mut prefixes = vec![accounts(&twin).unwrap()];
    for number in 1..=BATCHES {
        tables.write(batch(number), Durability::Later).unwrap();
        twin.write(batch(number), Durability::Later).unwrap();
        prefixes.push(accounts(&twin).unwrap());
    }
    drop(tables);
    assert_eq!(open_accounts(directory.path()).unwrap(), *prefixes.last().unwrap());

    let file = directory.path().join("fjall/0.jnl");
    let journal = fs::read(&file).unwrap();
    let headers = headers(&journal);
    assert_eq!(headers.len(), usize::from(BATCHES), "the journal is laid out as this test believes");
    let mut refused = 0;
    for header in [headers[0], headers[3]] {
        for bit in 0..HEADER_SIZE_BYTES * 8 {
            let mut altered = journal.clone();
            altered[header + bit / 8] ^= 1 << (bit % 8);
            fs::write(&file, altered).unwrap();
            match open_accounts(directory.path()) {
                Ok(found) => {
                    assert!(prefixes.contains(&found), "bit {bit} of the header at {header}: {found:?}")
                }
                Err(StoreError::Damaged { .. }) => refused += 1,
                Err(other) => panic!("bit {bit} of the header at {header}: {other}"),
            }
        }
    }
    assert!(refused > 60, "most of the sequence number's bits matter: {refused}");
}
