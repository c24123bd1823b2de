//! Stands in for the chain until it is here.

use sealane_runtime::explain::BlockObservation;
use sealane_runtime::face::Recorded;
use sealane_runtime::ledger::{AccountChange, Block};
use sealane_runtime::simulate::{Freshness, InferredAccess, SimulateError, SimulateOptions, Simulation};
use sealane_runtime::{Ledger, LedgerError, LedgerReader, Signatures};
use sealane_sdk::instruction::{Hash, TransactionError};
use sealane_sdk::state_proof::StateProof;
use sealane_sdk::{Account, Address};
use std::sync::{Arc, Mutex};

#[derive(Clone, Debug)]
pub(crate) struct Chain {
    reader: LedgerReader,
    ledger: Arc<Mutex<Ledger>>,
    blocks: Arc<Mutex<Vec<Arc<BlockEvent>>>>,
}

#[derive(Debug)]
pub(crate) struct BlockEvent {
    pub(crate) number: u64,
    pub(crate) hash: Hash,
    pub(crate) block: Arc<Block>,
    pub(crate) changes: Arc<[AccountChange]>,
    pub(crate) observation: Option<Arc<BlockObservation>>,
}

#[derive(Debug)]
pub(crate) enum SubmitError {
    Full,
    Malformed(String),
    Signature,
    Refused(TransactionError),
}

#[derive(Debug)]
pub(crate) enum AirdropError {
    Disabled,
    TooMuch { limit_lamports: u64 },
    Submit(SubmitError),
}

#[derive(Debug)]
pub(crate) struct Simulated {
    pub(crate) slot: u64,
    pub(crate) hash: Hash,
    pub(crate) result: Result<Simulation, SimulateError>,
}

impl Chain {
    pub(crate) fn new(ledger: Ledger) -> Self {
        Self { reader: ledger.reader(), ledger: Arc::new(Mutex::new(ledger)), blocks: Arc::default() }
    }

    pub(crate) fn reader(&self) -> &LedgerReader {
        &self.reader
    }

    pub(crate) fn recent_blocks(&self) -> Vec<Arc<BlockEvent>> {
        self.blocks.lock().expect("no panic").clone()
    }

    pub(crate) fn submit(&self, bytes: Vec<u8>) -> Result<[u8; 64], SubmitError> {
        let signature = *sealane_runtime::ingest::sanitize(&bytes)
            .map_err(|error| SubmitError::Malformed(error.to_string()))?
            .signature();
        match self.execute(&[bytes]).first() {
            Some(err) => Err(SubmitError::Refused(err.clone())),
            None => Ok(signature),
        }
    }

    /// Executes a block, a second after the last one.
    pub(crate) fn execute(&self, transactions: &[Vec<u8>]) -> Vec<TransactionError> {
        let mut ledger = self.ledger.lock().expect("no panic");
        let subscription = ledger.subscribe(4);
        let time = ledger.last_header().unix_time + 1;
        let executed = ledger.execute_block(time, transactions).expect("a block");
        let committed = subscription.next().expect("a block").committed;
        self.blocks.lock().expect("no panic").push(Arc::new(BlockEvent {
            number: committed.block.header.number,
            hash: committed.hash,
            block: committed.block,
            changes: committed.changes,
            observation: executed.observation.map(Arc::new),
        }));
        executed.rejected.iter().map(|(_, rejection)| rejection.transaction_error()).collect()
    }

    pub(crate) fn simulate(&self, bytes: &[u8], signatures: Signatures, freshness: Freshness) -> Simulated {
        let ledger = self.ledger.lock().expect("no panic");
        let options =
            SimulateOptions { unix_time: ledger.last_header().unix_time + 1, signatures, freshness };
        let result = ledger.runtime().simulate(bytes, options);
        Simulated { slot: ledger.last_header().number, hash: ledger.last_hash(), result }
    }

    pub(crate) fn infer_access(&self, bytes: &[u8]) -> Result<InferredAccess, SimulateError> {
        let ledger = self.ledger.lock().expect("no panic");
        ledger.runtime().infer_access(bytes, ledger.last_header().unix_time + 1)
    }

    pub(crate) fn prove(
        &self,
        address: &Address,
    ) -> Result<(Recorded, Option<Arc<Account>>, StateProof), LedgerError> {
        let ledger = self.ledger.lock().expect("no panic");
        let at = Recorded { header: *ledger.last_header(), hash: ledger.last_hash() };
        Ok((at, ledger.account(address)?, ledger.prove(address)?))
    }

    pub(crate) fn airdrop(&self, _: &Address, lamports: u64) -> Result<[u8; 64], AirdropError> {
        match lamports {
            0 => Err(AirdropError::Disabled),
            1 => Err(AirdropError::Submit(SubmitError::Full)),
            2 => Err(AirdropError::Submit(SubmitError::Signature)),
            _ => Err(AirdropError::TooMuch { limit_lamports: 0 }),
        }
    }

    pub(crate) fn identity(&self) -> Address {
        Address::new_from_array([1; 32])
    }

    pub(crate) fn genesis_hash(&self) -> Hash {
        self.reader.header(0).ok().flatten().map(|header| header.hash()).unwrap_or_default()
    }

    pub(crate) fn blockhash_age_blocks(&self) -> u64 {
        150
    }

    pub(crate) fn note_interest(&self) {}

    /// Why there will be no more blocks, if that is so.
    pub(crate) fn failure(&self) -> Option<String> {
        None
    }
}
