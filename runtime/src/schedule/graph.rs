//! The dependency graph of a block, built in one pass over its access sets.
//!
//! Input is [`AccessSets`]; output is who must wait for whom, in flat arrays that `ready` and `workers` walk, that
//! `batches` lists and that `analysis` draws. There is no thread in here, and no account but as a slot number.
//!
//! **Invariant:** every dependency points from a lower transaction index to a higher one, so block order is always
//! a valid order of execution, and a conflicting pair is always joined by a path.

use super::access::{Access, AccessSets};

/// Stands for "no transaction" and "no list entry" in the flat arrays; blocks are checked to be smaller than this.
const NONE: u32 = u32::MAX;

/// The dependency graph of one block, with each transaction's batch.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    predecessors: Adjacency,
    successors: Adjacency,
    batches: Vec<u32>,
    batch_count: usize,
    roots: Vec<u32>,
    scratch: Scratch,
}

/// For each transaction a list of others, all lists in one array.
#[derive(Clone, Debug, Default)]
struct Adjacency {
    /// For each transaction, where its list ends; it begins where the one before it ends.
    ends: Vec<u32>,
    items: Vec<u32>,
}

impl Adjacency {
    fn clear(&mut self) {
        self.ends.clear();
        self.items.clear();
    }

    #[inline]
    fn get(&self, index: usize) -> &[u32] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.items[start..self.ends[index] as usize]
    }
}

/// What the pass needs and nobody asks for afterwards; kept so that the next block needs no allocation.
#[derive(Clone, Debug, Default)]
struct Scratch {
    accounts: Vec<AccountState>,
    readers: Vec<Reader>,
    edges: Vec<EdgeState>,
}

/// Who touched an account last, as of the transaction the pass is at.
#[derive(Clone, Copy, Debug)]
struct AccountState {
    last_writer: u32,
    /// The head of the list of those who read the account since, in `Scratch::readers`.
    last_reader: u32,
}

/// One link of an account's list of readers, the latest first.
#[derive(Clone, Copy, Debug)]
struct Reader {
    transaction: u32,
    earlier: u32,
}

/// What the pass knows of the edges that leave a transaction.
#[derive(Clone, Copy, Debug)]
struct EdgeState {
    /// Two transactions may share several accounts: one edge is enough, and this one was drawn last.
    last_successor: u32,
    successor_count: u32,
}

/// The most costly chain of transactions that must run one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CriticalPath {
    /// The transactions of the chain, in block order.
    pub transactions: Vec<u32>,
    /// The sum of their costs, in the unit of the costs given.
    pub cost: u64,
}

impl Schedule {
    /// Builds the graph of a block whose account slots are all below `account_count`.
    ///
    /// # Panics
    /// If an access names a slot that is not below `account_count`, or the block holds 2³² − 1 transactions.
    pub fn build(sets: &AccessSets, account_count: usize) -> Self {
        let mut schedule = Self::default();
        schedule.rebuild(sets, account_count);
        schedule
    }

    /// Builds the graph of another block in the room of this one.
    ///
    /// # Panics
    /// As [`Schedule::build`].
    pub fn rebuild(&mut self, sets: &AccessSets, account_count: usize) {
        self.clear(sets, account_count);
        for (transaction, accesses) in (0..NONE).zip(sets.iter()) {
            self.add(transaction, accesses);
        }
        assert_eq!(self.batches.len(), sets.len(), "a block holds fewer than 2^32 - 1 transactions");
        self.link_successors();
    }

    /// The number of transactions.
    #[inline]
    pub fn len(&self) -> usize {
        self.batches.len()
    }

    /// Whether the block holds no transaction.
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// The number of dependencies, each pair of transactions counted once.
    pub fn dependency_count(&self) -> usize {
        self.predecessors.items.len()
    }

    /// The transactions that depend on nothing, in block order: where execution begins.
    #[inline]
    pub fn roots(&self) -> &[u32] {
        &self.roots
    }

    /// The transactions that must be done before this one starts, each once, in no particular order. Those implied
    /// by a chain of others may be left out.
    ///
    /// # Panics
    /// If `index` is not below [`Schedule::len`].
    #[inline]
    pub fn predecessors(&self, index: usize) -> &[u32] {
        self.predecessors.get(index)
    }

    /// The transactions that wait for this one, each once, in block order.
    ///
    /// # Panics
    /// If `index` is not below [`Schedule::len`].
    #[inline]
    pub fn successors(&self, index: usize) -> &[u32] {
        self.successors.get(index)
    }

    /// For each transaction how many others it waits for: the length of its [`Schedule::predecessors`].
    pub fn predecessor_counts(&self) -> impl ExactSizeIterator<Item = u32> {
        let mut start = 0;
        self.predecessors.ends.iter().map(move |end| {
            let count = end - start;
            start = *end;
            count
        })
    }

    /// The batch of each transaction: 0 if it depends on nothing, else one more than the largest batch of what it
    /// depends on. No two transactions of a batch conflict.
    #[inline]
    pub fn batches(&self) -> &[u32] {
        &self.batches
    }

    /// The number of batches.
    pub const fn batch_count(&self) -> usize {
        self.batch_count
    }

    /// The number of transactions in the longest chain of dependencies. Every link of that chain is one batch
    /// further, so it is the number of batches.
    pub const fn critical_path_len(&self) -> usize {
        self.batch_count
    }

    /// The most costly chain of dependencies, if `cost` says what each transaction costs. Among equals the chain
    /// that ends first in block order is taken. Sums saturate.
    pub fn critical_path(&self, cost: impl Fn(usize) -> u64) -> CriticalPath {
        let mut finish: Vec<u64> = Vec::with_capacity(self.len());
        let mut slowest: Vec<u32> = Vec::with_capacity(self.len());
        let mut last = NONE;
        for (transaction, index) in (0..NONE).zip(0..self.len()) {
            let (mut start, mut through) = (0, NONE);
            for &predecessor in self.predecessors(index) {
                let done = finish[predecessor as usize];
                // Chains of free transactions still count as chains, hence the second condition.
                if done > start || through == NONE || (done == start && predecessor < through) {
                    (start, through) = (done, predecessor);
                }
            }
            finish.push(start.saturating_add(cost(index)));
            slowest.push(through);
            if last == NONE || finish[index] > finish[last as usize] {
                last = transaction;
            }
        }
        let mut path = CriticalPath::default();
        if last != NONE {
            path.cost = finish[last as usize];
        }
        while last != NONE {
            path.transactions.push(last);
            last = slowest[last as usize];
        }
        path.transactions.reverse();
        path
    }

    fn clear(&mut self, sets: &AccessSets, account_count: usize) {
        self.predecessors.clear();
        self.successors.clear();
        self.batches.clear();
        self.batch_count = 0;
        self.roots.clear();
        let scratch = &mut self.scratch;
        scratch.accounts.clear();
        scratch.accounts.resize(account_count, AccountState { last_writer: NONE, last_reader: NONE });
        scratch.readers.clear();
        scratch.edges.clear();
        scratch.edges.reserve(sets.len());
        self.predecessors.ends.reserve(sets.len());
        self.batches.reserve(sets.len());
    }

    /// Adds the next transaction in block order, with the edges that lead to it.
    #[inline]
    fn add(&mut self, transaction: u32, accesses: &[Access]) {
        let Scratch { accounts, readers, edges } = &mut self.scratch;
        let mut incoming = Incoming {
            transaction,
            batch: 0,
            edges,
            batches: &self.batches,
            predecessors: &mut self.predecessors.items,
        };
        for access in accesses {
            let account = &mut accounts[access.account() as usize];
            if access.is_write() {
                // Readers since the last writer all wait for it, so only without them is it waited for directly.
                if account.last_reader == NONE {
                    incoming.depend_on(account.last_writer);
                }
                while account.last_reader != NONE {
                    let reader = readers[account.last_reader as usize];
                    incoming.depend_on(reader.transaction);
                    account.last_reader = reader.earlier;
                }
                account.last_writer = transaction;
            } else {
                incoming.depend_on(account.last_writer);
                let position = list_position(readers.len());
                readers.push(Reader { transaction, earlier: account.last_reader });
                account.last_reader = position;
            }
        }
        let batch = incoming.batch;
        if batch == 0 {
            self.roots.push(transaction);
        }
        self.scratch.edges.push(EdgeState { last_successor: NONE, successor_count: 0 });
        self.predecessors.ends.push(list_position(self.predecessors.items.len()));
        self.batches.push(batch);
        self.batch_count = self.batch_count.max(batch as usize + 1);
    }

    /// Turns the lists of predecessors round. Transactions are visited in block order, so lists come out in it.
    fn link_successors(&mut self) {
        let Adjacency { ends, items } = &mut self.successors;
        // While the lists are filled, `ends` says where each goes on; in the end, that is where each ends.
        let mut start = 0;
        ends.extend(self.scratch.edges.iter().map(|edge| {
            let here = start;
            start += edge.successor_count;
            here
        }));
        items.resize(self.predecessors.items.len(), NONE);
        let mut position = 0;
        for (transaction, end) in (0..NONE).zip(&self.predecessors.ends) {
            while position < *end {
                let successor_end = &mut ends[self.predecessors.items[position as usize] as usize];
                items[*successor_end as usize] = transaction;
                *successor_end += 1;
                position += 1;
            }
        }
    }
}

/// The transaction being added, and what is found out about it.
struct Incoming<'a> {
    transaction: u32,
    batch: u32,
    edges: &'a mut [EdgeState],
    batches: &'a [u32],
    predecessors: &'a mut Vec<u32>,
}

impl Incoming<'_> {
    /// Draws the edge from `predecessor`, unless there is none, it is this transaction itself (whose set names an
    /// account twice), or the edge is there already.
    #[inline]
    fn depend_on(&mut self, predecessor: u32) {
        if predecessor == NONE || predecessor == self.transaction {
            return;
        }
        let edge = &mut self.edges[predecessor as usize];
        if edge.last_successor != self.transaction {
            edge.last_successor = self.transaction;
            edge.successor_count += 1;
            self.predecessors.push(predecessor);
            self.batch = self.batch.max(self.batches[predecessor as usize] + 1);
        }
    }
}

/// A length as a position in the flat arrays. Lists hold at most two entries an access, and accesses are counted
/// in 32 bits; a block with more edges than that needs some 40 GB for them alone.
#[inline]
fn list_position(length: usize) -> u32 {
    u32::try_from(length)
        .ok()
        .filter(|position| *position != NONE)
        .expect("a block's graph fits 32-bit positions")
}
