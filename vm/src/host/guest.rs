//! A running program's memory, every access checked.

use crate::abi::Region;
use crate::host::GuestMemory;
use crate::{CallError, HostCall};
use bytemuck::Pod;
use sealane_sdk::abi::Slice;

/// What a host call works on: the program's memory and the table of its input region.
#[derive(Debug)]
pub(crate) struct Guest<'a> {
    /// The host call, for errors.
    pub(crate) call: HostCall,
    /// The whole memory.
    pub(crate) memory: GuestMemory<'a>,
    /// Where the accounts' data lies in it.
    pub(crate) region: &'a mut Region,
}

impl Guest<'_> {
    /// `size` bytes at `offset`.
    pub(crate) fn bytes(&self, offset: u32, size: u32) -> Result<&[u8], CallError> {
        let start = offset as usize;
        self.memory.as_slice().get(start..start + size as usize).ok_or(self.bad_pointer(offset, size))
    }

    /// `size` bytes at `offset`, to be written.
    pub(crate) fn bytes_mut(&mut self, offset: u32, size: u32) -> Result<&mut [u8], CallError> {
        let error = self.bad_pointer(offset, size);
        self.memory.write(offset as usize, size as usize).ok_or(error)
    }

    /// `N` bytes at `offset`.
    pub(crate) fn array<const N: usize>(&self, offset: u32) -> Result<[u8; N], CallError> {
        let size = u32::try_from(N).unwrap_or(u32::MAX);
        let bytes = self.bytes(offset, size)?;
        bytes.try_into().map_err(|_| self.bad_pointer(offset, size))
    }

    /// The value at `offset`, which need not be aligned.
    pub(crate) fn read<T: Pod>(&self, offset: u32) -> Result<T, CallError> {
        let bytes = self.bytes(offset, size_of_u32::<T>())?;
        Ok(bytemuck::pod_read_unaligned(bytes))
    }

    /// The `count` values that start at `offset`.
    pub(crate) fn list<T: Pod>(
        &self,
        offset: u32,
        count: u32,
    ) -> Result<impl Iterator<Item = T> + '_, CallError> {
        let size = size_of_u32::<T>().checked_mul(count).ok_or(self.bad_pointer(offset, u32::MAX))?;
        let bytes = self.bytes(offset, size)?;
        Ok(bytes.chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned))
    }

    /// The pieces that a list of slices names, in order.
    pub(crate) fn pieces(
        &self,
        offset: u32,
        count: u32,
    ) -> Result<impl Iterator<Item = Result<&[u8], CallError>> + '_, CallError> {
        Ok(self.list::<Slice>(offset, count)?.map(|slice| self.bytes(slice.offset, slice.size)))
    }

    /// Bytes that a list of slices names altogether.
    pub(crate) fn pieces_size_bytes(&self, offset: u32, count: u32) -> Result<u64, CallError> {
        let mut size_bytes = 0_u64;
        for piece in self.pieces(offset, count)? {
            size_bytes = size_bytes.saturating_add(piece?.len() as u64);
        }
        Ok(size_bytes)
    }

    /// The error for bytes that are not there.
    pub(crate) const fn bad_pointer(&self, offset: u32, size: u32) -> CallError {
        CallError::BadPointer { call: self.call, offset, size }
    }

    /// Checks `value` against a limit of the host call.
    pub(crate) const fn check_limit(&self, value: u64, limit: u64) -> Result<(), CallError> {
        if value <= limit { Ok(()) } else { Err(CallError::HostLimit { call: self.call, value, limit }) }
    }
}

fn size_of_u32<T>() -> u32 {
    u32::try_from(size_of::<T>()).expect("the types of the ABI are small")
}
