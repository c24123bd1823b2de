//! An input region made by hand, for unit tests of programs where there is no vm.
//!
//! It is laid out as the vm lays it out, but "the program's memory" begins with the region, so offsets of
//! account data count from there; and behind each account's data is room to grow.
#![expect(unsafe_code, reason = "the region is written and parsed as raw memory")]

use super::account::AccountView;
use super::{entrypoint, stand_ins};
use crate::abi::{
    ABI_VERSION, AccountEntry, FLAG_DUPLICATE, FLAG_EXECUTABLE, FLAG_SIGNER, FLAG_WRITABLE, InputHeader,
};
use crate::limits::{MAX_DATA_GROWTH_PER_CALL_BYTES, MAX_INSTRUCTION_ACCOUNTS};
use crate::{Account, Address, ProgramResult};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use bytemuck::Zeroable;

/// One account of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionAccount {
    /// Its address. An address that stood before makes this a duplicate, and the other fields are ignored.
    pub address: Address,
    /// The account itself.
    pub account: Account,
    /// Whether it signed.
    pub signer: bool,
    /// Whether the program may change it. Without a vm nobody checks.
    pub writable: bool,
}

/// An input region, and what a program made of it.
#[derive(Debug)]
pub struct Region {
    /// Words, so that it is 8-aligned.
    words: Vec<u64>,
}

const HEADER_SIZE_BYTES: usize = size_of::<InputHeader>();
const ENTRY_SIZE_BYTES: usize = size_of::<AccountEntry>();

impl Region {
    /// A region for a call of `program_id` on `accounts` with `data`.
    ///
    /// # Panics
    /// If it would be larger than 4 GiB.
    #[must_use]
    pub fn new(program_id: &Address, accounts: &[RegionAccount], data: &[u8]) -> Self {
        let mut table = Vec::with_capacity(accounts.len() * ENTRY_SIZE_BYTES);
        let mut tail = data.to_vec();
        let data_offset = HEADER_SIZE_BYTES + accounts.len() * ENTRY_SIZE_BYTES;
        for (index, item) in accounts.iter().enumerate() {
            let first = accounts[..index].iter().position(|other| other.address == item.address);
            let mut entry = entry(index, first, item);
            if first.is_none() {
                tail.resize(tail.len().next_multiple_of(8), 0);
                let capacity = item.account.data.len() + MAX_DATA_GROWTH_PER_CALL_BYTES;
                tail.extend_from_slice(&(capacity as u64).to_le_bytes());
                entry.data_offset = narrow(data_offset + tail.len());
                tail.extend_from_slice(&item.account.data);
                tail.resize(tail.len() + MAX_DATA_GROWTH_PER_CALL_BYTES, 0);
            }
            table.extend_from_slice(bytemuck::bytes_of(&entry));
        }
        let region_size = (data_offset + tail.len()).next_multiple_of(8);
        let header = InputHeader {
            version: ABI_VERSION,
            account_count: narrow(accounts.len()),
            accounts_offset: narrow(HEADER_SIZE_BYTES),
            instruction_data_offset: narrow(data_offset),
            instruction_data_size: narrow(data.len()),
            region_size: narrow(region_size),
            stack_height: 1,
            reserved: 0,
            program_id: program_id.to_bytes(),
        };
        let mut words = vec![0_u64; region_size / 8];
        let bytes = bytemuck::cast_slice_mut::<u64, u8>(&mut words);
        bytes[..HEADER_SIZE_BYTES].copy_from_slice(bytemuck::bytes_of(&header));
        bytes[HEADER_SIZE_BYTES..data_offset].copy_from_slice(&table);
        bytes[data_offset..data_offset + tail.len()].copy_from_slice(&tail);
        Self { words }
    }

    /// Runs a program on the region, as its entrypoint would.
    ///
    /// # Errors
    /// What the program answers.
    pub fn run(
        &mut self,
        process: impl FnOnce(&Address, &[AccountView], &[u8]) -> ProgramResult,
    ) -> ProgramResult {
        // SAFETY: the region was laid out by `new`, changed by views only, and is borrowed as long as this
        // runs.
        let code =
            unsafe { entrypoint::run::<MAX_INSTRUCTION_ACCOUNTS>(self.words.as_mut_ptr().cast(), process) };
        if code == 0 { Ok(()) } else { Err(code.into()) }
    }

    /// Runs a program on the region, and gives the lines that it logged as well.
    ///
    /// # Errors
    /// What the program answers.
    pub fn run_logged(
        &mut self,
        process: impl FnOnce(&Address, &[AccountView], &[u8]) -> ProgramResult,
    ) -> (ProgramResult, Vec<String>) {
        stand_ins::take_log();
        (self.run(process), stand_ins::take_log())
    }

    /// The account at `index` as the program left it; for a duplicate, the account it stands for.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn account(&self, index: usize) -> Account {
        let bytes = bytemuck::cast_slice::<u64, u8>(&self.words);
        let entry_at = |index: usize| -> AccountEntry {
            bytemuck::pod_read_unaligned(
                &bytes[HEADER_SIZE_BYTES + index * ENTRY_SIZE_BYTES..][..ENTRY_SIZE_BYTES],
            )
        };
        let entry = entry_at(entry_at(index).duplicate_of as usize);
        Account {
            lamports: entry.lamports,
            owner: Address::new_from_array(entry.owner),
            executable: entry.flags & FLAG_EXECUTABLE != 0,
            data: bytes[entry.data_offset as usize..][..entry.data_size as usize].to_vec(),
        }
    }
}

fn entry(index: usize, first: Option<usize>, item: &RegionAccount) -> AccountEntry {
    let flag = |set: bool, flag: u32| if set { flag } else { 0 };
    let flags = flag(item.signer, FLAG_SIGNER)
        | flag(item.writable, FLAG_WRITABLE)
        | flag(item.account.executable, FLAG_EXECUTABLE);
    let common = AccountEntry { address: item.address.to_bytes(), flags, ..AccountEntry::zeroed() };
    match first {
        Some(first) => AccountEntry { flags: flags | FLAG_DUPLICATE, duplicate_of: narrow(first), ..common },
        None => AccountEntry {
            owner: item.account.owner.to_bytes(),
            lamports: item.account.lamports,
            data_size: narrow(item.account.data.len()),
            duplicate_of: narrow(index),
            ..common
        },
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("a region is smaller than 4 GiB")
}
