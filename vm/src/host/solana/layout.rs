//! How a program describes a nested call in its memory: as structures of Rust's or of C's, both on wasm32.
//!
//! Rust's are `StableInstruction` (64-bit fields everywhere, or 32-bit ones in crates before `solana-program` 2), `AccountInfo` with its `Rc<RefCell<&mut …>>`, whose layout
//! nobody promises, and slices of slices. C's are those of `sol/cpi.h`, which pinocchio uses too. Whatever a program
//! says of an account is held against where the account lies in its input, so a layout that changes is an error and
//! never a misunderstanding.

use super::narrow;
use crate::CallError;
use crate::abi::solana::Places;
use crate::host::address::Seeds;
use crate::host::guest::Guest;
use bytemuck::{Pod, Zeroable};
use sealane_sdk::Address;
use sealane_sdk::abi::SignerSeeds;
use std::mem::offset_of;

/// Whose structures they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// `sol_invoke_signed_rust`.
    Rust,
    /// `sol_invoke_signed_c`.
    C,
}

/// A nested instruction; `accounts` and `data` are addresses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instruction {
    pub(super) program: Address,
    pub(super) accounts: u32,
    pub(super) account_count: u32,
    pub(super) data: u32,
    pub(super) data_size: u32,
}

/// An account of a nested instruction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meta {
    pub(super) address: Address,
    pub(super) signer: bool,
    pub(super) writable: bool,
}

/// What a program says of one of its accounts: where its things lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Info {
    pub(super) places: Places,
    /// Address at which the program keeps the data's size.
    pub(super) size_place: u32,
    /// Whether that is 64 bits wide.
    pub(super) size_is_wide: bool,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct StableVec {
    address: u64,
    capacity: u64,
    count: u64,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct RustInstruction {
    accounts: StableVec,
    data: StableVec,
    program: [u8; 32],
}

/// What a list was before its fields had a fixed width: pointer, capacity, length, as wide as addresses are.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct NarrowVec {
    address: u32,
    capacity: u32,
    count: u32,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct NarrowInstruction {
    accounts: NarrowVec,
    data: NarrowVec,
    program: [u8; 32],
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct RustMeta {
    address: [u8; 32],
    signer: u8,
    writable: u8,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct RustInfo {
    key: u32,
    lamports: u32,
    data: u32,
    owner: u32,
    rent_epoch: u64,
    flags: [u8; 3],
    padding: [u8; 5],
}

/// What an `Rc<RefCell<&mut [u8]>>` points to; that of lamports ends before the size.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct RustCell {
    strong_count: u32,
    weak_count: u32,
    borrow: u32,
    address: u32,
    size: u32,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct CInstruction {
    program: u32,
    accounts: u32,
    account_count: u64,
    data: u32,
    padding: u32,
    data_size: u64,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct CMeta {
    address: u32,
    writable: u8,
    signer: u8,
    padding: [u8; 2],
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct CInfo {
    key: u32,
    lamports: u32,
    data_size: u64,
    data: u32,
    owner: u32,
    rent_epoch: u64,
    flags: [u8; 3],
    padding: [u8; 5],
}

/// A seed, or a list of seeds, in C.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct CSlice {
    address: u32,
    padding: u32,
    count: u64,
}

const _: () = assert!(size_of::<RustInstruction>() == 80 && size_of::<RustMeta>() == 34);
const _: () = assert!(size_of::<NarrowInstruction>() == 56 && offset_of!(NarrowInstruction, data) == 12);
const _: () = assert!(size_of::<RustInfo>() == 32 && size_of::<RustCell>() == 20);
const _: () = assert!(size_of::<CInstruction>() == 32 && size_of::<CMeta>() == 8);
const _: () = assert!(size_of::<CInfo>() == 40 && size_of::<CSlice>() == 16);

impl Layout {
    /// The instruction at `offset`.
    pub(super) fn instruction(self, guest: &Guest<'_>, offset: u32) -> Result<Instruction, CallError> {
        let fit = |value| narrow(guest.call, value);
        Ok(match self {
            Self::Rust if is_narrow(guest, offset)? => {
                let NarrowInstruction { accounts, data, program } = guest.read(offset)?;
                Instruction {
                    program: Address::from(program),
                    accounts: accounts.address,
                    account_count: accounts.count,
                    data: data.address,
                    data_size: data.count,
                }
            }
            Self::Rust => {
                let RustInstruction { accounts, data, program } = guest.read(offset)?;
                Instruction {
                    program: Address::from(program),
                    accounts: fit(accounts.address)?,
                    account_count: fit(accounts.count)?,
                    data: fit(data.address)?,
                    data_size: fit(data.count)?,
                }
            }
            Self::C => {
                let instruction: CInstruction = guest.read(offset)?;
                Instruction {
                    program: Address::from(guest.array::<32>(instruction.program)?),
                    accounts: instruction.accounts,
                    account_count: fit(instruction.account_count)?,
                    data: instruction.data,
                    data_size: fit(instruction.data_size)?,
                }
            }
        })
    }

    /// The account at `index` of the instruction's list.
    pub(super) fn meta(
        self,
        guest: &Guest<'_>,
        instruction: &Instruction,
        index: u32,
    ) -> Result<Meta, CallError> {
        let (address, signer, writable) = match self {
            Self::Rust => {
                let meta: RustMeta = item(guest, instruction.accounts, index)?;
                (meta.address, meta.signer, meta.writable)
            }
            Self::C => {
                let meta: CMeta = item(guest, instruction.accounts, index)?;
                (guest.array::<32>(meta.address)?, meta.signer, meta.writable)
            }
        };
        let flag = |byte: u8| match byte {
            0 => Ok(false),
            1 => Ok(true),
            byte => Err(CallError::BadArgument { call: guest.call, argument: u64::from(byte) }),
        };
        Ok(Meta { address: Address::from(address), signer: flag(signer)?, writable: flag(writable)? })
    }

    /// The account info at `index` of the list at `infos`.
    pub(super) fn info(self, guest: &Guest<'_>, infos: u32, index: u32) -> Result<Info, CallError> {
        Ok(match self {
            Self::Rust => {
                let info: RustInfo = item(guest, infos, index)?;
                let lamports_place = at(info.lamports, offset_of!(RustCell, address));
                let lamports: u32 = guest.read(lamports_place)?;
                let data: RustCell = guest.read(info.data)?;
                Info {
                    places: Places { key: info.key, owner: info.owner, lamports, data: data.address },
                    size_place: at(info.data, offset_of!(RustCell, size)),
                    size_is_wide: false,
                }
            }
            Self::C => {
                let CInfo { key, lamports, data, owner, .. } = item(guest, infos, index)?;
                Info {
                    places: Places { key, owner, lamports, data },
                    size_place: at(place::<CInfo>(infos, index), offset_of!(CInfo, data_size)),
                    size_is_wide: true,
                }
            }
        })
    }

    /// The seeds of the signer at `index` of the list at `signers`.
    pub(super) fn seeds(self, guest: &Guest<'_>, signers: u32, index: u32) -> Result<Seeds, CallError> {
        match self {
            Self::Rust => {
                let SignerSeeds { seeds_offset, seed_count } = item(guest, signers, index)?;
                Ok(Seeds::read(guest, seeds_offset, seed_count)??)
            }
            Self::C => {
                let signer: CSlice = item(guest, signers, index)?;
                let mut seeds = Seeds::new();
                for index in 0..narrow(guest.call, signer.count)? {
                    let seed: CSlice = item(guest, signer.address, index)?;
                    seeds.push(guest.bytes(seed.address, narrow(guest.call, seed.count)?)?)?;
                }
                Ok(seeds)
            }
        }
    }
}

/// Whether the instruction at `offset` has narrow fields. The fourth word tells: there it is the address of the data, which
/// is never zero, not even of no data, and otherwise the upper half of a capacity.
fn is_narrow(guest: &Guest<'_>, offset: u32) -> Result<bool, CallError> {
    let word: u32 = guest.read(at(offset, offset_of!(NarrowInstruction, data)))?;
    Ok(word != 0)
}

/// The item at `index` of the list at `list`.
fn item<T: Pod>(guest: &Guest<'_>, list: u32, index: u32) -> Result<T, CallError> {
    guest.read(place::<T>(list, index))
}

/// Where the item at `index` of the list at `list` lies; beyond all memory rather than somewhere else.
fn place<T>(list: u32, index: u32) -> u32 {
    at(list, size_of::<T>().saturating_mul(index as usize))
}

fn at(start: u32, offset: usize) -> u32 {
    start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX))
}
