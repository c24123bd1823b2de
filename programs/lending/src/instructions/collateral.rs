//! DepositCollateral and WithdrawCollateral: shares into an obligation and out of it. Reserves are only read.

use super::checks::{derived, is_same_market, require_amount, require_within_limit};
use crate::error::LendingError;
use crate::state::{Obligation, Reserve};
use sealane_sdk::guest::token::Authority;
use sealane_sdk::prelude::*;

/// The accounts of [`deposit_collateral`](crate::lending::deposit_collateral).
#[derive(Accounts, Debug)]
pub struct DepositCollateral {
    /// The obligation.
    #[account(
        mut,
        has_one = owner @ LendingError::OwnerMismatch,
        constraint = is_same_market(&obligation, &reserve)? @ LendingError::MarketMismatch,
    )]
    pub obligation: Account<Obligation>,
    /// The reserve whose shares become collateral.
    #[account(has_one = collateral_vault @ LendingError::VaultMismatch)]
    pub reserve: Account<Reserve>,
    /// Where they will lie.
    #[account(mut)]
    pub collateral_vault: UncheckedAccount,
    /// Where they are.
    #[account(mut)]
    pub source: UncheckedAccount,
    /// Owner of the obligation and of the shares.
    pub owner: Signer,
    /// The token program.
    pub token_program: Program<Token>,
}

/// The accounts of [`withdraw_collateral`](crate::lending::withdraw_collateral); *positions* follow, unless nothing is owed.
#[derive(Accounts, Debug)]
pub struct WithdrawCollateral {
    /// The obligation.
    #[account(mut, has_one = owner @ LendingError::OwnerMismatch)]
    pub obligation: Account<Obligation>,
    /// The reserve whose shares are taken back.
    #[account(
        has_one = collateral_vault @ LendingError::VaultMismatch,
        has_one = authority @ LendingError::AuthorityMismatch,
    )]
    pub reserve: Account<Reserve>,
    /// Where they are.
    #[account(mut)]
    pub collateral_vault: UncheckedAccount,
    /// Where they go.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// The obligation's owner.
    pub owner: Signer,
    /// Owner of the vault.
    pub authority: UncheckedAccount,
    /// The token program.
    pub token_program: Program<Token>,
}

pub(crate) fn deposit(context: &Context<DepositCollateral>, shares: u64) -> Result {
    let DepositCollateral { obligation, reserve, collateral_vault, source, owner, token_program } =
        &context.accounts;
    require_amount(shares)?;
    obligation.load_mut()?.add_shares(reserve.address(), shares)?;
    token_program.calls().transfer(source, collateral_vault, shares, Authority::Signer(owner))
}

pub(crate) fn withdraw(context: &Context<WithdrawCollateral>, shares: u64) -> Result {
    let WithdrawCollateral { obligation, reserve, collateral_vault, destination, authority, .. } =
        &context.accounts;
    require_amount(shares)?;
    let mut obligation = obligation.load_mut()?;
    obligation.remove_shares(reserve.address(), shares)?;
    // Who owes nothing gets the collateral back whatever its price.
    if obligation.has_debt() {
        require_within_limit(context.program_id, &obligation, context.remaining_accounts)?;
    }
    let state = reserve.load()?;
    let token_program = context.accounts.token_program.calls();
    derived(reserve, &state, authority, |authority| {
        token_program.transfer(collateral_vault, destination, shares, authority)
    })
}
