//! For tests of what stands above the chain: blocks are made when a test says so, on its own thread.

use super::handle::{Chain, ChainConfig};
use super::mempool::Waiting;
use super::pace::Pace;
use super::producer::{Producer, now};
use super::prove::{ProofRequest, ProveError, Proved};
use super::publisher::Publisher;
use sealane_runtime::Ledger;
use sealane_sdk::Address;
use sealane_sdk::instruction::TransactionError;
use std::sync::Arc;
use std::sync::mpsc::{channel, sync_channel};
use std::time::Duration;

impl Chain {
    /// A chain that makes a block when [`Self::execute`] is called, or a transaction submitted.
    pub(crate) fn new(ledger: Ledger) -> Self {
        Self::stepped(ledger, ChainConfig::new(Address::new_from_array([1; 32])))
    }

    /// The same with a configuration.
    pub(crate) fn stepped(ledger: Ledger, config: ChainConfig) -> Self {
        let shared = Self::shared(&ledger, config, channel().0).expect("the ledger can be read");
        let publisher = Publisher { shared: Arc::clone(&shared), durable: ledger.subscribe(4) };
        let pace = Pace { block: Duration::ZERO, idle: Duration::ZERO };
        let producer = Producer { shared: Arc::clone(&shared), ledger, pace };
        *shared.stepped.lock() = Some((producer, publisher));
        Self::of(shared)
    }

    /// Executes a block, a second after the last one; gives why transactions were left out of it.
    pub(crate) fn execute(&self, transactions: &[Vec<u8>]) -> Vec<TransactionError> {
        let mut stepped = self.inner().stepped.lock();
        let (producer, publisher) = stepped.as_mut().expect("the chain makes blocks when told to");
        let mut errors = Vec::new();
        let mut taken = Vec::new();
        for bytes in transactions {
            match self.inner().checker.check(bytes.clone()) {
                Ok(checked) => taken.push(Waiting::new(checked, false, self.inner().began.elapsed())),
                Err(rejection) => errors.push(rejection.transaction_error()),
            }
        }
        let unix_time = producer.ledger.last_header().unix_time + 1;
        let made = producer.execute(unix_time, taken, now()).expect("a block");
        let rejected = &made.pending.executed().rejected;
        errors.extend(rejected.iter().map(|(_, rejection)| rejection.transaction_error()));
        publisher.publish(made).expect("it becomes durable");
        errors
    }

    /// A transaction waits: it is in a block when this returns.
    pub(super) fn told(&self) {
        match self.inner().stepped.lock().as_mut() {
            Some((producer, publisher)) => {
                publisher.publish(producer.make().expect("a block")).expect("it becomes durable");
            }
            None => self.inner().tell(),
        }
    }

    pub(super) fn proved(&self, address: &Address) -> Result<Proved, ProveError> {
        let Some((producer, _)) = &*self.inner().stepped.lock() else { return self.ask_proof(address) };
        let (answer, answered) = sync_channel(1);
        ProofRequest { address: *address, answer }.answer(&producer.ledger);
        Ok(answered.recv().expect("it was answered")?)
    }
}
