//! What is to be found in one block: its transactions by signature, and by the addresses they name.
//!
//! A block's transactions go in. Entries are numbers that sort fast, with the first bytes of what they stand for; the
//! bytes themselves stay in the block.

use super::keys::{Place, signature_prefix};
use super::layer::prefix;
use crate::ingest;
use crate::ledger::TransactionList;
use sealane_sdk::Address;
use sealane_sdk::limits::{ADDRESS_SIZE_BYTES, SIGNATURE_SIZE_BYTES};

/// The index of one block.
#[derive(Debug)]
pub(super) struct BlockIndex {
    number: u64,
    /// Prefixes of the signatures and the transactions that have them, ascending.
    signatures: Vec<(u64, u32)>,
    /// In the order of the addresses, and of the transactions that name them.
    mentions: Vec<Mention>,
}

/// A transaction's naming of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    prefix: u64,
    /// Index of the transaction.
    transaction: u32,
    /// Where the address stands in the bytes of the block's transactions.
    offset: u32,
}

impl BlockIndex {
    pub(super) fn new(number: u64, transactions: &TransactionList) -> Self {
        let mut index = Self {
            number,
            signatures: Vec::with_capacity(transactions.len()),
            mentions: Vec::with_capacity(transactions.len() * 4),
        };
        let start = transactions.bytes().as_ptr().addr();
        for (transaction, bytes) in (0_u32..).zip(transactions.iter()) {
            // What a block holds has been sanitized before.
            let Ok(sanitized) = ingest::sanitize(bytes) else { continue };
            index.signatures.push((signature_prefix(sanitized.signature()), transaction));
            for address in sanitized.keys() {
                // A block's bytes are bounded below 4 GiB.
                let offset = u32::try_from(address.as_array().as_ptr().addr() - start).unwrap_or(u32::MAX);
                index.mentions.push(Mention { prefix: prefix(address), transaction, offset });
            }
        }
        index.signatures.sort_unstable();
        index.mentions.sort_unstable();
        // Users choose addresses: some may begin alike.
        for same in index.mentions.chunk_by_mut(|one, other| one.prefix == other.prefix) {
            let first = address_at(transactions, same[0].offset);
            if same.iter().any(|mention| address_at(transactions, mention.offset) != first) {
                same.sort_unstable_by_key(|mention| {
                    (address_at(transactions, mention.offset), mention.transaction)
                });
            }
        }
        index
    }

    /// The prefix of each signature and its packed place, ascending.
    pub(super) fn signatures(&self) -> impl Iterator<Item = (u64, u64)> {
        self.signatures.iter().map(|(prefix, index)| (*prefix, self.place(*index).packed()))
    }

    /// The addresses, ascending, each with its mentions in block order.
    pub(super) fn addresses<'i>(
        &'i self,
        transactions: &'i TransactionList,
    ) -> impl Iterator<Item = (&'i Address, &'i [Mention])> {
        let same = |one: &Mention, other: &Mention| {
            one.prefix == other.prefix
                && address_at(transactions, one.offset) == address_at(transactions, other.offset)
        };
        self.mentions.chunk_by(same).map(|group| (address_at(transactions, group[0].offset), group))
    }

    /// The index of the transaction with this signature.
    pub(super) fn find(
        &self,
        signature: &[u8; SIGNATURE_SIZE_BYTES],
        transactions: &TransactionList,
    ) -> Option<u32> {
        let prefix = signature_prefix(signature);
        let first = self.signatures.partition_point(|(other, _)| *other < prefix);
        let alike = self.signatures[first..].iter().take_while(|(other, _)| *other == prefix);
        alike.map(|(_, index)| *index).find(|index| {
            transactions.get(*index as usize).is_some_and(|bytes| has_signature(bytes, signature))
        })
    }

    /// The mentions of an address, in block order.
    pub(super) fn mentions(&self, address: &Address, transactions: &TransactionList) -> &[Mention] {
        let key = (prefix(address), address);
        let key_of = |mention: &Mention| (mention.prefix, address_at(transactions, mention.offset));
        let first = self.mentions.partition_point(|mention| key_of(mention) < key);
        let count = self.mentions[first..].partition_point(|mention| key_of(mention) == key);
        &self.mentions[first..first + count]
    }

    /// The packed places of these mentions, newest first.
    pub(super) fn places(&self, mentions: &[Mention]) -> impl Iterator<Item = u64> {
        mentions.iter().rev().map(|mention| self.place(mention.transaction).packed())
    }

    fn place(&self, index: u32) -> Place {
        Place { block_number: self.number, index }
    }
}

/// Whether these are the bytes of the transaction with this signature.
pub(super) fn has_signature(bytes: &[u8], signature: &[u8; SIGNATURE_SIZE_BYTES]) -> bool {
    ingest::sanitize(bytes).is_ok_and(|sanitized| sanitized.signature() == signature)
}

fn address_at(transactions: &TransactionList, offset: u32) -> &Address {
    let bytes = &transactions.bytes()[offset as usize..][..ADDRESS_SIZE_BYTES];
    bytemuck::from_bytes(bytes)
}
