//! `sol_create_program_address`, `sol_try_find_program_address`: addresses derived from a program's.
//!
//! Seeds that could never derive an address, too many or too long, end the program; only those that happen to derive a
//! point of the curve are answered with a failure.

use super::{FAILURE, SUCCESS, narrow};
use crate::host::address::{Seeds, find};
use crate::host::prices::{ADDRESS_UNITS, LIST_ITEM_UNITS};
use crate::host::state::{Host, pay, with_guest};
use crate::{CallError, HostCall};
use sealane_sdk::Address;

/// Derives an address from a list of seeds and a program and writes it to `out`.
pub(super) fn create(
    host: &mut Host<'_>,
    (seeds, count): (u32, u64),
    program: u32,
    out: u32,
) -> Result<i64, CallError> {
    let call = HostCall::SolCreateProgramAddress;
    let (program, seeds) = read(host, call, ADDRESS_UNITS, (seeds, count), program)?;
    with_guest(host, call, |guest, context| {
        let Ok(address) = seeds.derive(&program, &mut context.instances.curve_memo) else {
            return Ok(FAILURE);
        };
        guest.bytes_mut(out, 32)?.copy_from_slice(address.as_ref());
        Ok(SUCCESS)
    })
}

/// Finds the greatest bump seed (255 to 1) that derives an address and writes address and bump. Each bump tried is paid.
pub(super) fn try_find(
    host: &mut Host<'_>,
    (seeds, count): (u32, u64),
    program: u32,
    out: u32,
    bump_out: u32,
) -> Result<i64, CallError> {
    let call = HostCall::SolTryFindProgramAddress;
    let (program, seeds) = read(host, call, 0, (seeds, count), program)?;
    let found = find(host, call, seeds, &program, (out, bump_out))?;
    Ok(if found { SUCCESS } else { FAILURE })
}

/// Pays for the list and `units` more, then reads a program's address and a list of seeds.
fn read(
    host: &mut Host<'_>,
    call: HostCall,
    units: u64,
    (seeds, count): (u32, u64),
    program: u32,
) -> Result<(Address, Seeds), CallError> {
    let count = narrow(call, count)?;
    pay(host, units + LIST_ITEM_UNITS * u64::from(count))?;
    with_guest(host, call, |guest, _| {
        let program = Address::from(guest.array::<32>(program)?);
        Ok((program, Seeds::read(guest, seeds, count)??))
    })
}
