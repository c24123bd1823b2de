//! A twin of the native program `probe` (`programs/probe/`), written for Solana: it runs the scripts that random tests make, of which it
//! knows most operations, so that both ABIs meet in one transaction, in either order. What it does not know is refused as invalid
//! data, like a script that breaks off.
//!
//! The encoding is the probe's: operations one after another, each a number and its operands; `account` is a position (u8),
//! `bytes` a size (u16) and that many, integers are little-endian.
#![no_std]

mod machine;
mod reader;

use core::mem::MaybeUninit;
use pinocchio::cpi::{Seed, Signer, get_return_data, invoke_signed_with_bounds, set_return_data};
use pinocchio::error::ProgramError;
use pinocchio::instruction::{InstructionAccount, InstructionView};
use pinocchio::sysvars::clock::CLOCK_ID;
use pinocchio::sysvars::get_sysvar;
use pinocchio::{
    AccountView, Address, ProgramResult, Resize, no_allocator, nostd_panic_handler, program_entrypoint,
};
use reader::Reader;

program_entrypoint!(process);
no_allocator!();
nostd_panic_handler!();

/// The program's own error when data is not as the script expects it.
const UNEXPECTED_DATA: u32 = 1;
/// Most accounts of a nested call.
const MAX_ACCOUNTS: usize = 16;
/// Most seeds of a signer.
const MAX_SEEDS: usize = 4;
/// Most bytes that are copied, or read of a sysvar.
const MAX_BYTES: usize = 64;
/// What a nested call's flags say of an account.
const SIGNER: u8 = 1;
const WRITABLE: u8 = 2;

fn process(_program: &Address, accounts: &mut [AccountView], script: &[u8]) -> ProgramResult {
    let mut reader = Reader::new(script);
    while let Some(operation) = reader.operation() {
        step(operation, accounts, &mut reader)?;
    }
    Ok(())
}

fn step(operation: u8, accounts: &mut [AccountView], reader: &mut Reader<'_>) -> ProgramResult {
    match operation {
        0..=4 => data(operation, accounts, reader)?,
        5 => {
            let position = reader.position(accounts)?;
            accounts[position].set_lamports(reader.u64()?);
        }
        6 => move_lamports(accounts, reader)?,
        8 => {
            let position = reader.position(accounts)?;
            let owner = Address::new_from_array(*reader.array()?);
            accounts[position].assign(&owner);
        }
        9 => {
            let position = reader.position(accounts)?;
            accounts[position].resize(reader.offset()?)?;
        }
        13 => inspect(&accounts[reader.position(accounts)?]),
        14 => machine::log(reader.bytes()?),
        17 => relay_return_data(reader)?,
        18 => invoke(accounts, reader)?,
        19 => read_clock(reader)?,
        26 => set_return_data(&machine::remaining_units().to_le_bytes()),
        27 => machine::burn(reader.u64()?),
        28 => machine::recurse_to(reader.u32()?),
        29 => panic!(),
        30 => machine::unreachable(),
        31 => return Err(ProgramError::from(reader.u64()?)),
        32 => machine::peek(reader.u32()?, reader.size()?),
        33 => machine::poke(reader.u32()?, reader.bytes()?),
        34 => machine::grow_memory(reader.u32()?),
        36 => machine::count(),
        _ => return Err(ProgramError::InvalidInstructionData),
    }
    Ok(())
}

/// Writes, reads, expects, multiplies and adds, or copies.
fn data(operation: u8, accounts: &mut [AccountView], reader: &mut Reader<'_>) -> ProgramResult {
    let position = reader.position(accounts)?;
    let offset = reader.offset()?;
    match operation {
        0 => {
            let bytes = reader.bytes()?;
            part_mut(&mut accounts[position].try_borrow_mut()?, offset, bytes.len())?.copy_from_slice(bytes);
        }
        1 => set_return_data(part(&accounts[position].try_borrow()?, offset, reader.size()?)?),
        2 => {
            let bytes = reader.bytes()?;
            if part(&accounts[position].try_borrow()?, offset, bytes.len())? != bytes {
                return Err(ProgramError::Custom(UNEXPECTED_DATA));
            }
        }
        3 => {
            let (factor, addend) = (reader.u64()?, reader.u64()?);
            let mut data = accounts[position].try_borrow_mut()?;
            let place = part_mut(&mut data, offset, 8)?;
            let place: &mut [u8; 8] = place.try_into().map_err(|_| ProgramError::AccountDataTooSmall)?;
            *place = u64::from_le_bytes(*place).wrapping_mul(factor).wrapping_add(addend).to_le_bytes();
        }
        _ => {
            let (to, to_offset, size) = (reader.position(accounts)?, reader.offset()?, reader.size()?);
            let mut copy = [0; MAX_BYTES];
            let copy = copy.get_mut(..size).ok_or(ProgramError::InvalidInstructionData)?;
            copy.copy_from_slice(part(&accounts[position].try_borrow()?, offset, size)?);
            part_mut(&mut accounts[to].try_borrow_mut()?, to_offset, size)?.copy_from_slice(copy);
        }
    }
    Ok(())
}

fn part(data: &[u8], offset: usize, size: usize) -> Result<&[u8], ProgramError> {
    let end = offset.checked_add(size).ok_or(ProgramError::AccountDataTooSmall)?;
    data.get(offset..end).ok_or(ProgramError::AccountDataTooSmall)
}

fn part_mut(data: &mut [u8], offset: usize, size: usize) -> Result<&mut [u8], ProgramError> {
    let end = offset.checked_add(size).ok_or(ProgramError::AccountDataTooSmall)?;
    data.get_mut(offset..end).ok_or(ProgramError::AccountDataTooSmall)
}

fn move_lamports(accounts: &mut [AccountView], reader: &mut Reader<'_>) -> ProgramResult {
    let (from, to, lamports) = (reader.position(accounts)?, reader.position(accounts)?, reader.u64()?);
    let left = accounts[from].lamports().checked_sub(lamports).ok_or(ProgramError::InsufficientFunds)?;
    accounts[from].set_lamports(left);
    let sum = accounts[to].lamports().checked_add(lamports).ok_or(ProgramError::ArithmeticOverflow)?;
    accounts[to].set_lamports(sum);
    Ok(())
}

/// Flags, balance, owner and size become the return data.
fn inspect(account: &AccountView) {
    let mut bytes = [0; 45];
    bytes[0] = u8::from(account.is_signer())
        | u8::from(account.is_writable()) << 1
        | u8::from(account.executable()) << 2;
    bytes[1..9].copy_from_slice(&account.lamports().to_le_bytes());
    bytes[9..41].copy_from_slice(account.owner().as_array());
    bytes[41..].copy_from_slice(&(account.data_len() as u32).to_le_bytes());
    set_return_data(&bytes);
}

/// Who set the return data, and what fits of it, become the return data.
fn relay_return_data(reader: &mut Reader<'_>) -> ProgramResult {
    let capacity = reader.size()?.min(MAX_BYTES);
    let mut bytes = [0; 32 + MAX_BYTES];
    let Some(data) = get_return_data() else {
        set_return_data(&[]);
        return Ok(());
    };
    let size = data.as_slice().len().min(capacity);
    bytes[..32].copy_from_slice(data.program_id().as_array());
    bytes[32..32 + size].copy_from_slice(&data.as_slice()[..size]);
    set_return_data(&bytes[..32 + size]);
    Ok(())
}

fn invoke(accounts: &mut [AccountView], reader: &mut Reader<'_>) -> ProgramResult {
    let program = reader.position(accounts)?;
    let count = usize::from(reader.u8()?);
    let mut metas = [const { MaybeUninit::<InstructionAccount<'_>>::uninit() }; MAX_ACCOUNTS];
    let mut views = [&accounts[program]; MAX_ACCOUNTS];
    if count > MAX_ACCOUNTS {
        return Err(ProgramError::InvalidInstructionData);
    }
    for (meta, view) in metas.iter_mut().zip(&mut views).take(count) {
        let account = &accounts[reader.position(accounts)?];
        let flags = reader.u8()?;
        *view = account;
        meta.write(InstructionAccount {
            address: account.address(),
            is_writable: flags & WRITABLE != 0,
            is_signer: flags & SIGNER != 0,
        });
    }
    // SAFETY: the first `count` were written just now.
    let metas = unsafe { metas[..count].assume_init_ref() };
    let data = reader.bytes()?;
    let instruction = InstructionView { program_id: accounts[program].address(), data, accounts: metas };
    let mut seeds = [const { MaybeUninit::<Seed<'_>>::uninit() }; MAX_SEEDS];
    match reader.u8()? {
        0 => invoke_signed_with_bounds::<MAX_ACCOUNTS, _>(&instruction, &views[..count], &[]),
        1 => {
            let seed_count = usize::from(reader.u8()?);
            for place in seeds.get_mut(..seed_count).ok_or(ProgramError::InvalidInstructionData)? {
                let size = usize::from(reader.u8()?);
                place.write(Seed::from(reader.take(size)?));
            }
            // SAFETY: the first `seed_count` were written just now.
            let seeds = unsafe { seeds[..seed_count].assume_init_ref() };
            invoke_signed_with_bounds::<MAX_ACCOUNTS, _>(
                &instruction,
                &views[..count],
                &[Signer::from(seeds)],
            )
        }
        _ => Err(ProgramError::InvalidInstructionData),
    }
}

/// A part of the clock becomes the return data; there is no other sysvar that scripts of random tests ask for.
fn read_clock(reader: &mut Reader<'_>) -> ProgramResult {
    if reader.u8()? != 0 {
        return Err(ProgramError::UnsupportedSysvar);
    }
    let (offset, size) = (reader.offset()?, reader.size()?);
    let mut bytes = [0; MAX_BYTES];
    let bytes = bytes.get_mut(..size).ok_or(ProgramError::InvalidInstructionData)?;
    get_sysvar(bytes, &CLOCK_ID, offset)?;
    set_return_data(bytes);
    Ok(())
}
