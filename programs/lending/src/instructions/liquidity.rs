//! Deposit and Withdraw: tokens against shares.

use super::checks::{accrued_mut, derived, require_amount};
use crate::error::LendingError;
use crate::state::Reserve;
use sealane_sdk::guest::token::Authority;
use sealane_sdk::prelude::*;

/// The accounts of [`deposit`](crate::lending::deposit) and [`withdraw`](crate::lending::withdraw), which differ in what source
/// and destination hold.
#[derive(Accounts, Debug)]
pub struct Exchange {
    /// The reserve.
    #[account(
        mut,
        has_one = token_vault @ LendingError::VaultMismatch,
        has_one = share_mint @ LendingError::ShareMintMismatch,
        has_one = authority @ LendingError::AuthorityMismatch,
    )]
    pub reserve: Account<Reserve>,
    /// Its tokens.
    #[account(mut)]
    pub token_vault: UncheckedAccount,
    /// The mint of its shares.
    #[account(mut)]
    pub share_mint: UncheckedAccount,
    /// Where tokens (or shares, to withdraw) are taken from.
    #[account(mut)]
    pub source: UncheckedAccount,
    /// Where shares (or tokens) go.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// The source's owner.
    pub owner: Signer,
    /// Owner of the vault and mint authority of the shares.
    pub authority: UncheckedAccount,
    /// The token program.
    pub token_program: Program<Token>,
}

pub(crate) fn deposit(context: &Context<Exchange>, amount: u64) -> Result {
    let Exchange { reserve, token_vault, share_mint, source, destination, owner, .. } = &context.accounts;
    require_amount(amount)?;
    let mut state = accrued_mut(reserve)?;
    let shares = state.deposit(amount)?;
    let token_program = context.accounts.token_program.calls();
    token_program.transfer(source, token_vault, amount, Authority::Signer(owner))?;
    derived(reserve, &state, &context.accounts.authority, |authority| {
        token_program.mint_to(share_mint, destination, shares, authority)
    })
}

pub(crate) fn withdraw(context: &Context<Exchange>, shares: u64) -> Result {
    let Exchange { reserve, token_vault, share_mint, source, destination, owner, .. } = &context.accounts;
    require_amount(shares)?;
    let mut state = accrued_mut(reserve)?;
    let token_program = context.accounts.token_program.calls();
    // Burned before anything is computed from them: nobody redeems shares that are not there.
    token_program.burn(source, share_mint, shares, Authority::Signer(owner))?;
    let amount = state.withdraw(shares)?;
    derived(reserve, &state, &context.accounts.authority, |authority| {
        token_program.transfer(token_vault, destination, amount, authority)
    })
}
