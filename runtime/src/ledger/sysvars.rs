//! The sysvars: what programs may know of the block and of the transaction they run in, in Solana's layouts.
//!
//! Made once a block from its number, its time and the blockhashes before it: as values for the vm, and as the
//! accounts that transactions may list. The instructions sysvar is made once a transaction, for those that list it.

use super::AccountChange;
use sealane_sdk::ids::{clock, instructions, recent_blockhashes, rent, slot_hashes, sysvar};
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::{
    LAMPORTS_PER_SIGNATURE, RECENT_BLOCKHASHES_COUNT, RENT_EXEMPT_LAMPORTS_PER_BYTE, SLOT_HASHES_COUNT,
};
use sealane_sdk::{Account, Address};
use sealane_vm::{AccountTable, Clock, Sysvars};
use std::sync::Arc;

/// Size of an entry of the recent-blockhashes or the slot-hashes sysvar in bytes: a hash and a u64.
const ENTRY_SIZE_BYTES: usize = 32 + 8;
/// What Solana's programs multiply the price of a byte with. One, so that those that no longer do so (SIMD-0194) come to
/// the same minimum as those that still do.
const RENT_EXEMPTION_THRESHOLD: f64 = 1.0;
/// Percent of rent that is burnt. Nobody pays rent; the field stands in the layout.
const RENT_BURN_PERCENT: u8 = 50;

/// The sysvars of one block.
#[derive(Clone, Debug, Default)]
pub struct BlockSysvars {
    /// What the vm reads.
    pub values: Sysvars,
    /// The same as accounts, which belong to the state of the block.
    pub accounts: Vec<AccountChange>,
}

/// The sysvars of block `number` at `unix_time` seconds. `blockhashes` are the recent ones and `slot_hashes` the blocks
/// before this one by number, both newest first; each sysvar takes as many as it holds.
#[must_use]
pub fn block_sysvars(
    number: u64,
    unix_time: i64,
    blockhashes: &[Hash],
    slot_hashes: &[(u64, Hash)],
) -> BlockSysvars {
    let clock = Clock { slot: number, unix_timestamp: unix_time, ..Clock::default() };
    let values = Sysvars {
        clock,
        durable_nonce_blockhash: blockhashes.first().copied().unwrap_or_default().to_bytes(),
        clock_bytes: bytemuck::bytes_of(&clock).to_vec(),
        rent_bytes: rent_bytes(),
        recent_blockhashes_bytes: recent_blockhashes_bytes(blockhashes),
        slot_hashes_bytes: slot_hashes_bytes(slot_hashes),
    };
    let accounts = vec![
        change(clock::ID, &values.clock_bytes),
        change(rent::ID, &values.rent_bytes),
        change(recent_blockhashes::ID, &values.recent_blockhashes_bytes),
        change(slot_hashes::ID, &values.slot_hashes_bytes),
    ];
    BlockSysvars { values, accounts }
}

fn change(address: Address, data: &[u8]) -> AccountChange {
    (address, Some(Arc::new(Account::with_data(sysvar::ID, data.to_vec()))))
}

/// Lamports per byte u64, exemption threshold f64, burn percent u8.
fn rent_bytes() -> Vec<u8> {
    let mut bytes = RENT_EXEMPT_LAMPORTS_PER_BYTE.to_le_bytes().to_vec();
    bytes.extend_from_slice(&RENT_EXEMPTION_THRESHOLD.to_le_bytes());
    bytes.push(RENT_BURN_PERCENT);
    bytes
}

/// Count u64, then (hash, lamports per signature u64) each, newest first; zeros up to the full size.
fn recent_blockhashes_bytes(blockhashes: &[Hash]) -> Vec<u8> {
    list_bytes(RECENT_BLOCKHASHES_COUNT, blockhashes, |bytes, hash| {
        bytes.extend_from_slice(hash.as_ref());
        bytes.extend_from_slice(&LAMPORTS_PER_SIGNATURE.to_le_bytes());
    })
}

/// Count u64, then (slot u64, hash) each, newest first; zeros up to the full size.
fn slot_hashes_bytes(slot_hashes: &[(u64, Hash)]) -> Vec<u8> {
    list_bytes(SLOT_HASHES_COUNT, slot_hashes, |bytes, (slot, hash)| {
        bytes.extend_from_slice(&slot.to_le_bytes());
        bytes.extend_from_slice(hash.as_ref());
    })
}

fn list_bytes<T>(max_count: usize, items: &[T], push: impl Fn(&mut Vec<u8>, &T)) -> Vec<u8> {
    let full_size_bytes = 8 + max_count * ENTRY_SIZE_BYTES;
    let listed = &items[..items.len().min(max_count)];
    let mut bytes = Vec::with_capacity(full_size_bytes);
    bytes.extend_from_slice(&(listed.len() as u64).to_le_bytes());
    for item in listed {
        push(&mut bytes, item);
    }
    bytes.resize(full_size_bytes, 0);
    bytes
}

/// The account of the instructions sysvar for one transaction. Each instruction is a program's address, its accounts
/// (address, signer, writable), and its data. Nothing of it is ever stored.
#[must_use]
pub fn instructions_account<'a, A>(
    instructions: impl ExactSizeIterator<Item = (&'a Address, A, &'a [u8])>,
) -> Account
where
    A: ExactSizeIterator<Item = (&'a Address, bool, bool)>,
{
    Account::with_data(sysvar::ID, instructions_data(instructions))
}

/// The bytes of the instructions sysvar, all integers u16: how many instructions there are; where each starts; the
/// instructions; and, last, which one is running (see [`set_current_instruction`]).
///
/// An instruction is its number of accounts; for each account a byte of flags (1: signer, 2: writable) and the address;
/// the program's address; the size of the data; the data.
///
/// Every place fits in a u16: a transaction of 1,232 bytes names each account of an instruction with at least a byte,
/// which becomes 33 here, and one of version 1 that would need more than
/// [`MAX_INSTRUCTIONS_SYSVAR_SIZE_BYTES`](sealane_sdk::limits::MAX_INSTRUCTIONS_SYSVAR_SIZE_BYTES) is refused when it is
/// sanitized. (Solana's places wrap around.)
#[must_use]
pub fn instructions_data<'a, A>(
    instructions: impl ExactSizeIterator<Item = (&'a Address, A, &'a [u8])>,
) -> Vec<u8>
where
    A: ExactSizeIterator<Item = (&'a Address, bool, bool)>,
{
    let count = instructions.len();
    let mut bytes = Vec::with_capacity(512);
    push_u16(&mut bytes, count);
    bytes.resize(2 + 2 * count, 0);
    for (index, (program, accounts, data)) in instructions.enumerate() {
        let place = u16_bytes(bytes.len());
        bytes[2 + 2 * index..4 + 2 * index].copy_from_slice(&place);
        push_u16(&mut bytes, accounts.len());
        for (address, signer, writable) in accounts {
            bytes.push(u8::from(signer) | u8::from(writable) << 1);
            bytes.extend_from_slice(address.as_ref());
        }
        bytes.extend_from_slice(program.as_ref());
        push_u16(&mut bytes, data.len());
        bytes.extend_from_slice(data);
    }
    push_u16(&mut bytes, 0);
    bytes
}

fn push_u16(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend_from_slice(&u16_bytes(number));
}

fn u16_bytes(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

/// Writes into the instructions sysvar, at `index` of the table, which instruction runs now.
///
/// # Panics
/// If the account in the table is a shared one: the sysvar belongs to its transaction. An account that is too short to
/// be the sysvar is left as it is.
pub fn set_current_instruction(accounts: &mut AccountTable<'_>, index: usize, instruction_index: u8) {
    debug_assert_eq!(
        *accounts.address(index),
        instructions::ID,
        "only the instructions sysvar says what runs"
    );
    if let Some(offset) = accounts.account(index).data.len().checked_sub(2) {
        accounts.write_data(index, offset, &u16::from(instruction_index).to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(index: usize) -> Hash {
        Hash::new_from_array([u8::try_from(index % 251).unwrap() + 1; 32])
    }

    fn hashes(count: usize) -> Vec<Hash> {
        (0..count).map(hash).collect()
    }

    fn slots(count: usize) -> Vec<(u64, Hash)> {
        (0..count).map(|index| (999 - index as u64, hash(index))).collect()
    }

    #[test]
    fn clock_and_rent_have_solanas_layout() {
        let block = block_sysvars(7, -3, &[], &[]);
        let mut clock = [0; 40];
        clock[0] = 7;
        clock[32..].copy_from_slice(&(-3_i64).to_le_bytes());
        assert_eq!(block.values.clock_bytes, clock);
        assert_eq!(block.values.rent_bytes[..8], 6_960_u64.to_le_bytes());
        assert_eq!(block.values.rent_bytes[8..16], 1.0_f64.to_le_bytes());
        assert_eq!(block.values.rent_bytes[16..], [50]);
    }

    #[test]
    fn hashes_are_listed_newest_first_up_to_each_sysvars_size() {
        for (known, recent_count, slot_count) in [(0, 0, 0), (1, 1, 1), (150, 150, 150), (600, 150, 512)] {
            let (blockhashes, slot_hashes) = (hashes(known), slots(known));
            let Sysvars { recent_blockhashes_bytes, slot_hashes_bytes, durable_nonce_blockhash, .. } =
                block_sysvars(1_000, 0, &blockhashes, &slot_hashes).values;
            assert_eq!((recent_blockhashes_bytes.len(), slot_hashes_bytes.len()), (6_008, 20_488));
            assert_eq!(recent_blockhashes_bytes[..8], (recent_count as u64).to_le_bytes());
            assert_eq!(slot_hashes_bytes[..8], (slot_count as u64).to_le_bytes());
            for index in 0..recent_count {
                let entry = &recent_blockhashes_bytes[8 + 40 * index..][..40];
                assert_eq!(entry[..32], blockhashes[index].to_bytes());
                assert_eq!(entry[32..], 5_000_u64.to_le_bytes());
            }
            for index in 0..slot_count {
                let entry = &slot_hashes_bytes[8 + 40 * index..][..40];
                assert_eq!(entry[..8], (999 - index as u64).to_le_bytes());
                assert_eq!(entry[8..], blockhashes[index].to_bytes());
            }
            assert!(recent_blockhashes_bytes[8 + 40 * recent_count..].iter().all(|byte| *byte == 0));
            assert!(slot_hashes_bytes[8 + 40 * slot_count..].iter().all(|byte| *byte == 0));
            assert_eq!(durable_nonce_blockhash, blockhashes.first().copied().unwrap_or_default().to_bytes());
        }
    }

    #[test]
    fn accounts_hold_the_values_and_are_rent_exempt() {
        let BlockSysvars { values, accounts } = block_sysvars(3, 9, &hashes(3), &slots(3));
        let expected = [
            (clock::ID, values.clock_bytes),
            (rent::ID, values.rent_bytes),
            (recent_blockhashes::ID, values.recent_blockhashes_bytes),
            (slot_hashes::ID, values.slot_hashes_bytes),
        ];
        assert_eq!(accounts.len(), expected.len());
        for ((address, account), (expected_address, data)) in accounts.into_iter().zip(expected) {
            let account = account.unwrap();
            assert_eq!((address, &account.data, account.owner), (expected_address, &data, sysvar::ID));
            assert!(account.is_rent_exempt() && !account.executable);
        }
    }

    /// Program, accounts (address, signer, writable) and data.
    type Instruction = (Address, Vec<(Address, bool, bool)>, Vec<u8>);

    /// Reads the sysvar back as Solana's programs do.
    fn read_instruction(data: &[u8], index: usize) -> Instruction {
        let number = |at: usize| usize::from(u16::from_le_bytes([data[at], data[at + 1]]));
        let address = |at: usize| Address::from(<[u8; 32]>::try_from(&data[at..at + 32]).unwrap());
        let mut at = number(2 + 2 * index);
        let account_count = number(at);
        at += 2;
        let mut accounts = Vec::new();
        for _ in 0..account_count {
            accounts.push((address(at + 1), data[at] & 1 != 0, data[at] & 2 != 0));
            at += 33;
        }
        let size_bytes = number(at + 32);
        (address(at), accounts, data[at + 34..at + 34 + size_bytes].to_vec())
    }

    #[test]
    fn instructions_are_read_back() {
        let address = |byte: u8| Address::from([byte; 32]);
        let cases: [Vec<Instruction>; 3] = [
            vec![],
            vec![(address(1), vec![], vec![])],
            vec![
                (address(1), vec![(address(2), true, false), (address(3), false, true)], vec![9; 300]),
                (address(4), vec![(address(2), true, true); 255], vec![]),
                (address(5), vec![(address(6), false, false)], vec![1, 2, 3]),
            ],
        ];
        for instructions in cases {
            let views = instructions.iter().map(|(program, accounts, data)| {
                let accounts =
                    accounts.iter().map(|(address, signer, writable)| (address, *signer, *writable));
                (program, accounts, data.as_slice())
            });
            let account = instructions_account(views);
            assert_eq!(account.owner, sysvar::ID);
            assert_eq!(account.data[..2], u16::try_from(instructions.len()).unwrap().to_le_bytes());
            for (index, instruction) in instructions.iter().enumerate() {
                assert_eq!(read_instruction(&account.data, index), *instruction);
            }
            let key = instructions::ID;
            let mut table = AccountTable::default();
            let size_bytes = account.data.len();
            table.push(&key, sealane_vm::AccountRef::Owned(Arc::new(account)), None, false, false);
            set_current_instruction(&mut table, 0, 5);
            assert_eq!(table.account(0).data[size_bytes - 2..], [5, 0]);
        }
    }
}
