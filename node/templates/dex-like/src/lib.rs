//! Pools of two tokens, in which anybody changes one into the other at the price that keeps the product of both amounts. A
//! pool's provider puts tokens in and takes them out; the fee of every trade stays in the pool.
//!
//! Trades in one pool wait for each other, as they must: each changes the price of the next. Trades in different pools do not.
#![cfg_attr(target_arch = "wasm32", no_std)]

use sealane_sdk::guest::token::{Authority, TokenAccount, TokenProgram};
use sealane_sdk::prelude::*;

declare_id!("Temp1ateDex11111111111111111111111111111111");

/// What the address of a pool is derived from, before its mints.
pub const SEED: &[u8] = b"pool";
/// Hundredths of a percent in a whole.
pub const WHOLE_BASIS_POINTS: u16 = 10_000;

/// Changes tokens.
#[program(errors = PoolError, events = [Traded])]
pub mod pool {
    use super::*;

    /// Makes a pool; its vaults are empty token accounts that belong to its address.
    pub fn create(context: Context<Create>, fee_basis_points: u16) -> Result {
        require!(fee_basis_points < WHOLE_BASIS_POINTS, PoolError::Fee);
        let Create { provider, mint_a, mint_b, vault_a, vault_b, pool, .. } = context.accounts;
        require!(mint_a.address() != mint_b.address(), PoolError::SameToken);
        for (vault, mint) in [(&vault_a, &mint_a), (&vault_b, &mint_b)] {
            let vault = TokenAccount::read(vault)?;
            let is_ours = vault.owner == *pool.address() && vault.mint == *mint.address() && !vault.shared;
            require!(is_ours && vault.amount == 0, PoolError::Vault);
        }
        let mut data = pool.load_mut()?;
        data.provider = *provider.address();
        (data.mint_a, data.mint_b) = (*mint_a.address(), *mint_b.address());
        (data.vault_a, data.vault_b) = (*vault_a.address(), *vault_b.address());
        data.fee_basis_points = fee_basis_points;
        data.bump = context.bumps.pool;
        Ok(())
    }

    /// Puts tokens into the pool.
    pub fn deposit(context: Context<Provide>, amount_a: u64, amount_b: u64) -> Result {
        let Provide { provider, pool: _, vault_a, vault_b, own_a, own_b, token_program } = context.accounts;
        let token = TokenProgram::new(&token_program)?;
        let authority = Authority::Signer(&provider);
        token.transfer(&own_a, &vault_a, amount_a, authority)?;
        token.transfer(&own_b, &vault_b, amount_b, authority)
    }

    /// Takes tokens out of the pool.
    pub fn withdraw(context: Context<Provide>, amount_a: u64, amount_b: u64) -> Result {
        let Provide { pool, vault_a, vault_b, own_a, own_b, token_program, .. } = context.accounts;
        let token = TokenProgram::new(&token_program)?;
        let (mint_a, mint_b, bump) = pool_seeds(&pool)?;
        let seeds = [SEED, mint_a.as_ref(), mint_b.as_ref(), &[bump]];
        token.transfer(&vault_a, &own_a, amount_a, Authority::Derived(&pool, &seeds))?;
        token.transfer(&vault_b, &own_b, amount_b, Authority::Derived(&pool, &seeds))
    }

    /// Changes `amount_in` tokens of one kind into at least `minimum_out` of the other; returns into how many.
    pub fn swap(context: Context<Swap>, amount_in: u64, minimum_out: u64) -> Result<u64> {
        let Swap { trader, pool, vault_in, vault_out, own_in, own_out, token_program } = context.accounts;
        let fee_basis_points = {
            let data = pool.load()?;
            let vaults = (*vault_in.address(), *vault_out.address());
            let is_pair = vaults == (data.vault_a, data.vault_b) || vaults == (data.vault_b, data.vault_a);
            require!(is_pair, PoolError::Vault);
            data.fee_basis_points
        };
        let (reserve_in, reserve_out) =
            (TokenAccount::amount_of(&vault_in)?, TokenAccount::amount_of(&vault_out)?);
        let amount_out = amount_out(reserve_in, reserve_out, amount_in, fee_basis_points);
        let amount_out = amount_out.filter(|amount| *amount > 0).ok_or(PoolError::Nothing)?;
        require!(amount_out >= minimum_out, PoolError::Price);
        let token = TokenProgram::new(&token_program)?;
        token.transfer(&own_in, &vault_in, amount_in, Authority::Signer(&trader))?;
        let (mint_a, mint_b, bump) = pool_seeds(&pool)?;
        let seeds = [SEED, mint_a.as_ref(), mint_b.as_ref(), &[bump]];
        token.transfer(&vault_out, &own_out, amount_out, Authority::Derived(&pool, &seeds))?;
        emit(&Traded { pool: *pool.address(), amount_in, amount_out });
        Ok(amount_out)
    }
}

/// How many tokens come out for `amount_in`: as many as leave the product of the reserves no smaller, the fee kept. `None` if
/// nothing is in the pool.
#[must_use]
pub fn amount_out(reserve_in: u64, reserve_out: u64, amount_in: u64, fee_basis_points: u16) -> Option<u64> {
    let kept = u128::from(WHOLE_BASIS_POINTS.checked_sub(fee_basis_points)?);
    let paid = u128::from(amount_in) * kept / u128::from(WHOLE_BASIS_POINTS);
    // At most 2^64 times 2^64, which fits; what comes out is less than the reserve.
    let out = (u128::from(reserve_out) * paid).checked_div(u128::from(reserve_in) + paid)?;
    if reserve_in == 0 { None } else { u64::try_from(out).ok() }
}

/// What the pool's address is derived from.
fn pool_seeds(pool: &Account<Pool>) -> Result<(Address, Address, u8)> {
    let data = pool.load()?;
    Ok((data.mint_a, data.mint_b, data.bump))
}

/// The accounts of [`pool::create`].
#[derive(Accounts, Debug)]
pub struct Create {
    /// Who will put tokens in, and pays for the pool.
    #[account(mut)]
    pub provider: Signer,
    /// One token.
    #[account(owner = sealane_sdk::ids::token::ID)]
    pub mint_a: UncheckedAccount,
    /// The other one.
    #[account(owner = sealane_sdk::ids::token::ID)]
    pub mint_b: UncheckedAccount,
    /// Where the pool has the one.
    pub vault_a: UncheckedAccount,
    /// Where it has the other one.
    pub vault_b: UncheckedAccount,
    /// The new pool.
    #[account(init, payer = provider, seeds = [SEED, mint_a, mint_b], bump)]
    pub pool: Account<Pool>,
    /// The system program, which makes the account.
    pub system_program: Program<System>,
}

/// The accounts of [`pool::deposit`] and [`pool::withdraw`].
#[derive(Accounts, Debug)]
pub struct Provide {
    /// The pool's provider.
    pub provider: Signer,
    /// The pool.
    #[account(has_one = provider @ PoolError::NotYours, has_one = vault_a @ PoolError::Vault, has_one = vault_b @ PoolError::Vault)]
    pub pool: Account<Pool>,
    /// Where the pool has the one token.
    #[account(mut)]
    pub vault_a: UncheckedAccount,
    /// Where it has the other one.
    #[account(mut)]
    pub vault_b: UncheckedAccount,
    /// Where the provider has the one.
    #[account(mut)]
    pub own_a: UncheckedAccount,
    /// Where they have the other one.
    #[account(mut)]
    pub own_b: UncheckedAccount,
    /// The token program.
    pub token_program: Program<Token>,
}

/// The accounts of [`pool::swap`].
#[derive(Accounts, Debug)]
pub struct Swap {
    /// Who trades.
    pub trader: Signer,
    /// The pool; it is only read: what changes are its vaults.
    pub pool: Account<Pool>,
    /// Where the pool has what it gets.
    #[account(mut)]
    pub vault_in: UncheckedAccount,
    /// Where it has what it gives.
    #[account(mut)]
    pub vault_out: UncheckedAccount,
    /// Where the trader has what they give.
    #[account(mut)]
    pub own_in: UncheckedAccount,
    /// Where they want what they get.
    #[account(mut)]
    pub own_out: UncheckedAccount,
    /// The token program.
    pub token_program: Program<Token>,
}

/// What a pool holds.
#[account]
pub struct Pool {
    /// Who puts tokens in and takes them out.
    pub provider: Address,
    /// One token.
    pub mint_a: Address,
    /// The other one.
    pub mint_b: Address,
    /// Where the pool has the one.
    pub vault_a: Address,
    /// Where it has the other one.
    pub vault_b: Address,
    /// What stays in the pool of every trade, in hundredths of a percent.
    pub fee_basis_points: u16,
    /// The bump of its address.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 5],
}

/// Tokens were changed.
#[event]
pub struct Traded {
    /// The pool.
    pub pool: Address,
    /// What it got.
    pub amount_in: u64,
    /// What it gave.
    pub amount_out: u64,
}

/// What a pool refuses with.
#[error_code]
pub enum PoolError {
    /// The pool has another provider.
    #[msg("This pool is somebody else's.")]
    NotYours,
    /// A token account is not the pool's, or not empty.
    #[msg("This is no vault of the pool.")]
    Vault,
    /// Both tokens are the same.
    #[msg("A pool changes one token into another one.")]
    SameToken,
    /// The fee is all there is.
    #[msg("The fee must be less than the whole.")]
    Fee,
    /// Nothing would come out.
    #[msg("For so little nothing comes out.")]
    Nothing,
    /// Less would come out than was asked for.
    #[msg("The price has changed: less would come out than you asked for.")]
    Price,
}
