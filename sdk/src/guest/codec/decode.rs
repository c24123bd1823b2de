//! From bytes to values: each type takes its own bytes from the front of the instruction data.

use crate::Address;
use crate::guest::Arguments;
use alloc::string::String;
use alloc::vec::Vec;

/// A value that can be an argument of an instruction. `#[derive(Argument)]` implements it for structs and enums.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of an instruction",
    label = "no way to decode this type",
    note = "arguments are integers, `bool`, `Address`, `[T; N]`, `Option<T>`, `Vec<T>`, `String`, `&str`, `&[u8]`, \
            `&Address`, and structs and enums of them with `#[derive(Argument)]`"
)]
pub trait Decode<'a>: Sized {
    /// What is expected, for the line that is logged when something else is there.
    const EXPECTED: &'static str;

    /// Takes the value from the front of the data; none if the data is too short or holds no such value.
    fn decode(data: &mut Arguments<'a>) -> Option<Self>;
}

macro_rules! integers {
    ($($integer:ident $expected:literal)*) => {$(
        impl Decode<'_> for $integer {
            const EXPECTED: &'static str = $expected;

            #[inline(always)]
            fn decode(data: &mut Arguments<'_>) -> Option<Self> {
                data.array().map(|bytes| Self::from_le_bytes(*bytes))
            }
        }
    )*};
}

integers! {
    u8 "a u8 (1 byte)" u16 "a u16 (2 bytes)" u32 "a u32 (4 bytes)" u64 "a u64 (8 bytes)" u128 "a u128 (16 bytes)"
    i8 "an i8 (1 byte)" i16 "an i16 (2 bytes)" i32 "an i32 (4 bytes)" i64 "an i64 (8 bytes)" i128 "an i128 (16 bytes)"
}

impl Decode<'_> for bool {
    const EXPECTED: &'static str = "a bool (1 byte, 0 or 1)";

    #[inline]
    fn decode(data: &mut Arguments<'_>) -> Option<Self> {
        match data.array()? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }
}

impl Decode<'_> for Address {
    const EXPECTED: &'static str = "an address (32 bytes)";

    #[inline(always)]
    fn decode(data: &mut Arguments<'_>) -> Option<Self> {
        data.array().map(|bytes| Self::new_from_array(*bytes))
    }
}

impl<'a> Decode<'a> for &'a Address {
    const EXPECTED: &'static str = Address::EXPECTED;

    #[inline(always)]
    fn decode(data: &mut Arguments<'a>) -> Option<Self> {
        data.array::<32>().map(bytemuck::cast_ref)
    }
}

impl<'a, const SIZE: usize> Decode<'a> for &'a [u8; SIZE] {
    const EXPECTED: &'static str = "an array of bytes";

    #[inline(always)]
    fn decode(data: &mut Arguments<'a>) -> Option<Self> {
        data.array()
    }
}

impl<'a> Decode<'a> for &'a [u8] {
    const EXPECTED: &'static str = "bytes (their count as a u32, then the bytes)";

    #[inline]
    fn decode(data: &mut Arguments<'a>) -> Option<Self> {
        let size = u32::decode(data)?;
        data.slice(size as usize)
    }
}

impl<'a> Decode<'a> for &'a str {
    const EXPECTED: &'static str = "text (its size in bytes as a u32, then UTF-8)";

    #[inline]
    fn decode(data: &mut Arguments<'a>) -> Option<Self> {
        core::str::from_utf8(<&[u8]>::decode(data)?).ok()
    }
}

impl Decode<'_> for String {
    const EXPECTED: &'static str = <&str>::EXPECTED;

    fn decode(data: &mut Arguments<'_>) -> Option<Self> {
        <&str>::decode(data).map(Self::from)
    }
}

impl<'a, T: Decode<'a>> Decode<'a> for Option<T> {
    const EXPECTED: &'static str = "an option (a byte, 0 or 1, then the value if 1)";

    #[inline]
    fn decode(data: &mut Arguments<'a>) -> Option<Self> {
        Some(if bool::decode(data)? { Some(T::decode(data)?) } else { None })
    }
}

impl<'a, T: Decode<'a>> Decode<'a> for Vec<T> {
    const EXPECTED: &'static str = "a list (the count as a u32, then the elements)";

    fn decode(data: &mut Arguments<'a>) -> Option<Self> {
        let count = u32::decode(data)?;
        // A count that the data cannot hold must not make the program take that much memory.
        let mut list = Self::with_capacity(data.remaining_size().min(count as usize));
        for _ in 0..count {
            list.push(T::decode(data)?);
        }
        Some(list)
    }
}

impl<'a, T: Decode<'a>, const COUNT: usize> Decode<'a> for [T; COUNT] {
    const EXPECTED: &'static str = "an array";

    #[inline]
    fn decode(data: &mut Arguments<'a>) -> Option<Self> {
        // After the first that is missing, what follows does not matter.
        let elements: [Option<T>; COUNT] = core::array::from_fn(|_| T::decode(data));
        let all_there = elements.iter().all(Option::is_some);
        all_there.then(|| elements.map(|element| element.expect("all are there")))
    }
}
