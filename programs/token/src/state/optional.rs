//! Optional fields as SPL Token packs them: a four-byte tag, 0 or 1, then the value, which stays as it was when the
//! tag becomes 0.

use bytemuck::{Pod, Zeroable};
use sealane_sdk::Address;

/// The tag of a field that is not there.
const TAG_NONE: [u8; 4] = [0, 0, 0, 0];
/// The tag of a field that is there.
const TAG_SOME: [u8; 4] = [1, 0, 0, 0];

/// An optional address: 36 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct OptionalAddress {
    tag: [u8; 4],
    address: Address,
}

impl OptionalAddress {
    /// A field that holds `address`.
    #[must_use]
    pub const fn some(address: Address) -> Self {
        Self { tag: TAG_SOME, address }
    }

    /// The tag as a number: 0 or 1 in a valid account.
    #[must_use]
    #[inline(always)]
    pub const fn tag(&self) -> u32 {
        u32::from_le_bytes(self.tag)
    }

    /// The address, if there is one.
    #[must_use]
    #[inline(always)]
    pub const fn get(&self) -> Option<&Address> {
        if self.tag() == 0 { None } else { Some(&self.address) }
    }

    /// Writes or clears the field.
    #[inline(always)]
    pub fn set(&mut self, address: Option<&Address>) {
        match address {
            Some(address) => *self = Self::some(*address),
            None => self.tag = TAG_NONE,
        }
    }
}

/// An optional number: 12 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct OptionalU64 {
    tag: [u8; 4],
    value: [u8; 8],
}

impl OptionalU64 {
    /// A field that holds `value`.
    #[must_use]
    pub const fn some(value: u64) -> Self {
        Self { tag: TAG_SOME, value: value.to_le_bytes() }
    }

    /// The tag as a number: 0 or 1 in a valid account.
    #[must_use]
    #[inline(always)]
    pub const fn tag(&self) -> u32 {
        u32::from_le_bytes(self.tag)
    }

    /// The number, if there is one.
    #[must_use]
    #[inline(always)]
    pub const fn get(&self) -> Option<u64> {
        if self.tag() == 0 { None } else { Some(u64::from_le_bytes(self.value)) }
    }

    /// Writes or clears the field.
    #[inline(always)]
    pub const fn set(&mut self, value: Option<u64>) {
        match value {
            Some(value) => *self = Self::some(value),
            None => self.tag = TAG_NONE,
        }
    }
}
