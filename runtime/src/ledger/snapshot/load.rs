//! Loading: a reader's accounts go to a store, and what came out is held against the header.

use super::{Checkpoint, SnapshotEnd, SnapshotError, SnapshotReader, SnapshotSummary, SnapshotTotals};
use crate::error::Fatal;
use crate::ingest::ReplayState;
use crate::ledger::state_root::StateTree;
use crate::ledger::sysvars::block_sysvars;
use crate::ledger::{AccountChange, AccountStore, LedgerHead, MemoryStore, StoreError};
use crate::runtime::{Runtime, RuntimeConfig};
use crate::schedule::Workers;
use sealane_sdk::ids::{clock, recent_blockhashes, slot_hashes};
use sealane_sdk::instruction::Hash;
use sealane_sdk::{Account, Address};
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

/// The sysvars that say what also stands beside the accounts.
const CHECKED_SYSVARS: [Address; 3] = [clock::ID, recent_blockhashes::ID, slot_hashes::ID];

/// What is known of a snapshot from elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Hash of the block it is to be of.
    pub block_hash: Option<Hash>,
    /// Its digest, as [`SnapshotSummary::digest`].
    pub digest: Option<Hash>,
}

/// Where the accounts of a snapshot go.
pub trait SnapshotTarget {
    /// Takes accounts that it does not have yet. If it keeps the checkpoint together with them, loading can go on there after
    /// it was interrupted.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be written.
    fn load(&mut self, accounts: &[AccountChange], checkpoint: &Checkpoint) -> Result<(), StoreError>;

    /// An account that was taken.
    ///
    /// # Errors
    /// [`StoreError`] if the target cannot tell.
    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError>;
}

/// An empty store in memory as a target; it keeps no checkpoint.
#[derive(Debug)]
pub struct StoreTarget<'s>(pub &'s mut MemoryStore);

impl SnapshotTarget for StoreTarget<'_> {
    fn load(&mut self, accounts: &[AccountChange], _checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.0.apply(accounts.iter().cloned());
        Ok(())
    }

    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        self.0.account(address)
    }
}

/// A snapshot whose accounts are where they belong; with [`Runtime::resume`] a runtime goes on from it.
#[derive(Debug)]
pub struct LoadedSnapshot {
    /// Where the ledger stands.
    pub head: LedgerHead,
    /// Its replay protection.
    pub replay: ReplayState,
    /// The tree over its accounts.
    pub state: StateTree,
    /// What the file holds.
    pub totals: SnapshotTotals,
    /// Stands for everything in it.
    pub digest: Hash,
}

/// Loads what `reader` has not read yet into `target`; `progress` is told after each chunk. `state` is the tree over what
/// earlier readers of the same snapshot have loaded: an empty one, if this is the first.
///
/// # Errors
/// [`SnapshotError`]. The block is compared with `expected` before anything is loaded. All else can be known only at the
/// end: after an error the target holds accounts that nobody vouches for, and only [`SnapshotError::Read`],
/// [`SnapshotError::Store`] and [`Fault::Truncated`](super::Fault::Truncated) leave it fit to go on from the last checkpoint.
pub fn load_snapshot<R: Read>(
    mut reader: SnapshotReader<R>,
    mut state: StateTree,
    expected: &Expected,
    target: &mut dyn SnapshotTarget,
    workers: &Workers,
    progress: &mut dyn FnMut(&SnapshotTotals),
) -> Result<LoadedSnapshot, SnapshotError> {
    let found = reader.head().hash();
    if let Some(expected) = expected.block_hash.filter(|expected| *expected != found) {
        return Err(SnapshotError::WrongBlock { expected, found });
    }
    while let Some(accounts) = reader.next_accounts()? {
        let _ = state.apply(&accounts, workers, &mut Duration::default());
        let checkpoint = reader.checkpoint();
        target.load(&accounts, &checkpoint)?;
        progress(&checkpoint.totals);
    }
    let SnapshotEnd { head, replay, totals, digest } = reader.finish()?;
    progress(&totals);
    if let Some(expected) = expected.digest.filter(|expected| *expected != digest) {
        return Err(SnapshotError::WrongDigest { expected, found: digest });
    }
    let computed = state.root();
    match head.header.roots.map(|roots| roots.state) {
        Some(header) if header == computed => {}
        stated => {
            return Err(SnapshotError::StateRoot { computed, header: stated.unwrap_or_default() });
        }
    }
    check_beside(&head, &replay, target)?;
    Ok(LoadedSnapshot { head, replay, state, totals, digest })
}

/// Checks all of a snapshot and keeps none of it; `progress` is told after each chunk. It takes the memory of a state tree.
///
/// # Errors
/// As [`load_snapshot`].
pub fn verify_snapshot<R: Read>(
    reader: SnapshotReader<R>,
    expected: &Expected,
    workers: &Workers,
    progress: &mut dyn FnMut(&SnapshotTotals),
) -> Result<SnapshotSummary, SnapshotError> {
    let mut sysvars = Sysvars::default();
    let loaded = load_snapshot(reader, StateTree::default(), expected, &mut sysvars, workers, progress)?;
    let LoadedSnapshot { head, totals, digest, .. } = loaded;
    Ok(SnapshotSummary { head, totals, digest })
}

impl Runtime {
    /// A runtime in memory that goes on from a snapshot exactly as the one that it was written of: the same blocks give the
    /// same roots and receipts, and what that one refuses as seen before is refused.
    ///
    /// # Errors
    /// [`SnapshotError`]: the snapshot is refused, the store fails, or the runtime cannot be made.
    pub fn from_snapshot<R: Read>(
        config: RuntimeConfig,
        reader: SnapshotReader<R>,
        expected: &Expected,
    ) -> Result<Self, SnapshotError> {
        let mut store = MemoryStore::default();
        let workers = Workers::new(config.workers).map_err(|error| Fatal::Worker(error.to_string()))?;
        let mut target = StoreTarget(&mut store);
        let loaded =
            load_snapshot(reader, StateTree::default(), expected, &mut target, &workers, &mut |_| ())?;
        drop(workers);
        let LoadedSnapshot { head, replay, state, .. } = loaded;
        Ok(Self::resume(config, head, replay, Some(state), Box::new(store))?)
    }
}

/// Holds the head and the recent blockhashes against the sysvars, which the state root has proved: those were made
/// when the block began, of what stood before it.
fn check_beside(
    head: &LedgerHead,
    replay: &ReplayState,
    target: &dyn SnapshotTarget,
) -> Result<(), SnapshotError> {
    let LedgerHead { header, rules, slot_hashes } = head;
    let recent: Vec<Hash> = replay.recent_blockhashes().collect();
    let block_count = usize::try_from(header.number).unwrap_or(usize::MAX).saturating_add(1);
    let expected_count = rules.blockhash_age_blocks.min(block_count);
    if recent.len() != expected_count || recent.first() != Some(&head.hash()) {
        return Err(SnapshotError::RecentBlocks { expected_count, found_count: recent.len() });
    }
    let earlier = |count: usize| count.min(1)..count;
    let (recent, slots) = (&recent[earlier(recent.len())], &slot_hashes[earlier(slot_hashes.len())]);
    let made = block_sysvars(header.number, header.unix_time, recent, slots);
    for (sysvar, account) in made.accounts {
        if !CHECKED_SYSVARS.contains(&sysvar) {
            continue;
        }
        let found = target.account(&sysvar)?;
        let (Some(found), Some(made)) = (found, account) else {
            return Err(SnapshotError::Sysvar { sysvar });
        };
        let is_same = match sysvar == clock::ID {
            true => found.data == made.data,
            // The sysvar may list more: what has become too old with this block.
            false => is_listed(&made.data, &found.data),
        };
        if !is_same {
            return Err(SnapshotError::Sysvar { sysvar });
        }
    }
    Ok(())
}

/// Whether the entries of one list (a count, u64, then 40 bytes each) are the first of another.
fn is_listed(entries: &[u8], list: &[u8]) -> bool {
    let count = |bytes: &[u8]| bytes.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    let (Some(entry_count), Some(list_count)) = (count(entries), count(list)) else { return false };
    let end = usize::try_from(entry_count).unwrap_or(usize::MAX).saturating_mul(40).saturating_add(8);
    let all = (entries.get(8..end), list.get(8..end));
    entry_count <= list_count && all.0.is_some() && all.0 == all.1
}

/// A target that keeps the sysvars only.
#[derive(Default)]
struct Sysvars(Vec<(Address, Arc<Account>)>);

impl SnapshotTarget for Sysvars {
    fn load(&mut self, accounts: &[AccountChange], _checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let sysvars = accounts.iter().filter(|(address, _)| CHECKED_SYSVARS.contains(address));
        self.0
            .extend(sysvars.filter_map(|(address, account)| Some((*address, Arc::clone(account.as_ref()?)))));
        Ok(())
    }

    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        let found = self.0.iter().find(|(sysvar, _)| sysvar == address);
        Ok(found.map(|(_, account)| Arc::clone(account)))
    }
}
