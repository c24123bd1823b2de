//! Snapshots of a small ledger in small chunks: what is read back goes on like the original, and what was altered is refused.

mod damage;
mod going_on;
mod sealed;

use super::write::write_in_chunks;
use super::{Expected, SnapshotError, SnapshotReader, SnapshotSummary, verify_snapshot};
use crate::ledger::{Genesis, MemoryStore};
use crate::runtime::{Runtime, RuntimeConfig, Signatures};
use crate::schedule::Workers;
use sealane_sdk::instruction::{Hash, Signature};
use sealane_sdk::{Account, Address};
use solana_message::{Message, VersionedMessage};
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;

/// Chunks are closed at this size, so that a small ledger has many.
const CHUNK_SIZE_BYTES: usize = 2_000;
const USER_COUNT: u8 = 20;

fn config() -> RuntimeConfig {
    RuntimeConfig { workers: 2, signatures: Signatures::Skip, ..RuntimeConfig::default() }
}

fn user(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

/// A transfer that nobody signed; `signature` is what replay protection knows it by.
fn transfer(number: u8, signature: u8, blockhash: Hash) -> Vec<u8> {
    let (from, to) = (user(1 + number % USER_COUNT), user(1 + (number + 1) % USER_COUNT));
    let instruction = system::transfer(&from, &to, 1_000 + u64::from(number));
    let message = Message::new_with_blockhash(&[instruction], Some(&from), &blockhash);
    let signatures = vec![Signature::from([signature; 64])];
    let transaction = VersionedTransaction { signatures, message: VersionedMessage::Legacy(message) };
    bincode::serde::encode_to_vec(&transaction, bincode::config::legacy()).expect("a transaction encodes")
}

/// A ledger after some blocks, and the transactions of the last of them.
fn ledger(block_count: u8) -> (Runtime, Vec<Vec<u8>>) {
    let mut genesis = Genesis::default().with_fee_collector(user(99));
    genesis.rules.blockhash_age_blocks = 4;
    for number in 1..=USER_COUNT {
        genesis.accounts.push((user(number), Account::system(1_000_000_000)));
        let data = (0..u16::from(number) * 17).map(|byte| (byte / 3).to_le_bytes()[0]).collect();
        genesis.accounts.push((user(100 + number), Account::with_data(user(200), data)));
    }
    let mut runtime = Runtime::new(config(), &genesis).expect("a runtime");
    let mut transactions = Vec::new();
    for block in 0..block_count {
        let blockhash = runtime.last_hash();
        transactions = (0..5).map(|number| transfer(number, block * 5 + number, blockhash)).collect();
        let executed = runtime.produce_block(i64::from(block) + 1, &transactions).expect("a block");
        assert_eq!(executed.rejected, [], "all run");
    }
    (runtime, transactions)
}

fn snapshot(runtime: &Runtime) -> (Vec<u8>, SnapshotSummary) {
    let mut bytes = Vec::new();
    let summary =
        write_in_chunks(runtime, &mut bytes, CHUNK_SIZE_BYTES, &mut |_| ()).expect("memory takes it all");
    assert_eq!(summary.totals.file_bytes, bytes.len() as u64);
    assert!(summary.totals.chunk_count > 6, "there are borders to go on from");
    (bytes, summary)
}

fn verify(bytes: &[u8], expected: &Expected) -> Result<SnapshotSummary, SnapshotError> {
    let workers = Workers::new(1).expect("a worker");
    verify_snapshot(SnapshotReader::new(bytes)?, expected, &workers, &mut |_| ())
}

fn restored(bytes: &[u8]) -> Runtime {
    let reader = SnapshotReader::new(bytes).expect("a snapshot");
    Runtime::from_snapshot(config(), reader, &Expected::default()).expect("a good snapshot")
}
