//! The state root: one SHA-256 that stands for all accounts. `sealane_sdk::state_proof` defines it.
//!
//! A block's changes come in, its state root goes out. [`StateTree`] keeps the tree in memory, so that a block costs what it
//! changes; [`plain_state_root`] reckons the same from all accounts.

mod branch;
mod tree;

#[cfg(test)]
mod tests;

pub use tree::{StateTree, Undo};

use super::store::{AccountStore, StoreError};
use sealane_sdk::instruction::Hash;
use sealane_sdk::state_proof::{Digest, EMPTY, account_hash, bit, key, leaf_hash, node_hash};
use sha2::Digest as _;

/// An account as the tree knows it: key, and the account's hash.
pub(crate) type Leaf = (Digest, Digest);

/// What happened to an account: key, and its new hash if it is still there.
pub(crate) type LeafChange = (Digest, Option<Digest>);

/// SHA-256 of the pieces.
pub(crate) fn sha256(pieces: &[&[u8]]) -> Digest {
    let mut hasher = sha2::Sha256::new();
    pieces.iter().for_each(|piece| hasher.update(piece));
    hasher.finalize().into()
}

/// The state root of a store: the plain twin of [`StateTree`], which keeps nothing.
///
/// # Errors
/// [`StoreError`] if the store cannot be read through.
pub fn plain_state_root(store: &dyn AccountStore) -> Result<Hash, StoreError> {
    let mut leaves: Vec<Leaf> = Vec::new();
    store.for_each(&mut |address, account| {
        leaves.push((key(address, &sha256), account_hash(address, account, &sha256)));
    })?;
    leaves.sort_unstable();
    Ok(Hash::new_from_array(plain_hash(&leaves, 0)))
}

/// The hash of the part of the tree, so deep, that holds these accounts, which are in the order of their keys.
fn plain_hash(leaves: &[Leaf], depth: usize) -> Digest {
    match leaves {
        [] => EMPTY,
        [(key, account_hash)] => leaf_hash(key, account_hash, &sha256),
        _ => {
            let (left, right) = leaves.split_at(leaves.partition_point(|(key, _)| !bit(key, depth)));
            node_hash(&plain_hash(left, depth + 1), &plain_hash(right, depth + 1), &sha256)
        }
    }
}
