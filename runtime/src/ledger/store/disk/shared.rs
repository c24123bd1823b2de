//! What the owner of a ledger, its two threads and its readers share: the database, and under one lock the state of things.

use super::keys::{self};
use super::layer::Layer;
use super::policy::DiskConfig;
use super::record;
use super::subscribe::Subscribers;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::{Batch, KeyValueStore, Table};
use crate::ledger::{BlockHeader, LedgerRules};
use parking_lot::{Condvar, Mutex, MutexGuard};
use sealane_sdk::instruction::Hash;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What readers see: one block, whole. A new one takes its place with every block that is durable.
#[derive(Clone, Debug)]
pub(super) struct Published {
    pub(super) header: BlockHeader,
    pub(super) hash: Hash,
    /// The blocks that are not in the tables yet, oldest first.
    pub(super) layers: Vec<Arc<Layer>>,
    /// The last block that the tables have.
    pub(super) applied: u64,
    /// The oldest block that can be read whole.
    pub(super) first_available: u64,
}

/// How far the tables have come, as it is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The last block whose accounts and index the tables have.
    pub(super) applied: u64,
    /// The oldest block that is kept whole.
    pub(super) first_available: u64,
    /// The oldest block whose header is kept.
    pub(super) first_header: u64,
}

impl Progress {
    /// Adds it to a batch.
    pub(super) fn put(&self, batch: &mut Batch) {
        batch.put(Table::Meta, keys::PROGRESS, record::encode(keys::PROGRESS, self));
    }
}

/// Shared by all.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) store: Arc<dyn KeyValueStore>,
    pub(super) config: DiskConfig,
    pub(super) rules: LedgerRules,
    state: Mutex<State>,
    /// Something in the state has changed.
    changed: Condvar,
    /// The last block of the checkpoint that began last. The tables hold nothing newer.
    begun: AtomicU64,
    /// The last block that the tables have.
    applied: AtomicU64,
}

/// Under the lock.
#[derive(Debug)]
pub(super) struct State {
    pub(super) published: Arc<Published>,
    pub(super) progress: Progress,
    pub(super) subscribers: Subscribers,
    /// What failed; nothing is written any more.
    pub(super) failure: Option<String>,
    /// A checkpoint is under way, or pruning after it.
    pub(super) is_working: bool,
    /// Somebody waits for the tables to have everything.
    pub(super) is_flushing: bool,
    /// The owner is gone.
    pub(super) is_closing: bool,
}

impl Shared {
    pub(super) fn new(
        store: Arc<dyn KeyValueStore>,
        config: DiskConfig,
        rules: LedgerRules,
        header: BlockHeader,
        progress: Progress,
    ) -> Self {
        let Progress { applied, first_available, .. } = progress;
        let published =
            Published { header, hash: header.hash(), layers: Vec::new(), applied, first_available };
        Self {
            store,
            config,
            rules,
            state: Mutex::new(State {
                published: Arc::new(published),
                progress,
                subscribers: Subscribers::default(),
                failure: None,
                is_working: false,
                is_flushing: false,
                is_closing: false,
            }),
            changed: Condvar::new(),
            begun: AtomicU64::new(applied),
            applied: AtomicU64::new(applied),
        }
    }

    pub(super) fn published(&self) -> Arc<Published> {
        Arc::clone(&self.state.lock().published)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Changes the state and wakes all who wait for a change.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state.lock());
        self.changed.notify_all();
        result
    }

    /// Waits until `is_so`, and gives the state.
    pub(super) fn wait(&self, mut is_so: impl FnMut(&State) -> bool) -> MutexGuard<'_, State> {
        let mut state = self.state.lock();
        while !is_so(&state) {
            self.changed.wait(&mut state);
        }
        state
    }

    /// Ends all writing.
    pub(super) fn fail(&self, message: String) {
        self.change(|state| {
            state.failure.get_or_insert(message);
        });
    }

    /// Waits until a block is durable.
    ///
    /// # Errors
    /// [`StoreError::Halted`] if it never will be.
    pub(super) fn wait_durable(&self, number: u64) -> Result<(), StoreError> {
        let state = self.wait(|state| state.published.header.number >= number || state.failure.is_some());
        if state.published.header.number >= number { Ok(()) } else { state.check() }
    }

    /// Waits until the tables have all blocks up to this one.
    ///
    /// # Errors
    /// [`StoreError::Halted`] if they never will.
    pub(super) fn wait_applied(&self, number: u64) -> Result<(), StoreError> {
        self.change(|state| state.is_flushing |= state.published.applied < number);
        let state = self.wait(|state| state.published.applied >= number || state.failure.is_some());
        if state.published.applied >= number { Ok(()) } else { state.check() }
    }

    /// Waits until there is nothing to do for the tables.
    ///
    /// # Errors
    /// [`StoreError::Halted`] if something failed.
    pub(super) fn wait_idle(&self) -> Result<(), StoreError> {
        let is_idle = |state: &State| !state.is_working && !state.is_flushing && !self.is_long(state, 1);
        self.wait(|state| is_idle(state) || state.failure.is_some()).check()
    }

    /// Makes a durable block the one that readers see.
    pub(super) fn publish(&self, layer: &Arc<Layer>) {
        self.change(|state| {
            let mut published = Published::clone(&state.published);
            published.header = layer.block.header;
            published.hash = layer.hash;
            published.layers.push(Arc::clone(layer));
            state.published = Arc::new(published);
            state.subscribers.tell(layer);
        });
    }

    /// The blocks that are to be brought into the tables now. Nothing newer may reach the tables before this is called
    /// again.
    pub(super) fn begin_checkpoint(&self) -> Vec<Arc<Layer>> {
        let mut state = self.state.lock();
        state.is_working = true;
        self.begun.store(state.published.header.number, Ordering::SeqCst);
        state.published.layers.clone()
    }

    /// The tables have everything up to `progress`.
    pub(super) fn end_checkpoint(&self, progress: Progress) {
        self.applied.store(progress.applied, Ordering::SeqCst);
        self.change(|state| {
            let mut published = Published::clone(&state.published);
            published.layers.retain(|layer| layer.number() > progress.applied);
            published.applied = progress.applied;
            published.first_available = progress.first_available;
            state.is_flushing &= !published.layers.is_empty();
            state.published = Arc::new(published);
            state.progress = progress;
        });
    }

    /// Whether the tables may hold something newer than this block.
    pub(super) fn is_past(&self, number: u64) -> bool {
        self.begun.load(Ordering::SeqCst) > number
    }

    pub(super) fn applied(&self) -> u64 {
        self.applied.load(Ordering::SeqCst)
    }

    /// Whether the log is longer than `factor` times what the policy allows.
    pub(super) fn is_long(&self, state: &State, factor: usize) -> bool {
        let layers = &state.published.layers;
        let policy = &self.config.checkpoint;
        layers.len() >= policy.block_count.saturating_mul(factor)
            || layers.iter().map(|layer| layer.size_bytes).sum::<usize>()
                >= policy.size_bytes.saturating_mul(factor)
    }
}

impl State {
    /// # Errors
    /// [`StoreError::Halted`] if something failed.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.failure.clone().map_or(Ok(()), |message| Err(StoreError::Halted { message }))
    }
}
