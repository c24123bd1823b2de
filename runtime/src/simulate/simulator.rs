//! Simulations beside a running ledger: on the last durable block, whole, and on workers of their own.
//!
//! A [`Follower`] keeps what accounts alone do not tell, the blockhashes and the transactions that named them, from the blocks that
//! became durable. A [`Simulator`] adds a view of the accounts as the same block left them. Neither ever waits for whoever makes
//! blocks, nor lets them wait.

use super::ground::Ground;
use super::infer::{self, InferredAccess};
use super::run::{self, SimulateError, SimulateOptions, Simulation};
use crate::bug;
use crate::checked::Checker;
use crate::error::Fatal;
use crate::face::{LedgerReader, LedgerSnapshot};
use crate::ingest::{Age, ReplayError, ReplayState, SanitizedTransaction};
use crate::ledger::{AccountStore, Commit, LedgerHead, StoreError, sysvars};
use crate::runtime::{Runtime, RuntimeConfig};
use crate::schedule::Workers;
use parking_lot::RwLock;
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::SLOT_HASHES_COUNT;
use sealane_sdk::{Account, Address};
use std::collections::VecDeque;
use std::sync::Arc;

/// Replay protection as of the last durable block, for any thread. Clones are cheap and share it.
#[derive(Clone, Debug)]
pub struct Follower {
    reader: LedgerReader,
    state: Arc<RwLock<State>>,
}

#[derive(Debug)]
struct State {
    /// Number of the last block that was taken up.
    number: u64,
    replay: ReplayState,
    /// Numbers and hashes of the last blocks, newest first.
    slot_hashes: VecDeque<(u64, Hash)>,
}

impl Follower {
    /// What follows a ledger that nobody makes blocks of at the moment.
    pub(crate) fn new(runtime: &Runtime, reader: LedgerReader) -> Self {
        let LedgerHead { header, slot_hashes, .. } = runtime.head();
        let state = State {
            number: header.number,
            replay: runtime.replay().clone(),
            slot_hashes: slot_hashes.into(),
        };
        Self { reader, state: Arc::new(RwLock::new(state)) }
    }

    /// Takes up the blocks that became durable meanwhile; gives the number of the last of them.
    ///
    /// # Errors
    /// [`StoreError`] if one of them cannot be read.
    pub fn catch_up(&self) -> Result<u64, StoreError> {
        let last = self.reader.last().header.number;
        if self.state.read().number >= last {
            return Ok(self.state.read().number);
        }
        let mut state = self.state.write();
        while state.number < last {
            let number = state.number + 1;
            let block = self.reader.block(number)?.ok_or(StoreError::Halted {
                message: format!("block {number} is gone before it was followed"),
            })?;
            let transactions: Vec<_> =
                block.transactions.iter().filter_map(|bytes| crate::ingest::sanitize(bytes).ok()).collect();
            for transaction in &transactions {
                // It is in a block, so it was admitted there with the same state.
                let admitted = state.replay.admit(transaction);
                debug_assert!(admitted.is_ok(), "{admitted:?} of a transaction that is in a block");
            }
            let hash = block.header.hash();
            state.replay.push_block(hash);
            state.slot_hashes.push_front((number, hash));
            state.slot_hashes.truncate(SLOT_HASHES_COUNT);
            state.number = number;
        }
        Ok(last)
    }

    /// Whether `transaction` is fresh.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub fn check(&self, transaction: &SanitizedTransaction<'_>) -> Result<Age, ReplayError> {
        self.state.read().replay.check(transaction)
    }

    /// Number of the last block in which a transaction with this blockhash may stand; `None` if the hash is no recent one.
    #[must_use]
    pub fn last_valid_block(&self, blockhash: &Hash) -> Option<u64> {
        let state = self.state.read();
        let age_blocks = state.replay.age_blocks(blockhash)?;
        Some(state.number.saturating_sub(age_blocks).saturating_add(state.replay.lifetime_blocks() as u64))
    }
}

/// Simulates transactions on the last durable block of a ledger, from any thread and beside whoever makes its blocks.
#[derive(Debug)]
pub struct Simulator {
    follower: Follower,
    config: RuntimeConfig,
    workers: Workers,
    checker: Checker,
}

/// The last durable block, whole.
#[derive(Debug)]
struct Moment {
    store: SnapshotStore,
    sysvars: sysvars::BlockSysvars,
}

impl Simulator {
    /// A simulator with so many workers of its own, at least 1.
    ///
    /// # Errors
    /// [`Fatal::Worker`] if they cannot be started.
    pub(crate) fn new(runtime: &Runtime, follower: Follower, worker_count: usize) -> Result<Self, Fatal> {
        let workers = Workers::new(worker_count.max(1)).map_err(|error| Fatal::Worker(error.to_string()))?;
        Ok(Self { follower, config: runtime.config().clone(), workers, checker: runtime.checker() })
    }

    /// As [`Runtime::simulate`](crate::Runtime::simulate), on the last durable block. A time before that block's is taken for its.
    ///
    /// # Errors
    /// [`SimulateError`].
    pub fn simulate(&self, bytes: &[u8], options: SimulateOptions) -> Result<Simulation, SimulateError> {
        bug::caught(|| {
            let moment = self.moment(options.unix_time)?;
            let check = |transaction: &SanitizedTransaction<'_>| self.follower.check(transaction);
            run::simulate(self.ground(&moment), bytes, options, self.checker.keys(), check)
        })
    }

    /// As [`Runtime::infer_access`](crate::Runtime::infer_access), on the last durable block.
    ///
    /// # Errors
    /// [`SimulateError`].
    pub fn infer_access(&self, bytes: &[u8], unix_time: i64) -> Result<InferredAccess, SimulateError> {
        bug::caught(|| {
            let moment = self.moment(unix_time)?;
            let nonce = |transaction: &SanitizedTransaction<'_>| {
                self.follower.state.read().replay.required_nonce(transaction)
            };
            infer::infer_access(self.ground(&moment), bytes, nonce)
        })
    }

    fn ground<'m>(&'m self, moment: &'m Moment) -> Ground<'m> {
        Ground {
            store: &moment.store,
            workers: &self.workers,
            sysvars: moment.sysvars.clone(),
            instances: self.config.instances,
            balances: self.config.balances,
        }
    }

    /// Accounts and blockhashes as the same block left them.
    fn moment(&self, unix_time: i64) -> Result<Moment, SimulateError> {
        // Ends as soon as no block becomes durable between two of these lines; they take microseconds.
        loop {
            self.follower.catch_up().map_err(Fatal::from)?;
            let snapshot = self.follower.reader.snapshot().map_err(Fatal::from)?;
            let state = self.follower.state.read();
            let header = snapshot.header();
            if header.number != state.number {
                continue;
            }
            let recent: Vec<Hash> = state.replay.recent_blockhashes().collect();
            let slot_hashes: Vec<(u64, Hash)> = state.slot_hashes.iter().copied().collect();
            let unix_time = unix_time.max(header.unix_time);
            let sysvars = sysvars::block_sysvars(header.number + 1, unix_time, &recent, &slot_hashes);
            return Ok(Moment { store: SnapshotStore(snapshot), sysvars });
        }
    }
}

/// Accounts to read, and nothing to write.
#[derive(Debug)]
struct SnapshotStore(LedgerSnapshot);

impl AccountStore for SnapshotStore {
    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        self.0.account(address)
    }

    fn commit(&mut self, _commit: Commit) -> Result<(), StoreError> {
        bug!("a simulation commits nothing")
    }

    fn for_each_in_part(
        &self,
        _part: usize,
        visit: &mut dyn FnMut(&Address, &Arc<Account>),
    ) -> Result<(), StoreError> {
        self.0.for_each_account(None, &mut |address, account| {
            visit(address, account);
            std::ops::ControlFlow::Continue(())
        })
    }
}
