//! `U128` and `I128`: integers of 16 bytes that may lie in an account's data, which is aligned to 8.

use super::Arguments;
use super::codec::{Decode, Encode, Writer};
use bytemuck::{Pod, Zeroable};
use core::cmp::Ordering;
use core::fmt;

macro_rules! wide {
    ($($(#[$doc:meta])* $name:ident $integer:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// [`get`](Self::get) gives the number, `into()` makes one of a number.
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Pod, Zeroable)]
        #[repr(C)]
        pub struct $name {
            // Little-endian, as all integers in account data.
            low: u64,
            high: u64,
        }

        impl $name {
            /// The number.
            #[inline]
            #[must_use]
            pub const fn get(self) -> $integer {
                ((self.high as $integer) << 64) | self.low as $integer
            }

            /// The number, to be kept.
            #[inline]
            #[must_use]
            #[expect(clippy::cast_possible_truncation, reason = "each half is meant")]
            pub const fn new(value: $integer) -> Self {
                Self { low: value as u64, high: (value >> 64) as u64 }
            }

            /// Replaces the number.
            #[inline]
            pub const fn set(&mut self, value: $integer) {
                *self = Self::new(value);
            }
        }

        impl From<$integer> for $name {
            #[inline]
            fn from(value: $integer) -> Self {
                Self::new(value)
            }
        }

        impl From<$name> for $integer {
            #[inline]
            fn from(value: $name) -> Self {
                value.get()
            }
        }

        impl PartialEq<$integer> for $name {
            #[inline]
            fn eq(&self, other: &$integer) -> bool {
                self.get() == *other
            }
        }

        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            #[inline]
            fn cmp(&self, other: &Self) -> Ordering {
                self.get().cmp(&other.get())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.get().fmt(formatter)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.get().fmt(formatter)
            }
        }

        impl Encode for $name {
            const MAX_SIZE_BYTES: Option<usize> = <$integer as Encode>::MAX_SIZE_BYTES;

            #[inline]
            fn size_bytes(&self) -> usize {
                size_of::<Self>()
            }

            #[inline]
            fn write(&self, out: &mut Writer<'_>) {
                self.get().write(out);
            }
        }

        impl Decode<'_> for $name {
            const EXPECTED: &'static str = <$integer as Decode<'_>>::EXPECTED;

            #[inline]
            fn decode(data: &mut Arguments<'_>) -> Option<Self> {
                $integer::decode(data).map(Self::new)
            }
        }

        #[cfg(feature = "host")]
        impl crate::idl::Describe for $name {
            fn describe(definitions: &mut crate::idl::Definitions) -> crate::idl::Type {
                $integer::describe(definitions)
            }
        }
    )*};
}

wide! {
    /// A `u128` that may lie in an account's data.
    U128 u128;
    /// An `i128` that may lie in an account's data.
    I128 i128;
}

#[cfg(test)]
mod tests {
    use super::{I128, U128};
    use crate::guest::codec::encode;

    #[test]
    fn they_lie_as_the_numbers_do_and_come_back() {
        for number in [0, 1, u128::from(u64::MAX), 1 << 64, u128::MAX - 1] {
            let kept = U128::from(number);
            assert_eq!((kept.get(), kept == number), (number, true));
            assert_eq!(bytemuck::bytes_of(&kept), number.to_le_bytes());
            assert_eq!(encode(&[], &kept), number.to_le_bytes());
        }
        for number in [0, -1, i128::MIN, i128::MAX, -(1 << 70)] {
            let kept = I128::from(number);
            assert_eq!(kept.get(), number);
            assert_eq!(bytemuck::bytes_of(&kept), number.to_le_bytes());
        }
        assert!(U128::new(1 << 64) > U128::new(u128::from(u64::MAX)) && I128::new(-1) < I128::new(0));
        assert_eq!(align_of::<U128>(), crate::abi::REGION_ALIGNMENT_BYTES);
    }
}
