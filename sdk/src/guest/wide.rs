//! A number of 128 bits in account data, which is aligned to eight bytes only.

use super::Arguments;
use super::codec::{Decode, Encode, Writer};
use bytemuck::{Pod, Zeroable};

/// A `u128` that can be a field of an account: two words, the lower first, which are its little-endian bytes. A `u128` itself
/// is aligned to 16 bytes, which no account's data is. Clients are told that it is a `u128`.
///
/// ```
/// use sealane_sdk::guest::U128;
///
/// let mut debt = U128::from(5);
/// debt.set(debt.get() + u128::from(u64::MAX));
/// assert_eq!(u128::from(debt), (1 << 64) + 4);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct U128 {
    low: u64,
    high: u64,
}

impl U128 {
    /// The number in words.
    #[inline]
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
    pub const fn new(value: u128) -> Self {
        Self { low: value as u64, high: (value >> 64) as u64 }
    }

    /// The number.
    #[inline]
    #[must_use]
    pub const fn get(self) -> u128 {
        ((self.high as u128) << 64) | self.low as u128
    }

    /// Replaces the number.
    #[inline]
    pub const fn set(&mut self, value: u128) {
        *self = Self::new(value);
    }
}

impl From<u128> for U128 {
    #[inline]
    fn from(value: u128) -> Self {
        Self::new(value)
    }
}

impl From<U128> for u128 {
    #[inline]
    fn from(words: U128) -> Self {
        words.get()
    }
}

impl Decode<'_> for U128 {
    const EXPECTED: &'static str = u128::EXPECTED;

    #[inline]
    fn decode(data: &mut Arguments<'_>) -> Option<Self> {
        u128::decode(data).map(Self::new)
    }
}

impl Encode for U128 {
    #[inline]
    fn size_bytes(&self) -> usize {
        size_of::<Self>()
    }

    #[inline]
    fn write(&self, out: &mut Writer<'_>) {
        self.get().write(out);
    }
}

#[cfg(feature = "host")]
impl crate::idl::Describe for U128 {
    fn describe(_definitions: &mut crate::idl::Definitions) -> crate::idl::Type {
        crate::idl::Type::U128
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::codec::encode;

    #[test]
    fn bytes_are_those_of_the_number() {
        for value in [0, 1, u128::from(u64::MAX), 1 << 64, u128::MAX - 5, 0x0123_4567_89AB_CDEF << 40] {
            let words = U128::from(value);
            assert_eq!(words.get(), value);
            assert_eq!(bytemuck::bytes_of(&words), value.to_le_bytes());
            assert_eq!(encode(&[], &words), value.to_le_bytes());
            assert_eq!(U128::decode(&mut Arguments::new(&value.to_le_bytes())), Some(words));
        }
    }
}
