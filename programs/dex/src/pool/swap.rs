//! Swap: tokens of one mint for tokens of the other, with the input or the output given exactly.

use super::curve::{Fees, Reserves, Trade};
use super::state::{Direction, Pool, PoolSigner};
use crate::DexError;
use sealane_sdk::guest::token::Authority;
use sealane_sdk::prelude::*;

/// The accounts of [`swap_exact_input`](crate::dex::swap_exact_input) and
/// [`swap_exact_output`](crate::dex::swap_exact_output).
///
/// Which way a trade goes, the order of the vaults says; so that they are the pool's is not declared here, but found out
/// with the direction.
#[derive(Accounts, Debug)]
pub struct Swap {
    /// The pool.
    #[account(mut)]
    pub pool: Account<Pool>,
    /// The vault that is paid into.
    #[account(mut)]
    pub vault_in: UncheckedAccount,
    /// The vault that pays.
    #[account(mut)]
    pub vault_out: UncheckedAccount,
    /// The trader's account to pay from.
    #[account(mut)]
    pub source: UncheckedAccount,
    /// The trader's account to be paid to.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// Who trades.
    pub trader: Signer,
    /// The token program.
    pub token_program: Program<Token>,
}

impl Swap {
    pub(crate) fn exact_input(&self, input: u64, least_output: u64) -> Result<u64> {
        let trade = self.trade(|fees, reserves| {
            let trade = fees.exact_input(reserves, input)?;
            if trade.output < least_output { Err(DexError::SlippageExceeded) } else { Ok(trade) }
        })?;
        Ok(trade.output)
    }

    pub(crate) fn exact_output(&self, output: u64, most_input: u64) -> Result<u64> {
        let trade = self.trade(|fees, reserves| {
            let trade = fees.exact_output(reserves, output)?;
            if trade.input > most_input { Err(DexError::SlippageExceeded) } else { Ok(trade) }
        })?;
        Ok(trade.input)
    }

    #[inline(always)]
    fn trade(&self, price: impl FnOnce(Fees, Reserves) -> Result<Trade, DexError>) -> Result<Trade> {
        let Self { pool, vault_in, vault_out, source, destination, trader, token_program } = self;
        let mut state = pool.load_mut()?;
        let direction = state.direction(vault_in, vault_out)?;
        let reserves = match direction {
            Direction::AForB => Reserves { input: state.reserve_a, output: state.reserve_b },
            Direction::BForA => Reserves { input: state.reserve_b, output: state.reserve_a },
        };
        let trade = price(state.fees(), reserves)?;
        record(&mut state, direction, reserves, trade)?;
        let signer = PoolSigner::new(&state);
        drop(state);
        let token = token_program.calls();
        token.transfer(source, vault_in, trade.input, Authority::Signer(trader))?;
        token.transfer(vault_out, destination, trade.output, Authority::Derived(pool, &signer.seeds()))?;
        Ok(trade)
    }
}

/// Writes a trade into the pool's account.
fn record(pool: &mut Pool, direction: Direction, before: Reserves, trade: Trade) -> Result<(), DexError> {
    let Trade { input, output, protocol_fee } = trade;
    let sum = |a: u64, b| a.checked_add(b).ok_or(DexError::Overflow);
    let added = sum(before.input, input.saturating_sub(protocol_fee))?;
    let left = before.output.checked_sub(output).ok_or(DexError::InsufficientLiquidity)?;
    match direction {
        Direction::AForB => {
            (pool.reserve_a, pool.reserve_b) = (added, left);
            pool.protocol_fees_a = sum(pool.protocol_fees_a, protocol_fee)?;
        }
        Direction::BForA => {
            (pool.reserve_b, pool.reserve_a) = (added, left);
            pool.protocol_fees_b = sum(pool.protocol_fees_b, protocol_fee)?;
        }
    }
    Ok(())
}
