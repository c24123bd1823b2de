//! A ledger that lasts: the runtime above a store on disk.

use super::{LedgerConfig, LedgerError, LedgerReader, LedgerSnapshot, Subscription};
use crate::block::ExecutedBlock;
use crate::checked::{CheckedTransaction, Checker};
use crate::error::Fatal;
use crate::ledger::block::transactions_root;
use crate::ledger::store::directory::{self, Missing};
use crate::ledger::store::disk::{self, DiskStore, LastBlock};
use crate::ledger::store::key_value::KeyValueStore;
use crate::ledger::{AccountStore, Block, BlockHeader, Genesis, LedgerRules};
use crate::prepare::{PreparedBlock, Preparer};
use crate::receipt::receipts_root;
use crate::runtime::Runtime;
use crate::simulate::{Follower, SimulateOptions, Simulation, Simulator};
use sealane_sdk::instruction::Hash;
use sealane_sdk::state_proof::StateProof;
use sealane_sdk::{Account, Address};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A ledger that lasts. Its one owner makes blocks; others read beside it with a [`LedgerReader`].
///
/// A block is acknowledged, by [`Self::execute_block`], [`Self::replay_block`] or [`PendingBlock::wait`], once it is
/// durable: after that it is there whatever happens to the process or the machine. If writing fails, the ledger takes no more
/// blocks; opened again, it goes on from the last durable one.
#[derive(Debug)]
pub struct Ledger {
    runtime: Runtime,
    reader: LedgerReader,
}

/// A block that was executed, and is being written while the next one is executed.
#[derive(Debug)]
#[must_use = "the block is not durable before `wait` returns"]
pub struct PendingBlock {
    executed: ExecutedBlock,
    reader: LedgerReader,
}

impl PendingBlock {
    /// What executing gave. Nobody may be told yet.
    #[must_use]
    pub const fn executed(&self) -> &ExecutedBlock {
        &self.executed
    }

    /// Waits until the block is durable.
    ///
    /// # Errors
    /// [`LedgerError::Store`] if it never will be; then no later one will be either.
    pub fn wait(self) -> Result<ExecutedBlock, LedgerError> {
        self.reader.wait_for(self.executed.block.header.number)?;
        Ok(self.executed)
    }
}

impl Ledger {
    /// Makes a ledger in `directory`, which must be empty or not exist.
    ///
    /// # Errors
    /// [`LedgerError::Exists`] if there is one; [`LedgerError::Store`] and [`LedgerError::Fatal`].
    pub fn create(directory: &Path, config: LedgerConfig, genesis: &Genesis) -> Result<Self, LedgerError> {
        let opened = directory::open(directory, &config.directory(Missing::Create))?;
        Self::create_in(opened.tables.into(), config, genesis)
    }

    /// Opens the ledger in `directory`. Whatever was acknowledged is there; last block, store and state root are held against
    /// each other. No other process can open it meanwhile.
    ///
    /// # Errors
    /// [`LedgerError`]: there is no ledger, or something in it disagrees.
    pub fn open(directory: &Path, config: LedgerConfig) -> Result<Self, LedgerError> {
        let opened = directory::open(directory, &config.directory(Missing::Refuse))?;
        Self::open_in(opened.tables.into(), config)
    }

    /// Opens the ledger in `directory`, or makes one of `genesis` if there is none.
    ///
    /// # Errors
    /// As [`Self::open`] and [`Self::create`]; [`LedgerError::Differs`] if the ledger that is there has other rules than
    /// `genesis`.
    pub fn open_or_create(
        directory: &Path,
        config: LedgerConfig,
        genesis: &Genesis,
    ) -> Result<Self, LedgerError> {
        let tables: Arc<dyn KeyValueStore> =
            directory::open(directory, &config.directory(Missing::Create))?.tables.into();
        match Self::open_in(Arc::clone(&tables), config.clone()) {
            Err(LedgerError::Missing | LedgerError::Incomplete) => Self::create_in(tables, config, genesis),
            Ok(ledger) => {
                check_rules(ledger.runtime.rules(), &genesis.rules)?;
                Ok(ledger)
            }
            Err(error) => Err(error),
        }
    }

    /// Makes a ledger in `store`, which must be empty, or hold a beginning that was interrupted.
    ///
    /// # Errors
    /// [`LedgerError::Exists`] if it is not; [`LedgerError::Store`] and [`LedgerError::Fatal`].
    pub fn create_in(
        store: Arc<dyn KeyValueStore>,
        config: LedgerConfig,
        genesis: &Genesis,
    ) -> Result<Self, LedgerError> {
        match disk::look(&*store) {
            Err(disk::OpenError::Missing | disk::OpenError::Incomplete) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => return Err(LedgerError::Exists),
        }
        let (disk_config, rules) = (config.disk(), genesis.rules);
        let mut reader = None;
        let runtime = Runtime::begin(config.runtime, genesis, |commit| {
            let disk = DiskStore::create(store, disk_config, rules, &commit)?;
            reader = Some(disk.reader());
            Ok(Box::new(disk) as Box<dyn AccountStore>)
        })?;
        let reader = reader.unwrap_or_else(|| crate::bug!("a ledger that began has a store"));
        Ok(Self { runtime, reader })
    }

    /// Opens the ledger in `store`. Whatever was acknowledged is there; last block, store and state root are held against
    /// each other.
    ///
    /// # Errors
    /// [`LedgerError`]: there is no ledger, or something in it disagrees.
    pub fn open_in(store: Arc<dyn KeyValueStore>, config: LedgerConfig) -> Result<Self, LedgerError> {
        let found = disk::look(&*store)?;
        let disk = DiskStore::open(store, config.disk(), &found)?;
        let reader = disk.reader();
        let LastBlock { head, replay } = found.last;
        let number = head.header.number;
        let runtime = Runtime::resume(config.runtime, head, replay, None, Box::new(disk));
        let runtime = runtime.map_err(|error| match error {
            Fatal::StateRoot { computed, header } => disagrees(number, "state root", header, computed),
            error => error.into(),
        })?;
        let ledger = Self { runtime, reader };
        ledger.check_last_block()?;
        Ok(ledger)
    }

    /// Makes the next block of `transactions`, in the order given; rejected ones are left out. The block is durable when this
    /// returns.
    ///
    /// # Errors
    /// [`LedgerError::Block`] if the block cannot be made, [`LedgerError::Store`] if it cannot be written.
    pub fn execute_block<T: AsRef<[u8]> + Sync>(
        &mut self,
        unix_time: i64,
        transactions: &[T],
    ) -> Result<ExecutedBlock, LedgerError> {
        self.execute_ahead(unix_time, transactions)?.wait()
    }

    /// As [`Self::execute_block`], but returns when the block is executed: the next one can be executed while this one is
    /// written. If more than two are being written, it waits for the first of them.
    ///
    /// # Errors
    /// [`LedgerError::Block`] if the block cannot be made, or an earlier one could not be written.
    pub fn execute_ahead<T: AsRef<[u8]> + Sync>(
        &mut self,
        unix_time: i64,
        transactions: &[T],
    ) -> Result<PendingBlock, LedgerError> {
        let executed = self.runtime.produce_block(unix_time, transactions)?;
        Ok(self.pending(executed))
    }

    /// As [`Self::execute_ahead`], of transactions that [`Self::checker`] has checked: their signatures are not verified again.
    ///
    /// # Errors
    /// As [`Self::execute_ahead`].
    pub fn execute_checked_ahead(
        &mut self,
        unix_time: i64,
        transactions: &[&CheckedTransaction],
    ) -> Result<PendingBlock, LedgerError> {
        let executed = self.runtime.produce_checked(unix_time, transactions)?;
        Ok(self.pending(executed))
    }

    /// What checks transactions for [`Self::execute_checked_ahead`], on any thread.
    #[must_use]
    pub fn checker(&self) -> Checker {
        self.runtime.checker()
    }

    /// What prepares blocks for [`Self::execute_prepared_ahead`], from another thread, while this ledger executes others.
    #[must_use]
    pub fn preparer(&self) -> Preparer {
        self.runtime.preparer()
    }

    /// As [`Self::execute_ahead`], of a block that [`Self::preparer`] prepared.
    ///
    /// # Errors
    /// As [`Self::execute_ahead`].
    pub fn execute_prepared_ahead(
        &mut self,
        unix_time: i64,
        prepared: PreparedBlock<'_>,
    ) -> Result<PendingBlock, LedgerError> {
        let executed = self.runtime.produce_prepared(unix_time, prepared)?;
        Ok(self.pending(executed))
    }

    /// Executes a block that somebody else made, and checks everything it says. It is durable when this returns.
    ///
    /// # Errors
    /// [`LedgerError::Block`] if it is refused, [`LedgerError::Store`] if it cannot be written.
    pub fn replay_block(&mut self, block: &Block) -> Result<ExecutedBlock, LedgerError> {
        self.replay_ahead(block)?.wait()
    }

    /// As [`Self::replay_block`], but returns when the block is executed, see [`Self::execute_ahead`].
    ///
    /// # Errors
    /// [`LedgerError::Block`] if it is refused, or an earlier one could not be written.
    pub fn replay_ahead(&mut self, block: &Block) -> Result<PendingBlock, LedgerError> {
        let executed = self.runtime.replay_block(block)?;
        Ok(self.pending(executed))
    }

    /// What a transaction would do in the next block, if that held nothing else.
    ///
    /// # Errors
    /// [`LedgerError::Simulate`] if it would be rejected.
    pub fn simulate(&self, transaction: &[u8], options: SimulateOptions) -> Result<Simulation, LedgerError> {
        Ok(self.runtime.simulate(transaction, options)?)
    }

    /// What follows the durable blocks of this ledger, for who admits transactions to later ones.
    #[must_use]
    pub fn follower(&self) -> Follower {
        Follower::new(&self.runtime, self.reader())
    }

    /// What simulates beside this ledger, on the last durable block, with so many workers of its own.
    ///
    /// # Errors
    /// [`LedgerError::Fatal`] if they cannot be started.
    pub fn simulator(&self, follower: Follower, worker_count: usize) -> Result<Simulator, LedgerError> {
        Ok(Simulator::new(&self.runtime, follower, worker_count)?)
    }

    /// The account at `address` after the last executed block, which may not be durable yet.
    ///
    /// # Errors
    /// [`LedgerError::Fatal`] if the store cannot tell.
    pub fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, LedgerError> {
        Ok(self.runtime.account(address)?)
    }

    /// Proves what stands at `address` after the last executed block, against that block's state root.
    ///
    /// # Errors
    /// [`LedgerError::Fatal`] if blocks carry no roots and the store cannot be read through.
    pub fn prove(&self, address: &Address) -> Result<StateProof, LedgerError> {
        Ok(self.runtime.prove(address)?)
    }

    /// The ledger as the last durable block left it, while other blocks follow.
    ///
    /// # Errors
    /// [`LedgerError::Store`] if the store cannot hold on to it.
    pub fn snapshot(&self) -> Result<LedgerSnapshot, LedgerError> {
        Ok(self.reader.snapshot()?)
    }

    /// All blocks from the next one on, each when it is durable, with room for so many that were not fetched yet.
    #[must_use]
    pub fn subscribe(&self, room_count: usize) -> Subscription {
        self.reader.subscribe(room_count)
    }

    /// A handle to read with, for any thread.
    #[must_use]
    pub fn reader(&self) -> LedgerReader {
        self.reader.clone()
    }

    /// Header of the last executed block.
    #[must_use]
    pub const fn last_header(&self) -> &BlockHeader {
        self.runtime.last_header()
    }

    /// Hash of the last executed block: the blockhash to sign new transactions with.
    #[must_use]
    pub const fn last_hash(&self) -> Hash {
        self.runtime.last_hash()
    }

    /// The runtime below.
    #[must_use]
    pub const fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Waits until all blocks are durable and in the tables, so that opening is quick. Dropping a ledger waits for the first
    /// alone, and tells nobody if it fails.
    ///
    /// # Errors
    /// [`LedgerError::Store`] if something could not be written.
    pub fn close(self) -> Result<(), LedgerError> {
        self.reader.wait_for_tables(self.runtime.last_header().number)?;
        Ok(())
    }

    fn pending(&self, executed: ExecutedBlock) -> PendingBlock {
        PendingBlock { executed, reader: self.reader.clone() }
    }

    /// Holds the last block's other roots against what is stored; the runtime has compared the state root.
    fn check_last_block(&self) -> Result<(), LedgerError> {
        let header = self.runtime.last_header();
        let (number, Some(roots)) = (header.number, header.roots) else { return Ok(()) };
        let check = |what, stated: Hash, found: Hash| {
            if stated == found {
                return Ok(());
            }
            Err(disagrees(number, what, stated, found))
        };
        // The genesis block holds no transactions, and no roots over them.
        if number == 0 {
            return Ok(());
        }
        let Some(block) = self.reader.block(number)? else { return Ok(()) };
        let (workers, mut cpu) = (&self.runtime.workers, Duration::default());
        let transactions = transactions_root(&block.transactions, &block.batches, workers, &mut cpu);
        check("transactions root", roots.transactions, transactions)?;
        check("receipts root", roots.receipts, receipts_root(&block.receipts, workers, &mut cpu))
    }
}

fn disagrees(number: u64, what: &'static str, stated: Hash, found: Hash) -> LedgerError {
    LedgerError::Disagrees { number, what, stated: stated.to_string(), found: found.to_string() }
}

fn check_rules(stored: &LedgerRules, given: &LedgerRules) -> Result<(), LedgerError> {
    let check = |what, text: &dyn Fn(&LedgerRules) -> String| {
        let (stored, given) = (text(stored), text(given));
        if stored == given { Ok(()) } else { Err(LedgerError::Differs { what, stored, given }) }
    };
    check("the fee collector", &|rules| {
        rules.fee_collector.map_or_else(|| "nobody".into(), |address| address.to_string())
    })?;
    check("a lifetime of blockhashes in blocks of", &|rules| rules.blockhash_age_blocks.to_string())
}
