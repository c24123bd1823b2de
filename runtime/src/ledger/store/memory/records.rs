//! The memory store's accounts, packed one behind the other: address, owner, lamports and data of an account in one piece of
//! memory, with the room that they take and no more. Those of one size lie in one row of chunks; what is taken out leaves its
//! room to the next of its size.
//!
//! Programs and large accounts are kept as the rest of the runtime holds them, so that giving one out costs no copy.
//!
//! | bytes | |
//! |---|---|
//! | 0 to 31 | address |
//! | 32 to 63 | owner |
//! | 64 to 71 | lamports |
//! | 72 and 73 | size of the data, or [`FREE`] |
//! | 74 on | data |

use crate::ledger::store::{MAX_COPIED_SIZE_BYTES, StoredAccount};
use crate::prefetch;
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// Bytes before the data.
const HEAD_SIZE_BYTES: usize = 74;
/// Sizes of records are multiples of this, in bytes.
const STEP_SIZE_BYTES: usize = 8;
/// Instead of the data's size, in a record that is free.
const FREE: u16 = u16::MAX;

/// A chunk's size in bytes, if its records fill it.
const CHUNK_SIZE_BYTES: usize = 1 << 20;
/// Records that a chunk has room for when it is begun, if it is the first of its size.
const FIRST_RECORDS_COUNT: usize = 4;

/// A record's number is that of its chunk and, in so many bits, its position there.
const POSITION_BITS: u32 = 14;
/// Numbers from here on are those of accounts that are not packed. Together with the shard's number they fill 32 bits.
const UNPACKED: u32 = 1 << 28;

const _: () = {
    assert!(CHUNK_SIZE_BYTES / HEAD_SIZE_BYTES.next_multiple_of(STEP_SIZE_BYTES) <= 1 << POSITION_BITS);
    assert!(MAX_COPIED_SIZE_BYTES < FREE as usize);
    assert!(2 * UNPACKED as u64 * super::SHARD_COUNT as u64 <= 1 << 32);
};

/// Records of one size.
#[derive(Clone, Debug)]
struct Chunk {
    record_size_bytes: usize,
    bytes: Vec<u8>,
}

/// The chunks of one size that can take more records.
#[derive(Clone, Debug, Default)]
struct Row {
    /// The chunk that was begun last: the others are full.
    last: Option<u32>,
    free: Vec<u32>,
}

/// Accounts by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    chunks: Vec<Chunk>,
    /// By the size of a record, in steps.
    rows: Vec<Row>,
    unpacked: Vec<Option<(Address, Arc<Account>)>>,
    unpacked_free: Vec<u32>,
}

impl Records {
    /// Keeps an account, and gives its number and, if it was copied, what it was copied from.
    pub(super) fn put(&mut self, address: &Address, account: Arc<Account>) -> (u32, Option<Arc<Account>>) {
        if !is_packed(&account) {
            let entry = Some((*address, account));
            if let Some(index) = self.unpacked_free.pop() {
                self.unpacked[index as usize] = entry;
                return (UNPACKED + index, None);
            }
            self.unpacked.push(entry);
            return (UNPACKED + number(self.unpacked.len() - 1, UNPACKED), None);
        }
        let steps = steps(account.data.len());
        if self.rows.len() <= steps {
            self.rows.resize_with(steps + 1, Row::default);
        }
        let record = self.rows[steps].free.pop().unwrap_or_else(|| self.add(steps));
        if let Some(bytes) = self.bytes_mut(record) {
            write(bytes, address, &account);
        }
        (record, Some(account))
    }

    /// Makes the account that is kept there another one, if its room will do. Gives the account whose room is not needed any
    /// more, or else the account back.
    pub(super) fn replace(
        &mut self,
        record: u32,
        account: Arc<Account>,
    ) -> Result<Arc<Account>, Arc<Account>> {
        if let Some(index) = record.checked_sub(UNPACKED) {
            return match self.unpacked.get_mut(index as usize) {
                Some(Some((_, old))) if !is_packed(&account) => Ok(std::mem::replace(old, account)),
                _ => Err(account),
            };
        }
        match self.bytes_mut(record) {
            Some(bytes)
                if is_packed(&account) && bytes.len() == steps(account.data.len()) * STEP_SIZE_BYTES =>
            {
                write_account(bytes, &account);
                Ok(account)
            }
            _ => Err(account),
        }
    }

    /// Takes an account out; gives it if it was not packed.
    pub(super) fn remove(&mut self, record: u32) -> Option<Arc<Account>> {
        if let Some(index) = record.checked_sub(UNPACKED) {
            let (_, account) = self.unpacked.get_mut(index as usize)?.take()?;
            self.unpacked_free.push(index);
            return Some(account);
        }
        let bytes = self.bytes_mut(record)?;
        bytes[72..74].copy_from_slice(&FREE.to_le_bytes());
        let steps = bytes.len() / STEP_SIZE_BYTES;
        self.rows[steps].free.push(record);
        None
    }

    /// Whether that is the account at `address`. Any number may be asked about.
    pub(super) fn is_of(&self, record: u32, address: &Address) -> bool {
        if let Some(index) = record.checked_sub(UNPACKED) {
            let entry = self.unpacked.get(index as usize).and_then(Option::as_ref);
            return entry.is_some_and(|(other, _)| other == address);
        }
        self.bytes(record).is_some_and(|bytes| bytes[..32] == *address.as_array() && size(bytes).is_some())
    }

    /// The account of that number.
    pub(super) fn get(&self, record: u32) -> Option<StoredAccount<'_>> {
        if let Some(index) = record.checked_sub(UNPACKED) {
            let (_, account) = self.unpacked.get(index as usize)?.as_ref()?;
            return Some(StoredAccount::from(account));
        }
        account(self.bytes(record)?)
    }

    /// Has the processor fetch what [`Self::get`] will read.
    pub(super) fn prefetch(&self, record: u32) {
        if let Some(bytes) = self.bytes(record) {
            prefetch::slice(bytes);
        }
    }

    /// Every account, in no particular order.
    pub(super) fn for_each(&self, visit: &mut dyn FnMut(&Address, StoredAccount<'_>)) {
        for chunk in &self.chunks {
            for bytes in chunk.bytes.chunks_exact(chunk.record_size_bytes) {
                if let Some(account) = account(bytes) {
                    visit(&read_address(bytes, 0), account);
                }
            }
        }
        for (address, account) in self.unpacked.iter().flatten() {
            visit(address, StoredAccount::from(account));
        }
    }

    /// The number of a new record of so many steps, whose bytes mean nothing yet.
    fn add(&mut self, steps: usize) -> u32 {
        let record_size_bytes = steps * STEP_SIZE_BYTES;
        let capacity = CHUNK_SIZE_BYTES / record_size_bytes * record_size_bytes;
        let is_open = |last: &u32| self.chunks[*last as usize].bytes.len() < capacity;
        let last = self.rows[steps].last;
        let index = match last.filter(is_open) {
            Some(index) => index,
            None => {
                // Whoever has filled one chunk will fill another: no need to begin small and to move.
                let bytes = Vec::with_capacity(if last.is_some() { capacity } else { 0 });
                self.chunks.push(Chunk { record_size_bytes, bytes });
                let index = number(self.chunks.len() - 1, UNPACKED >> POSITION_BITS);
                self.rows[steps].last = Some(index);
                index
            }
        };
        let bytes = &mut self.chunks[index as usize].bytes;
        let start = bytes.len();
        if start == bytes.capacity() {
            let more = (start / 4 / record_size_bytes).max(FIRST_RECORDS_COUNT) * record_size_bytes;
            bytes.reserve_exact(more.min(capacity - start));
        }
        bytes.resize(start + record_size_bytes, 0);
        index << POSITION_BITS | number(start / record_size_bytes, 1 << POSITION_BITS)
    }

    fn bytes(&self, record: u32) -> Option<&[u8]> {
        let Chunk { record_size_bytes, bytes } = self.chunks.get((record >> POSITION_BITS) as usize)?;
        let start = position(record) * record_size_bytes;
        bytes.get(start..start + record_size_bytes)
    }

    fn bytes_mut(&mut self, record: u32) -> Option<&mut [u8]> {
        let Chunk { record_size_bytes, bytes } = self.chunks.get_mut((record >> POSITION_BITS) as usize)?;
        let start = position(record) * *record_size_bytes;
        bytes.get_mut(start..start + *record_size_bytes)
    }
}

/// Whether an account is copied into a record.
fn is_packed(account: &Account) -> bool {
    !account.executable && account.data.len() <= MAX_COPIED_SIZE_BYTES
}

/// A record's size in steps, for data of that size in bytes.
const fn steps(data_size_bytes: usize) -> usize {
    (HEAD_SIZE_BYTES + data_size_bytes).div_ceil(STEP_SIZE_BYTES)
}

const fn position(record: u32) -> usize {
    (record & ((1 << POSITION_BITS) - 1)) as usize
}

/// An index as part of a number, below `limit`.
fn number(index: usize, limit: u32) -> u32 {
    let number = u32::try_from(index).ok().filter(|number| *number < limit);
    number.expect("fewer accounts than have numbers: those of 128 GiB")
}

fn write(bytes: &mut [u8], address: &Address, account: &Account) {
    bytes[..32].copy_from_slice(address.as_array());
    write_account(bytes, account);
}

fn write_account(bytes: &mut [u8], account: &Account) {
    let Account { lamports, owner, data, .. } = account;
    bytes[32..64].copy_from_slice(owner.as_array());
    bytes[64..72].copy_from_slice(&lamports.to_le_bytes());
    let size = u16::try_from(data.len()).expect("what is packed is small");
    bytes[72..74].copy_from_slice(&size.to_le_bytes());
    bytes[HEAD_SIZE_BYTES..HEAD_SIZE_BYTES + data.len()].copy_from_slice(data);
}

/// The data's size in bytes, if the record is not free.
fn size(bytes: &[u8]) -> Option<usize> {
    let size = u16::from_le_bytes([bytes[72], bytes[73]]);
    (size != FREE).then_some(usize::from(size))
}

fn account(bytes: &[u8]) -> Option<StoredAccount<'_>> {
    let data = &bytes[HEAD_SIZE_BYTES..HEAD_SIZE_BYTES + size(bytes)?];
    let mut lamports = [0; 8];
    lamports.copy_from_slice(&bytes[64..72]);
    Some(StoredAccount::packed(u64::from_le_bytes(lamports), read_address(bytes, 32), data))
}

fn read_address(bytes: &[u8], start: usize) -> Address {
    let mut address = [0; 32];
    address.copy_from_slice(&bytes[start..start + 32]);
    Address::new_from_array(address)
}
