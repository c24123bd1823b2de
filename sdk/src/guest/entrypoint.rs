//! From the host's call to the program's `process` function: parses the input region without copying, and
//! turns the result into a code.
#![expect(unsafe_code, reason = "the input region is memory that the host wrote")]

use super::account::AccountView;
use crate::abi::{AccountEntry, FLAG_DUPLICATE, InputHeader};
use crate::{Address, ProgramError, ProgramResult};
use core::mem::MaybeUninit;
use core::ptr::NonNull;

/// Accounts that [`entrypoint!`](crate::entrypoint) makes room for unless told otherwise: as many as a
/// transaction may name.
pub const DEFAULT_MAX_ACCOUNTS: usize = crate::limits::MAX_ACCOUNT_KEYS;

/// What a program is: a function from its address, the accounts and the instruction data to a result.
pub type Process = fn(&Address, &[AccountView], &[u8]) -> ProgramResult;

/// Makes `process` the program: exports `entrypoint`, and installs the bump allocator and the panic handler.
///
/// `process` is a `fn(program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult`. Calls
/// with more than 64 accounts (duplicates counted) fail with `InvalidArgument`; `entrypoint!(process, 255)`
/// takes as many as there can be. The crate starts with `#![cfg_attr(target_arch = "wasm32", no_std)]`; on
/// other targets the macro only checks the function's type.
#[macro_export]
macro_rules! entrypoint {
    ($process:path) => {
        $crate::entrypoint!($process, $crate::guest::DEFAULT_MAX_ACCOUNTS);
    };
    ($process:path, $max_accounts:expr) => {
        $crate::entrypoint_only!($process, $max_accounts);
        $crate::default_allocator!();
        $crate::default_panic_handler!();
    };
}

/// The part of [`entrypoint!`](crate::entrypoint) that exports the function.
#[macro_export]
macro_rules! entrypoint_only {
    ($process:path) => {
        $crate::entrypoint_only!($process, $crate::guest::DEFAULT_MAX_ACCOUNTS);
    };
    ($process:path, $max_accounts:expr) => {
        const _: $crate::guest::entrypoint::Process = $process;

        /// Where the host calls the program.
        ///
        /// # Safety
        /// `input` must be the address of an input region.
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "an export, called by the host with an input region")]
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn entrypoint(input: *mut u8) -> u64 {
            // SAFETY: the host passes an input region.
            unsafe { $crate::guest::entrypoint::run::<{ $max_accounts }>(input, $process) }
        }
    };
}

/// Parses the input region and runs `process` on it; 0 for success, else the error's code.
///
/// # Safety
/// `input` must point to an input region as `abi` describes it, valid for reads and writes until this
/// returns, and reached in no other way meanwhile.
#[inline(always)]
pub unsafe fn run<const MAX_ACCOUNTS: usize>(
    input: *mut u8,
    process: impl FnOnce(&Address, &[AccountView], &[u8]) -> ProgramResult,
) -> u64 {
    let mut views = [MaybeUninit::<AccountView>::uninit(); MAX_ACCOUNTS];
    // SAFETY: the caller vouches for the region, and the host for what it wrote there: offsets and counts lie
    // in the region, and a duplicate's index is that of an entry before it.
    let result = unsafe {
        let header = &*input.cast::<InputHeader>();
        let count = header.account_count as usize;
        if count > MAX_ACCOUNTS {
            return u64::from(ProgramError::InvalidArgument);
        }
        let table = input.add(header.accounts_offset as usize).cast::<AccountEntry>();
        for (index, view) in views.iter_mut().enumerate().take(count) {
            view.write(resolve(table, index));
        }
        let accounts = core::slice::from_raw_parts(views.as_ptr().cast::<AccountView>(), count);
        let data = core::slice::from_raw_parts(
            input.add(header.instruction_data_offset as usize),
            header.instruction_data_size as usize,
        );
        let program_id = &*(&raw const header.program_id).cast::<Address>();
        process(program_id, accounts, data)
    };
    match result {
        Ok(()) => 0,
        Err(error) => u64::from(error),
    }
}

/// A view of the account at `index` of the table: of its first entry, if it has several.
///
/// # Safety
/// The table must have the entry.
#[inline(always)]
unsafe fn resolve(table: *mut AccountEntry, index: usize) -> AccountView {
    // SAFETY: the caller vouches for the table.
    unsafe {
        let entry = table.add(index);
        let first = if (*entry).flags & FLAG_DUPLICATE == 0 {
            entry
        } else {
            table.add((*entry).duplicate_of as usize)
        };
        AccountView::new(NonNull::new_unchecked(first))
    }
}
