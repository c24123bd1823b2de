//! What test ledgers do and nodes never: go back to an earlier block, leave blocks out, change accounts between blocks.
//!
//! None of it stands in a block, so no other node could follow. The store is the caller's: it must hold what the runtime is
//! told that it holds.

use crate::ingest::ReplayState;
use crate::ledger::BlockHeader;
use crate::runtime::Runtime;
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::SLOT_HASHES_COUNT;
use std::collections::VecDeque;

/// Where a runtime stands between two blocks, without its accounts.
#[derive(Clone, Debug)]
pub struct Standing {
    header: BlockHeader,
    hash: Hash,
    slot_hashes: VecDeque<(u64, Hash)>,
    replay: ReplayState,
}

impl Runtime {
    /// Where it stands, for [`Self::rewind`].
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing {
            header: self.last_header,
            hash: self.last_hash,
            slot_hashes: self.slot_hashes.clone(),
            replay: self.replay.clone(),
        }
    }

    /// Stands where it, or another runtime of the same genesis, stood. The caller has put the accounts of that time into the store.
    pub fn rewind(&mut self, standing: &Standing) {
        let Standing { header, hash, slot_hashes, replay } = standing.clone();
        (self.last_header, self.last_hash) = (header, hash);
        (self.slot_hashes, self.replay) = (slot_hashes, replay);
        self.accounts_were_set();
    }

    /// Takes note that the store's accounts were changed from outside: the tree over them is made anew, of all of them, when
    /// the next block needs it.
    pub fn accounts_were_set(&mut self) {
        self.forget_state_tree();
    }

    /// Makes a block of this number and time the last one, without anything in it and without touching an account. Times may run
    /// backwards here; blocks between are left out of the slot hashes, so that a ledger that has skipped some gives no
    /// snapshot.
    pub fn skip_to(&mut self, number: u64, unix_time: i64) {
        let roots = self.last_header.roots;
        let header = BlockHeader { number, parent: self.last_hash, unix_time, roots };
        let hash = header.hash();
        (self.last_header, self.last_hash) = (header, hash);
        self.replay.push_block(hash);
        self.slot_hashes.push_front((number, hash));
        self.slot_hashes.truncate(SLOT_HASHES_COUNT);
    }
}

#[cfg(test)]
mod tests {
    use crate::ledger::Genesis;
    use crate::{Runtime, RuntimeConfig};

    const NOTHING: [&[u8]; 0] = [];

    fn runtime() -> Runtime {
        Runtime::new(RuntimeConfig { workers: 1, ..RuntimeConfig::default() }, &Genesis::default())
            .expect("a runtime")
    }

    #[test]
    fn what_follows_a_rewind_is_what_followed_before() {
        let mut runtime = runtime();
        let block = |runtime: &mut Runtime| runtime.produce_block(9, &NOTHING).expect("an empty block").hash;
        block(&mut runtime);
        let standing = runtime.standing();
        let first = block(&mut runtime);
        runtime.rewind(&standing);
        assert_eq!(runtime.last_header().number, 1);
        // The sysvars alone changed, and the next block sets them again.
        assert_eq!(block(&mut runtime), first);
    }

    #[test]
    fn skipped_blocks_are_there_for_the_clock_and_for_blockhashes() {
        let mut runtime = runtime();
        let before = runtime.last_hash();
        runtime.skip_to(1_000, -5);
        assert_ne!(runtime.last_hash(), before);
        assert!(runtime.replay().recent_blockhashes().any(|hash| hash == before));
        let executed = runtime.produce_block(-5, &NOTHING).expect("an empty block");
        assert_eq!((executed.block.header.number, executed.block.header.unix_time), (1_001, -5));
        let age = runtime.rules().blockhash_age_blocks as u64;
        (0..age).for_each(|index| runtime.skip_to(1_002 + index, 0));
        assert!(runtime.replay().recent_blockhashes().all(|hash| hash != before));
    }
}
