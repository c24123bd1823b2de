//! Opening: what is not there, what is there already, and what does not fit together is said by name.

use crate::tables::{config, genesis, last, memory};
use sealane_runtime::face::HistoryPolicy;
use sealane_runtime::ledger::store::StoreError;
use sealane_runtime::ledger::store::key_value::{Batch, Durability, KeyValueStore, Order, Table};
use sealane_runtime::{Ledger, LedgerConfig, LedgerError, RuntimeConfig};
use sealane_sdk::Address;
use sealane_tests::Harness;
use sealane_tests::user::{MessageVersion, sign};
use solana_system_interface::instruction as system;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

/// A ledger with some blocks in its tables and some in its log.
fn made() -> Arc<dyn KeyValueStore> {
    let tables = memory();
    let genesis = genesis();
    let mut ledger =
        Ledger::create_in(tables.clone(), config(100, HistoryPolicy::All), &genesis).expect("a ledger");
    let [from, to] = [0, 1].map(Harness::user);
    for lamports in 1..8 {
        let transfer = system::transfer(&from.address, &to.address, lamports);
        let bytes = sign(&[transfer], &[&from], ledger.last_hash(), MessageVersion::Legacy);
        ledger.execute_block(1, &[bytes]).expect("a block");
        if lamports == 4 {
            ledger.close().expect("everything is written");
            ledger =
                Ledger::open_in(tables.clone(), config(100, HistoryPolicy::All)).expect("it opens again");
        }
    }
    tables
}

fn open(tables: &Arc<dyn KeyValueStore>) -> Result<Ledger, LedgerError> {
    Ledger::open_in(Arc::clone(tables), config(100, HistoryPolicy::All))
}

/// A copy of the tables.
fn copy(tables: &dyn KeyValueStore) -> Arc<dyn KeyValueStore> {
    let copy = memory();
    for (table, key, value) in entries(tables) {
        put(&*copy, table, &key, Some(value));
    }
    copy
}

fn entries(tables: &dyn KeyValueStore) -> Vec<(Table, Vec<u8>, Vec<u8>)> {
    let mut entries = Vec::new();
    for table in Table::ALL {
        let all = (Bound::Unbounded, Bound::Unbounded);
        let scanned = tables.scan(table, all, Order::Ascending, &mut |key, value| {
            entries.push((table, key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        });
        scanned.expect("memory does not fail");
    }
    entries
}

fn put(tables: &dyn KeyValueStore, table: Table, key: &[u8], value: Option<Vec<u8>>) {
    let mut batch = Batch::default();
    match value {
        Some(value) => batch.put(table, key, value),
        None => batch.delete(table, key),
    }
    tables.write(batch, Durability::Now).expect("memory does not fail");
}

#[test]
fn what_is_not_there_or_there_already_is_said() {
    assert!(matches!(open(&memory()), Err(LedgerError::Missing)));
    let tables = made();
    let again = Ledger::create_in(tables.clone(), config(100, HistoryPolicy::All), &genesis());
    assert!(matches!(again, Err(LedgerError::Exists)));
    let begun = memory();
    put(&*begun, Table::Accounts, &[1; 32], Some(vec![1]));
    assert!(matches!(open(&begun), Err(LedgerError::Incomplete)));
    let made = Ledger::create_in(begun.clone(), config(100, HistoryPolicy::All), &genesis());
    drop(made.expect("what was interrupted is made again"));
    let found = open(&begun).expect("it is made");
    assert_eq!(
        found.account(&Address::new_from_array([1; 32])).expect("it is read"),
        None,
        "nothing is left over"
    );
    assert_eq!(open(&tables).expect("it is as it was").last_header().number, 7);
}

#[test]
fn other_rules_are_refused_and_other_policies_are_not() {
    let tables = made();
    let config_of = || config(1, HistoryPolicy::All);
    let folder = tempfile::tempdir().expect("a directory");
    drop(Ledger::create(folder.path(), config_of(), &genesis()).expect("a ledger"));
    let collecting = genesis().with_fee_collector(Address::new_from_array([5; 32]));
    let mut lasting = genesis();
    lasting.rules.blockhash_age_blocks = 9;
    for (genesis, what) in [
        (collecting, "was made with the fee collector nobody"),
        (lasting, "in blocks of 3, and the genesis has 9"),
    ] {
        let error =
            Ledger::open_or_create(folder.path(), config_of(), &genesis).expect_err("it has other rules");
        assert!(matches!(error, LedgerError::Differs { .. }), "{error}");
        assert!(error.to_string().contains(what), "{error}");
    }
    let other = config(2, last(3));
    let other = LedgerConfig { runtime: RuntimeConfig { workers: 1, ..other.runtime }, ..other };
    assert_eq!(Ledger::open_in(tables, other).expect("these may differ").last_header().number, 7);
}

/// Every entry of the ledger in turn is altered in a bit, cut short, or gone. What opening needs is then missed by name;
/// what it does not, is missed when it is read.
#[test]
fn whatever_is_damaged_is_named_and_never_believed() {
    let tables = made();
    let good = entries(&*tables);
    let mut named = 0;
    for (table, key, value) in &good {
        for damage in [altered(value), cut(value), None] {
            if damage.as_ref() == Some(value) {
                continue;
            }
            let damaged = copy(&*tables);
            put(&*damaged, *table, key, damage.clone());
            match open(&damaged) {
                Err(error) => {
                    let is_clear = match &error {
                        LedgerError::Store(StoreError::Corrupt { .. }) | LedgerError::Disagrees { .. } => {
                            true
                        }
                        LedgerError::Fatal(fatal) => fatal.to_string().contains("table "),
                        _ => false,
                    };
                    assert!(is_clear, "{table:?} {key:?}: {error:?}");
                    named += 1;
                }
                Ok(ledger) => check_reading(&ledger, *table, key, &open(&tables).expect("a good one")),
            }
        }
    }
    println!("{named} of {} damages were found when the ledger was opened", 3 * good.len());
    assert!(named > good.len(), "{named}");
}

fn altered(value: &[u8]) -> Option<Vec<u8>> {
    let mut value = value.to_vec();
    let middle = value.len() / 2;
    if let Some(byte) = value.get_mut(middle) {
        *byte ^= 0x10;
    }
    Some(value)
}

fn cut(value: &[u8]) -> Option<Vec<u8>> {
    Some(value[..value.len().saturating_sub(3)].to_vec())
}

/// The ledger opened though an entry is damaged: its history alone can be concerned. What it tells is right, or it says
/// that it cannot tell.
fn check_reading(ledger: &Ledger, table: Table, key: &[u8], good: &Ledger) {
    assert_eq!(ledger.last_hash(), good.last_hash(), "{table:?} {key:?}");
    assert_ne!(table, Table::Accounts, "the state root is over all accounts: {key:?}");
    let (reader, twin) = (ledger.reader(), good.reader());
    for number in 0..=7 {
        let (found, expected) = (reader.block(number), twin.block(number).expect("it is good"));
        match found {
            Ok(found) => assert!(found == expected || found.is_none(), "{table:?} {key:?}, block {number}"),
            Err(StoreError::Corrupt { .. }) => {}
            Err(other) => panic!("{table:?} {key:?}: {other}"),
        }
    }
}
