//! `sol_memcpy_`, `sol_memmove_`, `sol_memset_`, `sol_memcmp_`: C's functions on the program's own memory.

use super::narrow;
use crate::host::state::{Host, serve};
use crate::{CallError, HostCall};

/// Copies `size` bytes to another place, which must not overlap.
pub(super) fn copy(host: &mut Host<'_>, to: u32, from: u32, size: u64) -> Result<(), CallError> {
    let call = HostCall::SolMemcpy;
    if size > u64::from(to.abs_diff(from)) {
        return Err(CallError::BadArgument { call, argument: size });
    }
    shift(host, call, (to, from), size)
}

/// Copies `size` bytes to another place, which may overlap.
pub(super) fn shift(
    host: &mut Host<'_>,
    call: HostCall,
    (to, from): (u32, u32),
    size: u64,
) -> Result<(), CallError> {
    let size = narrow(call, size)?;
    serve(host, call, size, |guest, _| {
        guest.bytes(from, size)?;
        guest.bytes(to, size)?;
        guest.memory.copy_within(from as usize..from as usize + size as usize, to as usize);
        Ok(())
    })
}

/// Writes the same byte `size` times. Of `byte` only the lowest eight bits count.
pub(super) fn fill(host: &mut Host<'_>, to: u32, byte: u32, size: u64) -> Result<(), CallError> {
    let call = HostCall::SolMemset;
    let size = narrow(call, size)?;
    serve(host, call, size, |guest, _| {
        guest.bytes_mut(to, size)?.fill(byte.to_le_bytes()[0]);
        Ok(())
    })
}

/// Compares two places of `size` bytes and writes to `out`, an i32, the difference of the first bytes that differ, or 0.
pub(super) fn compare(
    host: &mut Host<'_>,
    left: u32,
    right: u32,
    size: u64,
    out: u32,
) -> Result<(), CallError> {
    let call = HostCall::SolMemcmp;
    let size = narrow(call, size)?;
    serve(host, call, size, |guest, _| {
        let (left, right) = (guest.bytes(left, size)?, guest.bytes(right, size)?);
        let differing = left.iter().zip(right).find(|(left, right)| left != right);
        let difference = differing.map_or(0, |(left, right)| i32::from(*left) - i32::from(*right));
        guest.bytes_mut(out, 4)?.copy_from_slice(&difference.to_le_bytes());
        Ok(())
    })
}
