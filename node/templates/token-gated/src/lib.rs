//! A club for those who hold a token. Who comes in gets a pass of their own, so that guests do not wait for each other: the
//! club itself is only read.
#![cfg_attr(target_arch = "wasm32", no_std)]

use sealane_sdk::prelude::*;

declare_id!("Temp1ateGated111111111111111111111111111111");

/// What the address of a club is derived from, before its host.
pub const CLUB_SEED: &[u8] = b"club";
/// What the address of a pass is derived from, before the club and the guest.
pub const PASS_SEED: &[u8] = b"pass";

/// Lets in who holds tokens.
#[program(errors = ClubError, events = [Entered])]
pub mod club {
    use super::*;

    /// Opens a club for those who hold `minimum` tokens of the mint.
    pub fn open(context: Context<Open>, minimum: u64) -> Result {
        let mut club = context.accounts.club.load_mut()?;
        club.host = *context.accounts.host.address();
        club.mint = *context.accounts.mint.address();
        club.minimum = minimum;
        club.bump = context.bumps.club;
        Ok(())
    }

    /// Gives a guest a pass.
    pub fn join(context: Context<Join>) -> Result {
        let mut pass = context.accounts.pass.load_mut()?;
        pass.club = *context.accounts.club.address();
        pass.guest = *context.accounts.guest.address();
        pass.bump = context.bumps.pass;
        Ok(())
    }

    /// Lets a guest in who holds enough tokens now; returns how often they have been.
    pub fn enter(context: Context<Enter>) -> Result<u64> {
        let club = context.accounts.club.load()?;
        require!(context.accounts.tokens.amount()? >= club.minimum, ClubError::TooFew);
        let mut pass = context.accounts.pass.load_mut()?;
        pass.visits += 1;
        emit(&Entered { guest: pass.guest, visits: pass.visits });
        Ok(pass.visits)
    }
}

/// The accounts of [`club::open`].
#[derive(Accounts, Debug)]
pub struct Open {
    /// Whose club it will be, and who pays for it.
    #[account(mut)]
    pub host: Signer,
    /// The token that guests must hold.
    pub mint: Mint,
    /// The new club.
    #[account(init, payer = host, seeds = [CLUB_SEED, host], bump)]
    pub club: Account<Club>,
    /// The system program, which makes the account.
    pub system_program: Program<System>,
}

/// The accounts of [`club::join`].
#[derive(Accounts, Debug)]
pub struct Join {
    /// Who wants in, and pays for the pass.
    #[account(mut)]
    pub guest: Signer,
    /// The club.
    pub club: Account<Club>,
    /// The new pass.
    #[account(init, payer = guest, seeds = [PASS_SEED, club, guest], bump)]
    pub pass: Account<Pass>,
    /// The system program, which makes the account.
    pub system_program: Program<System>,
}

/// The accounts of [`club::enter`].
#[derive(Accounts, Debug)]
pub struct Enter {
    /// Who wants in.
    pub guest: Signer,
    /// The club.
    pub club: Account<Club>,
    /// The guest's tokens.
    #[account(
        token::mint = club.load()?.mint @ ClubError::OtherToken,
        token::authority = guest @ ClubError::NotYours,
    )]
    pub tokens: TokenAccount,
    /// The guest's pass.
    #[account(mut, seeds = [PASS_SEED, club, guest], bump = pass.bump, has_one = guest @ ClubError::NotYours)]
    pub pass: Account<Pass>,
}

/// What a club holds.
#[account]
pub struct Club {
    /// Whose club it is.
    pub host: Address,
    /// The token that guests must hold.
    pub mint: Address,
    /// How many of them.
    pub minimum: u64,
    /// The bump of its address.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 7],
}

/// What a pass holds.
#[account]
pub struct Pass {
    /// For which club it is.
    pub club: Address,
    /// Whose it is.
    pub guest: Address,
    /// How often they have been there.
    pub visits: u64,
    /// The bump of its address.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 7],
}

/// A guest came in.
#[event]
pub struct Entered {
    /// Who.
    pub guest: Address,
    /// How often by now.
    pub visits: u64,
}

/// What the club refuses with.
#[error_code]
pub enum ClubError {
    /// The tokens or the pass belong to somebody else.
    #[msg("This is somebody else's.")]
    NotYours,
    /// The tokens are of another mint.
    #[msg("These tokens open no door here.")]
    OtherToken,
    /// The guest holds too few tokens.
    #[msg("Guests must hold more tokens than these.")]
    TooFew,
}
