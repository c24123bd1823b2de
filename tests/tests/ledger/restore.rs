//! A ledger that is restored of a snapshot: it goes on as the one it was written of, on every ground, and takes up again
//! what was interrupted.

use crate::tables::{Ground, ageing_fast, config, last, memory};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sealane_runtime::face::{HistoryPolicy, SnapshotView};
use sealane_runtime::ledger::snapshot::{
    AccountVisitor, Expected, RecentBlockVisitor, SnapshotError, SnapshotSource, SnapshotTotals,
    write_snapshot,
};
use sealane_runtime::ledger::{LedgerHead, StoreError};
use sealane_runtime::{Ledger, LedgerError};
use sealane_sdk::ids::bpf_loader;
use sealane_sdk::{Account, Address};
use sealane_tests::generators::{BlockGenerator, Contention};
use sealane_tests::harness::accounts;
use sealane_tests::oracles::{Step, compare};
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// Accounts that make a snapshot of several chunks: their data cannot be compressed.
const LARGE_COUNT: u8 = 8;
const LARGE_SIZE_BYTES: usize = 3 << 20;

/// A ledger after some blocks, what makes more of them, and its snapshot, which is written while a block follows.
fn original(seed: u64) -> (Ledger, BlockGenerator, Vec<u8>) {
    let mut generator = BlockGenerator::new(seed, Contention::STEPS[0]);
    let mut genesis = ageing_fast(&generator.world.genesis);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    for number in 0..LARGE_COUNT {
        let mut data = vec![0; LARGE_SIZE_BYTES];
        random.fill_bytes(&mut data);
        let address = Address::new_from_array([number + 100; 32]);
        genesis.accounts.push((address, Account::with_data(bpf_loader::ID, data)));
    }
    let config = config(3, HistoryPolicy::All);
    let mut ledger = Ledger::create_in(memory(), config, &genesis).expect("a ledger");
    for unix_time in 1..=7 {
        let transactions = generator.block(ledger.runtime(), 20);
        ledger.execute_block(unix_time, &transactions).expect("a block");
    }
    let view = ledger.snapshot().expect("a view").into_source().expect("it is read");
    let mut file = Vec::new();
    let summary = write_snapshot(&view, &mut file, &mut |_| ()).expect("memory takes it all");
    assert!(summary.totals.chunk_count > 4, "there are borders to go on from: {:?}", summary.totals);
    assert_eq!(summary.head.header, *ledger.last_header());
    (ledger, generator, file)
}

/// Both make the same blocks, and refuse the same transactions, those of the blocks before the snapshot among them.
fn go_on(
    original: &mut Ledger,
    restored: &mut Ledger,
    generator: &mut BlockGenerator,
    times: std::ops::Range<i64>,
) {
    let mut rejected_count = 0;
    for unix_time in times {
        // The generator repeats transactions of earlier blocks.
        let transactions = generator.block(original.runtime(), 20);
        let expected = original.execute_block(unix_time, &transactions).expect("a block");
        let found = restored.execute_block(unix_time, &transactions).expect("a block");
        rejected_count += expected.rejected.len();
        let (expected, found) =
            (Step::new(expected, original.runtime()), Step::new(found, restored.runtime()));
        if let Some(difference) = compare(&expected, &found) {
            panic!("block {unix_time}:\n{difference}");
        }
    }
    assert!(rejected_count > 0, "something was refused");
}

#[test]
fn a_restored_ledger_goes_on_as_the_original() {
    for number in 0..Ground::COUNT {
        let (mut original, mut generator, file) = original(number);
        let ground = Ground::new(number);
        let config = config(2, last(4));
        let mut told: Vec<SnapshotTotals> = Vec::new();
        let expected = Expected { block_hash: Some(original.last_hash()), ..Expected::default() };
        let restored =
            ground.restore(&config, Cursor::new(&file), &expected, &mut |totals| told.push(*totals));
        let mut restored = restored.expect("a good snapshot");
        assert!(told.len() > 3, "progress is told");
        assert_eq!(restored.last_header(), original.last_header());
        assert_eq!(restored.runtime().head(), original.runtime().head());
        assert_eq!(accounts(restored.runtime()), accounts(original.runtime()));
        assert_eq!(restored.reader().first_available_block(), 8, "the blocks before did not come along");

        go_on(&mut original, &mut restored, &mut generator, 8..10);
        restored.close().expect("it is closed");
        let mut restored = ground.open(&config).expect("it is as it was");
        assert_eq!(restored.runtime().head(), original.runtime().head());
        go_on(&mut original, &mut restored, &mut generator, 10..20);
        restored.close().expect("it is closed");
        // By now nothing of what came with the snapshot is recent but the slot hashes.
        let mut restored = ground.open(&config).expect("it is as it was");
        assert_eq!(restored.runtime().head(), original.runtime().head());
        go_on(&mut original, &mut restored, &mut generator, 20..22);
        assert!(restored.reader().block(7).expect("it is read").is_none(), "it never was here");
    }
}

/// A transfer that breaks off.
struct BreaksOff<'b>(Cursor<&'b [u8]>);

impl Read for BreaksOff<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(io::Error::other("the line is dead")),
            count => Ok(count),
        }
    }
}

impl Seek for BreaksOff<'_> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.0.seek(position)
    }
}

#[test]
fn what_was_interrupted_is_taken_up_again() {
    let (mut original, mut generator, file) = original(40);
    let config = config(2, last(4));
    for number in 0..Ground::COUNT {
        let ground = Ground::new(number);
        for end in [file.len() / 5, file.len() / 2, file.len() * 4 / 5] {
            let broken = BreaksOff(Cursor::new(&file[..end]));
            let error = ground.restore(&config, broken, &Expected::default(), &mut |_| ());
            let error = error.expect_err("not all of it arrived");
            assert!(matches!(error, LedgerError::Snapshot(SnapshotError::Read { .. })), "{error}");
            let error = ground.open(&config).expect_err("it is not whole");
            assert!(matches!(error, LedgerError::Restoring), "{error}");
        }
        let mut told: Vec<SnapshotTotals> = Vec::new();
        let file = Cursor::new(&file);
        let restored =
            ground.restore(&config, file.clone(), &Expected::default(), &mut |totals| told.push(*totals));
        let restored = restored.expect("the rest is good");
        assert!(told[0].chunk_count > 3, "it went on where it was: {:?}", told[0]);
        assert_eq!(accounts(restored.runtime()), accounts(original.runtime()));
        drop(restored);
        let error = ground.restore(&config, file, &Expected::default(), &mut |_| ());
        assert!(matches!(error, Err(LedgerError::Exists)), "a ledger is not written over");
    }
    // A restoration that was given up leaves nothing behind when another snapshot is restored in its place.
    let ground = Ground::new(0);
    let broken = BreaksOff(Cursor::new(&file[..file.len() / 2]));
    let _ = ground.restore(&config, broken, &Expected::default(), &mut |_| ()).expect_err("it breaks off");
    let transactions = generator.block(original.runtime(), 20);
    original.execute_block(8, &transactions).expect("a block");
    let mut later = Vec::new();
    let view = original.snapshot().expect("a view").into_source().expect("it is read");
    write_snapshot(&view, &mut later, &mut |_| ()).expect("memory takes it all");
    let restored = ground.restore(&config, Cursor::new(&later), &Expected::default(), &mut |_| ());
    let restored = restored.expect("another snapshot");
    assert_eq!(accounts(restored.runtime()), accounts(original.runtime()));
}

/// A ledger that shows one account richer than it is.
struct Forged(SnapshotView);

impl SnapshotSource for Forged {
    fn head(&self) -> LedgerHead {
        self.0.head()
    }

    fn for_each_account(&self, visit: &mut AccountVisitor<'_>) -> Result<(), StoreError> {
        let richer = Address::new_from_array([100; 32]);
        self.0.for_each_account(&mut |address, account| {
            let lamports = account.lamports + u64::from(*address == richer);
            visit(address, &Account { lamports, ..account.clone() })
        })
    }

    fn for_each_recent_block(&self, visit: &mut RecentBlockVisitor<'_>) -> Result<(), StoreError> {
        self.0.for_each_recent_block(visit)
    }
}

/// Every chunk of such a file is in order, so only at its end is it found out. Once, what it had loaded was then taken for
/// the beginning of the next file of that block, however good: the directory was lost until somebody emptied it.
#[test]
fn a_forged_snapshot_leaves_nothing_to_go_on_from() {
    let (original, _, file) = original(42);
    let config = config(2, last(4));
    let view = original.snapshot().expect("a view").into_source().expect("it is read");
    let mut forged = Vec::new();
    write_snapshot(&Forged(view), &mut forged, &mut |_| ()).expect("memory takes it all");
    for number in 0..Ground::COUNT {
        let ground = Ground::new(number);
        let error = ground.restore(&config, Cursor::new(&forged), &Expected::default(), &mut |_| ());
        assert!(matches!(error, Err(LedgerError::Snapshot(SnapshotError::StateRoot { .. }))), "{error:?}");
        assert!(matches!(ground.open(&config), Err(LedgerError::Restoring)));
        let restored = ground.restore(&config, Cursor::new(&file), &Expected::default(), &mut |_| ());
        let restored = restored.expect("a good snapshot of the same block");
        assert_eq!(accounts(restored.runtime()), accounts(original.runtime()));
    }
}

#[test]
fn a_refused_snapshot_makes_no_ledger() {
    let (_, _, mut file) = original(41);
    let config = config(2, last(4));
    let ground = Ground::new(1);
    let middle = file.len() / 2;
    file[middle] ^= 1;
    let error = ground.restore(&config, Cursor::new(&file), &Expected::default(), &mut |_| ());
    assert!(matches!(error, Err(LedgerError::Snapshot(SnapshotError::Damaged { .. }))), "{error:?}");
    assert!(matches!(ground.open(&config), Err(LedgerError::Restoring)));
    file[middle] ^= 1;
    let restored = ground.restore(&config, Cursor::new(&file), &Expected::default(), &mut |_| ());
    restored.expect("nothing is left of the damaged one");
}
