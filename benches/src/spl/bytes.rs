//! Bytes as SPL's programs pack them: one thing behind the other, little-endian.

use sealane_sdk::Address;

/// Bytes that grow.
#[derive(Debug, Default)]
pub(super) struct Bytes(Vec<u8>);

impl Bytes {
    pub(super) fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    pub(super) fn wide(mut self, number: u128) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    pub(super) fn address(mut self, address: &Address) -> Self {
        self.0.extend(address.as_ref());
        self
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    /// All of it, with zeros up to `size`.
    pub(super) fn padded(mut self, size: usize) -> Vec<u8> {
        assert!(self.0.len() <= size, "{} bytes do not fit into {size}", self.0.len());
        self.0.resize(size, 0);
        self.0
    }

    pub(super) fn exact(self) -> Vec<u8> {
        self.0
    }
}
