//! The native ABI's input region (`sdk/ABI.md`): planned, written, compared and copied back.
//!
//! In: the context's running call. Out: bytes in the program's memory, and afterwards the program's changes in the
//! context, each through the rules. Where everything lies is remembered here, on the host's side: of what a program
//! writes into the table, only owners, lamports and the data itself are ever read.

use super::difference::difference;
use crate::host::GuestMemory;
use crate::{CallError, Context, NestedAccount, Trap};
use bytemuck::{bytes_of, from_bytes, from_bytes_mut};
use sealane_sdk::Address;
use sealane_sdk::abi::{
    ABI_VERSION, AccountEntry, FLAG_DUPLICATE, FLAG_EXECUTABLE, FLAG_SIGNER, FLAG_WINDOWED, FLAG_WRITABLE,
    InputHeader, REGION_ALIGNMENT_BYTES,
};
use sealane_sdk::limits::ACCOUNT_WINDOW_THRESHOLD_BYTES;
use std::mem::offset_of;

#[cfg(target_endian = "big")]
compile_error!("the input region is little-endian and written as the host's own structures");

/// Room behind the accounts' data into which data moves that outgrows its place, in bytes: enough to create a few
/// small accounts. There if the call may write to any account at all.
const SPARE_SIZE_BYTES: u32 = 4 * 1024;

const HEADER_SIZE_BYTES: u32 = size_u32(size_of::<InputHeader>());
const ENTRY_SIZE_BYTES: u32 = size_u32(size_of::<AccountEntry>());

#[expect(clippy::cast_possible_truncation, reason = "sizes of the ABI's structures, known now")]
const fn size_u32(size: usize) -> u32 {
    assert!(size <= u32::MAX as usize, "fits");
    size as u32
}

/// Where an account's data is during a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the program's memory, with room to grow up to `capacity` bytes.
    Memory {
        /// Address in the program's memory.
        offset: u32,
        /// Bytes that belong to this account there.
        capacity: u32,
    },
    /// Only in the account table: too large to copy.
    Window,
    /// The account stands in an earlier entry.
    Duplicate,
}

/// One account of the call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    /// Index in the account table.
    pub(crate) index: u16,
    /// Where its data is.
    pub(crate) place: Place,
    /// Size of the data in bytes, always that of the account in the table.
    pub(crate) size: u32,
}

/// Where everything lies in the input region of one call.
#[derive(Debug, Default)]
pub(crate) struct Region {
    slots: Vec<Slot>,
    start: u32,
    instruction_data_offset: u32,
    size: u32,
    spare_offset: u32,
    spare_end: u32,
}

/// Makes `value` a multiple of the region's alignment.
const fn align(value: u64) -> u64 {
    value.next_multiple_of(REGION_ALIGNMENT_BYTES as u64)
}

impl Region {
    /// Decides where everything will lie. Afterwards [`Self::end`] says how large the memory must be.
    pub(crate) fn plan(&mut self, context: &Context<'_>, heap_base: u32) -> Result<(), CallError> {
        let accounts = context.call_accounts();
        let start = align(u64::from(heap_base));
        let instruction_data =
            u64::from(HEADER_SIZE_BYTES) + accounts.len() as u64 * u64::from(ENTRY_SIZE_BYTES);
        let mut cursor = align(start + instruction_data + context.data().len() as u64);
        let mut any_writable = false;
        self.slots.clear();
        for (position, account) in accounts.iter().enumerate() {
            let data_size = context.accounts.account(usize::from(account.index)).data.len();
            let mut slot =
                Slot { index: account.index, place: Place::Duplicate, size: fit(data_size as u64)? };
            if usize::from(account.first_position) == position {
                any_writable |= account.writable;
                slot.place = if data_size > ACCOUNT_WINDOW_THRESHOLD_BYTES {
                    Place::Window
                } else {
                    let capacity = align(data_size as u64);
                    let place = Place::Memory { offset: fit(cursor)?, capacity: fit(capacity)? };
                    cursor += capacity;
                    place
                };
            }
            self.slots.push(slot);
        }
        let spare = if any_writable { SPARE_SIZE_BYTES } else { 0 };
        self.start = fit(start)?;
        self.instruction_data_offset = fit(instruction_data)?;
        self.spare_offset = fit(cursor)?;
        self.spare_end = fit(cursor + u64::from(spare))?;
        self.size = self.spare_end - self.start;
        Ok(())
    }

    /// Address of the region: what the entrypoint is given.
    pub(crate) const fn start(&self) -> u32 {
        self.start
    }

    /// Address just behind the region.
    pub(crate) const fn end(&self) -> u32 {
        self.start + self.size
    }

    /// Bytes that are written into the region: all but the spare room.
    pub(crate) const fn written_bytes(&self) -> u64 {
        (self.spare_offset - self.start) as u64
    }

    /// The account at `position` of the call's list.
    pub(crate) fn slot(&self, position: usize) -> Result<Slot, CallError> {
        let missing = CallError::NoSuchAccount(u32::try_from(position).unwrap_or(u32::MAX));
        self.slots.get(position).copied().ok_or(missing)
    }

    /// Writes the region. `memory` reaches to [`Self::end`] at least.
    pub(crate) fn write(&self, memory: &mut GuestMemory<'_>, context: &Context<'_>) {
        let region = memory.write_own(self.start, self.spare_offset - self.start);
        let data = context.data();
        let header = InputHeader {
            version: ABI_VERSION,
            account_count: size_u32(self.slots.len()),
            accounts_offset: HEADER_SIZE_BYTES,
            instruction_data_offset: self.instruction_data_offset,
            instruction_data_size: size_u32(data.len()),
            region_size: self.size,
            stack_height: size_u32(context.stack_height()),
            reserved: 0,
            program_id: context.program_address().to_bytes(),
        };
        region[..HEADER_SIZE_BYTES as usize].copy_from_slice(bytes_of(&header));
        let data_start = self.instruction_data_offset as usize;
        region[data_start..data_start + data.len()].copy_from_slice(data);
        let (_, table) = region.split_at_mut(HEADER_SIZE_BYTES as usize);
        let (table, _) = table.split_at_mut(data_start - HEADER_SIZE_BYTES as usize);
        let entries = table.chunks_exact_mut(ENTRY_SIZE_BYTES as usize);
        for (position, (bytes, slot)) in entries.zip(&self.slots).enumerate() {
            write_entry(from_bytes_mut(bytes), context, position, slot);
        }
        for slot in &self.slots {
            if let Place::Memory { offset, .. } = slot.place {
                let data = &context.accounts.account(usize::from(slot.index)).data;
                region[(offset - self.start) as usize..][..data.len()].copy_from_slice(data);
            }
        }
    }

    /// Compares every account with what the program left in its memory and takes the differences over, rule by rule.
    /// Data first, then lamports, then the owner, so that a program may write and give away in one call.
    pub(crate) fn copy_back(&self, memory: &[u8], context: &mut Context<'_>) -> Result<(), CallError> {
        self.copy_back_where(memory, context, |_| true)
    }

    /// As [`Self::copy_back`], but data only of the accounts that `nested` lists, and of those that are given away: that
    /// of the others stays in the program's memory until the call ends, as nobody can see it before.
    pub(crate) fn copy_back_listed(
        &self,
        memory: &[u8],
        context: &mut Context<'_>,
        nested: &[NestedAccount],
    ) -> Result<(), CallError> {
        // Duplicates may be listed by any of their positions. An account of the caller's has an index below 64.
        let listed = nested.iter().filter_map(|account| self.slots.get(usize::from(account.position)));
        let mask = listed.fold(0_u64, |mask, slot| mask | 1 << (slot.index % 64));
        self.copy_back_where(memory, context, |slot| mask & 1 << (slot.index % 64) != 0)
    }

    /// Bytes of account data in the program's memory that `nested` lists, those of duplicates as often as listed.
    pub(crate) fn listed_bytes(&self, nested: &[NestedAccount]) -> u64 {
        let slots = nested.iter().filter_map(|account| self.slots.get(usize::from(account.position)));
        slots.filter(|slot| slot.place != Place::Window).map(|slot| u64::from(slot.size)).sum()
    }

    fn copy_back_where(
        &self,
        memory: &[u8],
        context: &mut Context<'_>,
        with_data: impl Fn(&Slot) -> bool,
    ) -> Result<(), CallError> {
        for (position, slot) in self.slots.iter().enumerate() {
            if slot.place == Place::Duplicate {
                continue;
            }
            let index = usize::from(slot.index);
            let entry = &memory[self.entry_offset(position) as usize..][..ENTRY_SIZE_BYTES as usize];
            let entry = from_bytes::<AccountEntry>(entry);
            let is_given_away = || entry.owner != *context.accounts.account(index).owner.as_array();
            if let Place::Memory { offset, .. } = slot.place
                && (with_data(slot) || is_given_away())
            {
                let left = &memory[offset as usize..][..slot.size as usize];
                let account = context.accounts.account(index);
                debug_assert_eq!(left.len(), account.data.len(), "sizes change through the host only");
                if let Some(range) = difference(left, &account.data) {
                    context.write_data(position, range.start, &left[range])?;
                }
            }
            let account = context.accounts.account(index);
            if entry.lamports != account.lamports || entry.owner != *account.owner.as_array() {
                context.set_lamports(position, entry.lamports)?;
                context.set_owner(position, &Address::new_from_array(entry.owner))?;
            }
        }
        Ok(())
    }

    /// Writes an account's owner, lamports and data into the program's memory as the table has them now. Its data
    /// must fit into its place, see [`Self::resize`].
    pub(crate) fn refresh(&self, memory: &mut GuestMemory<'_>, context: &Context<'_>, position: usize) {
        let slot = &self.slots[position];
        let entry = memory.write_own(self.entry_offset(position), ENTRY_SIZE_BYTES);
        write_entry(from_bytes_mut(entry), context, position, slot);
        if let Place::Memory { offset, .. } = slot.place {
            let data = &context.accounts.account(usize::from(slot.index)).data;
            memory.write_own(offset, slot.size).copy_from_slice(data);
        }
    }

    /// Makes room for `size` bytes of an account's data in its place or in the spare room; `false` if neither has
    /// enough. New bytes are zero. What the table holds is not touched.
    pub(crate) fn resize(&mut self, memory: &mut GuestMemory<'_>, position: usize, size: u32) -> bool {
        let slot = self.slots[position];
        if let Place::Memory { offset, capacity } = slot.place
            && size > capacity
        {
            let wanted = align_u32(size);
            let is_last = offset + capacity == self.spare_offset;
            let (moved_to, spare_needed) =
                if is_last { (offset, wanted - capacity) } else { (self.spare_offset, wanted) };
            if spare_needed > self.spare_end - self.spare_offset {
                return false;
            }
            self.spare_offset += spare_needed;
            memory.copy_within(offset as usize..(offset + slot.size) as usize, moved_to as usize);
            self.slots[position].place = Place::Memory { offset: moved_to, capacity: wanted };
        }
        if let Place::Memory { offset, .. } = self.slots[position].place
            && size > slot.size
        {
            memory.write_own(offset + slot.size, size - slot.size).fill(0);
        }
        self.slots[position].size = size;
        self.write_place(memory, position);
        true
    }

    /// Takes newly grown memory, `start..end`, as the spare room.
    pub(crate) const fn set_spare(&mut self, start: u32, end: u32) {
        (self.spare_offset, self.spare_end) = (start, end);
    }

    fn entry_offset(&self, position: usize) -> u32 {
        self.start + HEADER_SIZE_BYTES + ENTRY_SIZE_BYTES * size_u32(position)
    }

    /// Tells the program where an account's data is now, and its size.
    fn write_place(&self, memory: &mut GuestMemory<'_>, position: usize) {
        let slot = &self.slots[position];
        let entry = memory.write_own(self.entry_offset(position), ENTRY_SIZE_BYTES);
        entry[offset_of!(AccountEntry, data_offset)..][..4]
            .copy_from_slice(&slot.data_offset().to_le_bytes());
        entry[offset_of!(AccountEntry, data_size)..][..4].copy_from_slice(&slot.size.to_le_bytes());
    }
}

impl Slot {
    const fn data_offset(&self) -> u32 {
        match self.place {
            Place::Memory { offset, .. } => offset,
            Place::Window | Place::Duplicate => 0,
        }
    }
}

/// Writes the table's entry for the account at `position` of the running call, field by field: made elsewhere and copied
/// in, it would be read before the processor has finished writing it.
#[inline]
fn write_entry(entry: &mut AccountEntry, context: &Context<'_>, position: usize, slot: &Slot) {
    let listed = context.call_accounts()[position];
    let index = usize::from(slot.index);
    let account = context.accounts.account(index);
    let duplicate = slot.place == Place::Duplicate;
    let flags = [
        (listed.signer, FLAG_SIGNER),
        (listed.writable, FLAG_WRITABLE),
        (account.executable, FLAG_EXECUTABLE),
        (duplicate, FLAG_DUPLICATE),
        (slot.place == Place::Window, FLAG_WINDOWED),
    ];
    entry.address = *context.accounts.address(index).as_array();
    if duplicate {
        (entry.owner, entry.lamports, entry.data_size) = ([0; 32], 0, 0);
    } else {
        (entry.owner, entry.lamports, entry.data_size) =
            (*account.owner.as_array(), account.lamports, slot.size);
    }
    entry.data_offset = slot.data_offset();
    entry.flags = flags.into_iter().map(|(holds, flag)| if holds { flag } else { 0 }).sum();
    entry.duplicate_of = u32::from(listed.first_position);
    entry.reserved = 0;
}

fn fit(value: u64) -> Result<u32, CallError> {
    u32::try_from(value).map_err(|_| Trap::InputTooLarge.into())
}

fn align_u32(value: u32) -> u32 {
    value.next_multiple_of(size_u32(REGION_ALIGNMENT_BYTES))
}
