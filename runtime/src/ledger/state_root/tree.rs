//! The state tree in memory: 256 branches and the few hashes above them. A block's changes cost what they are.

use super::branch::{BRANCH_DEPTH, Branch, End, Summary};
use super::{LeafChange, sha256};
use crate::bug;
use crate::ledger::store::{AccountChange, AccountStore, StoreError};
use crate::prefetch;
use crate::schedule::Workers;
use crate::stages::{CHUNK_COUNT, map_chunks, timed};
use sealane_sdk::Address;
use sealane_sdk::instruction::Hash;
use sealane_sdk::state_proof::{Digest, ProofEnd, StateProof, account_hash, bit, key};
use std::time::Duration;

const BRANCH_COUNT: usize = 1 << BRANCH_DEPTH;
/// Parts of a store whose accounts are hashed before the tree takes them in: a sixteenth of a store of 256 parts.
const PARTS_AT_ONCE: usize = 16;

/// How far ahead accounts are fetched that will be hashed, and their data.
const ACCOUNTS_AHEAD_COUNT: usize = 4;
const DATA_AHEAD_COUNT: usize = 2;

/// All accounts' hashes, as the tree that the state root is the top of.
#[derive(Clone, Debug)]
pub struct StateTree {
    /// By the first byte of the key.
    branches: Vec<Branch>,
    /// The branches' summaries, and above them what pairs of them make up, level by level; the last is the whole.
    levels: Vec<Vec<Summary>>,
}

/// What takes changes of a [`StateTree`] back.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Undo(Vec<Vec<LeafChange>>);

impl Default for StateTree {
    fn default() -> Self {
        let levels = (0..=BRANCH_DEPTH).rev().map(|depth| vec![Summary::Empty; 1 << depth]).collect();
        Self { branches: vec![Branch::default(); BRANCH_COUNT], levels }
    }
}

impl StateTree {
    /// The tree of a store's accounts, which are read through in parallel, a few parts at a time: they need not fit into
    /// memory.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read through.
    pub fn of_store(store: &dyn AccountStore, workers: &Workers) -> Result<Self, StoreError> {
        let mut tree = Self::default();
        let parts: Vec<usize> = (0..store.part_count()).collect();
        for group in parts.chunks(PARTS_AT_ONCE) {
            let hashed = workers.map_chunks(group, 1, |_, parts| leaves_of(store, parts));
            let mut leaves = Vec::new();
            for part in hashed.results {
                leaves.append(&mut part?);
            }
            let mut leaves = by_branch(&leaves);
            let _ = tree.apply_leaves(&mut leaves, workers, &mut Duration::default());
        }
        Ok(tree)
    }

    /// The state root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let top = self.levels.last().and_then(|level| level.first());
        Hash::new_from_array(top.map_or_else(|| Summary::Empty.hash(), |summary| summary.hash()))
    }

    /// Applies a block's changes, in parallel; no address stands twice. CPU time goes to `cpu`.
    pub fn apply(&mut self, changes: &[AccountChange], workers: &Workers, cpu: &mut Duration) -> Undo {
        let leaves = map_chunks(workers, changes, CHUNK_COUNT, cpu, |chunk, leaves| {
            leaves.extend(chunk.iter().enumerate().map(|(index, (address, account))| {
                fetch_ahead(&chunk[index..]);
                LeafChange::new(address, account.as_deref())
            }));
        });
        let mut leaves = timed(cpu, || by_branch(&leaves));
        self.apply_leaves(&mut leaves, workers, cpu)
    }

    /// Takes changes back.
    pub fn revert(&mut self, undo: Undo, workers: &Workers) {
        let leaves: Vec<LeafChange> = undo.0.into_iter().flatten().collect();
        let mut leaves = by_branch(&leaves);
        let _ = self.apply_leaves(&mut leaves, workers, &mut Duration::default());
    }

    /// Proves what stands at `address`; `store` holds the accounts that this is the tree of.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot tell the one account that the proof needs.
    pub fn prove(&self, address: &Address, store: &dyn AccountStore) -> Result<StateProof, StoreError> {
        let (end, siblings) = self.way_to(address);
        let end = match end {
            End::Empty => ProofEnd::Empty,
            End::Leaf(address) => match store.account(&address)? {
                Some(account) => ProofEnd::Leaf {
                    key: key(&address, &sha256),
                    account_hash: account_hash(&address, &account, &sha256),
                },
                None => bug!("the state tree holds {address}, and the store does not"),
            },
        };
        Ok(StateProof { end, siblings })
    }

    /// Where the key of `address` leads, and the hashes beside the way.
    fn way_to(&self, address: &Address) -> (End, Vec<Digest>) {
        let key = key(address, &sha256);
        let branch = usize::from(key[0]);
        let mut siblings = Vec::new();
        for (depth, level) in self.levels.iter().rev().enumerate() {
            // A lone account stands at the highest place where it is alone.
            match level.get(branch >> (BRANCH_DEPTH - depth)) {
                Some(Summary::Inner(_)) if depth < BRANCH_DEPTH => {
                    let below = &self.levels[BRANCH_DEPTH - depth - 1];
                    let next = branch >> (BRANCH_DEPTH - depth - 1);
                    debug_assert_eq!(next & 1 == 1, bit(&key, depth), "the branch is the key's first bits");
                    siblings.push(below[next ^ 1].hash());
                }
                Some(Summary::Leaf(_)) if depth < BRANCH_DEPTH => {
                    return (self.lone_leaf(depth, branch), siblings);
                }
                _ => break,
            }
        }
        (self.branches[branch].way_to(&key, &mut siblings), siblings)
    }

    /// The only account below the part of the tree, so deep, that the branch lies in.
    fn lone_leaf(&self, depth: usize, branch: usize) -> End {
        let width = 1 << (BRANCH_DEPTH - depth);
        let first = branch & !(width - 1);
        let summaries = &self.levels[0][first..first + width];
        let position = summaries.iter().position(|summary| *summary != Summary::Empty);
        let found = &self.branches[first + position.unwrap_or(0)];
        found.way_to(&[0; 32], &mut Vec::new())
    }

    /// As [`Self::apply`], for changes that are in the order of the first bytes of their keys.
    fn apply_leaves(&mut self, changes: &mut [LeafChange], workers: &Workers, cpu: &mut Duration) -> Undo {
        let mut tasks = Vec::with_capacity(BRANCH_COUNT);
        let mut rest = changes;
        for (first_byte, branch) in self.branches.iter_mut().enumerate() {
            let end = rest.partition_point(|change| usize::from(change.key[0]) <= first_byte);
            let (own, others) = std::mem::take(&mut rest).split_at_mut(end);
            rest = others;
            if !own.is_empty() {
                tasks.push((first_byte, branch, own));
            }
        }
        let results = workers.map_chunks_mut(&mut tasks, 1, |_, tasks| {
            let mut done = Vec::with_capacity(tasks.len());
            for (first_byte, branch, own) in tasks {
                own.sort_unstable_by_key(|change| change.key);
                let mut undo = Vec::with_capacity(own.len());
                branch.apply(own, &mut undo);
                done.push((*first_byte, branch.summary(), undo));
            }
            done
        });
        *cpu += results.cpu;
        timed(cpu, || {
            let (mut undo, mut touched) = (Vec::new(), Vec::new());
            for (first_byte, summary, own_undo) in results.results.into_iter().flatten() {
                self.levels[0][first_byte] = summary;
                touched.push(first_byte);
                undo.push(own_undo);
            }
            self.refresh_above(touched);
            Undo(undo)
        })
    }

    /// Makes the hashes above these branches anew, which are given in order.
    fn refresh_above(&mut self, mut touched: Vec<usize>) {
        for level in 1..self.levels.len() {
            touched.iter_mut().for_each(|position| *position /= 2);
            touched.dedup();
            for position in &touched {
                let below = &self.levels[level - 1];
                let joined = Summary::join(below[2 * position], below[2 * position + 1]);
                self.levels[level][*position] = joined;
            }
        }
    }
}

/// The changes in the order of their branches, as they came within each: the workers sort each branch's for themselves.
fn by_branch(changes: &[LeafChange]) -> Vec<LeafChange> {
    let mut places = [0_usize; BRANCH_COUNT];
    changes.iter().for_each(|change| places[usize::from(change.key[0])] += 1);
    let mut start = 0;
    for place in &mut places {
        start += std::mem::replace(place, start);
    }
    let mut sorted = vec![LeafChange::default(); changes.len()];
    for change in changes {
        let place = &mut places[usize::from(change.key[0])];
        sorted[*place] = *change;
        *place += 1;
    }
    sorted
}

/// Has the processor fetch accounts that are hashed after the first of `changes`, and their data, which begins where they
/// say.
fn fetch_ahead(changes: &[AccountChange]) {
    let account = |ahead: usize| changes.get(ahead)?.1.as_deref();
    if let Some(account) = account(ACCOUNTS_AHEAD_COUNT) {
        prefetch::value(account);
    }
    if let Some(account) = account(DATA_AHEAD_COUNT) {
        prefetch::slice(&account.data);
    }
}

/// The accounts of these parts, as the tree knows them.
fn leaves_of(store: &dyn AccountStore, parts: &[usize]) -> Result<Vec<LeafChange>, StoreError> {
    let mut leaves = Vec::new();
    for part in parts {
        store.for_each_in_part(*part, &mut |address, account| {
            leaves.push(LeafChange::new(address, Some(account)));
        })?;
    }
    Ok(leaves)
}
