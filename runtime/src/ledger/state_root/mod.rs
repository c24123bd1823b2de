//! The state root: one SHA-256 that stands for all accounts. `sealane_sdk::state_proof` defines it.
//!
//! A block's changes come in, its state root goes out. [`StateTree`] keeps the tree in memory, so that a block costs what it
//! changes; [`plain_state_root`] reckons the same from all accounts.

mod arena;
mod branch;
mod tree;

#[cfg(test)]
mod tests;

pub use tree::{StateTree, Undo};

use super::store::{AccountStore, StoreError};
use sealane_sdk::instruction::Hash;
use sealane_sdk::state_proof::{Digest, EMPTY, account_hash, bit, key, leaf_hash, node_hash};
use sealane_sdk::{Account, Address};
use sha2::Digest as _;

/// An account that the tree takes in.
#[derive(Clone, Copy, Debug)]
struct Leaf {
    key: Digest,
    address: Address,
    /// The leaf's hash, in which the account's is.
    hash: Digest,
}

/// What happened to an account.
#[derive(Clone, Copy, Debug, Default)]
struct LeafChange {
    key: Digest,
    address: Address,
    /// Its leaf's new hash, if it is still there.
    hash: Option<Digest>,
}

impl LeafChange {
    fn new(address: &Address, account: Option<&Account>) -> Self {
        let key = key(address, &sha256);
        let hash = account.map(|account| leaf_hash(&key, &account_hash(address, account, &sha256), &sha256));
        Self { key, address: *address, hash }
    }

    /// The account, if it is still there.
    fn leaf(&self) -> Option<Leaf> {
        let Self { key, address, hash } = *self;
        Some(Leaf { key, address, hash: hash? })
    }
}

impl Leaf {
    /// What takes the account out again.
    const fn gone(&self) -> LeafChange {
        LeafChange { key: self.key, address: self.address, hash: None }
    }
}

/// SHA-256 of the pieces. Nearly all that is hashed here is a key, a leaf or a node: that fits two blocks, which are laid out at
/// once, padding included, instead of being collected piece by piece.
pub(crate) fn sha256(pieces: &[&[u8]]) -> Digest {
    const MAX_SIZE_BYTES: usize = 2 * BLOCK_SIZE_BYTES - PADDING_SIZE_BYTES;
    let size_bytes: usize = pieces.iter().map(|piece| piece.len()).sum();
    if size_bytes > MAX_SIZE_BYTES {
        return plain_sha256(pieces);
    }
    let mut bytes = [0; 2 * BLOCK_SIZE_BYTES];
    let mut end = 0;
    for piece in pieces {
        bytes[end..end + piece.len()].copy_from_slice(piece);
        end += piece.len();
    }
    bytes[end] = 0x80;
    let block_count = (size_bytes + PADDING_SIZE_BYTES).div_ceil(BLOCK_SIZE_BYTES);
    let size_bits = (size_bytes as u64 * 8).to_be_bytes();
    bytes[block_count * BLOCK_SIZE_BYTES - 8..block_count * BLOCK_SIZE_BYTES].copy_from_slice(&size_bits);
    let mut state = INITIAL_STATE;
    sha2::block_api::compress256(&mut state, &bytes.as_chunks().0[..block_count]);
    let mut digest = [0; 32];
    for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    digest
}

/// The plain twin of [`sha256`].
fn plain_sha256(pieces: &[&[u8]]) -> Digest {
    let mut hasher = sha2::Sha256::new();
    pieces.iter().for_each(|piece| hasher.update(piece));
    hasher.finalize().into()
}

/// Size of a block of SHA-256 in bytes.
const BLOCK_SIZE_BYTES: usize = 64;
/// What stands behind the bytes that are hashed at least: a byte 0x80, and their number of bits in eight bytes.
const PADDING_SIZE_BYTES: usize = 9;
/// What SHA-256 begins with. Source: FIPS 180-4, section 5.3.3.
const INITIAL_STATE: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The state root of a store: the plain twin of [`StateTree`], which keeps nothing.
///
/// # Errors
/// [`StoreError`] if the store cannot be read through.
pub fn plain_state_root(store: &dyn AccountStore) -> Result<Hash, StoreError> {
    let mut leaves: Vec<(Digest, Digest)> = Vec::new();
    store.for_each(&mut |address, account| {
        leaves.push((key(address, &sha256), account_hash(address, account, &sha256)));
    })?;
    leaves.sort_unstable();
    Ok(Hash::new_from_array(plain_hash(&leaves, 0)))
}

/// The hash of the part of the tree, so deep, that holds these accounts, which are in the order of their keys.
fn plain_hash(leaves: &[(Digest, Digest)], depth: usize) -> Digest {
    match leaves {
        [] => EMPTY,
        [(key, account_hash)] => leaf_hash(key, account_hash, &sha256),
        _ => {
            let (left, right) = leaves.split_at(leaves.partition_point(|(key, _)| !bit(key, depth)));
            node_hash(&plain_hash(left, depth + 1), &plain_hash(right, depth + 1), &sha256)
        }
    }
}
