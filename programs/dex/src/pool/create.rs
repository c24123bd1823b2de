//! Create: a pool, its two vaults and the mint of its liquidity tokens, all empty.

use super::state::{LP_SEED, MAX_TRADE_FEE, POOL_SEED, Pool, WHOLE};
use crate::{DexError, VAULT_SEED};
use sealane_sdk::prelude::*;

/// Decimals of every liquidity token.
const LP_DECIMALS: u8 = 9;

/// The accounts of [`create_pool`](crate::dex::create_pool).
#[derive(Accounts, Debug)]
#[instruction(trade_fee: u16)]
pub struct CreatePool {
    /// Pays for the accounts.
    #[account(mut)]
    pub payer: Signer,
    /// The new pool.
    #[account(init, payer = payer, seeds = [POOL_SEED, mint_a, mint_b, trade_fee], bump)]
    pub pool: Account<Pool>,
    /// Its vault for tokens of `mint_a`.
    #[account(
        init, payer = payer, seeds = [VAULT_SEED, pool, mint_a], bump,
        token::mint = mint_a, token::authority = pool,
    )]
    pub vault_a: TokenAccount,
    /// Its vault for tokens of `mint_b`.
    #[account(
        init, payer = payer, seeds = [VAULT_SEED, pool, mint_b], bump,
        token::mint = mint_b, token::authority = pool,
    )]
    pub vault_b: TokenAccount,
    /// The mint of its liquidity tokens.
    #[account(
        init, payer = payer, seeds = [LP_SEED, pool], bump,
        mint::decimals = LP_DECIMALS, mint::authority = pool,
    )]
    pub lp_mint: Mint,
    /// The mint with the smaller address.
    pub mint_a: Mint,
    /// The mint with the larger address.
    #[account(constraint = mint_a.address() < mint_b.address() @ DexError::MintOrder)]
    pub mint_b: Mint,
    /// Who may collect the protocol's fees.
    #[account(constraint = *fee_authority.address() != Address::default() @ DexError::WrongAuthority)]
    pub fee_authority: UncheckedAccount,
    /// The system program.
    pub system_program: Program<System>,
    /// The token program.
    pub token_program: Program<Token>,
}

impl CreatePool {
    pub(crate) fn create(&self, bump: u8, trade_fee: u16, protocol_share: u16) -> Result {
        require!(trade_fee <= MAX_TRADE_FEE && u64::from(protocol_share) <= WHOLE, DexError::InvalidFee);
        let mut pool = self.pool.load_mut()?;
        (pool.mint_a, pool.mint_b) = (*self.mint_a.address(), *self.mint_b.address());
        (pool.vault_a, pool.vault_b) = (*self.vault_a.address(), *self.vault_b.address());
        (pool.lp_mint, pool.fee_authority) = (*self.lp_mint.address(), *self.fee_authority.address());
        (pool.trade_fee, pool.protocol_share, pool.bump) = (trade_fee, protocol_share, bump);
        Ok(())
    }
}
