//! Replay protection: which blockhashes are recent, and which transactions have used them.
//!
//! The pipeline opens a block here, admits transactions to it in their order, and hands it back when it commits. A
//! transaction can only run while the blockhash it names is recent, so what has run is remembered by that blockhash
//! and forgotten together with it: one look-up a transaction, however long the window.
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
}

/// A recent blockhash and the transactions that named it.
#[derive(Clone, Debug)]
struct RecentBlock {
    blockhash: Hash,
    signatures: SignatureSet,
    /// Of the messages that more than one key signed.
    messages: HashSet<MessageHash, RandomState>,
    /// The durable-nonce transactions of the block that has this hash.
    nonce_signatures: Vec<Signature>,
}

/// A block under construction: the transactions admitted so far. Dropping it changes nothing.
#[derive(Clone, Debug, Default)]
pub struct OpenBlock {
    /// In the order of admission; `None` where one was withdrawn.
    admissions: Vec<Option<Admission>>,
    /// Their signatures.
    signatures: Vec<Signature>,
    /// Positions in `admissions`.
    by_signature: HashTable<u32>,
    messages: HashSet<MessageHash, RandomState>,
    /// The messages that more than one key signed, by position in `admissions`, ascending.
    message_positions: Vec<(usize, MessageHash)>,
    /// The blockhash that was looked for last, and the number of its block: most transactions name one of a few.
    last_number: Option<(Hash, u64)>,
}

#[derive(Clone, Copy, Debug)]
struct Admission {
    /// The signature's hash in the state's tables.
    table_hash: u64,
    under: Under,
}

/// Where an admitted transaction is remembered.
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

    /// Whether `transaction` is fresh as of the last committed block.
    ///
    /// # Errors
    /// [`ReplayError::BlockhashNotFound`] and [`ReplayError::AlreadyProcessed`], as their names say.
    pub fn check(&self, transaction: &SanitizedTransaction<'_>) -> Result<Age, ReplayError> {
        let number = self.number(&blockhash(transaction));
        let message = shared_message(transaction);
        self.look_up(transaction, number, message.as_ref()).map(|admission| admission.age())
    }

    /// A block with nothing in it and room for `transaction_count` transactions.
    #[must_use]
    pub fn open_block(&self, transaction_count: usize) -> OpenBlock {
        OpenBlock {
            admissions: Vec::with_capacity(transaction_count),
            signatures: Vec::with_capacity(transaction_count),
            by_signature: HashTable::with_capacity(transaction_count),
            ..OpenBlock::default()
        }
    }

    /// Makes `block`, with the hash `blockhash`, the newest; forgets what has grown too old.
    ///
    /// `block` must have been opened and filled since the last push; the first has nothing in it.
    pub fn push_block(&mut self, blockhash: Hash, block: OpenBlock) {
        let mut newest = RecentBlock::new(blockhash);
        for (position, message) in block.message_positions {
            if let Some(Some(Admission { under: Under::Recent { number }, .. })) =
                block.admissions.get(position)
                && let Some(named) = self.block_mut(*number)
            {
                named.messages.insert(message);
            }
        }
        for (admission, signature) in block.admissions.iter().zip(&block.signatures) {
            if let Some(admission) = admission {
                self.remember(admission, signature, &mut newest.nonce_signatures);
            }
        }
        // A hash that comes back, as in tests, must not lose what was admitted under it.
        if let Some(same) = self.numbers.get(&blockhash).copied().and_then(|number| self.block_mut(number)) {
            newest.signatures = std::mem::take(&mut same.signatures);
            newest.messages = std::mem::take(&mut same.messages);
        }
        self.push_newest(newest);
        while self.blocks.len() > self.lifetime_blocks {
            self.drop_oldest();
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

    /// What admitting `transaction` would remember; `number` is that of the block it names, `message` its
    /// [`shared_message`].
    #[inline]
    fn look_up(
        &self,
        transaction: &SanitizedTransaction<'_>,
        number: Option<u64>,
        message: Option<&MessageHash>,
    ) -> Result<Admission, ReplayError> {
        let signature = transaction.signature();
        let table_hash = self.random_state.hash_one(signature);
        let Some((number, block)) = number.and_then(|number| Some((number, self.block(number)?))) else {
            let nonce_account_index = durable_nonce(transaction).ok_or(ReplayError::BlockhashNotFound)?;
            return match self.nonce_signatures.find(table_hash, |other| other == signature) {
                Some(_) => Err(ReplayError::AlreadyProcessed),
                None => {
                    let under = Under::DurableNonce { nonce_account_index };
                    Ok(Admission { table_hash, under })
                }
            };
        };
        let is_known = block.signatures.contains(table_hash, signature)
            || message.is_some_and(|message| block.messages.contains(message));
        if is_known {
            return Err(ReplayError::AlreadyProcessed);
        }
        Ok(Admission { table_hash, under: Under::Recent { number } })
    }

    fn remember(
        &mut self,
        admission: &Admission,
        signature: &Signature,
        nonce_signatures: &mut Vec<Signature>,
    ) {
        let Self { blocks, nonce_signatures: table, random_state, .. } = self;
        let Admission { table_hash, under } = admission;
        match under {
            Under::DurableNonce { .. } => {
                nonce_signatures.push(*signature);
                table.insert_unique(*table_hash, *signature, |signature| random_state.hash_one(signature));
            }
            Under::Recent { number } => {
                let Some(block) =
                    position(self.first_number, *number).and_then(|index| blocks.get_mut(index))
                else {
                    debug_assert!(false, "the block was opened before another was pushed");
                    return;
                };
                block.signatures.insert(*table_hash, *signature);
            }
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
        for signature in &oldest.nonce_signatures {
            let table_hash = self.random_state.hash_one(signature);
            if let Ok(entry) = self.nonce_signatures.find_entry(table_hash, |other| other == signature) {
                entry.remove();
            }
        }
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
            messages: HashSet::default(),
            nonce_signatures: Vec::new(),
        }
    }
}

impl OpenBlock {
    /// Admits `transaction` if it is fresh and not in this block yet. `state` is the one that opened the block.
    ///
    /// # Errors
    /// Those of [`ReplayState::check`]; a second one in the same block is [`ReplayError::AlreadyProcessed`]. The block
    /// is then as before.
    pub fn admit(
        &mut self,
        state: &ReplayState,
        transaction: &SanitizedTransaction<'_>,
    ) -> Result<Age, ReplayError> {
        let blockhash = blockhash(transaction);
        let number = match self.last_number {
            Some((last, number)) if last == blockhash => Some(number),
            _ => state.number(&blockhash),
        };
        self.last_number = number.map(|number| (blockhash, number));
        let message = shared_message(transaction);
        let admission = state.look_up(transaction, number, message.as_ref())?;
        let Self { admissions, signatures, by_signature, messages, message_positions, .. } = self;
        let signature = transaction.signature();
        // One that was withdrawn is not in the table.
        let is_same = |position: &u32| signatures.get(*position as usize) == Some(signature);
        if by_signature.find(admission.table_hash, is_same).is_some() {
            return Err(ReplayError::AlreadyProcessed);
        }
        if let Some(message) = message {
            if !messages.insert(message) {
                return Err(ReplayError::AlreadyProcessed);
            }
            message_positions.push((admissions.len(), message));
        }
        let rehash = |position: &u32| {
            admissions.get(*position as usize).and_then(Option::as_ref).map_or(0, |other| other.table_hash)
        };
        let position = u32::try_from(admissions.len()).unwrap_or(u32::MAX);
        by_signature.insert_unique(admission.table_hash, position, rehash);
        let age = admission.age();
        admissions.push(Some(admission));
        signatures.push(*signature);
        Ok(age)
    }

    /// Takes out a transaction that was admitted and then rejected, so that it may come again.
    ///
    /// `admission_index` counts the successful calls of [`Self::admit`] on this block, from 0.
    pub fn withdraw(&mut self, admission_index: usize) {
        let Some(admission) = self.admissions.get_mut(admission_index).and_then(Option::take) else { return };
        let known = self.message_positions.binary_search_by_key(&admission_index, |(position, _)| *position);
        if let Some((_, message)) = known.ok().and_then(|known| self.message_positions.get(known)) {
            self.messages.remove(message);
        }
        let is_it = |position: &u32| *position as usize == admission_index;
        if let Ok(entry) = self.by_signature.find_entry(admission.table_hash, is_it) {
            entry.remove();
        }
    }
}

impl Admission {
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
