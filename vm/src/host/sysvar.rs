//! `sysvar_read`: clock, rent, recent hashes, and the transaction's own instructions.

use crate::host::state::{Host, serve};
use crate::{CallError, Context, HostCall};
use sealane_sdk::abi::SysvarId;
use sealane_sdk::ids;

/// Copies `size` bytes of a sysvar, from `offset` on, to `out`: 1; or 0 if the range reaches beyond it, or the
/// transaction does not have it.
pub(crate) fn read(host: &mut Host<'_>, id: u32, offset: u32, out: u32, size: u32) -> Result<i32, CallError> {
    serve(host, HostCall::SysvarRead, size, |guest, context| {
        let id = SysvarId::from_number(id)
            .ok_or(CallError::BadArgument { call: HostCall::SysvarRead, argument: u64::from(id) })?;
        let Some(bytes) = context.sysvars.bytes(id).or_else(|| instructions(context)) else {
            return Ok(0);
        };
        let start = offset as usize;
        let Some(bytes) = bytes.get(start..start + size as usize) else {
            return Ok(0);
        };
        guest.bytes_mut(out, size)?.copy_from_slice(bytes);
        Ok(1)
    })
}

/// The instructions sysvar, if the transaction names its account.
fn instructions<'c>(context: &'c Context<'_>) -> Option<&'c [u8]> {
    let entries = context.accounts.entries();
    let index = entries.iter().position(|entry| *entry.address == ids::instructions::ID)?;
    Some(&context.accounts.account(index).data)
}
