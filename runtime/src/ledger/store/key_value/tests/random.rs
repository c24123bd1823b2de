//! Random sequences of operations: the engines on disk give the answers of the plain twin, across openings.

use super::ground::{Entry, Ground, Kind, scan};
use super::{Batch, Change, Durability, KeyValueRead, Order, Table};
use crate::ledger::store::directory::Engine;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::Bound;

const ALL: (Bound<&[u8]>, Bound<&[u8]>) = (Bound::Unbounded, Bound::Unbounded);

#[derive(Clone, Debug)]
enum Operation {
    Write(Vec<(usize, Change)>, bool),
    Load(usize, BTreeMap<Vec<u8>, Option<Vec<u8>>>),
    Scan(usize, Bound<Vec<u8>>, Bound<Vec<u8>>, bool),
    TakeView,
    Reopen,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn engines_on_disk_answer_as_the_plain_twin_does(operations in vec(operation(), 1..40)) {
        let twin = Ground::new(Kind::Memory);
        let mut grounds = Engine::ALL.map(|engine| Ground::new(Kind::Disk(engine)));
        let mut views: Vec<[Box<dyn KeyValueRead>; 3]> = Vec::new();
        for operation in &operations {
            match operation {
                Operation::TakeView => {
                    let [fjall, redb] = &grounds;
                    views.push([&twin, fjall, redb].map(|ground| ground.store().view().unwrap()));
                }
                // A view keeps the directory open, so the views are looked at and given back.
                Operation::Reopen => {
                    check_views(&views)?;
                    views.clear();
                    grounds.iter_mut().for_each(Ground::reopen);
                }
                operation => {
                    let expected = apply(&twin, operation);
                    for ground in &grounds {
                        prop_assert_eq!(&apply(ground, operation), &expected, "{:?}", ground);
                    }
                }
            }
        }
        check_views(&views)?;
        views.clear();
        for ground in &mut grounds {
            check_all(&twin, ground)?;
            ground.reopen();
            check_all(&twin, ground)?;
        }
    }
}

/// Does what `operation` says, and gives what it shows.
fn apply(ground: &Ground, operation: &Operation) -> Vec<Entry> {
    match operation.clone() {
        Operation::Write(changes, is_durable) => {
            let mut batch = Batch::default();
            for (table, (key, value)) in changes {
                match value {
                    Some(value) => batch.put(Table::ALL[table], key, value),
                    None => batch.delete(Table::ALL[table], key),
                }
            }
            ground.write(batch, if is_durable { Durability::Now } else { Durability::Later });
            Vec::new()
        }
        Operation::Load(table, changes) => {
            ground.store().load(Table::ALL[table], &mut changes.into_iter()).unwrap();
            Vec::new()
        }
        Operation::Scan(table, start, end, is_ascending) => {
            let range = (start.as_ref().map(Vec::as_slice), end.as_ref().map(Vec::as_slice));
            ground.scan(
                Table::ALL[table],
                range,
                if is_ascending { Order::Ascending } else { Order::Descending },
            )
        }
        Operation::TakeView | Operation::Reopen => unreachable!("done elsewhere"),
    }
}

fn check_views(views: &[[Box<dyn KeyValueRead>; 3]]) -> Result<(), TestCaseError> {
    for [twin, others @ ..] in views {
        for (table, other) in
            Table::ALL.into_iter().flat_map(|table| others.iter().map(move |other| (table, other)))
        {
            let expected = scan(&**twin, table, ALL, Order::Ascending);
            prop_assert_eq!(
                scan(&**other, table, ALL, Order::Ascending),
                expected,
                "{:?} of {:?}",
                table,
                other
            );
        }
    }
    Ok(())
}

fn check_all(twin: &Ground, ground: &Ground) -> Result<(), TestCaseError> {
    for table in Table::ALL {
        let expected = twin.scan(table, ALL, Order::Ascending);
        for (key, value) in &expected {
            let found = ground.get(table, key);
            prop_assert_eq!(found.as_ref(), Some(value), "{:?} {:?}", ground, table);
        }
        prop_assert_eq!(ground.scan(table, ALL, Order::Ascending), expected, "{:?} {:?}", ground, table);
    }
    Ok(())
}

fn operation() -> impl Strategy<Value = Operation> {
    let table = 0..Table::ALL.len();
    prop_oneof![
        6 => (vec((table.clone(), (key(), value())), 0..20), any::<bool>())
            .prop_map(|(changes, is_durable)| Operation::Write(changes, is_durable)),
        2 => (table.clone(), vec((key(), value()), 0..20))
            .prop_map(|(table, changes)| Operation::Load(table, changes.into_iter().collect())),
        4 => (table, bound(), bound(), any::<bool>())
            .prop_map(|(table, start, end, is_ascending)| Operation::Scan(table, start, end, is_ascending)),
        1 => Just(Operation::TakeView),
        1 => Just(Operation::Reopen),
    ]
}

/// Few enough keys that they meet, with neighbours of every kind.
fn key() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![Just(0), Just(1), Just(7), Just(0xff)], 0..4)
}

/// Some values stand in files of their own.
fn value() -> impl Strategy<Value = Option<Vec<u8>>> {
    let size_bytes = prop_oneof![4 => 0..40usize, 1 => 3_000..9_000usize];
    prop::option::weighted(
        0.7,
        (any::<u8>(), size_bytes).prop_map(|(byte, size_bytes)| vec![byte; size_bytes]),
    )
}

fn bound() -> impl Strategy<Value = Bound<Vec<u8>>> {
    prop_oneof![key().prop_map(Bound::Included), key().prop_map(Bound::Excluded), Just(Bound::Unbounded)]
}
