//! The thread that brings the log into the tables: accounts, each as the last block left it, and the index, as sorted runs;
//! then the note that they are there. Whatever is interrupted is done again: the log says what accounts are, not how they
//! change.

use super::block_bytes;
use super::keys;
use super::layer::{self, Layer};
use super::run_index::{self, Entries, Indexed};
use super::shared::{Progress, Shared};
use super::{account_bytes, prune, record};
use crate::bug;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::{Batch, Durability, KeyValueStore, Table};
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Blocks that came into the tables together, as noted down for pruning; the key has the last one's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) first_number: u64,
}

/// Makes checkpoints until the ledger is closed or something fails.
pub(super) fn run(shared: &Shared) {
    loop {
        let state = shared.wait(|state| {
            let is_due = shared.is_long(state, 1) || state.is_flushing;
            state.failure.is_some() || state.is_closing || is_due && !state.published.layers.is_empty()
        });
        if state.failure.is_some() || state.is_closing {
            return;
        }
        drop(state);
        match catch_unwind(AssertUnwindSafe(|| checkpoint(shared))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => shared.fail(error.to_string()),
            Err(panic) => shared.fail(bug::message(panic)),
        }
    }
}

/// Brings what is in the log now into the tables, then prunes.
fn checkpoint(shared: &Shared) -> Result<(), StoreError> {
    let layers = shared.begin_checkpoint();
    let progress = apply(&*shared.store, &layers, shared.lock().progress)?;
    shared.end_checkpoint(progress);
    drop(layers);
    let last_number = shared.published().header.number;
    // Who reads a block that goes meanwhile must find that it is announced.
    let announce = |progress| shared.end_checkpoint(progress);
    prune::prune(&*shared.store, shared.config.history, &shared.rules, last_number, progress, &announce)?;
    shared.change(|state| state.is_working = false);
    Ok(())
}

/// Brings these blocks, oldest first, into the tables; gives how far they have then come.
///
/// # Errors
/// [`StoreError`] if the store fails. It may then have some of it, and is none the worse for it.
pub(super) fn apply(
    store: &dyn KeyValueStore,
    layers: &[Arc<Layer>],
    progress: Progress,
) -> Result<Progress, StoreError> {
    let (Some(first), Some(last)) = (layers.first(), layers.last()) else { return Ok(progress) };
    debug_assert_eq!(first.number(), progress.applied + 1, "blocks come in order");
    let accounts = layer::merged(layers.iter().rev().map(|layer| &*layer.changes));
    store.load(
        Table::Accounts,
        &mut accounts.into_iter().map(|(address, account)| {
            let value = account.as_ref().map(|account| account_bytes::value(address, account));
            (address.as_ref().to_vec(), value)
        }),
    )?;
    let indexed: Vec<Indexed<'_>> =
        layers.iter().map(|layer| (&layer.index, &layer.block.transactions)).collect();
    store.load(Table::Signatures, &mut run_index::signatures(&indexed, Entries::Written))?;
    store.load(Table::Addresses, &mut run_index::addresses(&indexed, Entries::Written))?;

    let mut batch = Batch::default();
    for layer in layers {
        if let Some(record) = block_bytes::header(store, layer.number())? {
            record.changes_keys().for_each(|key| batch.delete(Table::Blocks, key));
        }
    }
    let key = keys::run_key(last.number());
    let run = Run { first_number: first.number() };
    batch.put(Table::Meta, key.clone(), record::encode(&key, &run));
    let progress = Progress { applied: last.number(), ..progress };
    progress.put(&mut batch);
    store.write(batch, Durability::Now)?;
    Ok(progress)
}
