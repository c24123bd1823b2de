//! What addresses are derived from: the bytes of a constant, of an account's address, of an argument or of a field.

use crate::Address;

/// A value that can be a seed: integers little-endian, addresses, bytes and text as they are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a seed",
    label = "no bytes to derive an address from",
    note = "seeds are integers (little-endian), `Address`, `&str`, `&[u8]`, `[u8; N]`; at most 32 bytes each"
)]
pub trait Seed {
    /// Its bytes, or a way to them.
    type Bytes<'a>: AsRef<[u8]>
    where
        Self: 'a;

    /// The bytes.
    fn to_seed(&self) -> Self::Bytes<'_>;
}

macro_rules! integers {
    ($($integer:ident)*) => {$(
        impl Seed for $integer {
            type Bytes<'a> = [u8; size_of::<$integer>()];

            #[inline]
            fn to_seed(&self) -> Self::Bytes<'_> {
                self.to_le_bytes()
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);

impl Seed for Address {
    type Bytes<'a> = &'a [u8; 32];

    #[inline]
    fn to_seed(&self) -> Self::Bytes<'_> {
        self.as_array()
    }
}

impl<const SIZE: usize> Seed for [u8; SIZE] {
    type Bytes<'a> = &'a [u8];

    #[inline]
    fn to_seed(&self) -> Self::Bytes<'_> {
        self
    }
}

impl Seed for [u8] {
    type Bytes<'a> = &'a [u8];

    #[inline]
    fn to_seed(&self) -> Self::Bytes<'_> {
        self
    }
}

impl Seed for str {
    type Bytes<'a> = &'a [u8];

    #[inline]
    fn to_seed(&self) -> Self::Bytes<'_> {
        self.as_bytes()
    }
}

impl<T: Seed + ?Sized> Seed for &T {
    type Bytes<'a>
        = T::Bytes<'a>
    where
        Self: 'a;

    #[inline]
    fn to_seed(&self) -> Self::Bytes<'_> {
        (**self).to_seed()
    }
}
