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
        let mut ledger = self.ledger.lock().map_err(|_| SubmitError::Full)?;
        let time = ledger.last_header().unix_time;
        let executed = ledger.execute_block(time, &[bytes]).map_err(|_| SubmitError::Full)?;
        match executed.rejected.first() {
            Some((_, rejection)) => Err(SubmitError::Refused(rejection.transaction_error())),
            None => Ok(signature),
        }
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
