//! Swap: tokens of one mint for tokens of the other, with the input or the output given exactly.

use super::curve::{Fees, Reserves, Trade};
use super::state::{Direction, Pool, PoolSigner};
use crate::DexError;
use sealane_sdk::guest::token::{Authority, TokenProgram};
use sealane_sdk::guest::{AccountView, set_return_data};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// Pays exactly `input` for at least `least_output`; gives the output as return data (u64).
pub(super) fn exact_input(
    program_id: &Address,
    accounts: &[AccountView],
    input: u64,
    least_output: u64,
) -> ProgramResult {
    let trade = swap(program_id, accounts, |fees, reserves| {
        let trade = fees.exact_input(reserves, input)?;
        if trade.output < least_output { Err(DexError::SlippageExceeded) } else { Ok(trade) }
    })?;
    set_return_data(&trade.output.to_le_bytes());
    Ok(())
}

/// Gets exactly `output` for at most `most_input`; gives the input as return data (u64).
pub(super) fn exact_output(
    program_id: &Address,
    accounts: &[AccountView],
    output: u64,
    most_input: u64,
) -> ProgramResult {
    let trade = swap(program_id, accounts, |fees, reserves| {
        let trade = fees.exact_output(reserves, output)?;
        if trade.input > most_input { Err(DexError::SlippageExceeded) } else { Ok(trade) }
    })?;
    set_return_data(&trade.input.to_le_bytes());
    Ok(())
}

/// Accounts: pool, the vault that is paid into, the vault that pays, the trader's accounts to pay from and to be paid to
/// (all writable), trader (signer), token program. The order of the vaults says which way the trade goes.
#[inline(always)]
fn swap(
    program_id: &Address,
    accounts: &[AccountView],
    price: impl FnOnce(Fees, Reserves) -> Result<Trade, DexError>,
) -> Result<Trade, ProgramError> {
    let [pool, vault_in, vault_out, source, destination, trader, token_program] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let token_program = TokenProgram::new(token_program)?;
    let mut state = pool.load_checked_mut::<Pool>(program_id)?;
    let direction = state.direction(vault_in, vault_out)?;
    let reserves = match direction {
        Direction::AForB => Reserves { input: state.reserve_a, output: state.reserve_b },
        Direction::BForA => Reserves { input: state.reserve_b, output: state.reserve_a },
    };
    let trade = price(state.fees(), reserves)?;
    record(&mut state, direction, reserves, trade)?;
    let signer = PoolSigner::new(&state);
    drop(state);
    token_program.transfer(source, vault_in, trade.input, Authority::Signer(trader))?;
    token_program.transfer(
        vault_out,
        destination,
        trade.output,
        Authority::Derived(pool, &signer.seeds()),
    )?;
    Ok(trade)
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
