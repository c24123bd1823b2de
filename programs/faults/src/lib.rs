//! A program that goes wrong in every way a program can, and breaks every rule that can be declared: `tests/messages.rs` holds what its
//! author gets to see of each.
//!
//! The instructions that stop do so in a function of their own, whose name the messages must tell. `rules.rs` has the accounts with
//! the constraints.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod rules;

pub use rules::*;

use alloc::vec::Vec;
use core::hint::black_box;
use sealane_sdk::guest::{Invocation, InvokeMeta, invoke};
use sealane_sdk::prelude::*;

declare_id!("Fau1ts1111111111111111111111111111111111111");

/// Goes wrong.
#[program(errors = FaultError)]
pub mod faults {
    use super::*;

    /// Reads behind the end of a list.
    pub fn read_behind_the_end(_context: Context<Stop>, index: u32) -> Result<u64> {
        Ok(entry_of_a_list(index))
    }

    /// Takes a value where there is none.
    pub fn unwrap_nothing(_context: Context<Stop>) -> Result<u64> {
        Ok(black_box(None).expect("the price is known by now"))
    }

    /// Adds more than there is room for.
    pub fn overflow(_context: Context<Stop>, amount: u64) -> Result<u64> {
        Ok(total(amount))
    }

    /// The same, as programs should do it.
    pub fn overflow_checked(_context: Context<Stop>, amount: u64) -> Result<u64> {
        amount.checked_add(u64::MAX).ok_or(ProgramError::ArithmeticOverflow)
    }

    /// Divides by what a client gives.
    pub fn divide(_context: Context<Stop>, by: u64) -> Result<u64> {
        Ok(share(by))
    }

    /// Never ends.
    pub fn spin(_context: Context<Stop>) -> Result<u64> {
        Ok(wait_forever())
    }

    /// Takes memory until there is none.
    pub fn fill_memory(_context: Context<Stop>) -> Result<u64> {
        Ok(hoard())
    }

    /// Calls itself until the stack is full.
    pub fn fill_stack(_context: Context<Stop>, depth: u64) -> Result<u64> {
        Ok(dig(depth))
    }

    /// Puts more on the stack than there is room for.
    pub fn large_local(_context: Context<Stop>) -> Result<u64> {
        Ok(sum_of_a_large_array())
    }

    /// Writes an account that it did not declare writable.
    pub fn write_undeclared(context: Context<Stop>) -> Result {
        context.accounts.read_only.load_mut()?.number += 1;
        Ok(())
    }

    /// Takes lamports from an account that it did not declare writable.
    pub fn take_lamports(context: Context<Stop>) -> Result {
        let Stop { data, read_only, .. } = context.accounts;
        read_only.sub_lamports(1)?;
        data.add_lamports(1)
    }

    /// Takes lamports from somebody else's account.
    pub fn steal(context: Context<Stop>) -> Result {
        let Stop { authority, data, .. } = context.accounts;
        authority.sub_lamports(1)?;
        data.add_lamports(1)
    }

    /// Makes lamports out of nothing.
    pub fn print_lamports(context: Context<Stop>) -> Result {
        context.accounts.data.add_lamports(1)
    }

    /// Takes what keeps an account alive.
    pub fn starve(context: Context<Stop>) -> Result {
        let Stop { authority, data, .. } = context.accounts;
        data.sub_lamports(1)?;
        authority.add_lamports(1)
    }

    /// Lets an account grow by more than a call may.
    pub fn grow(context: Context<Stop>) -> Result {
        context.accounts.data.resize(20_000)
    }

    /// Borrows an account's data twice, to write it.
    pub fn borrow_twice(context: Context<Stop>) -> Result {
        let first = context.accounts.data.load_mut()?;
        let mut second = context.accounts.data.load_mut()?;
        second.number += first.number;
        Ok(())
    }

    /// Holds on to data while it calls a program that may change it.
    pub fn hold_while_calling(context: Context<Stop>) -> Result {
        let Stop { data, program, .. } = &context.accounts;
        let _held = data.load_mut()?;
        invoke(&Invocation { program, accounts: &[InvokeMeta::writable(data)], data: &[] })
    }

    /// Calls a program with more rights than it was given.
    pub fn escalate(context: Context<Stop>) -> Result {
        let Stop { read_only, program, .. } = &context.accounts;
        invoke(&Invocation { program, accounts: &[InvokeMeta::writable(read_only)], data: &[] })
    }

    /// Fails with an error of its own.
    pub fn refuse(_context: Context<Stop>) -> Result {
        Err(FaultError::NotToday.into())
    }

    /// Fails with an error that nobody declared.
    pub fn refuse_unknown(_context: Context<Stop>) -> Result {
        Err(ProgramError::Custom(77))
    }

    /// Keeps the rules of single accounts.
    pub fn check(_context: Context<Check>, id: u16) -> Result {
        let _ = id;
        Ok(())
    }

    /// Keeps the rules of typed data.
    pub fn check_data(_context: Context<CheckData>) -> Result {
        Ok(())
    }

    /// Makes an account.
    pub fn make(_context: Context<Make>) -> Result {
        Ok(())
    }

    /// Writes two accounts, which must be two.
    pub fn write_both(context: Context<WriteBoth>) -> Result {
        context.accounts.one.load_mut()?.number += 1;
        context.accounts.other.load_mut()?.number += 1;
        Ok(())
    }
}

/// What the program refuses with by itself.
#[error_code]
pub enum FaultError {
    /// It just does not want to.
    #[msg("Not today.")]
    NotToday,
    /// A constraint with an error of its own.
    #[msg("Eight is too much.")]
    Eight,
}

#[inline(never)]
fn entry_of_a_list(index: u32) -> u64 {
    black_box([1, 2, 3])[index as usize]
}

#[inline(never)]
fn total(amount: u64) -> u64 {
    black_box(u64::MAX).strict_add(amount)
}

#[inline(never)]
fn share(by: u64) -> u64 {
    black_box(100) / by
}

#[inline(never)]
fn wait_forever() -> u64 {
    let mut turns = 0_u64;
    while black_box(true) {
        turns = turns.wrapping_add(1);
    }
    turns
}

#[inline(never)]
fn hoard() -> u64 {
    let mut hoard: Vec<Vec<u64>> = Vec::new();
    for _ in 0..1_000 {
        hoard.push(black_box(Vec::with_capacity(1 << 17)));
    }
    hoard.len() as u64
}

#[inline(never)]
fn dig(depth: u64) -> u64 {
    if black_box(depth) == 0 { 0 } else { black_box(dig(depth - 1)) + 1 }
}

#[inline(never)]
fn sum_of_a_large_array() -> u64 {
    let array = black_box([1_u64; 4_096]);
    array.iter().sum()
}
