//! Readers beside the one who makes blocks: each answer is of one whole block, and later answers are of later blocks.

use crate::tables::{config, genesis, last, memory};
use sealane_runtime::face::{CheckpointPolicy, LedgerReader, SignatureQuery};
use sealane_runtime::{Ledger, LedgerConfig};
use sealane_sdk::Address;
use sealane_tests::Harness;
use sealane_tests::harness::Accounts;
use sealane_tests::oracles::naive_state_root;
use sealane_tests::user::{MessageVersion, sign};
use solana_system_interface::instruction as system;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Enough that some readings meet a checkpoint.
const BLOCK_COUNT: u64 = 300;

fn transfers(ledger: &Ledger, number: u64) -> Vec<Vec<u8>> {
    let [payer, from, to] = [0, 1, 2].map(Harness::user);
    (0..4)
        .map(|index| {
            let transfer = system::transfer(&from.address, &to.address, 1 + 4 * number + index);
            sign(&[transfer], &[&payer, &from], ledger.last_hash(), MessageVersion::Legacy)
        })
        .collect()
}

/// The two who send each other lamports, and pay no fees.
fn both() -> [Address; 2] {
    [1, 2].map(|number| Harness::user(number).address)
}

fn sum_and_number(reader: &LedgerReader) -> (u64, u64) {
    let found = reader.accounts(&both()).expect("they are read");
    let lamports = found.accounts.iter().map(|account| account.as_ref().expect("it is there").lamports);
    (lamports.sum(), found.at.header.number)
}

fn accounts_of(reader: &LedgerReader) -> (Accounts, sealane_runtime::ledger::Roots) {
    let snapshot = reader.snapshot().expect("a snapshot");
    let mut accounts = Accounts::new();
    let read = snapshot.for_each_account(None, &mut |address, account| {
        assert!(accounts.last_key_value().is_none_or(|(before, _)| before < address), "in order");
        accounts.insert(*address, Arc::clone(account));
        ControlFlow::Continue(())
    });
    read.expect("it is read");
    (accounts, snapshot.header().roots.expect("blocks have roots"))
}

/// Reads at the end that is being pruned, and the history of an address that every block names, without a gap.
fn check_history(reader: &LedgerReader) {
    let first = reader.first_available_block();
    let block = reader.block(first).expect("it is there whole, or not at all");
    assert!(block.is_none_or(|block| block.receipts.len() == if first == 0 { 0 } else { 4 }));
    let last = reader.last().header.number;
    let named = reader.signatures_for_address(&both()[0], &SignatureQuery::default()).expect("it is read");
    let places: Vec<(u64, u32)> =
        named.iter().map(|named| (named.place.block_number, named.place.index)).collect();
    let newest = places.first().map_or(0, |(number, _)| *number);
    assert!(newest >= last, "what was published is there: {newest}, {last}");
    let expected = (0..).flat_map(|age| (0..4).rev().map(move |index| (newest.saturating_sub(age), index)));
    assert_eq!(places, expected.take(places.len()).collect::<Vec<_>>(), "every transaction, newest first");
}

#[test]
fn readers_see_whole_blocks_while_others_are_made() {
    let config = LedgerConfig {
        checkpoint: CheckpointPolicy { block_count: 2, ..CheckpointPolicy::default() },
        ..config(2, last(3))
    };
    let mut ledger = Ledger::create_in(memory(), config, &genesis()).expect("a ledger");
    let reader = ledger.reader();
    let (sum, _) = sum_and_number(&reader);
    let is_done = AtomicBool::new(false);
    let mut seen = Vec::new();
    thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let (reader, is_done) = (reader.clone(), &is_done);
                scope.spawn(move || {
                    let (mut last_number, mut different) = (0, 0);
                    while !is_done.load(Ordering::Relaxed) {
                        let (found, number) = sum_and_number(&reader);
                        assert_eq!(found, sum, "at block {number}");
                        assert!(number >= last_number);
                        different += u64::from(number > last_number);
                        last_number = number;
                    }
                    different
                })
            })
            .collect();
        let snapshots = scope.spawn(|| {
            let mut count = 0;
            while !is_done.load(Ordering::Relaxed) {
                let (accounts, roots) = accounts_of(&reader);
                assert_eq!(naive_state_root(&accounts), roots.state);
                count += 1;
            }
            count
        });
        let histories = scope.spawn(|| {
            let mut count = 0;
            while !is_done.load(Ordering::Relaxed) {
                check_history(&reader);
                count += 1;
            }
            count
        });
        for number in 0..BLOCK_COUNT {
            let transactions = transfers(&ledger, number);
            let executed = ledger.execute_block(1, &transactions).expect("a block");
            assert_eq!(executed.block.receipts.len(), 4);
            assert_eq!(reader.last().header.number, number + 1, "what is acknowledged is seen");
        }
        is_done.store(true, Ordering::Relaxed);
        seen.extend(readers.into_iter().map(|reader| reader.join().expect("it ends")));
        seen.push(snapshots.join().expect("it ends"));
        seen.push(histories.join().expect("it ends"));
    });
    println!("different blocks seen, snapshots, and histories: {seen:?}");
    assert!(
        seen[0] > 5 && seen[1] > 5 && seen[2] > 2 && seen[3] > 5,
        "they read while blocks were made: {seen:?}"
    );
}

/// A snapshot stays what it was, and can be read from any address on.
#[test]
fn a_snapshot_stays_what_it_was() {
    let mut ledger = Ledger::create_in(memory(), config(2, last(3)), &genesis()).expect("a ledger");
    for number in 0..5 {
        let transactions = transfers(&ledger, number);
        ledger.execute_block(1, &transactions).expect("a block");
    }
    let snapshot = ledger.snapshot().expect("a snapshot");
    let (before, _) = accounts_of(&ledger.reader());
    let last_before = snapshot.last_block().expect("it is read");
    for number in 5..15 {
        let transactions = transfers(&ledger, number);
        ledger.execute_block(1, &transactions).expect("a block");
    }
    assert_eq!(snapshot.header().number, 5);
    for after in [None, before.keys().nth(3), before.keys().last()] {
        let mut found = Accounts::new();
        let read = snapshot.for_each_account(after, &mut |address, account| {
            found.insert(*address, Arc::clone(account));
            ControlFlow::Continue(())
        });
        read.expect("it is read");
        let expected = before.iter().filter(|(address, _)| after.is_none_or(|after| *address > after));
        assert_eq!(found, expected.map(|(address, account)| (*address, account.clone())).collect());
    }
    let mut count = 0;
    let read = snapshot.for_each_account(None, &mut |_, _| {
        count += 1;
        if count == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    read.expect("it is read");
    assert_eq!(count, 2, "it stops when told");
    let last_now = snapshot.last_block().expect("it is read");
    assert_eq!(last_now.head, last_before.head);
    assert!(last_now.replay.recent_blockhashes().eq(last_before.replay.recent_blockhashes()));
}

#[test]
fn subscribers_hear_of_every_block_or_how_many_they_missed() {
    let mut ledger = Ledger::create_in(memory(), config(3, last(3)), &genesis()).expect("a ledger");
    let (quick, slow) = (ledger.subscribe(100), ledger.subscribe(3));
    let mut blocks = Vec::new();
    for number in 0..10 {
        let transactions = transfers(&ledger, number);
        let executed = ledger.execute_block(1, &transactions).expect("a block");
        let heard = quick.try_next().expect("what is acknowledged was told");
        assert_eq!(heard.missed_count, 0);
        assert_eq!((heard.committed.block, heard.committed.hash), (executed.block.clone(), executed.hash));
        let is_changed =
            |address: &Address| heard.committed.changes.iter().any(|(changed, _)| changed == address);
        assert!(both().iter().all(is_changed));
        assert!(heard.committed.changes.is_sorted_by_key(|(address, _)| *address));
        blocks.push(executed.block);
    }
    let numbers: Vec<_> = (0..3).map(|_| slow.try_next().expect("there was room").committed.block).collect();
    assert_eq!(numbers, blocks[..3]);
    assert!(slow.try_next().is_none(), "there was no more room");
    let transactions = transfers(&ledger, 10);
    ledger.execute_block(1, &transactions).expect("a block");
    let heard = slow.next_within(Duration::from_secs(10)).expect("there is room again");
    assert_eq!((heard.committed.block.header.number, heard.missed_count), (11, 7));
    assert!(quick.try_next().is_some());
    thread::scope(|scope| {
        let waiting = scope.spawn(move || quick.next());
        drop(ledger);
        assert!(waiting.join().expect("it ends").is_none(), "the ledger is closed");
    });
}
