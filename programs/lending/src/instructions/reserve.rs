//! InitReserve, ConfigureReserve, Accrue and CollectFees.

use super::checks::{accrued_mut, current_slot, derived};
use crate::AUTHORITY_SEED;
use crate::error::LendingError;
use crate::state::{Market, Oracle, Reserve, ReserveConfig};
use sealane_sdk::prelude::*;

/// Tokens with more decimals are refused: a whole one would not fit the arithmetic.
const MAX_DECIMALS: u8 = 18;

/// The accounts of [`init_reserve`](crate::lending::init_reserve). All that are new exist, zeroed, with their right size and
/// owner.
#[derive(Accounts, Debug)]
pub struct InitReserve {
    /// The new reserve.
    #[account(zero)]
    pub reserve: Account<Reserve>,
    /// The market that it shall belong to.
    #[account(has_one = admin @ LendingError::AdminMismatch)]
    pub market: Account<Market>,
    /// The market's admin.
    pub admin: Signer,
    /// The mint of the tokens that will be lent.
    #[account(constraint = token_mint.decimals()? <= MAX_DECIMALS @ LendingError::UnsupportedMint)]
    pub token_mint: Mint,
    /// Where tokens shall lie that are not lent: new.
    #[account(mut)]
    pub token_vault: UncheckedAccount,
    /// The mint of the shares: new.
    #[account(mut)]
    pub share_mint: UncheckedAccount,
    /// Where shares shall lie that are collateral: new.
    #[account(mut)]
    pub collateral_vault: UncheckedAccount,
    /// Where the token's price will be read.
    pub oracle: Account<Oracle>,
    /// Owner of the vaults and mint authority of the shares.
    #[account(seeds = [AUTHORITY_SEED, reserve] @ LendingError::AuthorityMismatch, bump)]
    pub authority: UncheckedAccount,
    /// The token program.
    pub token_program: Program<Token>,
}

/// The accounts of [`configure_reserve`](crate::lending::configure_reserve).
#[derive(Accounts, Debug)]
pub struct ConfigureReserve {
    /// The reserve.
    #[account(mut, has_one = market @ LendingError::MarketMismatch)]
    pub reserve: Account<Reserve>,
    /// Its market.
    #[account(has_one = admin @ LendingError::AdminMismatch)]
    pub market: Account<Market>,
    /// The market's admin.
    pub admin: Signer,
}

/// The accounts of [`accrue`](crate::lending::accrue).
#[derive(Accounts, Debug)]
pub struct Accrue {
    /// The reserve.
    #[account(mut)]
    pub reserve: Account<Reserve>,
}

/// The accounts of [`collect_fees`](crate::lending::collect_fees).
#[derive(Accounts, Debug)]
pub struct CollectFees {
    /// The reserve.
    #[account(
        mut,
        has_one = market @ LendingError::MarketMismatch,
        has_one = token_vault @ LendingError::VaultMismatch,
        has_one = authority @ LendingError::AuthorityMismatch,
    )]
    pub reserve: Account<Reserve>,
    /// Its market.
    #[account(has_one = admin @ LendingError::AdminMismatch)]
    pub market: Account<Market>,
    /// The market's admin.
    pub admin: Signer,
    /// The reserve's tokens.
    #[account(mut)]
    pub token_vault: UncheckedAccount,
    /// Where the fees go.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// Owner of the vault.
    pub authority: UncheckedAccount,
    /// The token program.
    pub token_program: Program<Token>,
}

pub(crate) fn init(context: &Context<InitReserve>, config: &ReserveConfig) -> Result {
    let accounts = &context.accounts;
    config.check()?;
    let decimals = accounts.token_mint.decimals()?;
    let authority = accounts.authority.address();
    let mut reserve = accounts.reserve.load_mut()?;
    reserve.market = *accounts.market.address();
    reserve.token_mint = *accounts.token_mint.address();
    reserve.token_vault = *accounts.token_vault.address();
    reserve.share_mint = *accounts.share_mint.address();
    reserve.collateral_vault = *accounts.collateral_vault.address();
    reserve.oracle = *accounts.oracle.address();
    (reserve.authority, reserve.authority_bump) = (*authority, context.bumps.authority);
    reserve.config = *config;
    reserve.decimals = decimals;
    reserve.start(current_slot());

    let token_program = accounts.token_program.calls();
    token_program.initialize_account(&accounts.token_vault, &accounts.token_mint, authority)?;
    token_program.initialize_mint(&accounts.share_mint, decimals, authority)?;
    token_program.initialize_account(&accounts.collateral_vault, &accounts.share_mint, authority)
}

pub(crate) fn configure(context: &Context<ConfigureReserve>, config: &ReserveConfig) -> Result {
    config.check()?;
    // Accrued first: what is past follows the rates of the past.
    accrued_mut(&context.accounts.reserve)?.config = *config;
    Ok(())
}

pub(crate) fn accrue(context: &Context<Accrue>) -> Result {
    accrued_mut(&context.accounts.reserve)?;
    Ok(())
}

pub(crate) fn collect_fees(context: &Context<CollectFees>) -> Result {
    let CollectFees { reserve, token_vault, destination, authority, token_program, .. } = &context.accounts;
    let mut state = accrued_mut(reserve)?;
    let amount = state.collect_fees()?;
    derived(reserve, &state, authority, |authority| {
        token_program.calls().transfer(token_vault, destination, amount, authority)
    })
}
