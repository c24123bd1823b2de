//! `account_read`, `account_write`, `account_resize`: account data through the host, for windowed accounts and for
//! growth. They work on every account of the call, wherever its data is.

use crate::abi::native::{Place, Region};
use crate::host::prices::price;
use crate::host::state::{Host, HostState, host_parts, local_failure, pay, serve, with_guest};
use crate::{CallError, Context, HostCall, Rule, Trap};
use sealane_sdk::limits::{MAX_ACCOUNT_DATA_SIZE_BYTES, MAX_MEMORY_PAGES, WASM_PAGE_SIZE_BYTES};
use std::ops::Range;
use wasmtime::{AsContextMut, StoreContextMut};

/// Copies `size` bytes of an account's data, from `offset` on, to `out`.
pub(crate) fn read(
    host: &mut Host<'_>,
    position: u32,
    offset: u32,
    out: u32,
    size: u32,
) -> Result<(), CallError> {
    serve(host, HostCall::AccountRead, size, |guest, context| {
        let position = first_position(context, position)?;
        let range = data_range(&guest.region.native, context, position, offset, size)?;
        let slot = guest.region.native.slot(position)?;
        if let Place::Memory { offset, .. } = slot.place {
            guest.bytes(out, size)?;
            let start = offset as usize;
            guest.memory.copy_within(start + range.start..start + range.end, out as usize);
        } else {
            let data = &context.accounts.account(usize::from(slot.index)).data;
            guest.bytes_mut(out, size)?.copy_from_slice(&data[range]);
        }
        Ok(())
    })
}

/// Writes `size` bytes from `from` into an account's data at `offset`.
pub(crate) fn write(
    host: &mut Host<'_>,
    position: u32,
    offset: u32,
    from: u32,
    size: u32,
) -> Result<(), CallError> {
    serve(host, HostCall::AccountWrite, size, |guest, context| {
        let position = first_position(context, position)?;
        context.may_change_data(position)?;
        let range = data_range(&guest.region.native, context, position, offset, size)?;
        let bytes = guest.bytes(from, size)?;
        if let Place::Memory { offset, .. } = guest.region.native.slot(position)?.place {
            let start = from as usize;
            guest.memory.copy_within(start..start + size as usize, offset as usize + range.start);
            Ok(())
        } else {
            context.write_data(position, range.start, bytes)
        }
    })
}

/// Makes an account's data `size` bytes long; new bytes are zero. Its entry in the table says where it is afterwards.
pub(crate) fn resize(host: &mut Host<'_>, position: u32, size: u32) -> Result<(), CallError> {
    let price = price(HostCall::AccountResize);
    pay(host, price.base_units)?;
    let (position, cut_bytes) = with_guest(host, HostCall::AccountResize, |guest, context| {
        let position = first_position(context, position)?;
        Ok((position, guest.region.native.slot(position)?.size.saturating_sub(size)))
    })?;
    // At worst the data moves as it is and the rest is cleared, or what is cut off is saved for a roll-back; no account
    // is larger than this.
    pay(host, price.bytes_units(u64::from(size.max(cut_bytes)).min(MAX_ACCOUNT_DATA_SIZE_BYTES as u64)))?;
    with_guest(host, HostCall::AccountResize, |guest, context| {
        let index = context.may_change_data(position)?;
        debug_assert_eq!(
            index,
            usize::from(guest.region.native.slot(position)?.index),
            "one list, two views of it"
        );
        context.check_growth_per_call(position, size as usize)?;
        context.resize_data(position, size as usize)
    })?;
    make_room(&mut host.as_context_mut(), position, size)
}

/// Gives the data of the account at `position` a place of `size` bytes in the program's memory, which grows if need
/// be.
pub(crate) fn make_room(
    store: &mut StoreContextMut<'_, HostState>,
    position: usize,
    size: u32,
) -> Result<(), CallError> {
    let (mut memory, region, _) = host_parts(store);
    if region.native.resize(&mut memory, position, size) {
        return Ok(());
    }
    let (start, end) = grow(store, size)?;
    let (mut memory, region, _) = host_parts(store);
    region.native.set_spare(start, end);
    let fits = region.native.resize(&mut memory, position, size);
    assert!(fits, "the memory grew by at least the size of the data");
    Ok(())
}

/// Grows the program's memory by at least `size` bytes and gives the new bytes, as (from, to).
fn grow(store: &mut StoreContextMut<'_, HostState>, size: u32) -> Result<(u32, u32), CallError> {
    let memory = store.data().memory();
    let pages_before = memory.size(&*store);
    let pages = (size as usize).div_ceil(WASM_PAGE_SIZE_BYTES) as u64;
    grow_memory(store, pages)?;
    let address =
        |pages: u64| u32::try_from(pages * WASM_PAGE_SIZE_BYTES as u64).map_err(|_| Trap::InputTooLarge);
    Ok((address(pages_before)?, address(pages_before + pages)?))
}

/// Grows the program's memory by `pages`. Fails where the module's or the ledger's limit says so, nowhere else.
pub(crate) fn grow_memory(store: &mut StoreContextMut<'_, HostState>, pages: u64) -> Result<(), CallError> {
    let memory = store.data().memory();
    let limit = memory.ty(&*store).maximum().unwrap_or(u64::MAX).min(u64::from(MAX_MEMORY_PAGES));
    if memory.size(&*store).saturating_add(pages) > limit {
        return Err(Trap::InputTooLarge.into());
    }
    match memory.grow(&mut *store, pages) {
        Ok(_) => Ok(()),
        Err(error) => local_failure(&error),
    }
}

/// Where the account stands first in the call's list: there its data is.
fn first_position(context: &Context<'_>, position: u32) -> Result<usize, CallError> {
    Ok(usize::from(context.call_account(position as usize)?.first_position))
}

/// The range of an account's data, if it has one there.
fn data_range(
    region: &Region,
    context: &Context<'_>,
    position: usize,
    offset: u32,
    size: u32,
) -> Result<Range<usize>, CallError> {
    let slot = region.slot(position)?;
    let start = offset as usize;
    let end = start + size as usize;
    if end > slot.size as usize {
        return Err(CallError::rule(
            Rule::DataOutOfBounds,
            *context.accounts.address(usize::from(slot.index)),
        ));
    }
    Ok(start..end)
}

/// Bytes of a nested call's accounts the caller must be shown anew: those the callee could change.
pub(crate) fn refresh(store: &mut StoreContextMut<'_, HostState>, position: usize) -> Result<(), CallError> {
    let size = store.data_mut().lent.with(|context| {
        let index = usize::from(context.call_account(position)?.index);
        let size = context.accounts.account(index).data.len();
        context.check_growth_per_call(position, size)?;
        u32::try_from(size).map_err(|_| CallError::from(Trap::InputTooLarge))
    })?;
    make_room(store, position, size)?;
    let (mut memory, region, lent) = host_parts(store);
    lent.with(|context| region.native.refresh(&mut memory, context, position));
    Ok(())
}
