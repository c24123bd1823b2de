//! Replay protection as data: what a ledger that is read back must know to refuse what the one that was written refused.
//!
//! The same blocks give the same records on every machine, whatever order the tables keep.

use super::{MessageHash, RecentBlock, ReplayState, Signature};
use sealane_sdk::instruction::Hash;
use std::hash::BuildHasher;
use thiserror::Error;

/// A recent blockhash, and what is remembered with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecentBlockRecord {
    /// The hash of the block.
    pub blockhash: Hash,
    /// First signatures of the transactions that named this blockhash, in strictly ascending order.
    pub signatures: Vec<Signature>,
    /// SHA-256 of the messages of those that more than one key signed, in strictly ascending order.
    pub messages: Vec<MessageHash>,
    /// First signatures of the durable-nonce transactions of the block that has this hash, in their order.
    pub nonce_signatures: Vec<Signature>,
}

/// Why a record cannot be taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReplayRecordError {
    /// There are more recent blocks than blockhashes stay good for.
    #[error("there are more than {lifetime_blocks} recent blockhashes")]
    TooManyBlocks {
        /// Blocks a blockhash stays good for.
        lifetime_blocks: usize,
    },
    /// A blockhash stands twice.
    #[error("the recent blockhash {0} stands twice")]
    BlockhashTwice(Hash),
    /// Signatures are not in strictly ascending order.
    #[error("the signatures under blockhash {0} are not in strictly ascending order")]
    SignatureOrder(Hash),
    /// Message hashes are not in strictly ascending order.
    #[error("the message hashes under blockhash {0} are not in strictly ascending order")]
    MessageOrder(Hash),
    /// There are more messages with several signers than transactions.
    #[error("there are more message hashes than signatures under blockhash {0}")]
    MoreMessages(Hash),
    /// The signature of a durable-nonce transaction stands twice.
    #[error("a durable-nonce transaction stands twice, the second time with blockhash {0}")]
    NonceSignatureTwice(Hash),
}

impl ReplayState {
    /// The recent blocks as data, oldest first.
    pub fn records(&self) -> impl Iterator<Item = RecentBlockRecord> {
        self.blocks.iter().map(RecentBlock::record)
    }

    /// Takes up the block that follows those taken up so far. What [`Self::records`] gives, taken up in its order by a new
    /// state, makes one that answers as this one does.
    ///
    /// # Errors
    /// [`ReplayRecordError`]; then nothing has changed.
    pub fn push_record(&mut self, record: RecentBlockRecord) -> Result<(), ReplayRecordError> {
        self.check_record(&record)?;
        let RecentBlockRecord { blockhash, signatures, messages, nonce_signatures } = record;
        let random_state = &self.random_state;
        let rehash = |signature: &Signature| random_state.hash_one(signature);
        let mut block = RecentBlock::new(blockhash);
        block.signatures.reserve(signatures.len());
        for signature in signatures {
            block.signatures.insert(rehash(&signature), &signature);
        }
        block.committed_count = block.signatures.len();
        block.messages.extend(messages);
        for signature in &nonce_signatures {
            self.nonce_signatures.insert_unique(rehash(signature), *signature, rehash);
        }
        block.nonce_signatures = nonce_signatures;
        self.push_newest(block);
        Ok(())
    }

    fn check_record(&self, record: &RecentBlockRecord) -> Result<(), ReplayRecordError> {
        let RecentBlockRecord { blockhash, signatures, messages, nonce_signatures } = record;
        let lifetime_blocks = self.lifetime_blocks;
        if self.blocks.len() >= lifetime_blocks {
            return Err(ReplayRecordError::TooManyBlocks { lifetime_blocks });
        }
        if self.numbers.contains_key(blockhash) {
            return Err(ReplayRecordError::BlockhashTwice(*blockhash));
        }
        if !is_strictly_ascending(signatures) {
            return Err(ReplayRecordError::SignatureOrder(*blockhash));
        }
        if !is_strictly_ascending(messages) {
            return Err(ReplayRecordError::MessageOrder(*blockhash));
        }
        if messages.len() > signatures.len() {
            return Err(ReplayRecordError::MoreMessages(*blockhash));
        }
        let is_known = |signature: &Signature| {
            let table_hash = self.random_state.hash_one(signature);
            self.nonce_signatures.find(table_hash, |other| other == signature).is_some()
        };
        let mut sorted = nonce_signatures.clone();
        sorted.sort_unstable();
        if !is_strictly_ascending(&sorted) || nonce_signatures.iter().any(is_known) {
            return Err(ReplayRecordError::NonceSignatureTwice(*blockhash));
        }
        Ok(())
    }
}

impl RecentBlock {
    fn record(&self) -> RecentBlockRecord {
        let mut signatures = self.signatures.as_slice().to_vec();
        signatures.sort_unstable();
        let mut messages: Vec<MessageHash> = self.messages.iter().copied().collect();
        messages.sort_unstable();
        let nonce_signatures = self.nonce_signatures.clone();
        RecentBlockRecord { blockhash: self.blockhash, signatures, messages, nonce_signatures }
    }
}

fn is_strictly_ascending<T: Ord>(items: &[T]) -> bool {
    items.iter().zip(items.iter().skip(1)).all(|(one, next)| one < next)
}
