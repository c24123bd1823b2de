//! From values to bytes: events and returned values in programs, arguments in clients.

use super::size;
use crate::Address;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// A value that can be written: an event's field, what an instruction returns, or a client's argument.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written to events, returned values or arguments",
    label = "no way to encode this type",
    note = "it can be done for integers, `bool`, `Address`, `[T; N]`, `Option<T>`, `Vec<T>`, `String`, `&str`, `&[u8]`, and \
            structs and enums of them with `#[derive(Argument)]`"
)]
pub trait Encode {
    /// Most bytes that a value can take, if there is a limit: text and lists have none, unless `#[max_len(…)]` sets one.
    const MAX_SIZE_BYTES: Option<usize> = None;

    /// Bytes that [`write`](Self::write) will write.
    fn size_bytes(&self) -> usize;

    /// Writes the value.
    fn write(&self, out: &mut Writer<'_>);
}

/// Room for a value, filled from the front.
#[derive(Debug)]
pub struct Writer<'a>(&'a mut [u8]);

impl<'a> Writer<'a> {
    /// Fills `room`.
    #[inline]
    pub(in crate::guest) const fn new(room: &'a mut [u8]) -> Self {
        Self(room)
    }

    /// Writes bytes as they are. What does not fit is left out: the room is measured with [`Encode::size_bytes`] first.
    #[inline]
    pub fn put(&mut self, bytes: &[u8]) {
        let room = core::mem::take(&mut self.0);
        if let Some((place, rest)) = room.split_at_mut_checked(bytes.len()) {
            place.copy_from_slice(bytes);
            self.0 = rest;
        }
    }
}

/// `prefix` (a discriminator, or nothing) and then the value.
#[must_use]
pub fn encode(prefix: &[u8], value: &impl Encode) -> Vec<u8> {
    let mut bytes = vec![0; prefix.len() + value.size_bytes()];
    let mut writer = Writer(&mut bytes);
    writer.put(prefix);
    value.write(&mut writer);
    debug_assert!(writer.0.is_empty(), "a value wrote fewer bytes than it said");
    bytes
}

macro_rules! integers {
    ($($integer:ident)*) => {$(
        impl Encode for $integer {
            const MAX_SIZE_BYTES: Option<usize> = Some(size_of::<Self>());

            #[inline]
            fn size_bytes(&self) -> usize {
                size_of::<Self>()
            }

            #[inline]
            fn write(&self, out: &mut Writer<'_>) {
                out.put(&self.to_le_bytes());
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);

impl Encode for bool {
    const MAX_SIZE_BYTES: Option<usize> = Some(1);

    #[inline]
    fn size_bytes(&self) -> usize {
        1
    }

    #[inline]
    fn write(&self, out: &mut Writer<'_>) {
        out.put(&[u8::from(*self)]);
    }
}

impl Encode for Address {
    const MAX_SIZE_BYTES: Option<usize> = Some(size_of::<Self>());

    #[inline]
    fn size_bytes(&self) -> usize {
        size_of::<Self>()
    }

    #[inline]
    fn write(&self, out: &mut Writer<'_>) {
        out.put(self.as_array());
    }
}

impl<T: Encode> Encode for [T] {
    fn size_bytes(&self) -> usize {
        size_of::<u32>() + self.iter().map(Encode::size_bytes).sum::<usize>()
    }

    fn write(&self, out: &mut Writer<'_>) {
        write_count(self.len(), out);
        self.iter().for_each(|element| element.write(out));
    }
}

impl Encode for str {
    fn size_bytes(&self) -> usize {
        size_of::<u32>() + self.len()
    }

    fn write(&self, out: &mut Writer<'_>) {
        write_count(self.len(), out);
        out.put(self.as_bytes());
    }
}

impl Encode for String {
    fn size_bytes(&self) -> usize {
        self.as_str().size_bytes()
    }

    fn write(&self, out: &mut Writer<'_>) {
        self.as_str().write(out);
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn size_bytes(&self) -> usize {
        self.as_slice().size_bytes()
    }

    fn write(&self, out: &mut Writer<'_>) {
        self.as_slice().write(out);
    }
}

impl<T: Encode, const COUNT: usize> Encode for [T; COUNT] {
    const MAX_SIZE_BYTES: Option<usize> = size::of_many(COUNT, T::MAX_SIZE_BYTES);

    fn size_bytes(&self) -> usize {
        self.iter().map(Encode::size_bytes).sum()
    }

    fn write(&self, out: &mut Writer<'_>) {
        self.iter().for_each(|element| element.write(out));
    }
}

impl<T: Encode> Encode for Option<T> {
    const MAX_SIZE_BYTES: Option<usize> = size::of_all(&[Some(1), T::MAX_SIZE_BYTES]);

    fn size_bytes(&self) -> usize {
        1 + self.as_ref().map_or(0, Encode::size_bytes)
    }

    fn write(&self, out: &mut Writer<'_>) {
        self.is_some().write(out);
        if let Some(value) = self {
            value.write(out);
        }
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    #[inline]
    fn size_bytes(&self) -> usize {
        (**self).size_bytes()
    }

    #[inline]
    fn write(&self, out: &mut Writer<'_>) {
        (**self).write(out);
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        impl<$($name: Encode),*> Encode for ($($name,)*) {
            #[inline]
            fn size_bytes(&self) -> usize {
                #[allow(non_snake_case, reason = "the fields are named as their types")]
                let ($($name,)*) = self;
                0 $(+ $name.size_bytes())*
            }

            #[inline]
            fn write(&self, _out: &mut Writer<'_>) {
                #[allow(non_snake_case, reason = "the fields are named as their types")]
                let ($($name,)*) = self;
                $($name.write(_out);)*
            }
        }
    )*};
}

// The arguments of an instruction, as many as one may have.
tuples! {
    ;
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}

/// Lengths are 32 bits; nothing longer fits into a program's memory.
fn write_count(count: usize, out: &mut Writer<'_>) {
    u32::try_from(count).unwrap_or(u32::MAX).write(out);
}
