//! The store as the runtime sees it: accounts from the cache or the tables, and blocks handed to the thread that writes them.

use super::cache::Cache;
use super::create;
use super::policy::DiskConfig;
use super::reader::LedgerReader;
use super::recover::Found;
use super::shared::Shared;
use super::snapshot::{LedgerSnapshot, stored_account};
use super::{checkpoint, writer};
use crate::ledger::LedgerRules;
use crate::ledger::store::key_value::KeyValueStore;
use crate::ledger::store::{AccountStore, Commit, StoreError};
use sealane_sdk::{Account, Address};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

/// Blocks that may wait for the one that is being written. Executing goes on meanwhile.
const WAITING_BLOCKS: usize = 1;
/// Accounts fall into parts by the first byte of their addresses.
const PART_COUNT: usize = 256;

/// Accounts on disk, and blocks with them.
///
/// **A commit is not durable when it returns**, see [`LedgerReader::wait_for`]: the next block may be executed while this
/// one is being written. If writing fails, every later commit does. Dropping the store waits until everything is written.
#[derive(Debug)]
pub struct DiskStore {
    shared: Arc<Shared>,
    cache: Cache,
    /// To the thread that writes; `None` once it was told to end.
    commits: Option<SyncSender<Commit>>,
    writer: Option<JoinHandle<()>>,
    checkpoints: Option<JoinHandle<()>>,
    last_number: u64,
}

impl DiskStore {
    /// Makes a ledger in an empty database, of its genesis block.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails, or a thread cannot be started.
    pub fn create(
        store: Arc<dyn KeyValueStore>,
        config: DiskConfig,
        rules: LedgerRules,
        genesis: &Commit,
    ) -> Result<Self, StoreError> {
        let header = genesis.block.header;
        let progress = create::write_genesis(&*store, &rules, genesis)?;
        let made = Self::start(Shared::new(store, config, rules, header, progress))?;
        for (address, account) in &genesis.changes {
            made.cache.fill(address, account.as_ref());
        }
        Ok(made)
    }

    /// The store of a ledger that was found in a database.
    ///
    /// # Errors
    /// [`StoreError::Io`] if a thread cannot be started.
    pub fn open(
        store: Arc<dyn KeyValueStore>,
        config: DiskConfig,
        found: &Found,
    ) -> Result<Self, StoreError> {
        Self::start(Shared::new(store, config, found.last.head.rules, found.last.head.header, found.progress))
    }

    fn start(shared: Shared) -> Result<Self, StoreError> {
        let last_number = shared.published().header.number;
        let shared = Arc::new(shared);
        let (commits, received) = sync_channel(WAITING_BLOCKS);
        let mut store = Self {
            cache: Cache::new(shared.config.cache_size_bytes),
            shared: Arc::clone(&shared),
            commits: Some(commits),
            writer: None,
            checkpoints: None,
            last_number,
        };
        let writing = Arc::clone(&shared);
        store.writer = Some(spawn("sealane-ledger-log", move || writer::run(&writing, &received))?);
        store.checkpoints = Some(spawn("sealane-ledger-tables", move || checkpoint::run(&shared))?);
        Ok(store)
    }

    /// A handle to read with, for any thread.
    #[must_use]
    pub fn reader(&self) -> LedgerReader {
        LedgerReader::new(Arc::clone(&self.shared))
    }
}

impl AccountStore for DiskStore {
    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        let applied = self.shared.applied();
        if let Some(account) = self.cache.get(address, applied) {
            return Ok(account);
        }
        // Whatever the tables do not have yet is in the cache.
        let account = stored_account(&*self.shared.store, address)?;
        self.cache.remember(address, account.clone(), applied);
        Ok(account)
    }

    fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        self.shared.lock().check()?;
        let number = commit.block.header.number;
        debug_assert_eq!(number, self.last_number + 1, "blocks come in order");
        let changes = commit.changes.clone();
        let sent = self.commits.as_ref().is_some_and(|commits| commits.send(commit).is_ok());
        if !sent {
            let message = "the thread that writes blocks has ended".to_owned();
            return Err(StoreError::Halted { message });
        }
        self.cache.write(number, changes, self.shared.applied());
        self.last_number = number;
        Ok(())
    }

    fn part_count(&self) -> usize {
        PART_COUNT
    }

    fn for_each_in_part(
        &self,
        part: usize,
        visit: &mut dyn FnMut(&Address, &Arc<Account>),
    ) -> Result<(), StoreError> {
        self.shared.wait_durable(self.last_number)?;
        let first_byte = u8::try_from(part).unwrap_or(u8::MAX);
        LedgerSnapshot::new(&self.shared)?.for_each_in_part(first_byte, &mut |address, account| {
            // Opening reads all accounts, for the state root: the cache need not read them a second time.
            self.cache.fill(address, Some(account));
            visit(address, account);
        })
    }
}

impl Drop for DiskStore {
    fn drop(&mut self) {
        // Ends the thread that writes, once it has written what it was given; nothing is published after that.
        self.commits = None;
        join(self.writer.take());
        self.shared.change(|state| {
            state.is_closing = true;
            state.subscribers.close();
        });
        join(self.checkpoints.take());
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let started = Builder::new().name(name.to_owned()).spawn(work);
    started.map_err(|source| StoreError::Io { operation: "starting a thread", source })
}

/// Waits for a thread. It catches its panics and reports them; there is nothing more to learn here.
fn join(thread: Option<JoinHandle<()>>) {
    if let Some(thread) = thread {
        let _ = thread.join();
    }
}
