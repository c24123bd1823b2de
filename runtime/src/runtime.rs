//! The runtime: what a node holds between blocks. `block.rs` is what it does with it.

use crate::balances::Balances;
use crate::checked::Checker;
use crate::error::{BlockError, Fatal};
use crate::execute::load::{BlockAccounts, Changes, Interned};
use crate::execute::programs::Programs;
use crate::execute::recycle::Recycled;
use crate::ingest::{KeyCache, ReplayState};
use crate::ledger::block::transactions_root;
use crate::ledger::state_root::{StateTree, Undo, plain_state_root};
use crate::ledger::sysvars::{self, BlockSysvars};
use crate::ledger::{
    AccountChange, AccountStore, Block, BlockHeader, Commit, Genesis, LedgerHead, LedgerRules, MemoryStore,
    Roots, StoreError,
};
use crate::prepare::{Preparer, Schedules};
use crate::receipt::receipts_root;
use crate::schedule::Workers;
use crate::seal::Sealed;
use crate::stages::StageTimes;
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::SLOT_HASHES_COUNT;
use sealane_sdk::state_proof::StateProof;
use sealane_sdk::{Account, Address};
use sealane_vm::{InstancePolicy, Instances};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Decoded public keys kept: 16 MiB or so.
const KEY_CACHE_COUNT: usize = 1 << 16;

/// How a runtime works. None of it changes what a block gives but [`RootPolicy::Skip`]; what all nodes of a ledger must share
/// are its [`LedgerRules`].
#[derive(Clone, Debug)]
pub struct RuntimeConfig {
    /// Threads that execute, at least 1.
    pub workers: usize,
    /// Along the schedule, or one transaction after another.
    pub execution: Execution,
    /// Whether signatures are checked.
    pub signatures: Signatures,
    /// Whether blocks carry roots.
    pub roots: RootPolicy,
    /// Whether program instances are kept from call to call.
    pub instances: InstancePolicy,
    /// Whether workers note what each transaction did and when, for [`explain`](crate::explain).
    pub observation: Observation,
    /// Whether receipts have the balances before and after, for those who ask later.
    pub balances: Balances,
}

impl Default for RuntimeConfig {
    /// All processors, everything checked and computed.
    fn default() -> Self {
        Self {
            workers: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            execution: Execution::Parallel,
            signatures: Signatures::Verify,
            roots: RootPolicy::Compute,
            instances: InstancePolicy::default(),
            observation: Observation::Off,
            balances: Balances::Omit,
        }
    }
}

/// How the transactions of a block are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Execution {
    /// One after another: the plain twin.
    Serial,
    /// Along the schedule, on all workers.
    Parallel,
}

/// Whether signatures are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signatures {
    /// Each of them.
    Verify,
    /// None: for measurements, and for blocks that were verified before.
    Skip,
}

/// Whether blocks carry roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootPolicy {
    /// Every block has its roots.
    Compute,
    /// None has: for measurements only.
    Skip,
}

/// Whether workers note what each transaction did and when. It costs two readings of the clock a
/// transaction, and copies of the block's addresses and access sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// [`ExecutedBlock::observation`](crate::ExecutedBlock::observation) is `None`.
    Off,
    /// It is there.
    On,
}

/// A ledger and the means to execute blocks on it.
#[derive(Debug)]
pub struct Runtime {
    pub(crate) config: RuntimeConfig,
    pub(crate) rules: LedgerRules,
    pub(crate) store: Box<dyn AccountStore>,
    /// The tree over the store's accounts, if blocks carry roots.
    state: Option<StateTree>,
    /// What takes the changes of a block that is not committed yet back from the tree.
    undo: Option<Undo>,
    pub(crate) workers: Arc<Workers>,
    pub(crate) schedules: Arc<Schedules>,
    pub(crate) replay: ReplayState,
    /// Public keys that were decoded before: senders repeat.
    pub(crate) keys: Arc<KeyCache>,
    programs: Programs,
    recycled: Recycled,
    /// One a worker; empty while a block executes, and after a fatal one.
    instances: Vec<Instances>,
    pub(crate) last_header: BlockHeader,
    pub(crate) last_hash: Hash,
    /// Numbers and hashes of the last blocks, newest first.
    pub(crate) slot_hashes: VecDeque<(u64, Hash)>,
}

impl Runtime {
    /// A new ledger in memory.
    ///
    /// # Errors
    /// [`Fatal`] if the workers or the engine cannot be made.
    pub fn new(config: RuntimeConfig, genesis: &Genesis) -> Result<Self, Fatal> {
        Self::with_store(config, genesis, Box::new(MemoryStore::default()))
    }

    /// A new ledger in `store`, which must be empty.
    ///
    /// # Errors
    /// [`Fatal`] if the workers or the engine cannot be made, or the store fails.
    pub fn with_store(
        config: RuntimeConfig,
        genesis: &Genesis,
        mut store: Box<dyn AccountStore>,
    ) -> Result<Self, Fatal> {
        Self::begin(config, genesis, |commit| store.commit(commit).map(|()| store))
    }

    /// A new ledger in the store that `begin` makes of its genesis block.
    ///
    /// # Errors
    /// [`Fatal`] if the workers or the engine cannot be made, or `begin` fails.
    pub fn begin(
        config: RuntimeConfig,
        genesis: &Genesis,
        begin: impl FnOnce(Commit) -> Result<Box<dyn AccountStore>, StoreError>,
    ) -> Result<Self, Fatal> {
        let workers = start(&config)?;
        let BlockSysvars { accounts, .. } = sysvars::block_sysvars(0, genesis.unix_time, &[], &[]);
        let changes = genesis_changes(genesis, accounts);
        let state = (config.roots == RootPolicy::Compute).then(|| {
            let mut state = StateTree::default();
            let _ = state.apply(&changes, &workers, &mut Duration::default());
            state
        });
        let roots = state.as_ref().map(|state| Roots {
            transactions: Hash::default(),
            receipts: Hash::default(),
            state: state.root(),
        });
        let header = BlockHeader { number: 0, parent: Hash::default(), unix_time: genesis.unix_time, roots };
        let hash = header.hash();
        let block = Arc::new(Block { header, ..Block::default() });
        let mut store = begin(Commit { block, hash, changes, places: Vec::new() })?;
        // A store that copies them has no use for the accounts it was given, and a ledger may begin with millions.
        drop(store.take_replaced());
        let mut replay = ReplayState::new(genesis.rules.blockhash_age_blocks);
        replay.push_block(hash);
        let head = LedgerHead { header, rules: genesis.rules, slot_hashes: vec![(0, hash)] };
        Self::assemble(config, head, replay, state, store, workers)
    }

    /// A runtime that goes on from where another one stood: `head` and `replay` are what that one gave, `store` holds its
    /// accounts, and `state` is the tree over them, or `None`, and it is made of the store.
    ///
    /// # Errors
    /// [`Fatal::Head`] and [`Fatal::StateRoot`] if these do not belong together; [`Fatal`] if the workers or the engine
    /// cannot be made, or the store fails.
    pub fn resume(
        config: RuntimeConfig,
        head: LedgerHead,
        replay: ReplayState,
        state: Option<StateTree>,
        store: Box<dyn AccountStore>,
    ) -> Result<Self, Fatal> {
        head.check()?;
        let workers = start(&config)?;
        let state = match config.roots {
            RootPolicy::Skip => None,
            RootPolicy::Compute => {
                let state = state.map_or_else(|| StateTree::of_store(&*store, &workers), Ok)?;
                let (computed, stated) = (state.root(), head.header.roots.map(|roots| roots.state));
                if let Some(header) = stated.filter(|stated| *stated != computed) {
                    return Err(Fatal::StateRoot { computed, header });
                }
                Some(state)
            }
        };
        Self::assemble(config, head, replay, state, store, workers)
    }

    fn assemble(
        config: RuntimeConfig,
        head: LedgerHead,
        replay: ReplayState,
        state: Option<StateTree>,
        store: Box<dyn AccountStore>,
        workers: Workers,
    ) -> Result<Self, Fatal> {
        Ok(Self {
            schedules: Arc::default(),
            replay,
            keys: Arc::new(KeyCache::new(KEY_CACHE_COUNT)),
            store,
            state,
            undo: None,
            workers: Arc::new(workers),
            programs: Programs::new()?,
            recycled: Recycled::new(config.workers),
            instances: Vec::new(),
            last_hash: head.hash(),
            last_header: head.header,
            slot_hashes: head.slot_hashes.into(),
            config,
            rules: head.rules,
        })
    }

    /// How this runtime works.
    #[must_use]
    pub const fn config(&self) -> &RuntimeConfig {
        &self.config
    }

    /// What prepares blocks for this runtime while it executes others.
    #[must_use]
    pub fn preparer(&self) -> Preparer {
        let (workers, keys) = (Arc::clone(&self.workers), Arc::clone(&self.keys));
        Preparer::new(workers, keys, self.config.signatures, Arc::clone(&self.schedules))
    }

    /// What checks transactions before a block is made of them, see [`Self::produce_checked`].
    #[must_use]
    pub fn checker(&self) -> Checker {
        Checker::new(Arc::clone(&self.keys))
    }

    /// What all nodes of this ledger share.
    #[must_use]
    pub const fn rules(&self) -> &LedgerRules {
        &self.rules
    }

    /// Where the ledger stands, to be kept; with the accounts and [`Self::replay`], [`Self::resume`] goes on from it.
    #[must_use]
    pub fn head(&self) -> LedgerHead {
        let slot_hashes = self.slot_hashes.iter().copied().collect();
        LedgerHead { header: self.last_header, rules: self.rules, slot_hashes }
    }

    /// Replay protection as of the last committed block.
    #[must_use]
    pub const fn replay(&self) -> &ReplayState {
        &self.replay
    }

    /// Header of the last committed block.
    #[must_use]
    pub const fn last_header(&self) -> &BlockHeader {
        &self.last_header
    }

    /// Hash of the last committed block: the blockhash to sign new transactions with.
    #[must_use]
    pub const fn last_hash(&self) -> Hash {
        self.last_hash
    }

    /// The account at `address` as of the last committed block.
    ///
    /// # Errors
    /// [`Fatal::Store`] if the store cannot tell.
    pub fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, Fatal> {
        Ok(self.store.account(address)?)
    }

    /// Where the accounts live.
    #[must_use]
    pub fn store(&self) -> &dyn AccountStore {
        &*self.store
    }

    /// The state root as of the last committed block; if blocks carry no roots, it is computed now, from all accounts.
    ///
    /// # Errors
    /// [`Fatal::Store`] if the store cannot be read through.
    pub fn state_root(&self) -> Result<Hash, Fatal> {
        match &self.state {
            Some(state) => Ok(state.root()),
            None => Ok(plain_state_root(&*self.store)?),
        }
    }

    /// Proves what stands at `address` as of the last committed block, against [`Self::state_root`]: an account with a
    /// certain hash, or nothing. If blocks carry no roots, the tree is made for this one proof, from all accounts.
    ///
    /// # Errors
    /// [`Fatal::Store`] if the store cannot be read through.
    pub fn prove(&self, address: &Address) -> Result<StateProof, Fatal> {
        match &self.state {
            Some(state) => Ok(state.prove(address, &*self.store)?),
            None => Ok(StateTree::of_store(&*self.store, &self.workers)?.prove(address, &*self.store)?),
        }
    }

    pub(crate) fn check_follows(&self, header: &BlockHeader) -> Result<(), BlockError> {
        let (last_number, last_hash) = (self.last_header.number, self.last_hash);
        if header.number != last_number + 1 || header.parent != last_hash {
            return Err(BlockError::NotNext {
                number: header.number,
                parent: header.parent,
                last_number,
                last_hash,
            });
        }
        Ok(())
    }

    pub(crate) fn check_bounds(&self, unix_time: i64, count: usize) -> Result<(), BlockError> {
        let parent_unix_time = self.last_header.unix_time;
        if unix_time < parent_unix_time {
            return Err(BlockError::TimeRunsBackwards { unix_time, parent_unix_time });
        }
        let limit = crate::block::MAX_BLOCK_TRANSACTIONS;
        if count > limit { Err(BlockError::TooLarge { count, limit }) } else { Ok(()) }
    }

    pub(crate) fn next_header(&self, unix_time: i64) -> BlockHeader {
        BlockHeader { number: self.last_header.number + 1, parent: self.last_hash, unix_time, roots: None }
    }

    pub(crate) fn next_sysvars(&self, unix_time: i64) -> BlockSysvars {
        let recent: Vec<Hash> = self.replay.recent_blockhashes().collect();
        let slot_hashes: Vec<(u64, Hash)> = self.slot_hashes.iter().copied().collect();
        sysvars::block_sysvars(self.last_header.number + 1, unix_time, &recent, &slot_hashes)
    }

    pub(crate) fn load<'b>(
        &mut self,
        interned: &'b Interned<'b>,
        sysvars: &[AccountChange],
        stages: &mut StageTimes,
    ) -> Result<BlockAccounts<'b>, Fatal> {
        let Self { store, programs, recycled, workers, .. } = self;
        BlockAccounts::load(interned, &**store, sysvars, programs, recycled, workers, &mut stages.load)
    }

    /// The workers' instances, for the time of a block.
    pub(crate) fn take_instances(&mut self) -> Vec<Instances> {
        let mut instances = std::mem::take(&mut self.instances);
        instances.resize_with(self.workers.count(), || Instances::new(self.config.instances));
        instances
    }

    pub(crate) fn give_back_instances(&mut self, instances: Vec<Instances>) {
        self.instances = instances;
    }

    /// The block's roots, if blocks carry any. The state tree is then ahead of the store until [`Self::commit`], or
    /// [`Self::drop_uncommitted`].
    pub(crate) fn roots(
        &mut self,
        sealed: &Sealed,
        changes: &[AccountChange],
        stages: &mut StageTimes,
    ) -> Result<Option<Roots>, Fatal> {
        if self.config.roots == RootPolicy::Skip {
            return Ok(None);
        }
        let workers = &self.workers;
        let cpu = &mut stages.root;
        let transactions = transactions_root(&sealed.transactions, &sealed.batches, workers, cpu);
        let receipts = receipts_root(&sealed.receipts, workers, cpu);
        // A panic on the way loses the tree and not its truth: what is missing is made of the store.
        let mut state = match self.state.take() {
            Some(state) => state,
            None => StateTree::of_store(&*self.store, workers)?,
        };
        self.undo = Some(state.apply(changes, workers, cpu));
        let root = state.root();
        self.state = Some(state);
        Ok(Some(Roots { transactions, receipts, state: root }))
    }

    /// Makes the state tree again what the store is, and replay protection what it was, after a block that was not committed.
    pub(crate) fn drop_uncommitted(&mut self) {
        self.replay.abandon_block();
        if let (Some(undo), Some(state)) = (self.undo.take(), &mut self.state) {
            state.revert(undo, &self.workers);
        }
    }

    /// Forgets the tree over the store's accounts; [`Self::roots`] makes it again.
    pub(crate) fn forget_state_tree(&mut self) {
        self.state = None;
    }

    /// Makes the block the last one: the store first, then what is derived from it, which cannot fail.
    pub(crate) fn commit(&mut self, block: &Arc<Block>, changes: Changes) -> Result<(), Fatal> {
        let hash = block.header.hash();
        let Changes { changes, places } = changes;
        self.store.commit(Commit { block: Arc::clone(block), hash, changes, places })?;
        self.recycled.refill(self.store.take_replaced());
        self.undo = None;
        self.last_header = block.header;
        self.last_hash = hash;
        self.replay.push_block(self.last_hash);
        self.slot_hashes.push_front((block.header.number, self.last_hash));
        self.slot_hashes.truncate(SLOT_HASHES_COUNT);
        Ok(())
    }
}

fn start(config: &RuntimeConfig) -> Result<Workers, Fatal> {
    Workers::new(config.workers).map_err(|error| Fatal::Worker(error.to_string()))
}

/// The accounts a ledger begins with: the genesis's, the later of two at one address, and the first sysvars.
fn genesis_changes(genesis: &Genesis, sysvars: Vec<AccountChange>) -> Vec<AccountChange> {
    let accounts =
        genesis.accounts.iter().map(|(address, account)| (*address, Some(Arc::new(account.clone()))));
    let by_address: std::collections::BTreeMap<Address, Option<Arc<Account>>> =
        accounts.chain(sysvars).collect();
    by_address.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the runtime's tree says, and what the store's accounts say.
    fn roots_of(runtime: &Runtime) -> (Hash, Hash) {
        let tree = runtime.state.as_ref().expect("the tree is kept").root();
        (tree, plain_state_root(runtime.store()).expect("memory does not fail"))
    }

    /// Once, a block that was refused before its roots were computed made the runtime forget the whole tree, to be made anew of
    /// all accounts by the next block: anybody who sends blocks could have slowed a node down.
    #[test]
    fn a_refused_block_leaves_the_state_tree_as_it_was() {
        let genesis = Genesis::default();
        let nothing: [&[u8]; 0] = [];
        let mut producer = Runtime::new(RuntimeConfig::default(), &genesis).expect("a runtime");
        let block = producer.produce_block(1, &nothing).expect("an empty block").block;
        let mut replica = Runtime::new(RuntimeConfig::default(), &genesis).expect("a runtime");
        let before = roots_of(&replica);
        assert_eq!(before.0, before.1);

        let refused_early = replica.produce_block(-1, &nothing);
        assert!(matches!(refused_early, Err(BlockError::TimeRunsBackwards { .. })), "{refused_early:?}");
        assert_eq!(roots_of(&replica), before);

        let mut altered = Block::clone(&block);
        altered.header.roots = altered.header.roots.map(|roots| Roots { state: Hash::default(), ..roots });
        let refused_late = replica.replay_block(&altered);
        assert!(
            matches!(refused_late, Err(BlockError::Mismatch { field: "state root" })),
            "{refused_late:?}"
        );
        assert_eq!(roots_of(&replica), before);

        replica.replay_block(&block).expect("the block is good");
        assert_eq!(roots_of(&replica), roots_of(&producer));
        assert_ne!(roots_of(&replica), before);
    }
}
