//! The accounts of the instructions, with every constraint that can be declared.

use crate::{FaultError, ID};
use sealane_sdk::prelude::*;

/// Who alone may stand in `treasury`.
pub const TREASURY: Address = Address::new_from_array([78; 32]);

/// The accounts of the instructions that stop.
#[derive(Accounts, Debug)]
pub struct Stop {
    /// Somebody with lamports.
    #[account(mut)]
    pub authority: Signer,
    /// Data of the program's.
    #[account(mut)]
    pub data: Account<Data>,
    /// Data of the program's that it may not write.
    pub read_only: Account<Data>,
    /// A program to call.
    pub program: UncheckedAccount,
}

/// The accounts of [`check`](crate::faults::check), by themselves.
#[derive(Accounts, Debug)]
#[instruction(id: u16)]
pub struct Check {
    /// Signs, by its type.
    pub owner: Signer,
    /// Signs, by a constraint.
    #[account(signer)]
    pub witness: UncheckedAccount,
    /// May be written.
    #[account(mut)]
    pub writable: UncheckedAccount,
    /// Is a certain account.
    #[account(address = TREASURY)]
    pub treasury: UncheckedAccount,
    /// Belongs to a certain program.
    #[account(owner = ID)]
    pub owned: UncheckedAccount,
    /// Is a program.
    #[account(executable)]
    pub program: UncheckedAccount,
    /// Is a wallet.
    pub wallet: SystemAccount,
    /// Is derived, with a bump that was stored.
    #[account(seeds = [b"seed", owner, id], bump = data.bump)]
    pub derived: UncheckedAccount,
    /// Is derived, with a bump that is searched.
    #[account(seeds = [b"seed", owner, id], bump)]
    pub searched: UncheckedAccount,
    /// Names others, and keeps two conditions.
    #[account(
        has_one = owner,
        constraint = data.load()?.number != 7 && id < 3,
        constraint = data.load()?.number != 8 @ FaultError::Eight,
    )]
    pub data: Account<Data>,
    /// Is the system program.
    pub system_program: Program<System>,
}

/// The accounts of [`check_data`](crate::faults::check_data).
#[derive(Accounts, Debug)]
pub struct CheckData {
    /// Holds a certain type.
    pub data: Account<Data>,
    /// May be left out, but not be something else.
    pub optional: Option<Account<Versioned>>,
}

/// The accounts of [`make`](crate::faults::make).
#[derive(Accounts, Debug)]
pub struct Make {
    /// Pays.
    #[account(mut)]
    pub payer: Signer,
    /// Is made.
    #[account(init, payer = payer, seeds = [b"new", payer], bump)]
    pub new: Account<Data>,
    /// The system program.
    pub system_program: Program<System>,
}

/// The accounts of [`write_both`](crate::faults::write_both).
#[derive(Accounts, Debug)]
pub struct WriteBoth {
    /// One.
    #[account(mut)]
    pub one: Account<Data>,
    /// Another one.
    #[account(mut)]
    pub other: Account<Data>,
}

/// What the program keeps.
#[account]
pub struct Data {
    /// Who it belongs to.
    pub owner: Address,
    /// A number.
    pub number: u64,
    /// The bump of an address.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 7],
}

/// A layout as it was.
#[account(name = "Versioned")]
pub struct VersionedV1 {
    /// A number.
    pub number: u64,
}

/// A layout that replaced another one.
#[account(version = 2, replaces = VersionedV1)]
pub struct Versioned {
    /// A number.
    pub number: u64,
    /// Another one.
    pub other: u64,
}
