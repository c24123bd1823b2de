//! Replay protection: which blockhashes are recent, and which transactions have used them.
//!
//! The pipeline admits a block's transactions here in their order, and makes the block the newest when it commits; until then
//! all that was admitted can be forgotten again. A transaction can only run while the blockhash it names is recent, so
//! what has run is remembered by that blockhash and forgotten together with it: one look-up a transaction, however long
//! the window, which finds it or puts it in.
//!
//! A transaction is known by its first signature. If others signed as well, it is also known by its message: the fee
//! payer alone can make another first signature over the same message, and would otherwise run a second time what the
//! others have signed once. (Nobody but a signer can make another signature: s must be canonical, and k depends on R.)
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod record;
mod signatures;

pub use record::{RecentBlockRecord, ReplayRecordError};
use signatures::{Signature, SignatureSet};

use super::access::write_locks;
use super::sanitize::SanitizedTransaction;
use foldhash::fast::RandomState;
use hashbrown::hash_table::Entry;
use hashbrown::{HashMap, HashSet, HashTable};
use sealane_sdk::ids::system_program;
use sealane_sdk::instruction::Hash;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::hash::BuildHasher;
use thiserror::Error;

/// How the data of the system program's `AdvanceNonceAccount` begins.
const ADVANCE_NONCE_TAG: [u8; 4] = 4_u32.to_le_bytes();

type MessageHash = [u8; 32];

/// What makes a transaction fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It names a recent blockhash.
    Recent,
    /// It names no recent blockhash but advances a durable nonce first. Whether the nonce has the value that the
    /// transaction names is for the executor to check.
    DurableNonce {
        /// Index of the nonce account's key, which the transaction may write.
        nonce_account_index: u8,
    },
}

/// Why a transaction is not fresh; it is then rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum ReplayError {
    /// The blockhash is unknown or too old, and no durable nonce is advanced.
    #[error("the blockhash is not recent and the transaction advances no durable nonce")]
    BlockhashNotFound,
    /// The transaction has been admitted before, to this block or an earlier one.
    #[error("the transaction has been processed before")]
    AlreadyProcessed,
}

/// The recent blockhashes, and the transactions of committed blocks that named them.
///
/// Answers do not depend on how the tables hash, which differs from process to process.
#[derive(Clone, Debug)]
pub struct ReplayState {
    lifetime_blocks: usize,
    /// Oldest first; never more than `lifetime_blocks`.
    blocks: VecDeque<RecentBlock>,
    /// The number of the oldest block in `blocks`, counted from the first that was pushed.
    first_number: u64,
    /// The number of the block with a hash.
    numbers: HashMap<Hash, u64, RandomState>,
    /// First signatures of the durable-nonce transactions in the window. The nonce protects them by itself; this
    /// refuses them sooner.
    nonce_signatures: HashTable<Signature>,
    random_state: RandomState,
    /// What was admitted to the block that is being made.
    open: OpenBlock,
}

/// A recent blockhash and the transactions that named it.
#[derive(Clone, Debug)]
struct RecentBlock {
    blockhash: Hash,
    /// Those of the block that is being made come last.
    signatures: SignatureSet,
    /// How many of them stand in committed blocks.
    committed_count: usize,
    /// Of the messages that more than one key signed.
    messages: HashSet<MessageHash, RandomState>,
    /// The durable-nonce transactions of the block that has this hash.
    nonce_signatures: Vec<Signature>,
}

/// What is rare in a block that is being made.
#[derive(Clone, Debug, Default)]
struct OpenBlock {
    /// The messages that more than one key signed, with the number of the block they name.
    messages: Vec<(u64, MessageHash)>,
    /// The durable-nonce transactions.
    nonce_signatures: Vec<Signature>,
    /// The blockhash that was looked for last, and the number of its block: most transactions name one of a few.
    last_number: Option<(Hash, u64)>,
}

/// What a transaction is known by, and where.
#[derive(Clone, Copy, Debug)]
struct Known<'t> {
    signature: &'t Signature,
    /// The signature's hash in the tables.
    table_hash: u64,
    /// The hash of its message, if more than one key signed it.
    message: Option<MessageHash>,
    under: Under,
}

/// Where a transaction is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Under {
    /// With the blockhash of the block of this number.
    Recent { number: u64 },
    /// With the durable nonces.
    DurableNonce { nonce_account_index: u8 },
}

impl ReplayState {
    /// A state that knows no blockhash yet. Each is good for the `lifetime_blocks` blocks, at least 1, after its own.
    #[must_use]
    pub fn new(lifetime_blocks: usize) -> Self {
        Self {
            lifetime_blocks: lifetime_blocks.max(1),
            blocks: VecDeque::new(),
            first_number: 0,
            numbers: HashMap::default(),
            nonce_signatures: HashTable::new(),
            random_state: RandomState::default(),
            open: OpenBlock::default(),
        }
    }

    /// The recent blockhashes, newest first.
    pub fn recent_blockhashes(&self) -> impl Iterator<Item = Hash> {
        self.blocks.iter().rev().map(|block| block.blockhash)
    }

    /// How many blocks ago the block with this hash was made, 0 for the newest; `None` if the hash is no recent one.
    #[must_use]
    pub fn age_blocks(&self, blockhash: &Hash) -> Option<u64> {
        let index = position(self.first_number, *self.numbers.get(blockhash)?)?;
        Some((self.blocks.len() as u64).saturating_sub(1).saturating_sub(index as u64))
    }

    /// Blocks a blockhash stays good for after its own.
    #[must_use]
    pub const fn lifetime_blocks(&self) -> usize {
        self.lifetime_blocks
    }

    /// Whether `transaction` is fresh.
    ///
    /// # Errors
    /// [`ReplayError::BlockhashNotFound`] and [`ReplayError::AlreadyProcessed`], as their names say.
    pub fn check(&self, transaction: &SanitizedTransaction<'_>) -> Result<Age, ReplayError> {
        let known = self.known(transaction, self.number(&blockhash(transaction)))?;
        if self.is_remembered(&known) { Err(ReplayError::AlreadyProcessed) } else { Ok(known.age()) }
    }

    /// Admits `transaction` to the block that is being made, if it is fresh: from now on it is not.
    ///
    /// # Errors
    /// Those of [`Self::check`]; nothing has then changed.
    pub fn admit(&mut self, transaction: &SanitizedTransaction<'_>) -> Result<Age, ReplayError> {
        let blockhash = blockhash(transaction);
        let number = match self.open.last_number {
            Some((last, number)) if last == blockhash => Some(number),
            _ => self.number(&blockhash),
        };
        self.open.last_number = number.map(|number| (blockhash, number));
        let known = self.known(transaction, number)?;
        self.remember(&known)?;
        Ok(known.age())
    }

    /// Takes a transaction out that was admitted to the block that is being made and then rejected: it may come again. Others are
    /// left alone.
    pub fn withdraw(&mut self, transaction: &SanitizedTransaction<'_>) {
        let Ok(known) = self.known(transaction, self.number(&blockhash(transaction))) else { return };
        match known.under {
            Under::Recent { number } => {
                let Self { random_state, .. } = self;
                let rehash = random_state.clone();
                let Some(block) = self.block_mut(number) else { return };
                let RecentBlock { signatures, committed_count, messages, .. } = block;
                let rehash = |signature: &Signature| rehash.hash_one(signature);
                if !signatures.remove_from(*committed_count, known.table_hash, known.signature, rehash) {
                    return;
                }
                if let Some(message) = known.message {
                    messages.remove(&message);
                    self.open.messages.retain(|(_, open)| *open != message);
                }
            }
            Under::DurableNonce { .. } => {
                let count = self.open.nonce_signatures.len();
                self.open.nonce_signatures.retain(|open| open != known.signature);
                if self.open.nonce_signatures.len() < count {
                    self.forget_nonce(known.signature);
                }
            }
        }
    }

    /// Makes the block to which transactions were admitted since the last push, with the hash `blockhash`, the newest; forgets
    /// what has grown too old.
    pub fn push_block(&mut self, blockhash: Hash) {
        let open = std::mem::take(&mut self.open);
        let mut newest = RecentBlock::new(blockhash);
        newest.nonce_signatures = open.nonce_signatures;
        // A hash that comes back, as in tests, must not lose what was admitted under it.
        if let Some(same) = self.numbers.get(&blockhash).copied().and_then(|number| self.block_mut(number)) {
            newest.signatures = std::mem::take(&mut same.signatures);
            newest.messages = std::mem::take(&mut same.messages);
        }
        self.push_newest(newest);
        for block in &mut self.blocks {
            block.committed_count = block.signatures.len();
        }
        while self.blocks.len() > self.lifetime_blocks {
            self.drop_oldest();
        }
    }

    /// Forgets what was admitted since the last push: the block came to nothing.
    pub fn abandon_block(&mut self) {
        let OpenBlock { messages, nonce_signatures, .. } = std::mem::take(&mut self.open);
        for (number, message) in messages {
            if let Some(block) = self.block_mut(number) {
                block.messages.remove(&message);
            }
        }
        nonce_signatures.iter().for_each(|signature| self.forget_nonce(signature));
        let Self { blocks, random_state, .. } = self;
        for block in blocks {
            block.signatures.truncate(block.committed_count, |signature| random_state.hash_one(signature));
        }
    }

    /// The key index of the account that `transaction` must be allowed to write for its age alone: the durable nonce it
    /// advances, if its blockhash is not a recent one.
    pub(crate) fn required_nonce(&self, transaction: &SanitizedTransaction<'_>) -> Option<u8> {
        let is_recent = self.number(&blockhash(transaction)).is_some();
        if is_recent { None } else { advanced_nonce(transaction) }
    }

    /// The number of the block with this hash, if it is a recent one.
    fn number(&self, blockhash: &Hash) -> Option<u64> {
        self.numbers.get(blockhash).copied()
    }

    /// What `transaction`, which names the block of this `number`, is known by.
    #[inline]
    fn known<'t>(
        &self,
        transaction: &SanitizedTransaction<'t>,
        number: Option<u64>,
    ) -> Result<Known<'t>, ReplayError> {
        let under = match number {
            Some(number) => Under::Recent { number },
            None => Under::DurableNonce {
                nonce_account_index: durable_nonce(transaction).ok_or(ReplayError::BlockhashNotFound)?,
            },
        };
        let signature = transaction.signature();
        let table_hash = self.random_state.hash_one(signature);
        Ok(Known { signature, table_hash, message: shared_message(transaction), under })
    }

    fn is_remembered(&self, known: &Known<'_>) -> bool {
        let Known { signature, table_hash, message, under } = known;
        match under {
            Under::DurableNonce { .. } => {
                self.nonce_signatures.find(*table_hash, |other| other == *signature).is_some()
            }
            Under::Recent { number } => self.block(*number).is_some_and(|block| {
                block.signatures.contains(*table_hash, signature)
                    || message.is_some_and(|message| block.messages.contains(&message))
            }),
        }
    }

    /// Remembers what is not known yet.
    #[inline]
    fn remember(&mut self, known: &Known<'_>) -> Result<(), ReplayError> {
        let Known { signature, table_hash, message, under } = known;
        let is_new = match under {
            Under::DurableNonce { .. } => {
                let Self { nonce_signatures, random_state, open, .. } = self;
                let rehash = |signature: &Signature| random_state.hash_one(signature);
                match nonce_signatures.entry(*table_hash, |other| other == *signature, rehash) {
                    Entry::Occupied(_) => false,
                    Entry::Vacant(free) => {
                        free.insert(**signature);
                        open.nonce_signatures.push(**signature);
                        true
                    }
                }
            }
            Under::Recent { number } => {
                let first_number = self.first_number;
                let block = position(first_number, *number).and_then(|index| self.blocks.get_mut(index));
                let block = block.ok_or(ReplayError::BlockhashNotFound)?;
                if message.is_some_and(|message| block.messages.contains(&message)) {
                    return Err(ReplayError::AlreadyProcessed);
                }
                let is_new = block.signatures.insert(*table_hash, signature);
                if let (true, Some(message)) = (is_new, message) {
                    block.messages.insert(*message);
                    self.open.messages.push((*number, *message));
                }
                is_new
            }
        };
        if is_new { Ok(()) } else { Err(ReplayError::AlreadyProcessed) }
    }

    fn forget_nonce(&mut self, signature: &Signature) {
        let table_hash = self.random_state.hash_one(signature);
        if let Ok(entry) = self.nonce_signatures.find_entry(table_hash, |other| other == signature) {
            entry.remove();
        }
    }

    fn push_newest(&mut self, block: RecentBlock) {
        let number = self.first_number.saturating_add(self.blocks.len() as u64);
        self.numbers.insert(block.blockhash, number);
        self.blocks.push_back(block);
    }

    fn drop_oldest(&mut self) {
        let Some(oldest) = self.blocks.pop_front() else { return };
        if self.numbers.get(&oldest.blockhash) == Some(&self.first_number) {
            self.numbers.remove(&oldest.blockhash);
        }
        oldest.nonce_signatures.iter().for_each(|signature| self.forget_nonce(signature));
        self.first_number = self.first_number.saturating_add(1);
    }

    fn block(&self, number: u64) -> Option<&RecentBlock> {
        self.blocks.get(position(self.first_number, number)?)
    }

    fn block_mut(&mut self, number: u64) -> Option<&mut RecentBlock> {
        self.blocks.get_mut(position(self.first_number, number)?)
    }
}

impl RecentBlock {
    fn new(blockhash: Hash) -> Self {
        Self {
            blockhash,
            signatures: SignatureSet::default(),
            committed_count: 0,
            messages: HashSet::default(),
            nonce_signatures: Vec::new(),
        }
    }
}

impl Known<'_> {
    fn age(&self) -> Age {
        match self.under {
            Under::Recent { .. } => Age::Recent,
            Under::DurableNonce { nonce_account_index } => Age::DurableNonce { nonce_account_index },
        }
    }
}

/// Where the block of this number stands in the queue.
fn position(first_number: u64, number: u64) -> Option<usize> {
    usize::try_from(number.checked_sub(first_number)?).ok()
}

/// The blockhash that a transaction names.
fn blockhash(transaction: &SanitizedTransaction<'_>) -> Hash {
    Hash::new_from_array(*transaction.recent_blockhash())
}

/// The hash of the message, if more than one key signed it.
fn shared_message(transaction: &SanitizedTransaction<'_>) -> Option<MessageHash> {
    (transaction.signatures().len() > 1).then(|| Sha256::digest(transaction.message()).into())
}

/// The key index of the durable nonce that a transaction advances as its first instruction, and may write.
fn durable_nonce(transaction: &SanitizedTransaction<'_>) -> Option<u8> {
    let nonce_account_index = advanced_nonce(transaction)?;
    let is_writable = write_locks(transaction) >> nonce_account_index & 1 == 1;
    is_writable.then_some(nonce_account_index)
}

/// The key index of the account that a transaction names as a durable nonce to advance, in its first instruction.
fn advanced_nonce(transaction: &SanitizedTransaction<'_>) -> Option<u8> {
    let first = transaction.instructions().next()?;
    let program = transaction.keys().get(usize::from(first.program_index))?;
    let nonce_account_index = *first.accounts.first()?;
    let is_advance = *program == system_program::ID && first.data.starts_with(&ADVANCE_NONCE_TAG);
    is_advance.then_some(nonce_account_index)
}
