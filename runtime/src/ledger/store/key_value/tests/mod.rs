//! One suite over all engines: whatever [`KeyValueStore`] promises, each of them is asked for.

mod ground;
mod random;
mod views;

use self::ground::{Ground, Kind, put, range_of};
use super::{
    Batch, Change, Durability, KEY_SIZE_MAX_BYTES, KeyRange, KeyValueRead, KeyValueStore, Order, Table,
    VALUE_SIZE_MAX_BYTES,
};
use crate::ledger::store::StoreError;
use std::ops::{Bound, ControlFlow};

#[test]
fn what_was_put_is_there_until_it_is_deleted() {
    for ground in Ground::all() {
        for (index, table) in Table::ALL.into_iter().enumerate() {
            assert_eq!(ground.get(table, b"key"), None, "{ground:?}");
            ground.write(put(table, b"key", &index.to_be_bytes()), Durability::Now);
        }
        for (index, table) in Table::ALL.into_iter().enumerate() {
            assert_eq!(
                ground.get(table, b"key"),
                Some(index.to_be_bytes().to_vec()),
                "{ground:?}: tables know nothing of each other"
            );
            let mut batch = Batch::default();
            batch.delete(table, *b"key");
            batch.delete(table, *b"never there");
            ground.write(batch, Durability::Later);
            assert_eq!(ground.get(table, b"key"), None, "{ground:?}");
        }
    }
}

#[test]
fn empty_and_largest_keys_and_empty_values_are_kept() {
    for mut ground in Ground::all() {
        let largest = vec![0xff; KEY_SIZE_MAX_BYTES];
        let keys: [&[u8]; 6] = [b"", &[0], &[0, 0], &[1], &[0xff], &largest];
        for key in keys {
            ground.write(put(Table::Accounts, key, b""), Durability::Later);
        }
        for _ in 0..2 {
            let found = ground.scan(Table::Accounts, (Bound::Unbounded, Bound::Unbounded), Order::Ascending);
            assert_eq!(found, keys.map(|key| (key.to_vec(), Vec::new())), "{ground:?}");
            for key in keys {
                assert_eq!(
                    ground.get(Table::Accounts, key),
                    Some(Vec::new()),
                    "{ground:?}: empty is not none"
                );
            }
            ground.reopen();
        }
    }
}

#[test]
fn what_is_too_large_is_refused_and_harms_nothing() {
    for ground in Ground::all() {
        let key = vec![0; KEY_SIZE_MAX_BYTES + 1];
        let mut batch = put(Table::Accounts, b"beside", b"it");
        batch.put(Table::Accounts, key.clone(), *b"");
        let error = ground.store().write(batch, Durability::Now).unwrap_err();
        assert!(
            matches!(error, StoreError::TooLarge { what: "key", size_bytes: 4097, .. }),
            "{ground:?}: {error}"
        );
        let error = ground.store().load(Table::Accounts, &mut std::iter::once((key, None))).unwrap_err();
        assert!(matches!(error, StoreError::TooLarge { what: "key", .. }), "{ground:?}: {error}");
        assert_eq!(ground.get(Table::Accounts, b"beside"), None, "{ground:?}");
        ground.write(put(Table::Accounts, b"after", b"it"), Durability::Now);
        assert_eq!(ground.get(Table::Accounts, b"after"), Some(b"it".to_vec()), "{ground:?}");
    }
}

#[test]
fn the_size_limit_for_values_fits_the_smallest_of_the_engines() {
    // fjall counts sizes in 32 bits, redb allows 3 GiB.
    const { assert!(VALUE_SIZE_MAX_BYTES < u32::MAX as usize) };
    // fjall counts the sizes of keys in 16 bits, and one byte is ours.
    const { assert!(KEY_SIZE_MAX_BYTES + 1 < u16::MAX as usize) };
}

#[test]
fn where_a_key_stands_twice_the_later_change_counts() {
    for mut ground in Ground::all() {
        let mut batch = Batch::default();
        batch.put(Table::Accounts, *b"put twice", *b"first");
        batch.put(Table::Accounts, *b"put and deleted", *b"first");
        batch.delete(Table::Accounts, *b"deleted and put");
        batch.put(Table::Accounts, *b"put twice", *b"second");
        batch.delete(Table::Accounts, *b"put and deleted");
        batch.put(Table::Accounts, *b"deleted and put", *b"second");
        ground.write(batch, Durability::Now);
        for _ in 0..2 {
            assert_eq!(ground.get(Table::Accounts, b"put twice"), Some(b"second".to_vec()), "{ground:?}");
            assert_eq!(ground.get(Table::Accounts, b"put and deleted"), None, "{ground:?}");
            assert_eq!(
                ground.get(Table::Accounts, b"deleted and put"),
                Some(b"second".to_vec()),
                "{ground:?}"
            );
            ground.reopen();
        }
    }
}

#[test]
fn a_durable_batch_takes_those_before_it_to_disk_even_if_it_is_empty() {
    for mut ground in Ground::all() {
        ground.write(put(Table::Accounts, b"key", b"value"), Durability::Later);
        assert!(Batch::default().is_empty());
        ground.write(Batch::default(), Durability::Now);
        // The files as a process killed now would leave them.
        ground.restore_from_files();
        assert_eq!(ground.get(Table::Accounts, b"key"), Some(b"value".to_vec()), "{ground:?}");
    }
}

#[test]
fn scans_keep_to_every_kind_of_bound_in_both_orders() {
    let keys: [&[u8]; 7] = [b"", b"a", b"aa", b"b", b"ba", b"c", &[0xff, 0xff]];
    let mut ends: Vec<&[u8]> = keys.to_vec();
    ends.extend([&b"ab"[..], &[0], &[0xff], &[0xff, 0xff, 0xff]]);
    for ground in Ground::all() {
        let mut batch = Batch::default();
        for key in keys {
            batch.put(Table::Headers, key, key);
        }
        // Neighbours that no scan of another table may show.
        batch.put(Table::Meta, *b"b", *b"no");
        batch.put(Table::Blocks, *b"b", *b"no");
        ground.write(batch, Durability::Later);
        let bounds = |key| [Bound::Included(key), Bound::Excluded(key), Bound::Unbounded];
        for (start, end) in ends.iter().flat_map(|start| ends.iter().map(move |end| (*start, *end))) {
            for range in bounds(start).into_iter().flat_map(|start| bounds(end).map(|end| (start, end))) {
                let mut expected = range_of(&keys, range);
                assert_eq!(
                    ground.scan(Table::Headers, range, Order::Ascending),
                    expected,
                    "{ground:?} {range:?}"
                );
                expected.reverse();
                assert_eq!(
                    ground.scan(Table::Headers, range, Order::Descending),
                    expected,
                    "{ground:?} {range:?}"
                );
            }
        }
    }
}

#[test]
fn a_scan_ends_where_it_is_told_to_and_may_write_meanwhile() {
    for ground in Ground::all() {
        for key in [b"a", b"b", b"c"] {
            ground.write(put(Table::Meta, key, b"old"), Durability::Later);
        }
        let mut seen = Vec::new();
        let all = (Bound::Unbounded, Bound::Unbounded);
        let visit = &mut |key: &[u8], value: &[u8]| {
            seen.push((key.to_vec(), value.to_vec()));
            ground.write(put(Table::Meta, b"b", b"new"), Durability::Later);
            if seen.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        ground.store().scan(Table::Meta, all, Order::Ascending, visit).unwrap();
        let expected = [(b"a".to_vec(), b"old".to_vec()), (b"b".to_vec(), b"old".to_vec())];
        assert_eq!(seen, expected, "{ground:?}: a scan sees the tables as they were when it began");
    }
}

#[test]
fn what_a_visitor_panics_with_is_not_taken_for_damage() {
    for ground in Ground::all() {
        ground.write(put(Table::Meta, b"a", b""), Durability::Now);
        let scan = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let all = (Bound::Unbounded, Bound::Unbounded);
            ground
                .store()
                .scan(Table::Meta, all, Order::Ascending, &mut |_, _| panic!("the visitor's own affair"))
        }));
        assert!(scan.is_err(), "{ground:?}");
        assert_eq!(ground.get(Table::Meta, b"a"), Some(Vec::new()), "{ground:?}");
    }
}

#[test]
fn loading_does_what_writing_does() {
    let key = |index: u32| index.to_be_bytes().to_vec();
    for mut ground in Ground::all() {
        let mut batch = Batch::default();
        for index in 0..1_000 {
            batch.put(Table::Accounts, key(index * 3), *b"written");
        }
        ground.write(batch, Durability::Later);
        // Every second key: some are new, some replace, some delete.
        let change = |index: u32| (key(index * 2), (!index.is_multiple_of(5)).then(|| b"loaded".to_vec()));
        ground.store().load(Table::Accounts, &mut (0..1_500).map(change)).unwrap();
        ground.write(put(Table::Accounts, &key(6), b"after"), Durability::Later);
        for _ in 0..2 {
            for index in 0..3_000u32 {
                let loaded =
                    index.is_multiple_of(2).then(|| (!index.is_multiple_of(10)).then(|| b"loaded".to_vec()));
                let written = || index.is_multiple_of(3).then(|| b"written".to_vec());
                let expected =
                    if index == 6 { Some(b"after".to_vec()) } else { loaded.unwrap_or_else(written) };
                assert_eq!(ground.get(Table::Accounts, &key(index)), expected, "{ground:?}: {index}");
            }
            ground.reopen();
        }
    }
}

#[test]
fn loading_out_of_order_is_refused_and_harms_nothing() {
    for ground in Ground::all() {
        for keys in [[b"a", b"a"], [b"b", b"a"]] {
            let mut changes = keys.into_iter().map(|key| -> Change { (key.to_vec(), Some(Vec::new())) });
            let error = ground.store().load(Table::Accounts, &mut changes).unwrap_err();
            assert!(matches!(error, StoreError::NotAscending { table: "accounts" }), "{ground:?}: {error}");
        }
        ground.store().load(Table::Accounts, &mut std::iter::empty()).unwrap();
        ground.write(put(Table::Accounts, b"after", b""), Durability::Now);
        assert_eq!(ground.get(Table::Accounts, b"after"), Some(Vec::new()), "{ground:?}");
    }
}

#[test]
fn values_of_twenty_mebibytes_come_back_whole() {
    let large = |seed: u8| {
        (0..5 << 20).flat_map(|index: u32| (index ^ u32::from(seed) << 24).to_le_bytes()).collect::<Vec<_>>()
    };
    for mut ground in Ground::all() {
        let mut batch = Batch::default();
        batch.put(Table::Blocks, *b"one", large(1));
        batch.put(Table::Accounts, *b"one", large(2));
        ground.write(batch, Durability::Now);
        ground.store().load(Table::Blocks, &mut std::iter::once((b"two".to_vec(), Some(large(3))))).unwrap();
        for _ in 0..2 {
            assert!(ground.get(Table::Blocks, b"one") == Some(large(1)), "{ground:?}");
            assert!(ground.get(Table::Accounts, b"one") == Some(large(2)), "{ground:?}");
            assert!(ground.get(Table::Blocks, b"two") == Some(large(3)), "{ground:?}");
            let found = ground.scan(Table::Blocks, (Bound::Unbounded, Bound::Unbounded), Order::Descending);
            assert!(found == [(b"two".to_vec(), large(3)), (b"one".to_vec(), large(1))], "{ground:?}");
            ground.reopen();
        }
        if ground.kind() != Kind::Memory {
            assert!(ground.store().size_bytes() > 10 << 20, "{ground:?}: {}", ground.store().size_bytes());
        }
    }
}
