//! Fields of account data, one behind the other.

use sealane_sdk::Address;

/// What is left of the data. Whatever is asked for and not there is `None`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'d>(pub(super) &'d [u8]);

impl<'d> Fields<'d> {
    pub(super) fn bytes<const SIZE: usize>(&mut self) -> Option<[u8; SIZE]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.bytes().map(|[byte]| byte)
    }

    /// A byte that is 0 or 1.
    pub(super) fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.bytes().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.bytes().map(u64::from_le_bytes)
    }

    pub(super) fn i64(&mut self) -> Option<i64> {
        self.bytes().map(i64::from_le_bytes)
    }

    pub(super) fn f64(&mut self) -> Option<f64> {
        self.bytes().map(f64::from_le_bytes)
    }

    /// 32 bytes, an address or a hash, in base58.
    pub(super) fn text(&mut self) -> Option<String> {
        self.bytes().map(|bytes| Address::new_from_array(bytes).to_string())
    }

    /// A value behind a tag of four bytes; its place is taken even if it is not there.
    pub(super) fn tagged<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        let tag = self.u32()?;
        let value = read(self)?;
        match tag {
            0 => Some(None),
            1 => Some(Some(value)),
            _ => None,
        }
    }

    /// A value behind a tag of one byte, if the tag says that it is there.
    pub(super) fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.flag()? { read(self).map(Some) } else { Some(None) }
    }
}
