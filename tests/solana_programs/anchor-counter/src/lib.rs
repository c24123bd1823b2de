//! A counter for each owner, written with Anchor: accounts that the framework creates by nested calls and resizes, an
//! event, an error of its own, a nested call to the system program, and a panic.

use anchor_lang::prelude::*;
use anchor_lang::system_program;


declare_id!("Counter111111111111111111111111111111111111");

/// The instructions.
#[program]
pub mod counter {
    use super::*;

    /// Creates the owner's counter.
    pub fn open(context: Context<Open>, step: u64) -> Result<()> {
        context.accounts.counter.owner = context.accounts.owner.key();
        context.accounts.counter.step = step;
        Ok(())
    }

    /// Counts one step, and pays a toll to the counter.
    pub fn count(context: Context<Count>, toll_lamports: u64) -> Result<()> {
        let counter = &mut context.accounts.counter;
        counter.value = counter.value.checked_add(counter.step).ok_or(CounterError::Overflow)?;
        emit!(Counted { owner: counter.owner, value: counter.value });
        let transfer = system_program::Transfer {
            from: context.accounts.owner.to_account_info(),
            to: counter.to_account_info(),
        };
        let program = context.accounts.system_program.key();
        system_program::transfer(CpiContext::new(program, transfer), toll_lamports)
    }

    /// Makes the counter's account larger.
    pub fn extend(context: Context<Extend>, size_bytes: u16) -> Result<()> {
        msg!("{} bytes", context.accounts.counter.to_account_info().data_len());
        context.accounts.counter.extra_bytes = size_bytes;
        Ok(())
    }

    /// Closes the counter; its lamports go to the owner.
    pub fn close(_context: Context<Close>) -> Result<()> {
        Ok(())
    }

    /// Panics.
    pub fn fail(_context: Context<Fail>) -> Result<()> {
        panic!("as it was told")
    }
}

/// What a counter holds.
#[account]
#[derive(InitSpace)]
pub struct Counter {
    /// Who counts.
    pub owner: Pubkey,
    /// What is added at each step.
    pub step: u64,
    /// The sum.
    pub value: u64,
    /// Bytes that nobody uses.
    pub extra_bytes: u16,
}

/// Said at each step.
#[event]
pub struct Counted {
    /// Who counts.
    pub owner: Pubkey,
    /// The sum.
    pub value: u64,
}

/// What can go wrong.
#[error_code]
pub enum CounterError {
    /// The sum does not fit.
    #[msg("the counter overflows")]
    Overflow,
}

/// Accounts of `open`.
#[derive(Accounts)]
pub struct Open<'info> {
    /// Pays.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The counter.
    #[account(init, payer = owner, space = 8 + Counter::INIT_SPACE, seeds = [b"counter", owner.key().as_ref()], bump)]
    pub counter: Account<'info, Counter>,
    /// Makes the account.
    pub system_program: Program<'info, System>,
}

/// Accounts of `count`.
#[derive(Accounts)]
pub struct Count<'info> {
    /// Pays.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The counter.
    #[account(mut, has_one = owner)]
    pub counter: Account<'info, Counter>,
    /// Moves the toll.
    pub system_program: Program<'info, System>,
}

/// Accounts of `extend`.
#[derive(Accounts)]
#[instruction(size_bytes: u16)]
pub struct Extend<'info> {
    /// Pays.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The counter.
    #[account(
        mut,
        has_one = owner,
        realloc = 8 + Counter::INIT_SPACE + size_bytes as usize,
        realloc::payer = owner,
        realloc::zero = false
    )]
    pub counter: Account<'info, Counter>,
    /// Moves the rent.
    pub system_program: Program<'info, System>,
}

/// Accounts of `close`.
#[derive(Accounts)]
pub struct Close<'info> {
    /// Gets the lamports.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The counter.
    #[account(mut, has_one = owner, close = owner)]
    pub counter: Account<'info, Counter>,
}

/// Accounts of `fail`.
#[derive(Accounts)]
pub struct Fail<'info> {
    /// Anyone.
    pub owner: Signer<'info>,
}
