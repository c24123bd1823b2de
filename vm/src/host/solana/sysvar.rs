//! `sol_get_*_sysvar`, `sol_get_sysvar`: what programs may know of the block, in Solana's layouts.

use super::{SUCCESS, narrow};
use crate::host::state::{Host, serve};
use crate::{CallError, Context, HostCall, Sysvars};
use sealane_sdk::abi::SysvarId;
use sealane_sdk::limits::LAMPORTS_PER_SIGNATURE;
use sealane_sdk::{Address, ids};

/// What Solana answers for a range that reaches beyond the sysvar.
const RANGE_EXCEEDS_SYSVAR: i64 = 1;
/// What Solana answers for an address that is no sysvar's, or that of one which is only read as an account.
const SYSVAR_NOT_FOUND: i64 = 2;
/// The ledger has never been restarted at another block than its last.
const LAST_RESTART_SLOT: u64 = 0;
/// Slots in the only epoch there is. Clients divide by it, so it is not the largest number.
const EPOCH_SLOTS: u64 = 1 << 52;
/// Slots in an epoch, the lead of its leader schedule, then whether epochs grow to that size, and the first that has it: the
/// first of all.
const EPOCH_SCHEDULE: &[u8; 33] = &epoch_schedule_bytes();
/// As `repr(C)` has the same: the flag takes eight bytes.
const EPOCH_SCHEDULE_STRUCTURE: &[u8; 40] = &epoch_schedule_bytes();
/// No rewards are being handed out: a height, a count, a hash, points, two sums, and a flag that says so.
const EPOCH_REWARDS: &[u8; 81] = &[0; 81];
/// The same with the padding to a multiple of sixteen.
const EPOCH_REWARDS_STRUCTURE: &[u8; 96] = &[0; 96];
/// A list of no epochs: none has ended.
const STAKE_HISTORY: &[u8; 8] = &[0; 8];

/// What begins with the two numbers that are not 0.
const fn epoch_schedule_bytes<const SIZE: usize>() -> [u8; SIZE] {
    let slots = EPOCH_SLOTS.to_le_bytes();
    let mut bytes = [0; SIZE];
    let mut at = 0;
    while at < slots.len() {
        bytes[at] = slots[at];
        bytes[at + slots.len()] = slots[at];
        at += 1;
    }
    bytes
}

/// Writes the clock to `out`, 40 bytes.
pub(super) fn clock(host: &mut Host<'_>, out: u32) -> Result<i64, CallError> {
    give(host, HostCall::SolGetClockSysvar, out, |sysvars| &sysvars.clock_bytes)
}

/// Writes the rent to `out`, 17 bytes; what follows in the program's structure is padding.
pub(super) fn rent(host: &mut Host<'_>, out: u32) -> Result<i64, CallError> {
    give(host, HostCall::SolGetRentSysvar, out, |sysvars| &sysvars.rent_bytes)
}

/// Writes the lamports a signature costs to `out`, 8 bytes.
pub(super) fn fees(host: &mut Host<'_>, out: u32) -> Result<i64, CallError> {
    const FEES: &[u8] = &LAMPORTS_PER_SIGNATURE.to_le_bytes();
    give(host, HostCall::SolGetFeesSysvar, out, |_| FEES)
}

/// Writes the slot of the last restart to `out`, 8 bytes.
pub(super) fn last_restart_slot(host: &mut Host<'_>, out: u32) -> Result<i64, CallError> {
    const SLOT: &[u8] = &LAST_RESTART_SLOT.to_le_bytes();
    give(host, HostCall::SolGetLastRestartSlot, out, |_| SLOT)
}

/// Writes the epoch schedule to `out`, 40 bytes.
pub(super) fn epoch_schedule(host: &mut Host<'_>, out: u32) -> Result<i64, CallError> {
    give_constant(host, HostCall::SolGetEpochScheduleSysvar, out, EPOCH_SCHEDULE_STRUCTURE)
}

/// Writes the rewards of the last epoch to `out`, 96 bytes.
pub(super) fn epoch_rewards(host: &mut Host<'_>, out: u32) -> Result<i64, CallError> {
    give_constant(host, HostCall::SolGetEpochRewardsSysvar, out, EPOCH_REWARDS_STRUCTURE)
}

/// Writes `size` bytes from `offset` on of the sysvar with the address at `id` to `out`.
pub(super) fn read(host: &mut Host<'_>, id: u32, out: u32, offset: u64, size: u64) -> Result<i64, CallError> {
    let call = HostCall::SolGetSysvar;
    let size = narrow(call, size)?;
    serve(host, call, size, |guest, context| {
        let id = Address::from(guest.array::<32>(id)?);
        guest.bytes(out, size)?;
        let Some(bytes) = of_address(context, &id) else { return Ok(SYSVAR_NOT_FOUND) };
        let range = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..));
        let Some(bytes) = range.and_then(|bytes| bytes.get(..size as usize)) else {
            return Ok(RANGE_EXCEEDS_SYSVAR);
        };
        guest.bytes_mut(out, size)?.copy_from_slice(bytes);
        Ok(SUCCESS)
    })
}

fn of_address<'c>(context: &'c Context<'_>, id: &Address) -> Option<&'c [u8]> {
    const LAST_RESTART: &[u8] = &LAST_RESTART_SLOT.to_le_bytes();
    let id = match *id {
        ids::clock::ID => SysvarId::Clock,
        ids::rent::ID => SysvarId::Rent,
        ids::slot_hashes::ID => SysvarId::SlotHashes,
        ids::sysvar::last_restart_slot::ID => return Some(LAST_RESTART),
        ids::sysvar::epoch_schedule::ID => return Some(EPOCH_SCHEDULE),
        ids::sysvar::epoch_rewards::ID => return Some(EPOCH_REWARDS),
        ids::sysvar::stake_history::ID => return Some(STAKE_HISTORY),
        _ => return None,
    };
    context.sysvars.bytes(id)
}

fn give_constant(host: &mut Host<'_>, call: HostCall, out: u32, bytes: &[u8]) -> Result<i64, CallError> {
    let size = narrow(call, bytes.len() as u64)?;
    serve(host, call, size, |guest, _| {
        guest.bytes_mut(out, size)?.copy_from_slice(bytes);
        Ok(SUCCESS)
    })
}

fn give(
    host: &mut Host<'_>,
    call: HostCall,
    out: u32,
    bytes: impl for<'s> Fn(&'s Sysvars) -> &'s [u8],
) -> Result<i64, CallError> {
    // None is larger than the clock.
    serve(host, call, u32::try_from(size_of::<crate::Clock>()).unwrap_or(u32::MAX), |guest, context| {
        let bytes = bytes(context.sysvars);
        let size = narrow(call, bytes.len() as u64)?;
        guest.bytes_mut(out, size)?.copy_from_slice(bytes);
        Ok(SUCCESS)
    })
}
