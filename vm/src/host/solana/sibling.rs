//! `sol_get_processed_sibling_instruction`: what the caller of the running program called before it.

use super::narrow;
use crate::host::prices::{LIST_ITEM_UNITS, price};
use crate::host::state::{Host, pay, with_guest};
use crate::{CallError, HostCall};
use bytemuck::{Pod, Zeroable};

const CALL: HostCall = HostCall::SolGetProcessedSiblingInstruction;
/// There is such an instruction.
const FOUND: i64 = 1;
const NOT_FOUND: i64 = 0;
/// Size of an account of the answer in bytes: address, signer, writable.
const META_SIZE_BYTES: usize = 34;

/// Where the answer goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    /// Of [`Sizes`]: the room there is, then what the instruction has.
    pub(super) sizes: u32,
    /// Of the program's address.
    pub(super) program: u32,
    /// Of the instruction data.
    pub(super) data: u32,
    /// Of the accounts.
    pub(super) accounts: u32,
}

/// How large an instruction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
struct Sizes {
    data_size: u64,
    account_count: u64,
}

/// Tells the sizes of the instruction that ran `index` before the last one; all of it if the program has said these
/// sizes, as one does that asks a second time.
pub(super) fn read(host: &mut Host<'_>, index: u64, places: Places) -> Result<i64, CallError> {
    let price = price(CALL);
    pay(host, price.base_units)?;
    let sizes = with_guest(host, CALL, |guest, context| {
        let room: Sizes = guest.read(places.sizes)?;
        let Some(entry) = context.sibling(index.saturating_add(1)) else { return Ok(None) };
        let (accounts, data) = context.trace_details(entry);
        let sizes = Sizes { data_size: data.len() as u64, account_count: accounts.len() as u64 };
        guest.bytes_mut(places.sizes, 16)?.copy_from_slice(bytemuck::bytes_of(&sizes));
        Ok(Some((sizes, room == sizes)))
    })?;
    let Some((sizes, has_room)) = sizes else { return Ok(NOT_FOUND) };
    if !has_room {
        return Ok(FOUND);
    }
    pay(host, price.bytes_units(sizes.data_size) + LIST_ITEM_UNITS * sizes.account_count)?;
    with_guest(host, CALL, |guest, context| {
        let entry = context.sibling(index.saturating_add(1)).expect("found a moment ago");
        let program = context.accounts.address(usize::from(entry.program_index));
        guest.bytes_mut(places.program, 32)?.copy_from_slice(program.as_ref());
        let (_, data) = context.trace_details(entry);
        guest.bytes_mut(places.data, narrow(CALL, sizes.data_size)?)?.copy_from_slice(data);
        let size = narrow(CALL, sizes.account_count * META_SIZE_BYTES as u64)?;
        let metas = guest.bytes_mut(places.accounts, size)?.as_chunks_mut::<META_SIZE_BYTES>().0;
        for (bytes, (address, signer, writable)) in metas.iter_mut().zip(context.trace_metas(entry)) {
            bytes[..32].copy_from_slice(address.as_ref());
            bytes[32..].copy_from_slice(&[u8::from(signer), u8::from(writable)]);
        }
        Ok(FOUND)
    })
}
