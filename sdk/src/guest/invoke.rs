//! Nested calls: a program calls another on some of its own accounts.
//!
//! Accounts are named by their index in the caller's table, so nothing is copied but four bytes an account. A
//! nested call that fails takes the caller with it: there is nothing to handle afterwards.
#![expect(unsafe_code, reason = "the host reads lists by address and rewrites the account table")]

use super::account::AccountView;
use super::borrow::BORROWED_MUT;
use super::host_calls;
use crate::abi::{FLAG_SIGNER, FLAG_WRITABLE, InvokeAccount, InvokeInstruction};
use crate::limits::MAX_INSTRUCTION_ACCOUNTS;
use crate::{ProgramError, ProgramResult};
use core::mem::MaybeUninit;

/// A nested instruction.
#[derive(Clone, Copy, Debug)]
pub struct Invocation<'a> {
    /// The program to call; it must be among the caller's accounts.
    pub program: &'a AccountView,
    /// The accounts to call it on, at most 255.
    pub accounts: &'a [InvokeMeta<'a>],
    /// The instruction data, at most 10 KiB.
    pub data: &'a [u8],
}

/// One account of a nested instruction, with the privileges that the called program gets. They never grow:
/// the caller must have them, or sign with seeds.
#[derive(Clone, Copy, Debug)]
pub struct InvokeMeta<'a> {
    /// The account.
    pub view: &'a AccountView,
    /// Whether the called program sees it as a signer.
    pub signer: bool,
    /// Whether the called program may change it.
    pub writable: bool,
}

impl<'a> InvokeMeta<'a> {
    /// An account that the called program only reads.
    #[must_use]
    pub const fn readonly(view: &'a AccountView) -> Self {
        Self { view, signer: false, writable: false }
    }

    /// An account that the called program may change.
    #[must_use]
    pub const fn writable(view: &'a AccountView) -> Self {
        Self { view, signer: false, writable: true }
    }

    /// A signer that the called program only reads.
    #[must_use]
    pub const fn readonly_signer(view: &'a AccountView) -> Self {
        Self { view, signer: true, writable: false }
    }

    /// A signer that the called program may change.
    #[must_use]
    pub const fn writable_signer(view: &'a AccountView) -> Self {
        Self { view, signer: true, writable: true }
    }
}

/// Runs a nested instruction with the signatures the caller already has.
///
/// # Errors
/// As [`invoke_signed`].
#[inline]
pub fn invoke(invocation: &Invocation<'_>) -> ProgramResult {
    invoke_signed(invocation, &[])
}

/// Runs a nested instruction; `signers` are lists of seeds, bump included, each of which derives an address
/// from the caller's that then counts as a signer. Afterwards the views show what the called program changed.
///
/// # Errors
/// [`ProgramError::AccountBorrowFailed`] while the data of a passed account is lent to be written, or at all
/// if it is passed as writable; [`ProgramError::InvalidArgument`] for more than 255 accounts. Anything else
/// (missing privileges, too deep a stack, a failure of the called program) ends the caller as well.
pub fn invoke_signed(invocation: &Invocation<'_>, signers: &[&[&[u8]]]) -> ProgramResult {
    let mut list = [MaybeUninit::<InvokeAccount>::uninit(); MAX_INSTRUCTION_ACCOUNTS];
    let accounts = list.get_mut(..invocation.accounts.len()).ok_or(ProgramError::InvalidArgument)?;
    for (place, meta) in accounts.iter_mut().zip(invocation.accounts) {
        let state = meta.view.borrow_state();
        if state == BORROWED_MUT || (meta.writable && state != 0) {
            return Err(meta.view.refuse_to_lend());
        }
        place.write(InvokeAccount { index: meta.view.index(), flags: flags(meta) });
    }
    let instruction = InvokeInstruction {
        program_index: u32::from(invocation.program.index()),
        accounts_offset: address(accounts.as_ptr()),
        account_count: size(accounts.len()),
        data_offset: address(invocation.data.as_ptr()),
        data_size: size(invocation.data.len()),
    };
    // SAFETY: the lists live on the stack until the call returns. Data that the called program may change is
    // lent to nobody, as was just checked; data it may read is lent to no writer.
    unsafe { host_calls::invoke(&instruction, signers) };
    Ok(())
}

#[inline]
fn flags(meta: &InvokeMeta<'_>) -> u16 {
    let flags = (if meta.signer { FLAG_SIGNER } else { 0 }) | (if meta.writable { FLAG_WRITABLE } else { 0 });
    #[expect(clippy::cast_possible_truncation, reason = "1 and 2")]
    {
        flags as u16
    }
}

/// An address as the host takes it: 32 bits on wasm32. Elsewhere there is no host that would read it.
#[expect(clippy::cast_possible_truncation, reason = "addresses are 32 bits where it matters")]
fn address<T>(pointer: *const T) -> u32 {
    pointer.expose_provenance() as u32
}

#[expect(clippy::cast_possible_truncation, reason = "sizes are 32 bits where it matters")]
fn size(size: usize) -> u32 {
    size as u32
}
