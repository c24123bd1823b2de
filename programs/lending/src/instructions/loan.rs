//! Borrow and Repay.

use super::checks::{accrued_mut, derived, is_same_market, require_amount, require_within_limit};
use crate::error::LendingError;
use crate::state::{Obligation, Reserve};
use sealane_sdk::guest::token::Authority;
use sealane_sdk::prelude::*;

/// The accounts of [`borrow`](crate::lending::borrow); *positions* follow.
#[derive(Accounts, Debug)]
pub struct Borrow {
    /// The obligation.
    #[account(
        mut,
        has_one = owner @ LendingError::OwnerMismatch,
        constraint = is_same_market(&obligation, &reserve)? @ LendingError::MarketMismatch,
    )]
    pub obligation: Account<Obligation>,
    /// The reserve.
    #[account(
        mut,
        has_one = token_vault @ LendingError::VaultMismatch,
        has_one = authority @ LendingError::AuthorityMismatch,
    )]
    pub reserve: Account<Reserve>,
    /// Its tokens.
    #[account(mut)]
    pub token_vault: UncheckedAccount,
    /// Where the tokens go.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// The obligation's owner.
    pub owner: Signer,
    /// Owner of the vault.
    pub authority: UncheckedAccount,
    /// The token program.
    pub token_program: Program<Token>,
}

/// The accounts of [`repay`](crate::lending::repay).
#[derive(Accounts, Debug)]
pub struct Repay {
    /// The obligation; anybody's.
    #[account(mut)]
    pub obligation: Account<Obligation>,
    /// The reserve that is owed to.
    #[account(mut, has_one = token_vault @ LendingError::VaultMismatch)]
    pub reserve: Account<Reserve>,
    /// Its tokens.
    #[account(mut)]
    pub token_vault: UncheckedAccount,
    /// Where tokens are taken from.
    #[account(mut)]
    pub source: UncheckedAccount,
    /// The source's owner.
    pub owner: Signer,
    /// The token program.
    pub token_program: Program<Token>,
}

pub(crate) fn borrow(context: &Context<Borrow>, amount: u64) -> Result {
    let Borrow { obligation, reserve, token_vault, destination, authority, token_program, .. } =
        &context.accounts;
    require_amount(amount)?;
    let mut obligation = obligation.load_mut()?;
    // Not lent any longer than that: the reserve is read again as one of the positions.
    let scaled = accrued_mut(reserve)?.borrow(amount)?;
    obligation.add_debt(reserve.address(), scaled)?;
    require_within_limit(context.program_id, &obligation, context.remaining_accounts)?;
    let state = reserve.load()?;
    derived(reserve, &state, authority, |authority| {
        token_program.calls().transfer(token_vault, destination, amount, authority)
    })
}

pub(crate) fn repay(context: &Context<Repay>, most: u64) -> Result {
    let Repay { obligation, reserve, token_vault, source, owner, token_program } = &context.accounts;
    require_amount(most)?;
    let mut obligation = obligation.load_mut()?;
    let position = obligation.position(reserve.address()).ok_or(LendingError::NoDebt)?;
    let repayment = accrued_mut(reserve)?.repay(most, position.scaled_debt.get())?;
    obligation.remove_debt(reserve.address(), repayment.scaled)?;
    token_program.calls().transfer(source, token_vault, repayment.amount, Authority::Signer(owner))
}
