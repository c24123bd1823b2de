//! A small program, whose expansion stands in the files beside it.

#[program(errors = CounterError, events = [Incremented])]
pub mod counter {
    use super::*;

    /// Makes a counter.
    pub fn create(context: Context<Create>, limit: u64) -> Result {
        let mut counter = context.accounts.counter.load_mut()?;
        counter.limit = limit;
        Ok(())
    }

    /// Adds to a counter; returns what it has come to.
    pub fn increment(context: Context<Increment>, by: u64) -> Result<u64> {
        let mut counter = context.accounts.counter.load_mut()?;
        counter.count += by;
        emit(&Incremented { count: counter.count });
        Ok(counter.count)
    }
}

#[derive(Accounts)]
pub struct Create {
    #[account(mut)]
    pub authority: Signer,
    #[account(init, payer = authority, seeds = [b"counter", authority], bump)]
    pub counter: Account<Counter>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct Increment {
    pub authority: Signer,
    #[account(mut, has_one = authority @ CounterError::NotYours)]
    pub counter: Account<Counter>,
}

/// A counter.
#[account]
pub struct Counter {
    pub authority: Address,
    pub limit: u64,
    pub count: u64,
}

#[event]
pub struct Incremented {
    pub count: u64,
}

#[error_code]
pub enum CounterError {
    #[msg("This counter is somebody else's.")]
    NotYours,
}
