//! Makes blocks: the one thread that owns the ledger. Transactions come out of the mempool, executed blocks go on to
//! [`publisher`](super::publisher), which waits until they are durable while the next one is executed.

use super::building::choose;
use super::handle::Shared;
use super::mempool::Waiting;
use super::pace::{Demand, Pace};
use super::prove::ProofRequest;
use sealane_runtime::{CheckedTransaction, Ledger, LedgerError, PendingBlock, Rejection};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant, SystemTime};

/// What the thread is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Something has changed: transactions wait, or somebody looks.
    Wake,
    /// Somebody wants a proof.
    Prove(ProofRequest),
    /// There shall be no more blocks.
    Stop,
}

/// A block that was executed, on its way to being durable.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) pending: PendingBlock,
    /// What was taken for it, in its order; those that were rejected among them.
    pub(super) taken: Vec<Waiting>,
    pub(super) took: Duration,
    pub(super) executed_at: Instant,
}

/// What makes blocks.
#[derive(Debug)]
pub(super) struct Producer {
    pub(super) shared: Arc<Shared>,
    pub(super) ledger: Ledger,
    pub(super) pace: Pace,
}

/// The moment it is: for pace and measures, never for what a block gives.
#[expect(clippy::disallowed_methods, reason = "a node lives in time; what it executes does not")]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// Seconds since 1970; 0 before.
pub(super) fn unix_time() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl Producer {
    /// Makes blocks until it is told to stop; gives the ledger back.
    ///
    /// # Errors
    /// [`LedgerError`] if a block cannot be made: then there will be no other.
    pub(super) fn run(
        mut self,
        orders: &Receiver<Order>,
        made: &SyncSender<Made>,
    ) -> Result<Ledger, LedgerError> {
        let mut last_block = self.shared.began.elapsed().saturating_sub(self.pace.block);
        loop {
            let now = self.shared.began.elapsed();
            let due = self.pace.due(now, &self.demand(last_block));
            if let Some(pause) = due.checked_sub(now).filter(|pause| !pause.is_zero()) {
                match orders.recv_timeout(pause) {
                    Ok(Order::Wake) | Err(RecvTimeoutError::Timeout) => {}
                    Ok(Order::Prove(request)) => request.answer(&self.ledger),
                    Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(self.ledger),
                }
                continue;
            }
            last_block = now;
            let block = self.make()?;
            if made.send(block).is_err() {
                // Whoever waits for durable blocks has found that there will be none, and told everybody.
                return Ok(self.ledger);
            }
        }
    }

    /// Executes a block of what waits.
    pub(super) fn make(&mut self) -> Result<Made, LedgerError> {
        let begin = now();
        let taken = {
            let mut mempool = self.shared.mempool.lock();
            self.shared.is_told.store(false, Ordering::Release);
            let chosen = choose(mempool.by_rank(), &self.shared.limits);
            mempool.take(&chosen)
        };
        self.execute(unix_time(), taken, begin)
    }

    /// Executes a block of `taken`.
    pub(super) fn execute(
        &mut self,
        unix_time: i64,
        taken: Vec<Waiting>,
        begin: Instant,
    ) -> Result<Made, LedgerError> {
        let transactions: Vec<&CheckedTransaction> =
            taken.iter().map(|waiting| &waiting.transaction).collect();
        // A clock that was put back must not stop the chain.
        let unix_time = unix_time.max(self.ledger.last_header().unix_time);
        let pending = self.ledger.execute_checked_ahead(unix_time, &transactions)?;
        tell_rejected(&pending.executed().rejected, &taken);
        Ok(Made { pending, taken, took: begin.elapsed(), executed_at: now() })
    }

    fn demand(&self, last_block: Duration) -> Demand {
        let mempool = self.shared.mempool.lock();
        let is_waited = !mempool.is_empty();
        if !is_waited {
            // Under the lock: whoever adds something after this finds that it must tell.
            self.shared.is_told.store(false, Ordering::Release);
        }
        drop(mempool);
        Demand { last_block, last_interest: self.shared.interest.last(), is_waited }
    }
}

fn tell_rejected(rejected: &[(usize, Rejection)], taken: &[Waiting]) {
    for (index, rejection) in rejected {
        let signature = taken.get(*index).map(|waiting| bs58::encode(&waiting.signature).into_string());
        tracing::debug!(signature, %rejection, "a transaction was left out of its block");
    }
}
