//! `sysvar_read`: clock, rent, recent hashes, and the transaction's own instructions.

use crate::host::state::{Host, serve};
use crate::{CallError, Context, HostCall};
use sealane_sdk::abi::SysvarId;
use sealane_sdk::ids;

/// The bytes asked for reach beyond the sysvar.
const BEYOND_THE_END: i32 = 1;
/// The transaction does not have this sysvar.
const NOT_FOUND: i32 = 2;

/// Copies `size` bytes of a sysvar, from `offset` on, to `out`: 0, or why not, as Solana's `sol_get_sysvar`.
pub(crate) fn read(host: &mut Host<'_>, id: u32, offset: u32, out: u32, size: u32) -> Result<i32, CallError> {
    serve(host, HostCall::SysvarRead, size, |guest, context| {
        let id = SysvarId::from_number(id)
            .ok_or(CallError::BadArgument { call: HostCall::SysvarRead, argument: u64::from(id) })?;
        let Some(bytes) = context.sysvars.bytes(id).or_else(|| instructions(context)) else {
            return Ok(NOT_FOUND);
        };
        let start = offset as usize;
        let Some(bytes) = bytes.get(start..start + size as usize) else {
            return Ok(BEYOND_THE_END);
        };
        guest.bytes_mut(out, size)?.copy_from_slice(bytes);
        Ok(0)
    })
}

/// The instructions sysvar, if the transaction names its account.
fn instructions<'c>(context: &'c Context<'_>) -> Option<&'c [u8]> {
    let entries = context.accounts.entries();
    let index = entries.iter().position(|entry| *entry.address == ids::instructions::ID)?;
    Some(&context.accounts.account(index).data)
}
