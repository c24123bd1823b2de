//! Views stay as they were taken, and readers on other threads never see half of a batch.

use super::ground::{Ground, Kind, put, scan};
use super::{Batch, Durability, Order, Table};
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};

const ALL: (Bound<&[u8]>, Bound<&[u8]>) = (Bound::Unbounded, Bound::Unbounded);

#[test]
fn a_view_is_unmoved_by_writes_and_loads() {
    for ground in Ground::all() {
        ground.write(put(Table::Accounts, b"a", b"1"), Durability::Now);
        ground.write(put(Table::Accounts, b"b", b"1"), Durability::Later);
        let view = ground.store().view().unwrap();
        let before = scan(&*view, Table::Accounts, ALL, Order::Ascending);
        assert_eq!(before.len(), 2, "{ground:?}: a view sees what was written before, durable or not");

        let mut batch = put(Table::Accounts, b"a", b"2");
        batch.delete(Table::Accounts, *b"b");
        batch.put(Table::Accounts, *b"c", *b"2");
        batch.put(Table::Meta, *b"new", *b"2");
        ground.write(batch, Durability::Now);
        let later = ground.store().view().unwrap();
        let loaded = [(b"a".to_vec(), None), (b"d".to_vec(), Some(b"3".to_vec()))];
        ground.store().load(Table::Accounts, &mut loaded.into_iter()).unwrap();

        assert_eq!(scan(&*view, Table::Accounts, ALL, Order::Ascending), before, "{ground:?}");
        assert_eq!(view.get(Table::Accounts, b"a").unwrap(), Some(b"1".to_vec()), "{ground:?}");
        assert_eq!(view.get(Table::Accounts, b"b").unwrap(), Some(b"1".to_vec()), "{ground:?}");
        assert_eq!(view.get(Table::Accounts, b"c").unwrap(), None, "{ground:?}");
        assert_eq!(view.get(Table::Accounts, b"d").unwrap(), None, "{ground:?}");
        assert_eq!(view.get(Table::Meta, b"new").unwrap(), None, "{ground:?}");
        let expected = [(b"c".to_vec(), b"2".to_vec()), (b"a".to_vec(), b"2".to_vec())];
        assert_eq!(scan(&*later, Table::Accounts, ALL, Order::Descending), expected, "{ground:?}");
        let expected = [(b"c".to_vec(), b"2".to_vec()), (b"d".to_vec(), b"3".to_vec())];
        assert_eq!(ground.scan(Table::Accounts, ALL, Order::Ascending), expected, "{ground:?}");
    }
}

#[test]
fn a_view_outlives_the_store_it_was_taken_from() {
    for kind in Ground::all().map(|ground| ground.kind()) {
        let ground = Ground::new(kind);
        ground.write(put(Table::Accounts, b"a", b"1"), Durability::Now);
        let view = ground.store().view().unwrap();
        if kind != Kind::Memory {
            let directory = ground.close();
            assert_eq!(view.get(Table::Accounts, b"a").unwrap(), Some(b"1".to_vec()), "{kind:?}");
            let error = super::ground::open_again(kind, directory.path()).unwrap_err();
            assert!(
                error.to_string().contains("another process"),
                "{kind:?}: a view holds the directory: {error}"
            );
            drop(view);
            super::ground::open_again(kind, directory.path()).unwrap();
        }
    }
}

#[test]
fn readers_see_batches_whole_while_they_are_written() {
    const KEYS: u8 = 16;
    const BATCHES: u32 = 300;
    for ground in Ground::all() {
        let write = |number: u32| {
            let mut batch = Batch::default();
            for key in 0..KEYS {
                for table in [Table::Accounts, Table::Signatures] {
                    batch.put(table, [key], number.to_be_bytes());
                }
            }
            ground.write(batch, if number.is_multiple_of(50) { Durability::Now } else { Durability::Later });
        };
        write(0);
        let is_done = AtomicBool::new(false);
        let read = || {
            let (mut last, mut reads) = (0, 0);
            while !is_done.load(Ordering::Relaxed) || reads == 0 {
                let view = ground.store().view().unwrap();
                let [accounts, signatures] = [Table::Accounts, Table::Signatures].map(|table| {
                    scan(
                        &*view,
                        table,
                        ALL,
                        if reads & 1 == 0 { Order::Ascending } else { Order::Descending },
                    )
                });
                let number = u32::from_be_bytes(accounts[0].1.clone().try_into().unwrap());
                assert_eq!(accounts.len(), usize::from(KEYS), "{ground:?}");
                assert_eq!(accounts, signatures, "{ground:?}");
                assert!(
                    accounts.iter().all(|(_, value)| *value == number.to_be_bytes()),
                    "{ground:?}: {accounts:?}"
                );
                assert!(number >= last, "{ground:?}: time went back from {last} to {number}");
                let live = ground.scan(Table::Accounts, ALL, Order::Ascending);
                assert!(
                    live.iter().all(|(_, value)| *value == live[0].1),
                    "{ground:?}: a scan saw half of a batch"
                );
                last = number;
                reads += 1;
            }
            last
        };
        std::thread::scope(|scope| {
            let readers = [scope.spawn(read), scope.spawn(read)];
            (1..=BATCHES).for_each(write);
            is_done.store(true, Ordering::Relaxed);
            for reader in readers {
                assert!(reader.join().unwrap() <= BATCHES);
            }
        });
        let expected = Some(BATCHES.to_be_bytes().to_vec());
        assert_eq!(ground.get(Table::Signatures, &[KEYS - 1]), expected, "{ground:?}");
    }
}
