//! The blocks that are durable in the log but not in the tables yet: what each changed, sorted, and where its transactions
//! and addresses are. Readers look here first, newest block first; a checkpoint merges them into the tables.

use super::block_index::BlockIndex;
use crate::ledger::{AccountChange, Block};
use sealane_sdk::instruction::Hash;
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// One such block.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) block: Arc<Block>,
    pub(super) hash: Hash,
    /// Ascending addresses.
    pub(super) changes: Arc<[AccountChange]>,
    pub(super) index: BlockIndex,
    /// Bytes it keeps in memory, roughly.
    pub(super) size_bytes: usize,
}

impl Layer {
    pub(super) fn new(block: Arc<Block>, hash: Hash, mut changes: Vec<AccountChange>) -> Self {
        changes.sort_unstable_by_key(|(address, _)| prefix(address));
        // Users choose addresses: some may begin alike.
        for same in changes.chunk_by_mut(|(one, _), (other, _)| prefix(one) == prefix(other)) {
            same.sort_unstable_by_key(|(address, _)| *address);
        }
        let data = |(_, account): &AccountChange| account.as_ref().map_or(0, |account| account.data.len());
        let changes_size = changes.iter().map(data).sum::<usize>() + changes.len() * ACCOUNT_SIZE_BYTES;
        let index = BlockIndex::new(block.header.number, &block.transactions);
        let size_bytes =
            changes_size + block.transactions.size_bytes() + block.transactions.len() * RECEIPT_SIZE_BYTES;
        Self { block, hash, changes: changes.into(), index, size_bytes }
    }

    pub(super) fn number(&self) -> u64 {
        self.block.header.number
    }

    /// What the block made of an account; `None` if it left it alone.
    pub(super) fn account(&self, address: &Address) -> Option<&Option<Arc<Account>>> {
        let position = self.changes.binary_search_by_key(address, |(address, _)| *address).ok()?;
        Some(&self.changes[position].1)
    }
}

/// Bytes an account takes beside its data, roughly.
const ACCOUNT_SIZE_BYTES: usize = 160;
/// Bytes a receipt and the entries of the index take, roughly.
const RECEIPT_SIZE_BYTES: usize = 500;

/// What the layers made of an account, the last of them first; `None` if they left it alone. Layers are oldest first.
pub(super) fn find<'l>(layers: &'l [Arc<Layer>], address: &Address) -> Option<&'l Option<Arc<Account>>> {
    layers.iter().rev().find_map(|layer| layer.account(address))
}

/// All that several blocks changed, ascending addresses, each as the newest of them left it. Each block's changes are
/// sorted; the newest block comes first.
pub(super) fn merged<'l>(blocks: impl Iterator<Item = &'l [AccountChange]>) -> Vec<&'l AccountChange> {
    let mut all: Vec<&AccountChange> = blocks.flatten().collect();
    // The stable sort finds the sorted runs and merges them; of equals the newest comes first and stays.
    all.sort_by(|(one, _), (other, _)| prefix(one).cmp(&prefix(other)).then_with(|| one.cmp(other)));
    all.dedup_by_key(|(address, _)| *address);
    all
}

/// The first bytes of an address, as a number in the same order: cheaper to compare.
pub(super) fn prefix(address: &Address) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *address.as_array();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn address(number: u16) -> Address {
        let mut bytes = [0; 32];
        // Some begin alike for longer than the prefix.
        bytes[if number.is_multiple_of(3) { 0 } else { 30 }..][..2].copy_from_slice(&number.to_be_bytes());
        Address::new_from_array(bytes)
    }

    proptest! {
        #[test]
        fn layers_are_their_plain_twin(
            blocks in prop::collection::vec(prop::collection::btree_map(0_u16..60, prop::option::of(1_u64..9), 0..30), 0..8),
        ) {
            let mut twin = BTreeMap::new();
            let mut layers = Vec::new();
            for block in blocks {
                let changes: Vec<AccountChange> = block
                    .into_iter()
                    .map(|(number, lamports)| (address(number), lamports.map(|lamports| Arc::new(Account::system(lamports)))))
                    .collect();
                twin.extend(changes.iter().cloned());
                layers.push(Arc::new(Layer::new(Arc::default(), Hash::default(), changes)));
            }
            let merged: Vec<AccountChange> = merged(layers.iter().rev().map(|layer| &*layer.changes)).into_iter().cloned().collect();
            prop_assert_eq!(&merged, &twin.clone().into_iter().collect::<Vec<_>>());
            for number in 0..60 {
                prop_assert_eq!(find(&layers, &address(number)), twin.get(&address(number)));
            }
        }
    }
}
