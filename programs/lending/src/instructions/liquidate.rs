//! Liquidate: who repays part of an unhealthy obligation's debt gets collateral for it.

use super::checks::{accrued_mut, derived, judge, require_amount};
use crate::error::LendingError;
use crate::health::{Exchange, Liquidation};
use crate::state::{Obligation, Reserve};
use sealane_sdk::guest::address_eq;
use sealane_sdk::guest::token::Authority;
use sealane_sdk::prelude::*;

/// The accounts of [`liquidate`](crate::lending::liquidate); *positions* follow. The two reserves may be the same.
#[derive(Accounts, Debug)]
pub struct Liquidate {
    /// The obligation.
    #[account(mut)]
    pub obligation: Account<Obligation>,
    /// The reserve that is owed to.
    #[account(mut, has_one = token_vault @ LendingError::VaultMismatch)]
    pub debt_reserve: Account<Reserve>,
    /// Its tokens.
    #[account(mut)]
    pub token_vault: UncheckedAccount,
    /// The reserve whose shares are taken.
    #[account(
        has_one = collateral_vault @ LendingError::VaultMismatch,
        has_one = authority @ LendingError::AuthorityMismatch,
    )]
    pub collateral_reserve: Account<Reserve>,
    /// Where the shares are.
    #[account(mut)]
    pub collateral_vault: UncheckedAccount,
    /// Owner of that vault.
    pub authority: UncheckedAccount,
    /// Where tokens are taken from.
    #[account(mut)]
    pub source: UncheckedAccount,
    /// Where the shares go.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// The source's owner.
    pub owner: Signer,
    /// The token program.
    pub token_program: Program<Token>,
}

pub(crate) fn liquidate(context: &Context<Liquidate>, most: u64, minimum_shares: u64) -> Result {
    let Liquidate { debt_reserve, collateral_reserve, owner, source, destination, .. } = &context.accounts;
    require_amount(most)?;
    let mut obligation = context.accounts.obligation.load_mut()?;
    let exchange = agree(context, &obligation, most)?;
    require!(exchange.shares >= minimum_shares, LendingError::BelowMinimum);
    obligation.remove_shares(collateral_reserve.address(), exchange.shares)?;
    let position = obligation.position(debt_reserve.address()).ok_or(LendingError::NoDebt)?;
    let repayment = accrued_mut(debt_reserve)?.repay(exchange.repaid, position.scaled_debt.get())?;
    obligation.remove_debt(debt_reserve.address(), repayment.scaled)?;

    let token_program = context.accounts.token_program.calls();
    let (token_vault, collateral_vault) = (&context.accounts.token_vault, &context.accounts.collateral_vault);
    token_program.transfer(source, token_vault, repayment.amount, Authority::Signer(owner))?;
    let collateral = collateral_reserve.load()?;
    derived(collateral_reserve, &collateral, &context.accounts.authority, |authority| {
        token_program.transfer(collateral_vault, destination, exchange.shares, authority)
    })
}

/// Judges the obligation and computes what is exchanged.
///
/// # Errors
/// [`LendingError::Healthy`], [`LendingError::NoDebt`] and [`LendingError::InsufficientCollateral`] if the obligation has no
/// position there; those of [`judge`] and [`Liquidation::exchange`].
fn agree(context: &Context<Liquidate>, obligation: &Obligation, most: u64) -> Result<Exchange> {
    let Liquidate { debt_reserve, collateral_reserve, .. } = &context.accounts;
    let parties = [debt_reserve.address(), collateral_reserve.address()];
    let mut found = [None, None];
    let (program_id, listed) = (context.program_id, context.remaining_accounts);
    let health = judge(program_id, obligation, listed, |position, reserve, prices| {
        for (place, party) in found.iter_mut().zip(parties) {
            if address_eq(&position.reserve, party) {
                *place = Some((*position, *reserve, prices.middle));
            }
        }
    })?;
    health.require_unhealthy()?;
    let [debt, collateral] = found;
    let (debt, debt_reserve, debt_price) = debt.ok_or(LendingError::NoDebt)?;
    let (collateral, collateral_reserve, collateral_price) =
        collateral.ok_or(LendingError::InsufficientCollateral)?;
    let liquidation = Liquidation {
        debt_reserve: &debt_reserve,
        debt_price,
        scaled_debt: debt.scaled_debt.get(),
        collateral_reserve: &collateral_reserve,
        collateral_price,
        shares: collateral.shares,
    };
    Ok(liquidation.exchange(most)?)
}
