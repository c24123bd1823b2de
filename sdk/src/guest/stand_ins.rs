//! What answers host calls where there is no vm: on the machine that compiles and tests programs.
//!
//! What needs no vm works (log, rent, data windows, resizing within a [`Region`](super::region::Region));
//! with the feature `host` addresses are derived too. The rest panics and says which call it was.
#![expect(unsafe_code, reason = "they stand in for foreign functions and keep their signatures")]

extern crate std;

use super::account;
#[cfg(feature = "host")]
use crate::Address;
use crate::abi::{AccountEntry, InvokeInstruction, SignerSeeds, SysvarId};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::ptr::NonNull;

std::thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn no_vm(call: &str) -> ! {
    panic!("host call {call}: there is no vm here; run the program in one to test this")
}

pub(super) unsafe fn log(text: *const u8, size: usize) {
    // SAFETY: the caller passes a slice's parts.
    let text = unsafe { core::slice::from_raw_parts(text, size) };
    let line = String::from_utf8_lossy(text).into_owned();
    std::eprintln!("Program log: {line}");
    LOG.with_borrow_mut(|log| log.push(line));
}

/// The lines that programs have logged on this thread since this was called last.
pub(super) fn take_log() -> Vec<String> {
    LOG.take()
}

pub(super) unsafe fn log_data(_slices: *const &[u8], _count: usize) {}

pub(super) unsafe fn panic(_text: *const u8, _size: usize) -> ! {
    no_vm("panic")
}

pub(super) unsafe fn sha256(_slices: *const &[u8], _count: usize, _out: *mut [u8; 32]) {
    no_vm("sha256")
}

pub(super) unsafe fn blake3(_slices: *const &[u8], _count: usize, _out: *mut [u8; 32]) {
    no_vm("blake3")
}

pub(super) unsafe fn ed25519_verify(
    _signature: *const [u8; 64],
    _key: *const [u8; 32],
    _message: *const u8,
    _size: usize,
) -> i32 {
    no_vm("ed25519_verify")
}

pub(super) unsafe fn secp256k1_recover(
    _hash: *const [u8; 32],
    _id: u32,
    _signature: *const [u8; 64],
    _out: *mut [u8; 64],
) -> i32 {
    no_vm("secp256k1_recover")
}

#[cfg(not(feature = "host"))]
pub(super) unsafe fn create_address(
    _seeds: *const &[u8],
    _count: usize,
    _program: *const [u8; 32],
    _out: *mut [u8; 32],
) -> i32 {
    no_vm("create_address")
}

#[cfg(not(feature = "host"))]
pub(super) unsafe fn find_address(
    _seeds: *const &[u8],
    _count: usize,
    _program: *const [u8; 32],
    _out: *mut [u8; 32],
    _bump_out: *mut u8,
) -> i32 {
    no_vm("find_address")
}

#[cfg(feature = "host")]
pub(super) unsafe fn create_address(
    seeds: *const &[u8],
    count: usize,
    program: *const [u8; 32],
    out: *mut [u8; 32],
) -> i32 {
    // SAFETY: the caller passes a slice's parts, and room for 32 bytes.
    unsafe {
        let seeds = core::slice::from_raw_parts(seeds, count);
        match Address::create_program_address(seeds, &Address::new_from_array(*program)) {
            Ok(address) => {
                out.write(address.to_bytes());
                1
            }
            Err(_) => 0,
        }
    }
}

#[cfg(feature = "host")]
pub(super) unsafe fn find_address(
    seeds: *const &[u8],
    count: usize,
    program: *const [u8; 32],
    out: *mut [u8; 32],
    bump_out: *mut u8,
) -> i32 {
    // SAFETY: the caller passes a slice's parts, and room for 32 bytes and one.
    unsafe {
        let seeds = core::slice::from_raw_parts(seeds, count);
        match Address::try_find_program_address(seeds, &Address::new_from_array(*program)) {
            Some((address, bump)) => {
                out.write(address.to_bytes());
                bump_out.write(bump);
                1
            }
            None => 0,
        }
    }
}

pub(super) unsafe fn invoke(
    _instruction: *const InvokeInstruction,
    _signers: *const SignerSeeds,
    _signer_count: usize,
) {
    no_vm("invoke")
}

pub(super) unsafe fn set_return_data(_data: *const u8, _size: usize) {}

pub(super) unsafe fn get_return_data(_out: *mut u8, _capacity: usize, _program_out: *mut [u8; 32]) -> usize {
    0
}

/// Rent is the ledger's own; the clock stands at 0. The other sysvars have no bytes here.
pub(super) unsafe fn sysvar_read(id: u32, offset: usize, out: *mut u8, size: usize) -> i32 {
    let mut rent = [0; 17];
    rent[..8].copy_from_slice(&(crate::limits::RENT_EXEMPT_LAMPORTS_PER_BYTE / 2).to_le_bytes());
    rent[8..16].copy_from_slice(&2f64.to_bits().to_le_bytes());
    rent[16] = 50;
    let bytes: &[u8] = match SysvarId::from_number(id) {
        Some(SysvarId::Clock) => &[0; 40],
        Some(SysvarId::Rent) => &rent,
        _ => &[],
    };
    let Some(bytes) = offset.checked_add(size).and_then(|end| bytes.get(offset..end)) else {
        return 0;
    };
    // SAFETY: the caller passes room for `size` bytes.
    unsafe { out.copy_from_nonoverlapping(bytes.as_ptr(), size) };
    1
}

pub(super) unsafe fn account_read(entry: NonNull<AccountEntry>, offset: usize, out: *mut u8, size: usize) {
    // SAFETY: entries lie in a region and tell where their data is; the range is checked against it.
    unsafe {
        let data = account::data_address(entry);
        assert!(
            offset.checked_add(size).is_some_and(|end| end <= entry.as_ref().data_size as usize),
            "a read beyond the data"
        );
        out.copy_from_nonoverlapping(data.add(offset), size);
    }
}

pub(super) unsafe fn account_write(
    entry: NonNull<AccountEntry>,
    offset: usize,
    data: *const u8,
    size: usize,
) {
    // SAFETY: as in `account_read`.
    unsafe {
        let out = account::data_address(entry);
        assert!(
            offset.checked_add(size).is_some_and(|end| end <= entry.as_ref().data_size as usize),
            "a write beyond the data"
        );
        out.add(offset).copy_from_nonoverlapping(data, size);
    }
}

/// Resizes within the room that a region leaves behind each account's data; the room's size stands before the
/// data.
pub(super) unsafe fn account_resize(mut entry: NonNull<AccountEntry>, size: usize) {
    // SAFETY: entries lie in a region, which lays data out like this.
    unsafe {
        let data = account::data_address(entry);
        let capacity = data.sub(size_of::<u64>()).cast::<u64>().read();
        assert!(size as u64 <= capacity, "data grows by more than a call allows");
        let before = entry.as_ref().data_size as usize;
        data.add(before.min(size)).write_bytes(0, size.saturating_sub(before));
        entry.as_mut().data_size = u32::try_from(size).expect("below the capacity");
    }
}

pub(super) unsafe fn remaining_units() -> i64 {
    i64::from(crate::limits::MAX_TRANSACTION_UNITS)
}
