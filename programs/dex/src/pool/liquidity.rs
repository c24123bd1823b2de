//! Add and remove liquidity: tokens of both mints against liquidity tokens, in the proportion of the reserves.

use super::curve::{Share, share_for, worth_of};
use super::state::{Pool, PoolSigner};
use crate::DexError;
use sealane_sdk::guest::token::Authority;
use sealane_sdk::prelude::*;

/// The accounts of [`add_liquidity`](crate::dex::add_liquidity) and [`remove_liquidity`](crate::dex::remove_liquidity).
#[derive(Accounts, Debug)]
pub struct Liquidity {
    /// The pool.
    #[account(
        mut,
        has_one = vault_a @ DexError::WrongAccount,
        has_one = vault_b @ DexError::WrongAccount,
        has_one = lp_mint @ DexError::WrongAccount,
    )]
    pub pool: Account<Pool>,
    /// Its vault for tokens of its first mint.
    #[account(mut)]
    pub vault_a: UncheckedAccount,
    /// Its vault for tokens of its second mint.
    #[account(mut)]
    pub vault_b: UncheckedAccount,
    /// The mint of its liquidity tokens.
    #[account(mut)]
    pub lp_mint: Mint,
    /// The provider's account for tokens of the first mint.
    #[account(mut)]
    pub tokens_a: UncheckedAccount,
    /// The provider's account for tokens of the second mint.
    #[account(mut)]
    pub tokens_b: UncheckedAccount,
    /// The provider's account for liquidity tokens.
    #[account(mut)]
    pub lp_tokens: UncheckedAccount,
    /// Whose tokens they are.
    pub provider: Signer,
    /// The token program.
    pub token_program: Program<Token>,
}

impl Liquidity {
    /// Takes up to `most` tokens of each mint and gives at least `least` liquidity tokens for them.
    pub(crate) fn add(&self, most: [u64; 2], least: u64) -> Result {
        let (share, signer) = self.update(|reserves, supply| {
            let share = share_for(reserves, supply, most)?;
            if share.liquidity < least {
                return Err(DexError::SlippageExceeded);
            }
            let sum = |reserve: u64, paid| reserve.checked_add(paid).ok_or(DexError::Overflow);
            Ok((share, [sum(reserves[0], share.a)?, sum(reserves[1], share.b)?]))
        })?;
        let token = self.token_program.calls();
        token.transfer(&self.tokens_a, &self.vault_a, share.a, Authority::Signer(&self.provider))?;
        token.transfer(&self.tokens_b, &self.vault_b, share.b, Authority::Signer(&self.provider))?;
        let authority = Authority::Derived(&self.pool, &signer.seeds());
        token.mint_to(&self.lp_mint, &self.lp_tokens, share.liquidity, authority)
    }

    /// Destroys `liquidity` liquidity tokens and gives their worth, at least `least` of each mint.
    pub(crate) fn remove(&self, liquidity: u64, least: [u64; 2]) -> Result {
        let (share, signer) = self.update(|reserves, supply| {
            let share = worth_of(reserves, supply, liquidity)?;
            if share.a < least[0] || share.b < least[1] {
                return Err(DexError::SlippageExceeded);
            }
            // What is locked keeps both reserves above what anybody can take.
            Ok((share, [reserves[0].saturating_sub(share.a), reserves[1].saturating_sub(share.b)]))
        })?;
        let (token, seeds) = (self.token_program.calls(), signer.seeds());
        token.burn(&self.lp_tokens, &self.lp_mint, share.liquidity, Authority::Signer(&self.provider))?;
        let authority = Authority::Derived(&self.pool, &seeds);
        token.transfer(&self.vault_a, &self.tokens_a, share.a, authority)?;
        token.transfer(&self.vault_b, &self.tokens_b, share.b, authority)
    }

    /// Changes the pool's reserves by a share that `change` finds; gives it, and what the pool signs with.
    fn update(
        &self,
        change: impl FnOnce([u64; 2], u64) -> Result<(Share, [u64; 2]), DexError>,
    ) -> Result<(Share, PoolSigner)> {
        let mut pool = self.pool.load_mut()?;
        let (share, reserves) = change([pool.reserve_a, pool.reserve_b], self.lp_mint.supply()?)?;
        [pool.reserve_a, pool.reserve_b] = reserves;
        Ok((share, PoolSigner::new(&pool)))
    }
}
