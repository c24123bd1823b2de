//! Add and remove liquidity: tokens of both mints against liquidity tokens, in the proportion of the reserves.

use super::curve::{Share, share_for, worth_of};
use super::state::{Pool, PoolSigner};
use crate::DexError;
use sealane_sdk::guest::token::{Authority, Mint, TokenProgram};
use sealane_sdk::guest::{AccountView, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// The accounts of both instructions: pool, vault a, vault b, liquidity mint, the provider's accounts for a, b and
/// liquidity tokens (all writable), provider (signer), token program.
struct Accounts<'a> {
    pool: &'a AccountView,
    vaults: [&'a AccountView; 2],
    lp_mint: &'a AccountView,
    tokens: [&'a AccountView; 2],
    lp_tokens: &'a AccountView,
    provider: &'a AccountView,
    token_program: TokenProgram<'a>,
}

impl<'a> Accounts<'a> {
    fn new(accounts: &'a [AccountView]) -> Result<Self, ProgramError> {
        let [pool, vault_a, vault_b, lp_mint, tokens_a, tokens_b, lp_tokens, provider, token_program] =
            accounts
        else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Ok(Self {
            pool,
            vaults: [vault_a, vault_b],
            lp_mint,
            tokens: [tokens_a, tokens_b],
            lp_tokens,
            provider,
            token_program: TokenProgram::new(token_program)?,
        })
    }

    /// Changes the pool's reserves by a share that `change` finds; gives it, and what the pool signs with.
    fn update(
        &self,
        program_id: &Address,
        change: impl FnOnce([u64; 2], u64) -> Result<(Share, [u64; 2]), DexError>,
    ) -> Result<(Share, PoolSigner), ProgramError> {
        let mut pool = self.pool.load_checked_mut::<Pool>(program_id)?;
        pool.check_vaults(self.vaults[0], self.vaults[1])?;
        if !address_eq(self.lp_mint.address(), &pool.lp_mint) {
            return Err(DexError::WrongAccount.into());
        }
        let supply = Mint::read(self.lp_mint)?.supply;
        let (share, reserves) = change([pool.reserve_a, pool.reserve_b], supply)?;
        [pool.reserve_a, pool.reserve_b] = reserves;
        Ok((share, PoolSigner::new(&pool)))
    }
}

/// Takes up to `most_a` and `most_b` tokens and gives at least `least` liquidity tokens for them.
pub(super) fn add(
    program_id: &Address,
    accounts: &[AccountView],
    [most_a, most_b, least]: [u64; 3],
) -> ProgramResult {
    let accounts = Accounts::new(accounts)?;
    let (share, signer) = accounts.update(program_id, |reserves, supply| {
        let share = share_for(reserves, supply, [most_a, most_b])?;
        if share.liquidity < least {
            return Err(DexError::SlippageExceeded);
        }
        let sum = |reserve: u64, paid| reserve.checked_add(paid).ok_or(DexError::Overflow);
        Ok((share, [sum(reserves[0], share.a)?, sum(reserves[1], share.b)?]))
    })?;
    let Accounts { pool, vaults, lp_mint, tokens, lp_tokens, provider, token_program } = accounts;
    token_program.transfer(tokens[0], vaults[0], share.a, Authority::Signer(provider))?;
    token_program.transfer(tokens[1], vaults[1], share.b, Authority::Signer(provider))?;
    let authority = Authority::Derived(pool, &signer.seeds());
    token_program.mint_to(lp_mint, lp_tokens, share.liquidity, authority)
}

/// Destroys `liquidity` liquidity tokens and gives their worth, at least `least_a` and `least_b`.
pub(super) fn remove(
    program_id: &Address,
    accounts: &[AccountView],
    [liquidity, least_a, least_b]: [u64; 3],
) -> ProgramResult {
    let accounts = Accounts::new(accounts)?;
    let (share, signer) = accounts.update(program_id, |reserves, supply| {
        let share = worth_of(reserves, supply, liquidity)?;
        if share.a < least_a || share.b < least_b {
            return Err(DexError::SlippageExceeded);
        }
        // What is locked keeps both reserves above what anybody can take.
        Ok((share, [reserves[0].saturating_sub(share.a), reserves[1].saturating_sub(share.b)]))
    })?;
    let Accounts { pool, vaults, lp_mint, tokens, lp_tokens, provider, token_program } = accounts;
    token_program.burn(lp_tokens, lp_mint, share.liquidity, Authority::Signer(provider))?;
    let seeds = signer.seeds();
    token_program.transfer(vaults[0], tokens[0], share.a, Authority::Derived(pool, &seeds))?;
    token_program.transfer(vaults[1], tokens[1], share.b, Authority::Derived(pool, &seeds))
}
