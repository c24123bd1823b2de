//! Half of a hash, kept in a table's entries: enough to move an entry when the table grows, without looking at what it stands
//! for, and so that a table over addresses or signatures has eight bytes an entry.

/// One half of a 64-bit hash. Whoever compares by it compares what was hashed as well: equal halves mean nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HalfHash(u32);

impl HalfHash {
    /// The half of `hash` that is kept.
    pub(crate) const fn of(hash: u64) -> Self {
        Self((hash >> 32) as u32)
    }

    /// The hash that the table goes by: tables look at the highest and the lowest bits.
    pub(crate) const fn spread(self) -> u64 {
        (self.0 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// The half as a share of all there are, of `count`, which is below 2^32: the greater the half, the greater the result,
    /// which is below `count`.
    pub(crate) fn share_of(self, count: usize) -> usize {
        usize::try_from((u64::from(self.0) * count as u64) >> 32).unwrap_or(usize::MAX)
    }
}
