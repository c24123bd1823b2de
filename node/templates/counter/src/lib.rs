//! A counter for each user: it belongs to them, and stands at an address that is derived from theirs.
#![cfg_attr(target_arch = "wasm32", no_std)]

use sealane_sdk::prelude::*;

declare_id!("Temp1ateCounter1111111111111111111111111111");

/// What the address of a counter is derived from, before its owner.
pub const SEED: &[u8] = b"counter";

/// Counts.
#[program(errors = CounterError, events = [Incremented])]
pub mod counter {
    use super::*;

    /// Makes a counter that stands at 0.
    pub fn create(context: Context<Create>) -> Result {
        let mut counter = context.accounts.counter.load_mut()?;
        counter.owner = *context.accounts.owner.address();
        counter.bump = context.bumps.counter;
        Ok(())
    }

    /// Adds to a counter, and returns what it has come to.
    pub fn increment(context: Context<Increment>, by: u64) -> Result<u64> {
        require!(by > 0, CounterError::Nothing);
        let mut counter = context.accounts.counter.load_mut()?;
        counter.count = counter.count.checked_add(by).ok_or(CounterError::TooMuch)?;
        emit(&Incremented { owner: counter.owner, count: counter.count });
        Ok(counter.count)
    }
}

/// The accounts of [`counter::create`].
#[derive(Accounts, Debug)]
pub struct Create {
    /// Whose counter it will be, and who pays for it.
    #[account(mut)]
    pub owner: Signer,
    /// The new counter.
    #[account(init, payer = owner, seeds = [SEED, owner], bump)]
    pub counter: Account<Counter>,
    /// The system program, which makes the account.
    pub system_program: Program<System>,
}

/// The accounts of [`counter::increment`].
#[derive(Accounts, Debug)]
pub struct Increment {
    /// Whose counter it is.
    pub owner: Signer,
    /// The counter.
    #[account(mut, seeds = [SEED, owner], bump = counter.bump, has_one = owner @ CounterError::NotYours)]
    pub counter: Account<Counter>,
}

/// What a counter holds.
#[account]
pub struct Counter {
    /// Who may count.
    pub owner: Address,
    /// What it has come to.
    pub count: u64,
    /// The bump of its address.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 7],
}

/// A counter was added to.
#[event]
pub struct Incremented {
    /// Whose counter it is.
    pub owner: Address,
    /// What it has come to.
    pub count: u64,
}

/// What the counter refuses with.
#[error_code]
pub enum CounterError {
    /// The counter belongs to somebody else.
    #[msg("This counter is somebody else's.")]
    NotYours,
    /// There is nothing to add.
    #[msg("Adding nothing changes nothing.")]
    Nothing,
    /// The counter would be larger than a number can say.
    #[msg("The counter cannot count so far.")]
    TooMuch,
}
