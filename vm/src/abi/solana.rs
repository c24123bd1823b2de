//! The input region that Solana's programs read: planned, written, compared and copied back.
//!
//! All of it is 8-aligned from [`Region::start`] on, all integers are little-endian:
//! ```text
//! account count u64
//! each account, the first time:  0 marker 0xff   1 signer   2 writable   3 executable   4 u32, the program's to use
//!                                8 address   40 owner   72 lamports u64   80 data size u64   88 data
//!                                10 KiB to grow into, up to a multiple of 8, rent epoch u64
//! an account that stood before:  position of the first, u8, and 7 zeros
//! instruction data size u64, instruction data, program address
//! ```
//! The program changes owner, lamports, data size and data in place; flags and address are only ever written.

use super::difference::difference;
use crate::host::GuestMemory;
use crate::{CallError, Context, Rule, Trap};
use sealane_sdk::Address;
use sealane_sdk::limits::MAX_DATA_GROWTH_PER_CALL_BYTES;

/// Everything in the region begins at a multiple of this, in bytes, but the program's address, which is the last.
const ALIGNMENT_BYTES: usize = 8;
/// The marker of an account that did not stand before.
const FIRST_TIME: u8 = 0xff;
/// Bytes of an account before its data.
const HEADER_SIZE_BYTES: usize = 88;
/// Where an account's address stands in its header, and so on.
const ADDRESS_OFFSET: usize = 8;
const OWNER_OFFSET: usize = 40;
const LAMPORTS_OFFSET: usize = 72;
const SIZE_OFFSET: usize = 80;
/// What Solana shows of accounts that pay no rent, which here are all.
const RENT_EPOCH: u64 = u64::MAX;
/// Bytes of an account that stood before: its marker.
const DUPLICATE_SIZE_BYTES: usize = 8;
/// Bytes of a count or a size.
const WORD_SIZE_BYTES: usize = 8;
const ADDRESS_SIZE_BYTES: usize = size_of::<Address>();

/// One account of the call.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// Index in the account table.
    index: u16,
    /// Address of its header in the program's memory; `None` if it stood before.
    header: Option<u32>,
    /// Size of its data in bytes when the region was written; it has room for [`MAX_DATA_GROWTH_PER_CALL_BYTES`] more.
    original_size: u32,
}

/// Where things of one account lie in the program's memory, as the program's own structures must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    /// Of its address.
    pub(crate) key: u32,
    /// Of its owner.
    pub(crate) owner: u32,
    /// Of its lamports.
    pub(crate) lamports: u32,
    /// Of its data.
    pub(crate) data: u32,
}

/// Where everything lies in the input region of one call.
#[derive(Debug, Default)]
pub(crate) struct Region {
    slots: Vec<Slot>,
    start: u32,
    instruction_data: u32,
    end: u32,
    written_bytes: u64,
}

impl Region {
    /// Decides where everything will lie, from `memory_end` on: what lies before is the program's own.
    pub(crate) fn plan(&mut self, context: &Context<'_>, memory_end: u64) -> Result<(), CallError> {
        let start = memory_end.next_multiple_of(ALIGNMENT_BYTES as u64);
        let mut cursor = start + WORD_SIZE_BYTES as u64;
        self.written_bytes = WORD_SIZE_BYTES as u64;
        self.slots.clear();
        for (position, listed) in context.call_accounts().iter().enumerate() {
            let size = context.accounts.account(usize::from(listed.index)).data.len();
            let mut slot = Slot { index: listed.index, header: None, original_size: fit(size as u64)? };
            if usize::from(listed.first_position) == position {
                slot.header = Some(fit(cursor)?);
                let data_and_room = (size + MAX_DATA_GROWTH_PER_CALL_BYTES).next_multiple_of(ALIGNMENT_BYTES);
                cursor += (HEADER_SIZE_BYTES + data_and_room + WORD_SIZE_BYTES) as u64;
                self.written_bytes += (HEADER_SIZE_BYTES + size + WORD_SIZE_BYTES) as u64;
            } else {
                cursor += DUPLICATE_SIZE_BYTES as u64;
                self.written_bytes += DUPLICATE_SIZE_BYTES as u64;
            }
            self.slots.push(slot);
        }
        self.start = fit(start)?;
        self.instruction_data = fit(cursor)?;
        let tail = WORD_SIZE_BYTES + context.data().len() + ADDRESS_SIZE_BYTES;
        self.end = fit(cursor + tail as u64)?;
        self.written_bytes += tail as u64;
        Ok(())
    }

    /// Address of the region: what the entrypoint is given.
    pub(crate) const fn start(&self) -> u32 {
        self.start
    }

    /// Address just behind the region.
    pub(crate) const fn end(&self) -> u32 {
        self.end
    }

    /// Bytes that are written into the region: all but the room to grow into.
    pub(crate) const fn written_bytes(&self) -> u64 {
        self.written_bytes
    }

    /// Writes the region. `memory` reaches to [`Self::end`] at least, and holds zeros where the region will lie.
    pub(crate) fn write(&self, memory: &mut GuestMemory<'_>, context: &Context<'_>) {
        write_word(memory, self.start, self.slots.len() as u64);
        let mut cursor = self.start as usize + WORD_SIZE_BYTES;
        for (slot, listed) in self.slots.iter().zip(context.call_accounts()) {
            let Some(header) = slot.header else {
                let marker = memory.write_own(address(cursor), address(DUPLICATE_SIZE_BYTES));
                marker.copy_from_slice(&u64::from(listed.first_position).to_le_bytes());
                cursor += DUPLICATE_SIZE_BYTES;
                continue;
            };
            let index = usize::from(slot.index);
            let account = context.accounts.account(index);
            let bytes = memory.write_own(header, address(HEADER_SIZE_BYTES) + slot.original_size);
            let (bytes, data) = bytes.split_at_mut(HEADER_SIZE_BYTES);
            let flags = [listed.signer, listed.writable, account.executable].map(u8::from);
            bytes[..ADDRESS_OFFSET].fill(0);
            bytes[0] = FIRST_TIME;
            bytes[1..4].copy_from_slice(&flags);
            bytes[ADDRESS_OFFSET..OWNER_OFFSET].copy_from_slice(context.accounts.address(index).as_ref());
            bytes[OWNER_OFFSET..LAMPORTS_OFFSET].copy_from_slice(account.owner.as_ref());
            bytes[LAMPORTS_OFFSET..SIZE_OFFSET].copy_from_slice(&account.lamports.to_le_bytes());
            bytes[SIZE_OFFSET..].copy_from_slice(&(account.data.len() as u64).to_le_bytes());
            data.copy_from_slice(&account.data);
            let data_and_room = slot.original_size as usize + MAX_DATA_GROWTH_PER_CALL_BYTES;
            cursor = header as usize + HEADER_SIZE_BYTES + data_and_room.next_multiple_of(ALIGNMENT_BYTES);
            write_word(memory, address(cursor), RENT_EPOCH);
            cursor += WORD_SIZE_BYTES;
        }
        debug_assert_eq!(address(cursor), self.instruction_data, "written as planned");
        let data = context.data();
        write_word(memory, self.instruction_data, data.len() as u64);
        let tail = self.instruction_data + address(WORD_SIZE_BYTES);
        let tail = memory.write_own(tail, address(data.len() + ADDRESS_SIZE_BYTES));
        tail[..data.len()].copy_from_slice(data);
        tail[data.len()..].copy_from_slice(context.program_address().as_ref());
    }

    /// Compares every account with what the program left in its memory and takes the differences over, rule by rule:
    /// size and data first, then lamports, then the owner, so that a program may write and give away in one call.
    pub(crate) fn copy_back(&self, memory: &[u8], context: &mut Context<'_>) -> Result<(), CallError> {
        for (position, slot) in self.slots.iter().enumerate() {
            let Some(header) = slot.header else { continue };
            let (bytes, rest) = memory[header as usize..].split_at(HEADER_SIZE_BYTES);
            let index = usize::from(slot.index);
            let size = slot.check_size(read_word(&bytes[SIZE_OFFSET..]), context)?;
            if size != context.accounts.account(index).data.len() {
                context.check_growth_per_call(position, size)?;
                context.resize_data(position, size)?;
            }
            let left = &rest[..size];
            if let Some(range) = difference(left, &context.accounts.account(index).data) {
                context.write_data(position, range.start, &left[range])?;
            }
            let account = context.accounts.account(index);
            let lamports = read_word(&bytes[LAMPORTS_OFFSET..]);
            let owner = &bytes[OWNER_OFFSET..LAMPORTS_OFFSET];
            if lamports != account.lamports || owner != account.owner.as_ref() {
                let owner = Address::try_from(owner).expect("an address is as long as its place");
                context.set_lamports(position, lamports)?;
                context.set_owner(position, &owner)?;
            }
        }
        Ok(())
    }

    /// Shows the program what a nested call made of the account at `position`, which stands there for the first time:
    /// owner, lamports, size and data, with zeros where the data shrank. Answers with the size if it changed.
    pub(crate) fn refresh(
        &self,
        memory: &mut GuestMemory<'_>,
        context: &Context<'_>,
        position: usize,
    ) -> Result<Option<u32>, CallError> {
        let slot = self.slots[position];
        let header = slot.header.expect("the account stands here for the first time");
        let account = context.accounts.account(usize::from(slot.index));
        let size = slot.check_size(account.data.len() as u64, context)?;
        let size_offset = header as usize + SIZE_OFFSET;
        // The nested call began with what the program had left here.
        let size_before = slot.check_size(read_word(&memory.as_slice()[size_offset..]), context)?;
        let written = memory.write_own(header, address(HEADER_SIZE_BYTES + size.max(size_before)));
        let (bytes, data) = written.split_at_mut(HEADER_SIZE_BYTES);
        bytes[OWNER_OFFSET..LAMPORTS_OFFSET].copy_from_slice(account.owner.as_ref());
        bytes[LAMPORTS_OFFSET..SIZE_OFFSET].copy_from_slice(&account.lamports.to_le_bytes());
        bytes[SIZE_OFFSET..].copy_from_slice(&(size as u64).to_le_bytes());
        data[..size].copy_from_slice(&account.data);
        data[size..].fill(0);
        Ok((size != size_before).then(|| address(size)))
    }

    /// The first position of the account whose address stands at `key` in the program's memory.
    pub(crate) fn position_of(&self, key: u32) -> Option<usize> {
        let header = key.checked_sub(address(ADDRESS_OFFSET))?;
        // Accounts lie in the order of their positions, with those that stood before between them.
        self.slots.iter().position(|slot| slot.header == Some(header))
    }

    /// Where the things of the account at `position` lie, if it stands there for the first time.
    pub(crate) fn places(&self, position: usize) -> Option<Places> {
        let header = self.slots.get(position)?.header?;
        let at = |offset: usize| header + address(offset);
        Some(Places {
            key: at(ADDRESS_OFFSET),
            owner: at(OWNER_OFFSET),
            lamports: at(LAMPORTS_OFFSET),
            data: at(HEADER_SIZE_BYTES),
        })
    }
}

impl Slot {
    /// A size of the account's data, if it has room for that many bytes.
    fn check_size(&self, size: u64, context: &Context<'_>) -> Result<usize, CallError> {
        let room = self.original_size as usize + MAX_DATA_GROWTH_PER_CALL_BYTES;
        let address = *context.accounts.address(usize::from(self.index));
        let fits = usize::try_from(size).ok().filter(|size| *size <= room);
        fits.ok_or(CallError::rule(Rule::GrowthPerCall, address))
    }
}

fn write_word(memory: &mut GuestMemory<'_>, offset: u32, word: u64) {
    memory.write_own(offset, address(WORD_SIZE_BYTES)).copy_from_slice(&word.to_le_bytes());
}

fn read_word(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(*bytes.first_chunk().expect("a word stands here"))
}

/// What the plan has found to fit.
fn address(value: usize) -> u32 {
    u32::try_from(value).expect("the region lies below 4 GiB")
}

fn fit(value: u64) -> Result<u32, CallError> {
    u32::try_from(value).map_err(|_| Trap::InputTooLarge.into())
}

#[cfg(test)]
mod tests;
