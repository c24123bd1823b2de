//! What the state root is made of, and proofs against it: that an account has a value, or that there is none.
//!
//! The state root is the top of a binary tree over all accounts. An account's place follows from its key, the SHA-256
//! of its address: bit by bit, the most significant of the first byte first, 0 to the left. A part of the tree that holds one
//! account only is that account's leaf, as high up as that is so; the hashes are
//!
//! | part of the tree | its hash |
//! |---|---|
//! | no account | 32 zero bytes |
//! | one account | SHA-256 of a zero byte, the key and the account's hash: 65 bytes |
//! | more | SHA-256 of the left and the right part's hash: 64 bytes |
//!
//! An account's hash is the SHA-256 of address, lamports (u64), owner, executable (one byte), data size (u64) and data; all
//! integers are little-endian. Preimages of different kinds have different sizes, so none can be taken for another.
//!
//! The host makes proofs (`Runtime::prove`); [`StateProof::check`] needs no more than a SHA-256, which a program and a
//! client have each its own way.

use crate::{Account, Address};
use alloc::vec::Vec;

/// A SHA-256.
pub type Digest = [u8; 32];

/// The hash of a part of the tree without accounts.
pub const EMPTY: Digest = [0; 32];

/// The SHA-256 of the concatenation of pieces, as [`guest::sha256`](crate::guest::sha256) computes it in programs.
pub trait Sha256: Fn(&[&[u8]]) -> Digest {}

impl<F: Fn(&[&[u8]]) -> Digest> Sha256 for F {}

/// Most sibling hashes a proof has: one a bit of the key.
pub const MAX_SIBLINGS: usize = 256;

/// Leads from one place of the tree to its top.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "host", derive(serde::Serialize, serde::Deserialize))]
pub struct StateProof {
    /// What stands at the place where the account's key leads.
    pub end: ProofEnd,
    /// Hashes of the parts beside the way, from the top down; at most [`MAX_SIBLINGS`].
    pub siblings: Vec<Digest>,
}

/// What stands where a key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "host", derive(serde::Serialize, serde::Deserialize))]
pub enum ProofEnd {
    /// Nothing.
    Empty,
    /// One account, which need not be the one asked for.
    Leaf {
        /// SHA-256 of its address.
        key: Digest,
        /// Its hash.
        account_hash: Digest,
    },
}

/// What a proof proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proven {
    /// The account is there and has this hash; compare it with [`account_hash`].
    Present(Digest),
    /// There is no account at the address.
    Absent,
}

impl StateProof {
    /// What the proof proves of `address` in the state with this root; `None` if it proves nothing.
    #[must_use]
    pub fn check(&self, root: &Digest, address: &Address, sha256: &impl Sha256) -> Option<Proven> {
        if self.siblings.len() > MAX_SIBLINGS {
            return None;
        }
        let own = key(address, sha256);
        let (mut hash, proven) = match &self.end {
            ProofEnd::Empty => (EMPTY, Proven::Absent),
            ProofEnd::Leaf { key, account_hash } => {
                // Another account's leaf shows that ours is not there only where our key leads.
                let is_on_the_way = (0..self.siblings.len()).all(|depth| bit(key, depth) == bit(&own, depth));
                if !is_on_the_way {
                    return None;
                }
                let proven = if *key == own { Proven::Present(*account_hash) } else { Proven::Absent };
                (leaf_hash(key, account_hash, sha256), proven)
            }
        };
        for (depth, sibling) in self.siblings.iter().enumerate().rev() {
            hash = match bit(&own, depth) {
                false => node_hash(&hash, sibling, sha256),
                true => node_hash(sibling, &hash, sha256),
            };
        }
        (hash == *root).then_some(proven)
    }
}

/// An account's key: where it stands in the tree.
#[inline]
pub fn key(address: &Address, sha256: &impl Sha256) -> Digest {
    sha256(&[address.as_array()])
}

/// Which way a key leads at a depth below 256: `true` is right.
#[must_use]
#[inline]
pub fn bit(key: &Digest, depth: usize) -> bool {
    key.get(depth / 8).is_some_and(|byte| byte << (depth % 8) & 0x80 != 0)
}

/// The hash of a part of the tree that holds one account.
#[inline]
pub fn leaf_hash(key: &Digest, account_hash: &Digest, sha256: &impl Sha256) -> Digest {
    sha256(&[&[0], key, account_hash])
}

/// The hash of a part of the tree that holds more than one account.
#[inline]
pub fn node_hash(left: &Digest, right: &Digest, sha256: &impl Sha256) -> Digest {
    sha256(&[left, right])
}

/// The hash of an account.
pub fn account_hash(address: &Address, account: &Account, sha256: &impl Sha256) -> Digest {
    let (lamports, size) = (account.lamports.to_le_bytes(), (account.data.len() as u64).to_le_bytes());
    sha256(&[
        address.as_array(),
        &lamports,
        account.owner.as_array(),
        &[u8::from(account.executable)],
        &size,
        &account.data,
    ])
}
