//! What a ledger is beside its accounts and its replay protection: the last block's header, the rules, the hashes of the last
//! blocks. A runtime hands it out to be kept, and goes on from it.

use super::{BlockHeader, LedgerRules};
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::SLOT_HASHES_COUNT;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Where a ledger stands after a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerHead {
    /// Header of the last block.
    pub header: BlockHeader,
    /// What all nodes share.
    pub rules: LedgerRules,
    /// Numbers and hashes of the last blocks, the newest first; the header's own is the first.
    pub slot_hashes: Vec<(u64, Hash)>,
}

/// What is wrong with a [`LedgerHead`] that no ledger has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HeadError {
    /// The header has no roots, so nothing can be held against it.
    #[error("the header of block {number} has no roots")]
    NoRoots {
        /// The block's number.
        number: u64,
    },
    /// Blockhashes would be good for no block at all.
    #[error("the rules let blockhashes stay good for 0 blocks")]
    NoBlockhashAge,
    /// The first of the last blocks is not the header's.
    #[error("the newest of the slot hashes is not the header's block {number}, {hash}")]
    NotTheHeaders {
        /// The block's number.
        number: u64,
        /// The header's hash.
        hash: Hash,
    },
    /// The last blocks are not all there, or not in order.
    #[error("the slot hashes are not those of the last {expected_count} blocks in order")]
    SlotHashes {
        /// How many there must be.
        expected_count: usize,
    },
}

impl LedgerHead {
    /// Hash of the last block.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.header.hash()
    }

    /// Checks what the parts say of each other.
    ///
    /// # Errors
    /// [`HeadError`].
    pub fn check(&self) -> Result<(), HeadError> {
        let number = self.header.number;
        if self.header.roots.is_none() {
            return Err(HeadError::NoRoots { number });
        }
        if self.rules.blockhash_age_blocks == 0 {
            return Err(HeadError::NoBlockhashAge);
        }
        let hash = self.hash();
        if self.slot_hashes.first() != Some(&(number, hash)) {
            return Err(HeadError::NotTheHeaders { number, hash });
        }
        let block_count = usize::try_from(number).unwrap_or(usize::MAX).saturating_add(1);
        let expected_count = block_count.min(SLOT_HASHES_COUNT);
        let is_in_order =
            self.slot_hashes.iter().zip((0..=number).rev()).all(|((slot, _), own)| *slot == own);
        if self.slot_hashes.len() != expected_count || !is_in_order {
            return Err(HeadError::SlotHashes { expected_count });
        }
        Ok(())
    }
}
