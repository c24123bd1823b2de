//! Proofs against the state root: asked for from any thread, answered by whoever makes blocks, between two of them.

use sealane_runtime::face::Recorded;
use sealane_runtime::{Ledger, LedgerError};
use sealane_sdk::state_proof::StateProof;
use sealane_sdk::{Account, Address};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// What stands at an address after a block, with the proof.
pub(super) type Proved = (Recorded, Option<Arc<Account>>, StateProof);

/// Somebody waits for a proof.
#[derive(Debug)]
pub(super) struct ProofRequest {
    pub(super) address: Address,
    pub(super) answer: SyncSender<Result<Proved, LedgerError>>,
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProveError {
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Nobody makes blocks any more.
    #[error("this node makes no blocks any more")]
    Stopped,
}

impl ProofRequest {
    /// Answers with what the last executed block left, which may not be durable yet.
    pub(super) fn answer(self, ledger: &Ledger) {
        let at = Recorded { header: *ledger.last_header(), hash: ledger.last_hash() };
        let proved =
            ledger.account(&self.address).and_then(|account| Ok((at, account, ledger.prove(&self.address)?)));
        // Whoever asked may have gone meanwhile.
        let _ = self.answer.send(proved);
    }
}
