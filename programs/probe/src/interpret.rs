//! Runs scripts: one small function an operation or a family of them.

use crate::machine;
use crate::operation::Operation;
use crate::raw;
use crate::reader::Reader;
use crate::script::{ACCOUNT_SIGNER, ACCOUNT_WRITABLE};
use alloc::vec::Vec;
use sealane_sdk::abi::{FLAG_EXECUTABLE, FLAG_SIGNER, FLAG_WINDOWED, FLAG_WRITABLE, SysvarId};
use sealane_sdk::guest::{self, AccountView, Invocation, InvokeMeta, set_return_data};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// The program's own error when data is not as the script expects it.
pub const UNEXPECTED_DATA: u32 = 1;
/// The program's own error when a balance is not as the script expects it.
pub const UNEXPECTED_LAMPORTS: u32 = 2;

/// Room for one seed more than the ledger allows, so that a script can ask for too many.
const MAX_SCRIPT_SEEDS: usize = 17;

/// Whether the script goes on after an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Next,
    Stop,
}

pub(crate) fn process(_program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    run(accounts, data).map(|_| ())
}

fn run(accounts: &[AccountView], script: &[u8]) -> Result<Flow, ProgramError> {
    let mut reader = Reader::new(script);
    while let Some(operation) = reader.operation()? {
        if step(operation, accounts, &mut reader)? == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Next)
}

fn step(
    operation: Operation,
    accounts: &[AccountView],
    reader: &mut Reader<'_>,
) -> Result<Flow, ProgramError> {
    use Operation as Op;
    match operation {
        Op::WriteData | Op::ReadData | Op::ExpectData | Op::MultiplyAdd | Op::CopyData => {
            data(operation, accounts, reader)?;
        }
        Op::SetLamports | Op::MoveLamports | Op::ExpectLamports => lamports(operation, accounts, reader)?,
        Op::Assign => reader.account(accounts)?.assign(&reader.address()?),
        Op::Resize => reader.account(accounts)?.resize(reader.offset()?)?,
        Op::Close => reader.account(accounts)?.close_to(reader.account(accounts)?)?,
        Op::ReadWindow => read_window(accounts, reader)?,
        Op::WriteWindow => reader.account(accounts)?.write_window(reader.offset()?, reader.bytes()?)?,
        Op::Inspect => inspect(reader.account(accounts)?),
        Op::Log => guest::log_bytes(reader.bytes()?),
        Op::LogData => log_data(reader)?,
        Op::SetReturnData => set_return_data(reader.bytes()?),
        Op::RelayReturnData => relay_return_data(reader)?,
        Op::Invoke => invoke(accounts, reader)?,
        Op::ReadSysvar => read_sysvar(reader)?,
        Op::FindAddress | Op::CreateAddress => derive(operation, reader)?,
        Op::Sha256 | Op::Blake3 | Op::Ed25519Verify | Op::Secp256k1Recover => crypto(operation, reader)?,
        Op::RemainingUnits => set_return_data(&guest::remaining_units().to_le_bytes()),
        Op::Burn => machine::burn(reader.u64()?),
        Op::Recurse => machine::recurse_to(reader.u32()?),
        Op::Panic => panic!("{}", core::str::from_utf8(reader.bytes()?).unwrap_or("(not UTF-8)")),
        Op::Unreachable => machine::unreachable(),
        Op::Return => match reader.u64()? {
            0 => return Ok(Flow::Stop),
            code => return Err(ProgramError::from(code)),
        },
        Op::Peek => machine::peek(reader.u32()?, reader.size()?),
        Op::Poke => machine::poke(reader.u32()?, reader.bytes()?),
        Op::GrowMemory => machine::grow_memory(reader.u32()?),
        Op::Allocate => machine::allocate(reader.offset()?),
        Op::Count => machine::count(),
        Op::Raw => raw::call(reader)?,
        Op::Repeat => return repeat(accounts, reader),
    }
    Ok(Flow::Next)
}

fn data(operation: Operation, accounts: &[AccountView], reader: &mut Reader<'_>) -> ProgramResult {
    let account = reader.account(accounts)?;
    let offset = reader.offset()?;
    match operation {
        Operation::WriteData => {
            let bytes = reader.bytes()?;
            part_mut(&mut account.borrow_data_mut()?, offset, bytes.len())?.copy_from_slice(bytes);
        }
        Operation::ReadData => set_return_data(part(&account.borrow_data()?, offset, reader.size()?)?),
        Operation::ExpectData => {
            let bytes = reader.bytes()?;
            if part(&account.borrow_data()?, offset, bytes.len())? != bytes {
                return Err(ProgramError::Custom(UNEXPECTED_DATA));
            }
        }
        Operation::MultiplyAdd => {
            let (factor, addend) = (reader.u64()?, reader.u64()?);
            let mut data = account.borrow_data_mut()?;
            let place =
                part_mut(&mut data, offset, 8)?.first_chunk_mut().ok_or(ProgramError::AccountDataTooSmall)?;
            *place = u64::from_le_bytes(*place).wrapping_mul(factor).wrapping_add(addend).to_le_bytes();
        }
        _ => copy_data(account, offset, accounts, reader)?,
    }
    Ok(())
}

fn copy_data(
    from: &AccountView,
    from_offset: usize,
    accounts: &[AccountView],
    reader: &mut Reader<'_>,
) -> ProgramResult {
    let (to, to_offset, size) = (reader.account(accounts)?, reader.offset()?, reader.size()?);
    let bytes = part(&from.borrow_data()?, from_offset, size)?.to_vec();
    part_mut(&mut to.borrow_data_mut()?, to_offset, size)?.copy_from_slice(&bytes);
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

fn lamports(operation: Operation, accounts: &[AccountView], reader: &mut Reader<'_>) -> ProgramResult {
    let account = reader.account(accounts)?;
    match operation {
        Operation::SetLamports => account.set_lamports(reader.u64()?),
        Operation::MoveLamports => {
            let (to, lamports) = (reader.account(accounts)?, reader.u64()?);
            account.sub_lamports(lamports)?;
            to.add_lamports(lamports)?;
        }
        _ => {
            if account.lamports() != reader.u64()? {
                return Err(ProgramError::Custom(UNEXPECTED_LAMPORTS));
            }
        }
    }
    Ok(())
}

fn read_window(accounts: &[AccountView], reader: &mut Reader<'_>) -> ProgramResult {
    let (account, offset) = (reader.account(accounts)?, reader.offset()?);
    let mut bytes = alloc::vec![0; reader.size()?];
    account.read_window(offset, &mut bytes)?;
    set_return_data(&bytes);
    Ok(())
}

fn inspect(account: &AccountView) {
    let flag = |set: bool, flag: u32| if set { flag.to_le_bytes()[0] } else { 0 };
    let flags = flag(account.is_signer(), FLAG_SIGNER)
        | flag(account.is_writable(), FLAG_WRITABLE)
        | flag(account.is_executable(), FLAG_EXECUTABLE)
        | flag(account.is_windowed(), FLAG_WINDOWED);
    let mut bytes = Vec::with_capacity(47);
    bytes.extend_from_slice(&account.index().to_le_bytes());
    bytes.push(flags);
    bytes.extend_from_slice(&account.lamports().to_le_bytes());
    bytes.extend_from_slice(account.owner().as_array());
    bytes.extend_from_slice(&machine::low_word(account.data_size()).to_le_bytes());
    set_return_data(&bytes);
}

fn log_data(reader: &mut Reader<'_>) -> ProgramResult {
    let count = reader.u8()?;
    let pieces = (0..count).map(|_| reader.bytes()).collect::<Result<Vec<_>, _>>()?;
    guest::log_data(&pieces);
    Ok(())
}

fn relay_return_data(reader: &mut Reader<'_>) -> ProgramResult {
    let mut data = alloc::vec![0; reader.size()?];
    match guest::get_return_data(&mut data) {
        None => set_return_data(&[]),
        Some((program, size)) => {
            data.truncate(size);
            let mut bytes = Vec::with_capacity(36 + data.len());
            bytes.extend_from_slice(program.as_array());
            bytes.extend_from_slice(&machine::low_word(size).to_le_bytes());
            bytes.extend_from_slice(&data);
            set_return_data(&bytes);
        }
    }
    Ok(())
}

fn invoke(accounts: &[AccountView], reader: &mut Reader<'_>) -> ProgramResult {
    let program = reader.account(accounts)?;
    let count = reader.u8()?;
    let mut metas = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let (view, flags) = (reader.account(accounts)?, reader.u8()?);
        metas.push(InvokeMeta {
            view,
            signer: flags & ACCOUNT_SIGNER != 0,
            writable: flags & ACCOUNT_WRITABLE != 0,
        });
    }
    let data = reader.bytes()?;
    let mut signers = Vec::new();
    for _ in 0..reader.u8()? {
        let mut places = [&[][..]; MAX_SCRIPT_SEEDS];
        let seed_count = reader.seeds(&mut places)?;
        signers.push(places[..seed_count].to_vec());
    }
    let signers = signers.iter().map(Vec::as_slice).collect::<Vec<_>>();
    guest::invoke_signed(&Invocation { program, accounts: &metas, data }, &signers)
}

fn read_sysvar(reader: &mut Reader<'_>) -> ProgramResult {
    let id = SysvarId::from_number(u32::from(reader.u8()?)).ok_or(ProgramError::UnsupportedSysvar)?;
    let offset = reader.offset()?;
    let mut bytes = alloc::vec![0; reader.size()?];
    guest::sysvar::read(id, offset, &mut bytes)?;
    set_return_data(&bytes);
    Ok(())
}

fn derive(operation: Operation, reader: &mut Reader<'_>) -> ProgramResult {
    let program = reader.address()?;
    let mut places = [&[][..]; MAX_SCRIPT_SEEDS];
    let count = reader.seeds(&mut places)?;
    let seeds = &places[..count];
    if operation == Operation::CreateAddress {
        set_return_data(guest::create_program_address(seeds, &program)?.as_array());
    } else {
        let (address, bump) = guest::find_program_address(seeds, &program);
        let mut bytes = [bump; 33];
        bytes[..32].copy_from_slice(address.as_array());
        set_return_data(&bytes);
    }
    Ok(())
}

fn crypto(operation: Operation, reader: &mut Reader<'_>) -> ProgramResult {
    match operation {
        Operation::Sha256 => set_return_data(&guest::sha256(&[reader.bytes()?])),
        Operation::Blake3 => set_return_data(&guest::blake3(&[reader.bytes()?])),
        Operation::Ed25519Verify => {
            let (signature, key, message) = (reader.array()?, reader.address()?, reader.bytes()?);
            set_return_data(&[u8::from(guest::ed25519_verify(signature, &key, message))]);
        }
        _ => {
            let (hash, recovery_id, signature) = (reader.array()?, reader.u8()?, reader.array()?);
            match guest::secp256k1_recover(hash, recovery_id, signature) {
                Some(key) => set_return_data(&key),
                None => set_return_data(&[]),
            }
        }
    }
    Ok(())
}

fn repeat(accounts: &[AccountView], reader: &mut Reader<'_>) -> Result<Flow, ProgramError> {
    let (count, script) = (reader.u32()?, reader.bytes()?);
    for _ in 0..count {
        if run(accounts, script)? == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Next)
}
