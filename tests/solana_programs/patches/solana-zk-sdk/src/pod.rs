//! Numbers as bytes.

use bytemuck::{Pod, Zeroable};

/// A number of 8 bytes, little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(transparent)]
pub struct PodU64([u8; 8]);

impl From<PodU64> for u64 {
    fn from(number: PodU64) -> Self {
        Self::from_le_bytes(number.0)
    }
}
