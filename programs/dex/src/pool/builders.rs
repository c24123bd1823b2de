//! A pool's addresses, and its instructions from them (feature `host`): a convenience over [`crate::builders`], which knows the
//! accounts, for whoever has the mints in any order and the way of a trade as a [`Direction`].

use super::collect::CollectProtocolFeesAddresses;
use super::create::CreatePoolAddresses;
use super::liquidity::LiquidityAddresses;
use super::state::{Direction, LP_SEED, POOL_SEED, Pool};
use super::swap::SwapAddresses;
use crate::{VAULT_SEED, builders};
use sealane_sdk::Address;
use sealane_sdk::instruction::Instruction;

/// The addresses of a pool's accounts, all derived from the mints and the trade fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolAddresses {
    /// The pool itself.
    pub pool: Address,
    /// The pool's mints, the smaller address first.
    pub mints: [Address; 2],
    /// Its vaults for those mints.
    pub vaults: [Address; 2],
    /// The mint of its liquidity tokens.
    pub lp_mint: Address,
    /// Its trade fee in hundredths of a per cent.
    pub trade_fee: u16,
    /// The pool's bump.
    pub bump: u8,
}

impl PoolAddresses {
    /// Derives them; the mints may come in any order.
    #[must_use]
    pub fn derive(mint: &Address, other_mint: &Address, trade_fee: u16) -> Self {
        let mints = if mint < other_mint { [*mint, *other_mint] } else { [*other_mint, *mint] };
        let find = |seeds: &[&[u8]]| Address::find_program_address(seeds, &crate::ID);
        let (pool, bump) = find(&[POOL_SEED, mints[0].as_ref(), mints[1].as_ref(), &trade_fee.to_le_bytes()]);
        let vaults = mints.map(|mint| find(&[VAULT_SEED, pool.as_ref(), mint.as_ref()]).0);
        Self { pool, mints, vaults, lp_mint: find(&[LP_SEED, pool.as_ref()]).0, trade_fee, bump }
    }

    /// A pool's account as creating it leaves it, but with these reserves: for a genesis.
    #[must_use]
    pub fn state(&self, fee_authority: &Address, protocol_share: u16, reserves: [u64; 2]) -> Pool {
        Pool::founded(self, fee_authority, protocol_share, reserves)
    }

    /// Create; `payer` pays for the accounts.
    #[must_use]
    pub fn create(&self, payer: &Address, fee_authority: &Address, protocol_share: u16) -> Instruction {
        let [mint_a, mint_b] = self.mints;
        let accounts = CreatePoolAddresses { payer: *payer, mint_a, mint_b, fee_authority: *fee_authority };
        builders::create_pool(&accounts, self.trade_fee, protocol_share)
    }

    /// Add liquidity: up to `most` tokens of each mint for at least `least` liquidity tokens.
    #[must_use]
    pub fn add_liquidity(&self, provider: &Provider, most: [u64; 2], least: u64) -> Instruction {
        builders::add_liquidity(&self.liquidity(provider), most[0], most[1], least)
    }

    /// Remove liquidity: `liquidity` tokens for at least `least` tokens of each mint.
    #[must_use]
    pub fn remove_liquidity(&self, provider: &Provider, liquidity: u64, least: [u64; 2]) -> Instruction {
        builders::remove_liquidity(&self.liquidity(provider), liquidity, least[0], least[1])
    }

    /// Swap, exact input: pays `input` for at least `least_output`.
    #[must_use]
    pub fn swap_exact_input(
        &self,
        trader: &Trader,
        direction: Direction,
        input: u64,
        least_output: u64,
    ) -> Instruction {
        builders::swap_exact_input(&self.swap(trader, direction), input, least_output)
    }

    /// Swap, exact output: gets `output` for at most `most_input`.
    #[must_use]
    pub fn swap_exact_output(
        &self,
        trader: &Trader,
        direction: Direction,
        output: u64,
        most_input: u64,
    ) -> Instruction {
        builders::swap_exact_output(&self.swap(trader, direction), output, most_input)
    }

    /// Collect protocol fees into the token accounts `to`, one of each mint.
    #[must_use]
    pub fn collect_protocol_fees(&self, fee_authority: &Address, to: [Address; 2]) -> Instruction {
        let ([vault_a, vault_b], [tokens_a, tokens_b]) = (self.vaults, to);
        builders::collect_protocol_fees(&CollectProtocolFeesAddresses {
            pool: self.pool,
            vault_a,
            vault_b,
            tokens_a,
            tokens_b,
            fee_authority: *fee_authority,
        })
    }

    fn liquidity(&self, provider: &Provider) -> LiquidityAddresses {
        let ([vault_a, vault_b], [tokens_a, tokens_b]) = (self.vaults, provider.tokens);
        LiquidityAddresses {
            pool: self.pool,
            vault_a,
            vault_b,
            lp_mint: self.lp_mint,
            tokens_a,
            tokens_b,
            lp_tokens: provider.lp_tokens,
            provider: provider.owner,
        }
    }

    fn swap(&self, trader: &Trader, direction: Direction) -> SwapAddresses {
        let (from, to) = match direction {
            Direction::AForB => (0, 1),
            Direction::BForA => (1, 0),
        };
        SwapAddresses {
            pool: self.pool,
            vault_in: self.vaults[from],
            vault_out: self.vaults[to],
            source: trader.tokens[from],
            destination: trader.tokens[to],
            trader: trader.owner,
        }
    }
}

/// Who trades, and the token accounts for the pool's mints, in the pool's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trader {
    /// Signs.
    pub owner: Address,
    /// Accounts for mint a and mint b.
    pub tokens: [Address; 2],
}

/// Who provides liquidity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Signs.
    pub owner: Address,
    /// Accounts for mint a and mint b.
    pub tokens: [Address; 2],
    /// Account for liquidity tokens.
    pub lp_tokens: Address,
}
