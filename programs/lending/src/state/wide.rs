//! A number of 128 bits in account data, which is aligned to eight bytes only.

use bytemuck::{Pod, Zeroable};

/// A `u128` as two words, the lower first: its little-endian bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Wide {
    low: u64,
    high: u64,
}

impl Wide {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u128 {
        ((self.high as u128) << 64) | self.low as u128
    }

    /// Replaces the number.
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
    pub const fn set(&mut self, value: u128) {
        self.low = value as u64;
        self.high = (value >> 64) as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_those_of_the_number() {
        for value in [0, 1, u128::from(u64::MAX), 1 << 64, u128::MAX - 5, 0x0123_4567_89AB_CDEF << 40] {
            let mut wide = Wide::default();
            wide.set(value);
            assert_eq!(wide.get(), value);
            assert_eq!(bytemuck::bytes_of(&wide), value.to_le_bytes());
        }
    }
}
