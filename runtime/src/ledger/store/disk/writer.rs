//! The thread that writes blocks to the log. Blocks come from the runtime in order; each is durable, and seen by readers,
//! when its batch is written.

use super::block_bytes;
use super::layer::Layer;
use super::shared::Shared;
use crate::bug;
use crate::ledger::Commit;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::{Batch, Durability};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// How many times as long as the policy says the log may grow while a checkpoint is under way.
const LONGEST_LOG_FACTOR: usize = 2;

/// Writes what comes until nobody sends any more.
pub(super) fn run(shared: &Shared, commits: &Receiver<Commit>) {
    for commit in commits {
        if shared.lock().failure.is_some() {
            // Whoever waits for this block is told that it will never be durable.
            continue;
        }
        match catch_unwind(AssertUnwindSafe(|| write(shared, commit))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => shared.fail(error.to_string()),
            Err(panic) => shared.fail(bug::message(panic)),
        }
        drop(shared.wait(|state| state.failure.is_some() || !shared.is_long(state, LONGEST_LOG_FACTOR)));
    }
}

fn write(shared: &Shared, commit: Commit) -> Result<(), StoreError> {
    let Commit { block, hash, changes, .. } = commit;
    let layer = Arc::new(Layer::new(block, hash, changes));
    let before = match layer.number().checked_sub(1) {
        Some(number) => {
            block_bytes::header(&*shared.store, number)?.map_or(0, |record| record.transactions_total)
        }
        None => 0,
    };
    let mut batch = Batch::default();
    block_bytes::put_block(&mut batch, &layer.block, &layer.changes, before);
    shared.store.write(batch, Durability::Now)?;
    shared.publish(&layer);
    Ok(())
}
