//! Waits until blocks are durable, and tells of them then. Executed blocks come in from [`producer`](super::producer), in order;
//! events go out to whoever subscribed.

use super::event::BlockEvent;
use super::handle::Shared;
use super::mempool::Waiting;
use super::producer::Made;
use sealane_runtime::face::Subscription;
use sealane_runtime::{ExecutedBlock, LedgerError};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// What tells of blocks.
#[derive(Debug)]
pub(super) struct Publisher {
    pub(super) shared: Arc<Shared>,
    /// The ledger's own word of its blocks, with what each changed.
    pub(super) durable: Subscription,
}

impl Publisher {
    /// Tells of blocks until no more are made.
    ///
    /// # Errors
    /// [`LedgerError`] if one never becomes durable: no later one will either.
    pub(super) fn run(&self, made: &Receiver<Made>) -> Result<(), LedgerError> {
        made.iter().try_for_each(|block| self.publish(block))
    }

    /// Waits for one block, and tells of it.
    pub(super) fn publish(&self, made: Made) -> Result<(), LedgerError> {
        let Made { pending, taken, took, executed_at } = made;
        let executed = pending.wait()?;
        let committed_after = executed_at.elapsed();
        let number = executed.block.header.number;
        let Some(committed) = self.durable.next().map(|delivery| delivery.committed) else { return Ok(()) };
        debug_assert_eq!(committed.block.header.number, number, "the ledger tells of every block in order");
        // In this order: a transaction that comes again is known at every moment.
        self.shared.follower.catch_up()?;
        let mut mempool = self.shared.mempool.lock();
        mempool.settle(taken.iter().map(|waiting| &waiting.signature));
        let expired_count =
            mempool.expire(|blockhash| self.shared.follower.last_valid_block(blockhash).is_some());
        drop(mempool);
        self.shared.counts.note_expired(expired_count);
        let included = included(&executed, taken);
        let now = self.shared.began.elapsed();
        let event = Arc::new(BlockEvent {
            number,
            hash: executed.hash,
            signatures: included.iter().map(|waiting| waiting.signature).collect(),
            waited: included.iter().map(|waiting| now.saturating_sub(waiting.arrived)).collect(),
            changes: committed.changes,
            critical_path_count: executed.critical_path_count,
            rejected_count: executed.rejected.len(),
            stages: executed.stages,
            took,
            committed_after,
            observation: executed.observation.map(Arc::new),
            block: executed.block,
        });
        tracing::debug!(
            number,
            transactions = event.signatures.len(),
            rejected = event.rejected_count,
            took_ms = took.as_millis(),
            durable_after_ms = committed_after.as_millis(),
            "block"
        );
        self.shared.recent.push(Arc::clone(&event));
        // That nobody listens is no error.
        let _ = self.shared.events.send(event);
        Ok(())
    }
}

/// Those that are in the block, in its order.
fn included(executed: &ExecutedBlock, taken: Vec<Waiting>) -> Vec<Waiting> {
    let mut rejected = executed.rejected.iter().map(|(index, _)| *index).peekable();
    let is_included = |(index, waiting): (usize, Waiting)| match rejected.next_if_eq(&index) {
        Some(_) => None,
        None => Some(waiting),
    };
    taken.into_iter().enumerate().filter_map(is_included).collect()
}
