//! Stands in for the chain until it is here.

use sealane_runtime::ledger::{AccountChange, Block};
use sealane_runtime::{Ledger, LedgerReader};
use sealane_sdk::Address;
use sealane_sdk::instruction::{Hash, TransactionError};
use std::sync::{Arc, Mutex};

#[derive(Clone, Debug)]
pub(crate) struct Chain {
    events: tokio::sync::broadcast::Sender<Arc<BlockEvent>>,
    reader: LedgerReader,
    ledger: Arc<Mutex<Ledger>>,
    pool: Arc<Mutex<Vec<Vec<u8>>>>,
    recent: Arc<Mutex<Vec<Arc<BlockEvent>>>>,
}

#[derive(Debug)]
pub(crate) struct BlockEvent {
    pub(crate) number: u64,
    pub(crate) hash: Hash,
    pub(crate) block: Arc<Block>,
    pub(crate) changes: Arc<[AccountChange]>,
    pub(crate) signatures: Vec<[u8; 64]>,
    pub(crate) waited: Vec<std::time::Duration>,
    pub(crate) critical_path_count: usize,
    pub(crate) rejected_count: usize,
    pub(crate) stages: sealane_runtime::stages::StageTimes,
    pub(crate) took: std::time::Duration,
    pub(crate) committed_after: std::time::Duration,
    pub(crate) observation: Option<Arc<sealane_runtime::explain::BlockObservation>>,
}

#[derive(Debug)]
pub(crate) enum SubmitError {
    Full,
    Malformed(String),
    Signature,
    Refused(TransactionError),
}

impl Chain {
    pub(crate) fn new(ledger: Ledger) -> Self {
        Self {
            events: tokio::sync::broadcast::channel(64).0,
            reader: ledger.reader(),
            ledger: Arc::new(Mutex::new(ledger)),
            pool: Arc::default(),
            recent: Arc::default(),
        }
    }

    pub(crate) fn subscribe(&self) -> tokio::sync::broadcast::Receiver<Arc<BlockEvent>> {
        self.events.subscribe()
    }

    pub(crate) fn reader(&self) -> &LedgerReader {
        &self.reader
    }

    pub(crate) fn submit(&self, bytes: Vec<u8>) -> Result<[u8; 64], SubmitError> {
        let signature = *sealane_runtime::ingest::sanitize(&bytes)
            .map_err(|error| SubmitError::Malformed(error.to_string()))?
            .signature();
        self.pool.lock().map_err(|_| SubmitError::Full)?.push(bytes);
        Ok(signature)
    }

    pub(crate) fn tick(&self) {
        let bytes = std::mem::take(&mut *self.pool.lock().unwrap());
        let mut ledger = self.ledger.lock().unwrap();
        let time = ledger.last_header().unix_time;
        let changes = self.reader.subscribe(4);
        let executed = ledger.execute_block(time, &bytes).unwrap();
        let committed = changes.next().unwrap().committed;
        let signatures: Vec<[u8; 64]> = executed
            .block
            .transactions
            .iter()
            .map(|t| *sealane_runtime::ingest::sanitize(t).unwrap().signature())
            .collect();
        let event = Arc::new(BlockEvent {
            number: executed.block.header.number,
            hash: executed.hash,
            waited: vec![std::time::Duration::from_millis(200); signatures.len()],
            signatures,
            changes: committed.changes,
            critical_path_count: executed.critical_path_count,
            rejected_count: executed.rejected.len(),
            stages: executed.stages,
            took: std::time::Duration::from_millis(1),
            committed_after: std::time::Duration::from_millis(1),
            observation: executed.observation.map(Arc::new),
            block: executed.block,
        });
        let mut recent = self.recent.lock().unwrap();
        recent.push(Arc::clone(&event));
        if recent.len() > 150 {
            recent.remove(0);
        }
        drop(recent);
        let _ = self.events.send(event);
    }

    pub(crate) fn recent_blocks(&self) -> Vec<Arc<BlockEvent>> {
        self.recent.lock().unwrap().clone()
    }

    pub(crate) fn identity(&self) -> Address {
        Address::default()
    }

    pub(crate) fn genesis_hash(&self) -> Hash {
        Hash::default()
    }

    pub(crate) fn blockhash_age_blocks(&self) -> u64 {
        150
    }

    pub(crate) fn note_interest(&self) {}
}
