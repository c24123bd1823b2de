//! Transactions that wait for a block: checked ones come in from whoever submits, chosen ones go out to whoever makes blocks.
//!
//! A pure state machine: it knows no thread and no clock. What it holds is bounded by count and bytes. When it is full, a
//! transaction that pays more per compute unit takes the place of those that pay least.

use super::building::units;
use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};
use sealane_runtime::CheckedTransaction;
use sealane_sdk::instruction::Hash;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

/// Bytes that keeping a transaction takes beside its own, roughly.
const OVERHEAD_BYTES: usize = 384;

/// How much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MempoolLimits {
    /// At most so many transactions.
    pub(crate) transaction_count: usize,
    /// At most so many bytes, those around each transaction counted.
    pub(crate) size_bytes: usize,
}

impl Default for MempoolLimits {
    /// A hundred thousand transactions in 128 MiB.
    fn default() -> Self {
        Self { transaction_count: 100_000, size_bytes: 128 << 20 }
    }
}

/// What waits at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MempoolStatus {
    /// Transactions that wait.
    pub(crate) transaction_count: usize,
    /// Bytes they take.
    pub(crate) size_bytes: usize,
    /// How much may wait.
    pub(crate) limits: MempoolLimits,
    /// When the oldest of them arrived, as time since the chain began.
    pub(crate) oldest: Option<Duration>,
}

/// A transaction that waits.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) transaction: CheckedTransaction,
    /// Its first signature: its name.
    pub(crate) signature: [u8; 64],
    /// The blockhash it names, or the value of a durable nonce.
    pub(crate) blockhash: Hash,
    /// Whether it advances a durable nonce, and so does not age.
    pub(crate) is_nonce: bool,
    /// Compute units it takes of a block's.
    pub(crate) units: u64,
    /// When it arrived, as time since the chain began.
    pub(crate) arrived: Duration,
}

impl Waiting {
    pub(crate) fn new(transaction: CheckedTransaction, is_nonce: bool, arrived: Duration) -> Self {
        let view = transaction.view();
        let (signature, blockhash) = (*view.signature(), Hash::new_from_array(*view.recent_blockhash()));
        let units = units(&transaction);
        Self { transaction, signature, blockhash, is_nonce, units, arrived }
    }

    /// Micro-lamports it pays a compute unit, the fee for signatures counted.
    fn price(&self) -> u64 {
        let paid = u128::from(self.transaction.fee_lamports()) * 1_000_000;
        u64::try_from(paid / u128::from(self.units.max(1))).unwrap_or(u64::MAX)
    }

    fn size_bytes(&self) -> usize {
        self.transaction.bytes().len() + OVERHEAD_BYTES
    }
}

/// Where a transaction stands among those that wait: who pays more stands higher, and of those that pay the same who came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    price: u64,
    arrival: Reverse<u64>,
}

/// Why a transaction cannot wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AddError {
    /// It waits already, or is in a block that is being made.
    Known,
    /// As much waits as may, and nothing of it pays less.
    Full,
}

/// The transactions that wait.
#[derive(Debug)]
pub(crate) struct Mempool {
    limits: MempoolLimits,
    waiting: BTreeMap<Rank, Waiting>,
    ranks: HashMap<[u8; 64], Rank, RandomState>,
    /// Those in blocks that are not durable yet.
    in_blocks: HashSet<[u8; 64], RandomState>,
    size_bytes: usize,
    arrivals: u64,
}

impl Mempool {
    pub(crate) fn new(limits: MempoolLimits) -> Self {
        Self {
            limits,
            waiting: BTreeMap::new(),
            ranks: HashMap::default(),
            in_blocks: HashSet::default(),
            size_bytes: 0,
            arrivals: 0,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn status(&self) -> MempoolStatus {
        MempoolStatus {
            transaction_count: self.waiting.len(),
            size_bytes: self.size_bytes,
            limits: self.limits,
            oldest: self.waiting.values().map(|waiting| waiting.arrived).min(),
        }
    }

    /// Whether a transaction with this signature waits, or is in a block that is not durable yet.
    pub(crate) fn knows(&self, signature: &[u8; 64]) -> bool {
        self.ranks.contains_key(signature) || self.in_blocks.contains(signature)
    }

    /// Lets a transaction wait. Gives how many others had to go.
    ///
    /// # Errors
    /// [`AddError`]; then nothing has changed.
    pub(crate) fn add(&mut self, waiting: Waiting) -> Result<usize, AddError> {
        if self.knows(&waiting.signature) {
            return Err(AddError::Known);
        }
        let rank = Rank { price: waiting.price(), arrival: Reverse(self.arrivals) };
        let evicted = self.who_must_go(rank, waiting.size_bytes())?;
        for rank in &evicted {
            self.remove(*rank);
        }
        self.arrivals += 1;
        self.size_bytes += waiting.size_bytes();
        self.ranks.insert(waiting.signature, rank);
        self.waiting.insert(rank, waiting);
        Ok(evicted.len())
    }

    /// Those that wait, the highest first.
    pub(crate) fn by_rank(&self) -> impl Iterator<Item = (Rank, &Waiting)> {
        self.waiting.iter().rev().map(|(rank, waiting)| (*rank, waiting))
    }

    /// Takes transactions out for a block, in the order given. Until [`Self::settle`] they cannot come again.
    pub(crate) fn take(&mut self, ranks: &[Rank]) -> Vec<Waiting> {
        let taken: Vec<Waiting> = ranks.iter().filter_map(|rank| self.remove(*rank)).collect();
        self.in_blocks.extend(taken.iter().map(|waiting| waiting.signature));
        taken
    }

    /// The block with these transactions is durable: whoever asks whether they have run finds them there.
    pub(crate) fn settle<'s>(&mut self, signatures: impl IntoIterator<Item = &'s [u8; 64]>) {
        for signature in signatures {
            self.in_blocks.remove(signature);
        }
    }

    /// Drops those whose blockhash is not recent any more; gives how many. Durable nonces do not age.
    pub(crate) fn expire(&mut self, is_recent: impl Fn(&Hash) -> bool) -> usize {
        let mut answers: HashMap<Hash, bool, RandomState> = HashMap::default();
        let mut is_recent = |hash: &Hash| *answers.entry(*hash).or_insert_with(|| is_recent(hash));
        let is_stale = |(rank, waiting): (&Rank, &Waiting)| {
            (!waiting.is_nonce && !is_recent(&waiting.blockhash)).then_some(*rank)
        };
        let stale: Vec<Rank> = self.waiting.iter().filter_map(is_stale).collect();
        for rank in &stale {
            self.remove(*rank);
        }
        stale.len()
    }

    /// The lowest that must go so that one of this rank and size may come.
    fn who_must_go(&self, rank: Rank, size_bytes: usize) -> Result<Vec<Rank>, AddError> {
        let (mut count, mut size) = (self.waiting.len() + 1, self.size_bytes + size_bytes);
        let mut lowest = self.waiting.iter();
        let mut evicted = Vec::new();
        while count > self.limits.transaction_count || size > self.limits.size_bytes {
            let (low, waiting) = lowest.next().filter(|(low, _)| **low < rank).ok_or(AddError::Full)?;
            evicted.push(*low);
            count -= 1;
            size -= waiting.size_bytes();
        }
        Ok(evicted)
    }

    fn remove(&mut self, rank: Rank) -> Option<Waiting> {
        let waiting = self.waiting.remove(&rank)?;
        self.ranks.remove(&waiting.signature);
        self.size_bytes -= waiting.size_bytes();
        Some(waiting)
    }
}
