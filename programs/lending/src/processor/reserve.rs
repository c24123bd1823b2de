//! InitReserve, ConfigureReserve, Accrue and CollectFees.

use super::checks::{current_slot, load_accrued_mut, require_address, require_admin, with_authority};
use crate::error::LendingError;
use crate::state::{Oracle, Reserve, ReserveConfig};
use sealane_sdk::guest::token::{Mint, TokenProgram};
use sealane_sdk::guest::{AccountView, address_eq, find_program_address};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// Tokens with more decimals are refused: a whole one would not fit the arithmetic.
const MAX_DECIMALS: u8 = 18;

pub(super) fn init(program_id: &Address, accounts: &[AccountView], config: &ReserveConfig) -> ProgramResult {
    let [
        reserve_view,
        market,
        admin,
        token_mint,
        token_vault,
        share_mint,
        collateral_vault,
        oracle,
        authority,
        token_program,
        ..,
    ] = accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_admin(program_id, market, admin)?;
    config.check()?;
    oracle.load_checked::<Oracle>(program_id)?;
    let decimals = Mint::read(token_mint)?.decimals;
    if decimals > MAX_DECIMALS {
        return Err(LendingError::UnsupportedMint.into());
    }
    let (derived, bump) = find_program_address(&crate::authority_seeds(reserve_view.address()), program_id);
    require_address(authority, &derived, LendingError::AuthorityMismatch)?;

    let mut reserve = reserve_view.load_fresh::<Reserve>(program_id)?;
    reserve.market = *market.address();
    reserve.token_mint = *token_mint.address();
    reserve.token_vault = *token_vault.address();
    reserve.share_mint = *share_mint.address();
    reserve.collateral_vault = *collateral_vault.address();
    reserve.oracle = *oracle.address();
    (reserve.authority, reserve.authority_bump) = (derived, bump);
    reserve.config = *config;
    reserve.decimals = decimals;
    reserve.start(current_slot());

    let token_program = TokenProgram::new(token_program)?;
    token_program.initialize_account(token_vault, token_mint, &derived)?;
    token_program.initialize_mint(share_mint, decimals, &derived)?;
    token_program.initialize_account(collateral_vault, share_mint, &derived)
}

pub(super) fn configure(
    program_id: &Address,
    accounts: &[AccountView],
    config: &ReserveConfig,
) -> ProgramResult {
    let [reserve, market, admin, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_admin(program_id, market, admin)?;
    config.check()?;
    // Accrued first: what is past follows the rates of the past.
    let mut reserve = load_accrued_mut(program_id, reserve)?;
    require_market(&reserve, market)?;
    reserve.config = *config;
    Ok(())
}

pub(super) fn accrue(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [reserve, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    load_accrued_mut(program_id, reserve)?;
    Ok(())
}

pub(super) fn collect_fees(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [reserve_view, market, admin, token_vault, destination, authority, token_program, ..] = accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_admin(program_id, market, admin)?;
    let mut reserve = load_accrued_mut(program_id, reserve_view)?;
    require_market(&reserve, market)?;
    require_address(token_vault, &reserve.token_vault, LendingError::VaultMismatch)?;
    let amount = reserve.collect_fees()?;
    let token_program = TokenProgram::new(token_program)?;
    with_authority(&reserve, reserve_view.address(), authority, |authority| {
        token_program.transfer(token_vault, destination, amount, authority)
    })
}

fn require_market(reserve: &Reserve, market: &AccountView) -> ProgramResult {
    if address_eq(&reserve.market, market.address()) {
        Ok(())
    } else {
        Err(LendingError::MarketMismatch.into())
    }
}
