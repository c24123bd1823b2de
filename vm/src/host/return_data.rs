//! `set_return_data`, `get_return_data`: bytes a program leaves for its caller.

use crate::host::prices::price;
use crate::host::state::{Host, pay, serve, with_guest};
use crate::{CallError, HostCall};
use sealane_sdk::limits::MAX_RETURN_DATA_SIZE_BYTES;

/// Replaces the transaction's return data.
pub(crate) fn set(host: &mut Host<'_>, call: HostCall, offset: u32, size: u32) -> Result<(), CallError> {
    serve(host, call, size, |guest, context| {
        guest.check_limit(u64::from(size), MAX_RETURN_DATA_SIZE_BYTES as u64)?;
        context.set_return_data(guest.bytes(offset, size)?);
        Ok(())
    })
}

/// Copies at most `capacity` bytes of the return data to `offset` and the program that set it to `program_out`;
/// answers with the size of all of it. With none, nothing is written.
pub(crate) fn get(
    host: &mut Host<'_>,
    call: HostCall,
    offset: u32,
    capacity: u32,
    program_out: Option<u32>,
) -> Result<i32, CallError> {
    let price = price(call);
    pay(host, price.units(u64::from(capacity).min(MAX_RETURN_DATA_SIZE_BYTES as u64)))?;
    with_guest(host, call, |guest, context| {
        let returned = &context.return_data;
        if returned.data.is_empty() {
            return Ok(0);
        }
        let copied = returned.data.len().min(capacity as usize);
        guest
            .bytes_mut(offset, u32::try_from(copied).unwrap_or(capacity))?
            .copy_from_slice(&returned.data[..copied]);
        if let Some(program_out) = program_out {
            guest.bytes_mut(program_out, 32)?.copy_from_slice(returned.program.as_ref());
        }
        Ok(i32::try_from(returned.data.len()).unwrap_or(i32::MAX))
    })
}
