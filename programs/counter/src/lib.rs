//! A counter: the example of a program that is declared with the macros. It counts up to a limit, belongs to somebody, and
//! lives at an address that is derived from them.
//!
//! [`counter`] has the instructions; below it stand the accounts of each with their rules, the layout of a counter's data
//! in its two versions, the event and the errors. Clients use `builders` and `idl` (feature `host`).
#![cfg_attr(target_arch = "wasm32", no_std)]

use sealane_sdk::guest::system;
use sealane_sdk::prelude::*;

declare_id!("Counter111111111111111111111111111111111111");

/// What the address of a counter is derived from, before its authority.
pub const SEED: &[u8] = b"counter";

/// Counts.
#[program(errors = CounterError, events = [Incremented])]
pub mod counter {
    use super::*;

    /// Makes a counter that stands at 0.
    pub fn create(context: Context<Create>, limit: Option<u64>) -> Result {
        let mut counter = context.accounts.counter.load_mut()?;
        counter.authority = *context.accounts.authority.address();
        counter.limit = limit.unwrap_or(u64::MAX);
        counter.bump = context.bumps.counter;
        Ok(())
    }

    /// Adds to a counter, and returns what it has come to.
    pub fn increment(context: Context<Increment>, by: u64) -> Result<u64> {
        require!(by > 0, CounterError::Nothing);
        let mut counter = context.accounts.counter.load_mut()?;
        let count = counter.count.checked_add(by).filter(|count| *count <= counter.limit);
        counter.count = count.ok_or(CounterError::LimitReached)?;
        emit(&Incremented { authority: counter.authority, by, count: counter.count });
        Ok(counter.count)
    }

    /// Makes a counter of the first version one of the second, without a limit.
    pub fn migrate(context: Context<Migrate>) -> Result {
        let Migrate { authority, counter, system_program } = &context.accounts;
        system::transfer(system_program, authority, counter, counter.missing_lamports::<Counter>())?;
        counter.migrate(|old| {
            let mut new = Counter::zeroed();
            (new.authority, new.count, new.limit) = (old.authority, old.count, u64::MAX);
            new.bump = old.bump;
            Ok(new)
        })?;
        Ok(())
    }

    /// Closes a counter; its lamports go back to its authority.
    pub fn close(_context: Context<Close>) -> Result {
        Ok(())
    }
}

/// The accounts of [`counter::create`].
#[derive(Accounts, Debug)]
pub struct Create {
    /// Whose counter it will be, and who pays for it.
    #[account(mut)]
    pub authority: Signer,
    /// The new counter.
    #[account(init, payer = authority, seeds = [SEED, authority], bump)]
    pub counter: Account<Counter>,
    /// The system program.
    pub system_program: Program<System>,
}

/// The accounts of [`counter::increment`].
#[derive(Accounts, Debug)]
pub struct Increment {
    /// Whose counter it is.
    pub authority: Signer,
    /// The counter.
    #[account(
        mut,
        seeds = [SEED, authority],
        bump = counter.bump,
        has_one = authority @ CounterError::NotYours,
        constraint = counter.load()?.count < counter.load()?.limit @ CounterError::LimitReached,
    )]
    pub counter: Account<Counter>,
}

/// The accounts of [`counter::migrate`].
#[derive(Accounts, Debug)]
pub struct Migrate {
    /// Whose counter it is, and who pays for what it lacks in rent.
    #[account(mut)]
    pub authority: Signer,
    /// The counter.
    #[account(mut, seeds = [SEED, authority], bump = counter.bump, has_one = authority @ CounterError::NotYours)]
    pub counter: Account<CounterV1>,
    /// The system program.
    pub system_program: Program<System>,
}

/// The accounts of [`counter::close`].
#[derive(Accounts, Debug)]
pub struct Close {
    /// Whose counter it is, and who gets its lamports.
    #[account(mut)]
    pub authority: Signer,
    /// The counter.
    #[account(
        mut,
        seeds = [SEED, authority],
        bump = counter.bump,
        has_one = authority @ CounterError::NotYours,
        close = authority,
    )]
    pub counter: Account<Counter>,
}

/// A counter as it was before it could have a limit.
#[account(name = "Counter")]
pub struct CounterV1 {
    /// Who may count.
    pub authority: Address,
    /// What it has come to.
    pub count: u64,
    /// The bump of its address.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 7],
}

/// A counter.
#[account(version = 2, replaces = CounterV1)]
pub struct Counter {
    /// Who may count.
    pub authority: Address,
    /// What it has come to.
    pub count: u64,
    /// What it never goes beyond.
    pub limit: u64,
    /// The bump of its address.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 7],
}

/// A counter was added to.
#[event]
pub struct Incremented {
    /// Whose counter it is.
    pub authority: Address,
    /// What was added.
    pub by: u64,
    /// What it has come to.
    pub count: u64,
}

/// What the counter refuses with.
#[error_code]
pub enum CounterError {
    /// The counter belongs to somebody else.
    #[msg("This counter is somebody else's.")]
    NotYours,
    /// The counter would go beyond its limit.
    #[msg("The counter has reached its limit.")]
    LimitReached,
    /// There is nothing to add.
    #[msg("Adding nothing changes nothing.")]
    Nothing,
}
