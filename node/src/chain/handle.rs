//! The handle that all other threads have of the chain, and what they share with those that make blocks.

use super::building::BlockLimits;
use super::event::{BlockEvent, RecentBlocks};
use super::faucet::{AirdropError, Faucet, FaucetConfig};
use super::mempool::{Mempool, MempoolLimits, MempoolStatus};
use super::pace::Pace;
use super::producer::{Made, Order, Producer, now, unix_time};
use super::prove::{ProofRequest, ProveError, Proved};
use super::publisher::Publisher;
use super::submit::SubmitError;
use anyhow::Context;
use parking_lot::{Mutex, RwLock};
use sealane_runtime::face::Recorded;
use sealane_runtime::simulate::{
    Follower, Freshness, InferredAccess, SimulateError, SimulateOptions, Simulation, Simulator,
};
use sealane_runtime::{Checker, Ledger, LedgerReader, Signatures};
use sealane_sdk::instruction::Hash;
use sealane_sdk::state_proof::StateProof;
use sealane_sdk::{Account, Address};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, watch};

/// Events that a subscriber may be behind before it misses some.
const EVENT_ROOM_COUNT: usize = 256;

/// Blocks that may be executed and not yet told of.
const MADE_ROOM_COUNT: usize = 4;

/// How a chain is run.
#[derive(Debug)]
pub(crate) struct ChainConfig {
    /// The shortest time between two blocks, in milliseconds.
    pub(crate) block_ms: u64,
    /// The longest, when nothing waits and nobody looks.
    pub(crate) idle_block_ms: u64,
    /// How much may wait.
    pub(crate) mempool: MempoolLimits,
    /// How much a block may hold.
    pub(crate) limits: BlockLimits,
    /// The hash of block 0, where the ledger no longer has it.
    pub(crate) genesis_hash: Option<Hash>,
    /// Who gives lamports for the asking, if anybody does.
    pub(crate) faucet: Option<FaucetConfig>,
    /// What this node calls itself.
    pub(crate) identity: Address,
}

impl ChainConfig {
    /// A block each 400 ms, or each 10 s when there is nothing to do; no faucet.
    pub(crate) fn new(identity: Address) -> Self {
        Self {
            block_ms: 400,
            idle_block_ms: 10_000,
            mempool: MempoolLimits::default(),
            limits: BlockLimits::default(),
            faucet: None,
            genesis_hash: None,
            identity,
        }
    }
}

/// A handle to the chain, for any thread. Clones are cheap.
#[derive(Clone, Debug)]
pub(crate) struct Chain(Arc<Shared>);

/// Stops the chain. Dropped without [`Self::stop`], it stops it too, and tells nobody how that went.
#[derive(Debug)]
pub(crate) struct ChainGuard {
    shared: Arc<Shared>,
    producer: Option<JoinHandle<Option<Ledger>>>,
    publisher: Option<JoinHandle<()>>,
}

/// What came of simulating a transaction.
#[derive(Debug)]
pub(crate) struct Simulated {
    /// The last durable block as it began.
    pub(crate) slot: u64,
    /// Its hash.
    pub(crate) hash: Hash,
    /// What came of it.
    pub(crate) result: Result<Simulation, SimulateError>,
}

/// What all threads share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) began: Instant,
    pub(super) limits: BlockLimits,
    pub(super) mempool: Mutex<Mempool>,
    pub(super) checker: Checker,
    pub(super) follower: Follower,
    pub(super) simulator: Simulator,
    pub(super) reader: LedgerReader,
    pub(super) faucet: Option<Faucet>,
    pub(super) interest: Interest,
    pub(super) counts: Counts,
    pub(super) recent: RecentBlocks,
    pub(super) events: broadcast::Sender<Arc<BlockEvent>>,
    identity: Address,
    genesis_hash: Hash,
    blockhash_age_blocks: u64,
    failure: watch::Sender<Option<String>>,
    /// Whether whoever makes blocks was told that something waits, and has not found the mempool empty or made a block since.
    pub(super) is_told: AtomicBool,
    orders: Mutex<Sender<Order>>,
    #[cfg(test)]
    pub(super) stepped: Mutex<Option<(Producer, Publisher)>>,
}

/// When somebody last looked at time passing.
#[derive(Debug)]
pub(super) struct Interest {
    began: Instant,
    /// In milliseconds since then; the largest if never.
    last_ms: AtomicU64,
}

impl Interest {
    /// As time since the chain began.
    pub(super) fn last(&self) -> Option<Duration> {
        let last_ms = self.last_ms.load(Ordering::Relaxed);
        (last_ms != u64::MAX).then(|| Duration::from_millis(last_ms))
    }

    fn note(&self) -> bool {
        let now_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        let before_ms = self.last_ms.swap(now_ms, Ordering::Relaxed);
        before_ms == u64::MAX || now_ms.saturating_sub(before_ms) > 1_000
    }
}

/// What became of transactions, counted since the chain began.
#[derive(Debug, Default)]
pub(super) struct Counts {
    admitted: AtomicU64,
    evicted: AtomicU64,
    expired: AtomicU64,
    refused: RwLock<BTreeMap<&'static str, u64>>,
}

impl Counts {
    pub(super) fn note_evicted(&self, count: usize) {
        self.admitted.fetch_add(1, Ordering::Relaxed);
        self.evicted.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(super) fn note_expired(&self, count: usize) {
        self.expired.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// What became of transactions since the chain began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fates {
    /// Taken into the mempool.
    pub(crate) admitted: u64,
    /// Put out of it by others that pay more.
    pub(crate) evicted: u64,
    /// Grown too old in it.
    pub(crate) expired: u64,
    /// Not taken, by reason.
    pub(crate) refused: BTreeMap<&'static str, u64>,
}

impl Shared {
    pub(super) fn failure(&self) -> Option<String> {
        self.failure.borrow().clone()
    }

    /// Tells whoever makes blocks that something has changed.
    pub(super) fn wake(&self) {
        // That it has stopped is told by `failure`.
        let _ = self.orders.lock().send(Order::Wake);
    }

    /// Tells whoever makes blocks that something waits, unless it knows.
    pub(super) fn tell(&self) {
        if !self.is_told.swap(true, Ordering::AcqRel) {
            self.wake();
        }
    }

    /// There will be no more blocks, and this is why.
    pub(super) fn fail(&self, reason: &str) {
        tracing::error!(reason, "this node makes no blocks any more");
        self.failure.send_if_modified(|failure| {
            let is_first = failure.is_none();
            failure.get_or_insert_with(|| reason.to_owned());
            is_first
        });
    }
}

impl Chain {
    /// Makes blocks on `ledger` from now on.
    ///
    /// # Errors
    /// The ledger cannot be read, or threads cannot be had.
    pub(crate) fn start(ledger: Ledger, config: ChainConfig) -> anyhow::Result<(Self, ChainGuard)> {
        let (orders, ordered) = channel();
        let pace = Pace {
            block: Duration::from_millis(config.block_ms.max(1)),
            idle: Duration::from_millis(config.idle_block_ms),
        };
        let shared = Self::shared(&ledger, config, orders)?;
        let (made_by, made) = sync_channel::<Made>(MADE_ROOM_COUNT);
        let publisher = Publisher { shared: Arc::clone(&shared), durable: ledger.subscribe(1_024) };
        let producer = Producer { shared: Arc::clone(&shared), ledger, pace };
        let publisher = spawn(&shared, "publisher", move || {
            if let Err(error) = publisher.run(&made) {
                publisher.shared.fail(&format!("a block cannot be written: {error}"));
                publisher.shared.wake();
            }
        })?;
        let failed = Arc::clone(&shared);
        let producer = spawn(&shared, "producer", move || match producer.run(&ordered, &made_by) {
            Ok(ledger) => Some(ledger),
            Err(error) => {
                failed.fail(&format!("a block cannot be made: {error}"));
                None
            }
        })?;
        let guard =
            ChainGuard { shared: Arc::clone(&shared), producer: Some(producer), publisher: Some(publisher) };
        Ok((Self(shared), guard))
    }

    pub(super) fn shared(
        ledger: &Ledger,
        config: ChainConfig,
        orders: Sender<Order>,
    ) -> anyhow::Result<Arc<Shared>> {
        let (began, reader, follower) = (now(), ledger.reader(), ledger.follower());
        let simulator = ledger.simulator(follower.clone(), 1).context("cannot simulate")?;
        let genesis = reader.header(0).context("cannot read the genesis block")?;
        let rules = ledger.runtime().rules();
        Ok(Arc::new(Shared {
            began,
            limits: config.limits,
            mempool: Mutex::new(Mempool::new(config.mempool)),
            checker: ledger.checker(),
            follower,
            simulator,
            faucet: config.faucet.map(Faucet::new),
            interest: Interest { began, last_ms: AtomicU64::new(u64::MAX) },
            counts: Counts::default(),
            recent: RecentBlocks::default(),
            events: broadcast::channel(EVENT_ROOM_COUNT).0,
            identity: config.identity,
            genesis_hash: genesis.map(|header| header.hash()).or(config.genesis_hash).unwrap_or_default(),
            blockhash_age_blocks: rules.blockhash_age_blocks as u64,
            failure: watch::channel(None).0,
            is_told: AtomicBool::new(false),
            orders: Mutex::new(orders),
            reader,
            #[cfg(test)]
            stepped: Mutex::new(None),
        }))
    }

    #[cfg(test)]
    pub(super) const fn of(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    #[cfg(test)]
    pub(super) fn inner(&self) -> &Shared {
        &self.0
    }

    /// Checks a transaction and lets it wait for a block; gives its first signature. Takes tens of microseconds, most of them for
    /// the signature.
    ///
    /// # Errors
    /// [`SubmitError`].
    pub(crate) fn submit(&self, bytes: Vec<u8>) -> Result<[u8; 64], SubmitError> {
        let admitted = self.0.admit(bytes);
        match &admitted {
            Ok(_) => self.told(),
            Err(error) => *self.0.counts.refused.write().entry(error.reason()).or_default() += 1,
        }
        admitted
    }

    /// Lets a transfer of the faucet wait for a block; gives its signature.
    ///
    /// # Errors
    /// [`AirdropError`].
    pub(crate) fn airdrop(&self, to: &Address, lamports: u64) -> Result<[u8; 64], AirdropError> {
        let signature = self.0.airdrop(to, lamports)?;
        self.told();
        Ok(signature)
    }

    /// Accounts, blocks and history: durable ones, and whole.
    pub(crate) fn reader(&self) -> &LedgerReader {
        &self.0.reader
    }

    /// What a transaction would do in the next block. Nobody who makes blocks waits for it.
    pub(crate) fn simulate(&self, bytes: &[u8], signatures: Signatures, freshness: Freshness) -> Simulated {
        let Recorded { header, hash } = self.0.reader.last();
        let options = SimulateOptions { unix_time: unix_time(), signatures, freshness };
        Simulated { slot: header.number, hash, result: self.0.simulator.simulate(bytes, options) }
    }

    /// The smallest access list under which a transaction would do the same.
    ///
    /// # Errors
    /// [`SimulateError`].
    pub(crate) fn infer_access(&self, bytes: &[u8]) -> Result<InferredAccess, SimulateError> {
        self.0.simulator.infer_access(bytes, unix_time())
    }

    /// What stands at an address after a durable block, and the proof of it against that block's state root.
    ///
    /// # Errors
    /// [`ProveError`].
    pub(crate) fn prove(
        &self,
        address: &Address,
    ) -> Result<(Recorded, Option<Arc<Account>>, StateProof), ProveError> {
        let proved = self.proved(address)?;
        self.0.reader.wait_for(proved.0.header.number).map_err(sealane_runtime::LedgerError::from)?;
        Ok(proved)
    }

    /// All blocks from now on, each when it is durable.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<BlockEvent>> {
        self.0.events.subscribe()
    }

    /// The last blocks that this process made, oldest first.
    pub(crate) fn recent_blocks(&self) -> Vec<Arc<BlockEvent>> {
        self.0.recent.all()
    }

    /// What waits at the moment.
    pub(crate) fn mempool(&self) -> MempoolStatus {
        self.0.mempool.lock().status()
    }

    /// How long the oldest transaction has waited, if one waits.
    pub(crate) fn oldest_wait(&self) -> Option<Duration> {
        Some(self.0.began.elapsed().saturating_sub(self.mempool().oldest?))
    }

    /// What became of transactions since this process began.
    pub(crate) fn fates(&self) -> Fates {
        let Counts { admitted, evicted, expired, refused, .. } = &self.0.counts;
        Fates {
            admitted: admitted.load(Ordering::Relaxed),
            evicted: evicted.load(Ordering::Relaxed),
            expired: expired.load(Ordering::Relaxed),
            refused: refused.read().clone(),
        }
    }

    /// Why there will be no more blocks, if that is so.
    pub(crate) fn failure(&self) -> Option<String> {
        self.0.failure()
    }

    /// Blocks for which a blockhash is good, after its own.
    pub(crate) fn blockhash_age_blocks(&self) -> u64 {
        self.0.blockhash_age_blocks
    }

    /// Hash of the genesis block.
    pub(crate) fn genesis_hash(&self) -> Hash {
        self.0.genesis_hash
    }

    /// What this node calls itself.
    pub(crate) fn identity(&self) -> Address {
        self.0.identity
    }

    /// Somebody looks at time passing: blocks come for a while even if nothing waits.
    pub(crate) fn note_interest(&self) {
        if self.0.interest.note() {
            self.0.wake();
        }
    }

    #[cfg(not(test))]
    fn proved(&self, address: &Address) -> Result<Proved, ProveError> {
        self.ask_proof(address)
    }

    #[cfg(not(test))]
    fn told(&self) {
        self.0.tell();
    }

    pub(super) fn ask_proof(&self, address: &Address) -> Result<Proved, ProveError> {
        let (answer, answered) = sync_channel(1);
        let request = ProofRequest { address: *address, answer };
        self.0.orders.lock().send(Order::Prove(request)).map_err(|_| ProveError::Stopped)?;
        Ok(answered.recv().map_err(|_| ProveError::Stopped)??)
    }
}

impl ChainGuard {
    /// Waits until the chain stops by itself; gives the reason.
    pub(crate) fn failed(&self) -> impl Future<Output = String> + Send + use<> {
        let mut failure = self.shared.failure.subscribe();
        async move {
            let reason = failure.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
            match reason {
                Some(reason) => reason,
                None => std::future::pending().await,
            }
        }
    }

    /// Finishes the block that is being made, waits until all is durable and in the tables, and closes the ledger.
    ///
    /// # Errors
    /// A block could not be made or written.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let ledger = self.join();
        if let Some(reason) = self.shared.failure() {
            anyhow::bail!("{reason}");
        }
        ledger.map_or(Ok(()), |ledger| ledger.close().context("the ledger cannot be closed"))
    }

    fn join(&mut self) -> Option<Ledger> {
        let _ = self.shared.orders.lock().send(Order::Stop);
        // A panic was told when it happened.
        let ledger = self.producer.take().and_then(|thread| thread.join().ok()).flatten();
        self.publisher.take().map(JoinHandle::join);
        ledger
    }
}

impl Drop for ChainGuard {
    fn drop(&mut self) {
        if self.producer.is_some() {
            drop(self.join());
        }
    }
}

fn spawn<T: Send + 'static>(
    shared: &Arc<Shared>,
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> anyhow::Result<JoinHandle<T>> {
    let builder = std::thread::Builder::new().name(name.to_owned());
    let alarm = Alarm(Arc::clone(shared));
    let watched = move || {
        let result = work();
        drop(alarm);
        result
    };
    builder.spawn(watched).with_context(|| format!("no thread {name}"))
}

/// Tells everybody if the thread it lives on panics.
struct Alarm(Arc<Shared>);

impl Drop for Alarm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail("a thread that makes blocks panicked");
        }
    }
}
