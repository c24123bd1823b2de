//! The host's functions, as `sdk/ABI.md` lists them, behind signatures that Rust can check.
//!
//! On wasm32 they are imported from the module `sealane`. Elsewhere [`stand_ins`](super::stand_ins) takes
//! their place, so that programs compile, and most of their logic can be tested, without a vm.
#![expect(unsafe_code, reason = "host calls are foreign functions that take addresses")]

use crate::abi::{AccountEntry, InvokeInstruction};
use core::mem::MaybeUninit;
use core::ptr::NonNull;

#[cfg(target_arch = "wasm32")]
use imports as raw;

#[cfg(not(target_arch = "wasm32"))]
use super::stand_ins as raw;

#[cfg(target_arch = "wasm32")]
mod imports {
    use crate::abi::{InvokeInstruction, SignerSeeds, Slice};

    #[link(wasm_import_module = "sealane")]
    unsafe extern "C" {
        pub(super) fn log(text: *const u8, size: usize);
        pub(super) fn log_data(slices: *const Slice, count: usize);
        pub(super) fn panic(text: *const u8, size: usize) -> !;
        pub(super) fn sha256(slices: *const Slice, count: usize, out: *mut [u8; 32]);
        pub(super) fn blake3(slices: *const Slice, count: usize, out: *mut [u8; 32]);
        pub(super) fn ed25519_verify(
            signature: *const [u8; 64],
            key: *const [u8; 32],
            message: *const u8,
            message_size: usize,
        ) -> i32;
        pub(super) fn secp256k1_recover(
            hash: *const [u8; 32],
            recovery_id: u32,
            signature: *const [u8; 64],
            out: *mut [u8; 64],
        ) -> i32;
        pub(super) fn create_address(
            seeds: *const Slice,
            seed_count: usize,
            program: *const [u8; 32],
            out: *mut [u8; 32],
        ) -> i32;
        pub(super) fn find_address(
            seeds: *const Slice,
            seed_count: usize,
            program: *const [u8; 32],
            out: *mut [u8; 32],
            bump_out: *mut u8,
        ) -> i32;
        pub(super) fn invoke(
            instruction: *const InvokeInstruction,
            signers: *const SignerSeeds,
            signer_count: usize,
        );
        pub(super) fn set_return_data(data: *const u8, size: usize);
        pub(super) fn get_return_data(out: *mut u8, capacity: usize, program_out: *mut [u8; 32]) -> usize;
        pub(super) fn sysvar_read(id: u32, offset: usize, out: *mut u8, size: usize) -> i32;
        pub(super) fn account_read(index: u32, offset: usize, out: *mut u8, size: usize);
        pub(super) fn account_write(index: u32, offset: usize, data: *const u8, size: usize);
        pub(super) fn account_resize(index: u32, size: usize);
        pub(super) fn remaining_units() -> i64;
    }
}

/// A list of byte strings as the host reads it: where it starts, and how many there are.
///
/// A list of [`Slice`](crate::abi::Slice) is what a Rust `&[&[u8]]` already is in wasm32's memory. The
/// language does not promise that a slice reference is address, then length; the check makes it certain and
/// folds away when the program is compiled.
#[cfg(target_arch = "wasm32")]
fn list(slices: &[&[u8]]) -> (*const crate::abi::Slice, usize) {
    assert!(slice_is_address_then_size(), "this compiler lays slice references out in another way");
    (slices.as_ptr().cast(), slices.len())
}

#[cfg(not(target_arch = "wasm32"))]
fn list<'a>(slices: &'a [&'a [u8]]) -> (*const &'a [u8], usize) {
    (slices.as_ptr(), slices.len())
}

/// Whether `&[u8]` lies in memory as its address, then its length.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn slice_is_address_then_size() -> bool {
    let sample: &[u8] = &[0; 3];
    let address = sample.as_ptr() as usize;
    // SAFETY: a slice reference is two words, and any two words are two integers.
    let words: [usize; 2] = unsafe { core::mem::transmute(sample) };
    words == [address, 3]
}

/// Writes a line to the transaction's log.
pub(super) fn log(text: &[u8]) {
    // SAFETY: the host reads `text.len()` bytes at its address.
    unsafe { raw::log(text.as_ptr(), text.len()) }
}

/// Writes binary data to the log.
pub(super) fn log_data(slices: &[&[u8]]) {
    let (start, count) = list(slices);
    // SAFETY: the host reads the list and the bytes it names.
    unsafe { raw::log_data(start, count) }
}

/// Reports a panic and ends the program.
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "only the wasm32 panic handler calls it"))]
pub(super) fn panic(text: &[u8]) -> ! {
    // SAFETY: the host reads `text.len()` bytes at its address, and does not return.
    unsafe { raw::panic(text.as_ptr(), text.len()) }
}

/// SHA-256 of the concatenation of `slices`.
pub(super) fn sha256(slices: &[&[u8]]) -> [u8; 32] {
    let (start, count) = list(slices);
    let mut out = MaybeUninit::uninit();
    // SAFETY: the host reads the list and the bytes it names, and fills all of `out`.
    unsafe {
        raw::sha256(start, count, out.as_mut_ptr());
        out.assume_init()
    }
}

/// BLAKE3 of the concatenation of `slices`.
pub(super) fn blake3(slices: &[&[u8]]) -> [u8; 32] {
    let (start, count) = list(slices);
    let mut out = MaybeUninit::uninit();
    // SAFETY: the host reads the list and the bytes it names, and fills all of `out`.
    unsafe {
        raw::blake3(start, count, out.as_mut_ptr());
        out.assume_init()
    }
}

/// Whether the Ed25519 signature is good.
pub(super) fn ed25519_verify(signature: &[u8; 64], key: &[u8; 32], message: &[u8]) -> bool {
    // SAFETY: the host reads 64, 32 and `message.len()` bytes.
    unsafe { raw::ed25519_verify(signature, key, message.as_ptr(), message.len()) == 1 }
}

/// The public key that made a secp256k1 signature.
pub(super) fn secp256k1_recover(hash: &[u8; 32], recovery_id: u8, signature: &[u8; 64]) -> Option<[u8; 64]> {
    let mut out = MaybeUninit::uninit();
    // SAFETY: the host reads 32 and 64 bytes, and fills all of `out` when it answers 1.
    unsafe {
        let found = raw::secp256k1_recover(hash, u32::from(recovery_id), signature, out.as_mut_ptr()) == 1;
        found.then(|| out.assume_init())
    }
}

/// The address that `seeds` derive from `program`, unless it lies on the curve.
pub(super) fn create_address(seeds: &[&[u8]], program: &[u8; 32]) -> Option<[u8; 32]> {
    let (start, count) = list(seeds);
    let mut out = MaybeUninit::uninit();
    // SAFETY: the host reads the list, the bytes it names and 32 bytes, and fills all of `out` when it
    // answers 1.
    unsafe {
        let found = raw::create_address(start, count, program, out.as_mut_ptr()) == 1;
        found.then(|| out.assume_init())
    }
}

/// The first address off the curve that `seeds` and a bump derive from `program`, and the bump.
pub(super) fn find_address(seeds: &[&[u8]], program: &[u8; 32]) -> Option<([u8; 32], u8)> {
    let (start, count) = list(seeds);
    let mut out = MaybeUninit::uninit();
    let mut bump = MaybeUninit::uninit();
    // SAFETY: the host reads the list, the bytes it names and 32 bytes, and fills `out` and `bump` when it
    // answers 1.
    unsafe {
        let found = raw::find_address(start, count, program, out.as_mut_ptr(), bump.as_mut_ptr()) == 1;
        found.then(|| (out.assume_init(), bump.assume_init()))
    }
}

/// Runs a nested instruction.
///
/// # Safety
/// `instruction` must name lists and data that are valid to read. The host may rewrite every entry of the
/// account table and the data of every account that is passed as writable: nothing in the program may hold a
/// reference to them.
pub(super) unsafe fn invoke(instruction: &InvokeInstruction, signers: &[&[&[u8]]]) {
    #[cfg(target_arch = "wasm32")]
    assert!(slice_is_address_then_size(), "this compiler lays slice references out in another way");
    // SAFETY: the caller vouches for the instruction. A list of `SignerSeeds` is what `&[&[&[u8]]]` is in
    // memory, as was just checked.
    unsafe { raw::invoke(instruction, signers.as_ptr().cast(), signers.len()) }
}

/// Replaces the return data.
pub(super) fn set_return_data(data: &[u8]) {
    // SAFETY: the host reads `data.len()` bytes at its address.
    unsafe { raw::set_return_data(data.as_ptr(), data.len()) }
}

/// The return data's whole size in bytes, its beginning in `out`, and who returned it (unless the size is 0).
pub(super) fn get_return_data(out: &mut [u8]) -> (usize, [u8; 32]) {
    let mut program = [0; 32];
    // SAFETY: the host writes at most `out.len()` bytes to `out`, and 32 to `program`.
    let size = unsafe { raw::get_return_data(out.as_mut_ptr(), out.len(), &mut program) };
    (size, program)
}

/// Fills `out` with a sysvar's bytes from `offset` on, if it has that many.
pub(super) fn sysvar_read(id: u32, offset: usize, out: &mut [u8]) -> bool {
    // SAFETY: the host writes at most `out.len()` bytes to `out`.
    unsafe { raw::sysvar_read(id, offset, out.as_mut_ptr(), out.len()) == 1 }
}

/// Fills `out` with an account's data from `offset` on.
pub(super) fn account_read(entry: NonNull<AccountEntry>, offset: usize, out: &mut [u8]) {
    // SAFETY: entries are valid for the whole call, and the host writes `out.len()` bytes to `out`.
    unsafe { raw::account_read(account(entry), offset, out.as_mut_ptr(), out.len()) }
}

/// Writes `data` over an account's data at `offset`.
pub(super) fn account_write(entry: NonNull<AccountEntry>, offset: usize, data: &[u8]) {
    // SAFETY: entries are valid for the whole call, and the host reads `data.len()` bytes.
    unsafe { raw::account_write(account(entry), offset, data.as_ptr(), data.len()) }
}

/// Makes an account's data `size` bytes long.
///
/// # Safety
/// The data may move: nothing in the program may hold a reference to it.
pub(super) unsafe fn account_resize(entry: NonNull<AccountEntry>, size: usize) {
    // SAFETY: entries are valid for the whole call; the caller vouches for the data.
    unsafe { raw::account_resize(account(entry), size) }
}

/// Compute units left.
pub(super) fn remaining_units() -> u64 {
    // SAFETY: the host only answers a number. It is never negative.
    unsafe { raw::remaining_units() }.cast_unsigned()
}

/// How the host knows an account: its index in the table.
#[cfg(target_arch = "wasm32")]
unsafe fn account(entry: NonNull<AccountEntry>) -> u32 {
    // SAFETY: entries are valid for the whole call.
    unsafe { (*entry.as_ptr()).duplicate_of }
}

/// The stand-ins know an account by its entry.
#[cfg(not(target_arch = "wasm32"))]
unsafe fn account(entry: NonNull<AccountEntry>) -> NonNull<AccountEntry> {
    entry
}
