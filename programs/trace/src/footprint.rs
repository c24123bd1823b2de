//! What an account of the trace program holds: how often it was written, and what was known to those who wrote it.

use bytemuck::{Pod, Zeroable};

/// The data of an account, 16 bytes; all zero at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Footprint {
    /// Transactions that wrote the account. Wraps around.
    pub write_count: u64,
    /// What the last of them had read, the digest it found here included.
    pub digest: u64,
}

/// Folds `value` into `digest`. Not commutative: folding in another order gives, all but surely, another digest.
pub(crate) const fn mix(digest: u64, value: u64) -> u64 {
    // The finalizer of SplitMix64 over a sum in which the two parts do not commute.
    let mut word = digest.rotate_left(23).wrapping_add(value).wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}
