//! What is read back is what was written, and goes on as the original does; interrupted reading goes on at any chunk.

use super::super::{
    Checkpoint, SnapshotTarget, SnapshotTotals, StoreTarget, load_snapshot, write_snapshot,
    write_snapshot_file,
};
use super::*;
use crate::error::Fatal;
use crate::ledger::state_root::StateTree;
use crate::ledger::{AccountChange, AccountStore, StoreError};
use std::io::{self, Cursor, Read, Write};
use std::sync::Arc;

#[test]
fn the_same_ledger_gives_the_same_file_and_the_file_the_same_ledger() {
    for block_count in [0, 1, 3, 9] {
        let (original, _) = ledger(block_count);
        let (bytes, summary) = snapshot(&original);
        assert_eq!(snapshot(&original), (bytes.clone(), summary.clone()));
        let expected = Expected { block_hash: Some(original.last_hash()), digest: Some(summary.digest) };
        assert_eq!(verify(&bytes, &expected).expect("it is good"), summary);
        let copy = restored(&bytes);
        assert_eq!(copy.head(), original.head());
        assert_eq!(snapshot(&copy), (bytes, summary));
    }
}

#[test]
fn a_restored_runtime_goes_on_as_the_original_does() {
    let (mut original, last) = ledger(9);
    let (bytes, _) = snapshot(&original);
    let mut copy = restored(&bytes);
    for round in 0..6 {
        let blockhash = original.last_hash();
        // What has run before comes again; so does what was signed for the block before.
        let mut transactions = last.clone();
        transactions.extend((0..4).map(|number| transfer(number, 200 + round * 4 + number, blockhash)));
        let [one, other] = [&mut original, &mut copy]
            .map(|runtime| runtime.produce_block(20 + i64::from(round), &transactions).expect("a block"));
        assert_eq!(one.block, other.block);
        assert_eq!(one.rejected, other.rejected);
        assert_eq!(one.rejected.len(), last.len(), "what has run before is refused");
    }
    assert_eq!(snapshot(&copy), snapshot(&original));
}

#[test]
fn another_block_or_digest_than_expected_is_refused() {
    let (original, _) = ledger(3);
    let (bytes, summary) = snapshot(&original);
    let other = Hash::new_from_array([7; 32]);
    let refused = verify(&bytes, &Expected { block_hash: Some(other), digest: None });
    assert!(
        matches!(refused, Err(SnapshotError::WrongBlock { expected, found }) if expected == other && found == original.last_hash())
    );
    let refused = verify(&bytes, &Expected { block_hash: None, digest: Some(other) });
    assert!(
        matches!(refused, Err(SnapshotError::WrongDigest { expected, found }) if expected == other && found == summary.digest)
    );
}

/// A target that keeps the checkpoint together with the accounts, as a store on disk does.
#[derive(Default)]
struct Kept {
    store: MemoryStore,
    checkpoint: Option<Vec<u8>>,
}

impl SnapshotTarget for Kept {
    fn load(&mut self, accounts: &[AccountChange], checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let bytes = bincode::serde::encode_to_vec(checkpoint, bincode::config::standard());
        self.checkpoint = Some(bytes.expect("a checkpoint encodes"));
        StoreTarget(&mut self.store).load(accounts, checkpoint)
    }

    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        self.store.account(address)
    }
}

fn decoded(bytes: &[u8]) -> Checkpoint {
    bincode::serde::decode_from_slice(bytes, bincode::config::standard()).expect("it decodes").0
}

/// A transfer that breaks off.
struct BreaksOff<'b>(&'b [u8]);

impl Read for BreaksOff<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::Error::other("the line is dead"));
        }
        self.0.read(buffer)
    }
}

#[test]
fn interrupted_reading_goes_on_at_any_chunk() {
    let (original, _) = ledger(6);
    let (bytes, summary) = snapshot(&original);
    let workers = Workers::new(1).expect("a worker");
    let mut resumed_count = 0;
    for end in (0..bytes.len()).step_by(97) {
        let Ok(reader) = SnapshotReader::new(BreaksOff(&bytes[..end])) else { continue };
        let mut target = Kept::default();
        let expected = Expected { digest: Some(summary.digest), ..Expected::default() };
        let broken =
            load_snapshot(reader, StateTree::default(), &expected, &mut target, &workers, &mut |_| ());
        assert!(
            matches!(broken, Err(SnapshotError::Read { offset_bytes, .. }) if offset_bytes <= end as u64)
        );
        let Some(checkpoint) = &target.checkpoint else { continue };
        let checkpoint = decoded(checkpoint);
        assert!(checkpoint.totals.file_bytes <= end as u64);
        let reader = SnapshotReader::resume(Cursor::new(&bytes), &checkpoint).expect("the same snapshot");
        let state = StateTree::of_store(&target.store, &workers).expect("memory does not fail");
        let loaded = load_snapshot(reader, state, &expected, &mut target, &workers, &mut |_| ());
        let loaded = loaded.expect("the rest is good");
        assert_eq!((loaded.digest, loaded.totals), (summary.digest, summary.totals));
        let mut account_count = 0;
        target.store.for_each(&mut |_, _| account_count += 1).expect("memory does not fail");
        assert_eq!(account_count, summary.totals.account_count);
        resumed_count += 1;
    }
    assert!(resumed_count > 10, "{resumed_count} times");
}

#[test]
fn a_checkpoint_of_another_snapshot_is_refused() {
    let [one, other] = [5, 6].map(|block_count| snapshot(&ledger(block_count).0).0);
    let mut reader = SnapshotReader::new(one.as_slice()).expect("a snapshot");
    reader.next_accounts().expect("good accounts");
    let refused = SnapshotReader::resume(Cursor::new(other), &reader.checkpoint());
    assert!(matches!(refused, Err(SnapshotError::OtherSnapshot)));
}

/// A runtime whose store does not hold the accounts of the block, as after an interrupted load, is not made.
#[test]
fn a_store_without_the_accounts_of_the_block_is_refused() {
    let (original, _) = ledger(3);
    let (bytes, _) = snapshot(&original);
    let end = SnapshotReader::new(bytes.as_slice()).and_then(SnapshotReader::finish).expect("a snapshot");
    let store = Box::new(MemoryStore::default());
    let refused = Runtime::resume(config(), end.head, end.replay, None, store);
    assert!(matches!(refused, Err(Fatal::StateRoot { .. })));
}

/// A disk that is full after so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        let written_bytes = bytes.len().min(self.0);
        self.0 -= written_bytes;
        Ok(written_bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_with_its_place() {
    let (original, _) = ledger(2);
    let (bytes, _) = snapshot(&original);
    for room in [0, 5, 100, bytes.len() - 1] {
        let failed = write_in_chunks(&original, &mut Full(room), CHUNK_SIZE_BYTES, &mut |_| ());
        let Err(SnapshotError::Write { offset_bytes, error }) = failed else { panic!("{failed:?}") };
        assert!(offset_bytes <= room as u64, "{offset_bytes} of {room}");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}

#[test]
fn a_file_bears_its_name_only_when_it_is_whole() {
    let folder = std::env::temp_dir().join(format!("sealane-snapshot-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("block.snapshot");
    let (original, _) = ledger(2);
    let mut seen = SnapshotTotals::default();
    let summary = write_snapshot_file(&original, &path, &mut |totals| {
        assert!(!path.exists(), "not before it is whole");
        seen = *totals;
    });
    let summary = summary.expect("there is room");
    assert_eq!(seen, summary.totals);
    let mut same = Vec::new();
    write_snapshot(&original, &mut same, &mut |_| ()).expect("memory takes it all");
    assert_eq!(std::fs::read(&path).expect("it is there"), same);
    let names = std::fs::read_dir(&folder).expect("the folder").count();
    assert_eq!(names, 1, "nothing else is left");
    let nowhere = folder.join("no such folder").join("block.snapshot");
    assert!(matches!(
        write_snapshot_file(&original, &nowhere, &mut |_| ()),
        Err(SnapshotError::Write { .. })
    ));
    std::fs::remove_dir_all(&folder).expect("it can go");
}
