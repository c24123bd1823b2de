//! InitMarket and InitObligation.

use crate::state::{Market, Obligation};
use sealane_sdk::prelude::*;

/// The accounts of [`init_market`](crate::lending::init_market).
#[derive(Accounts, Debug)]
pub struct InitMarket {
    /// The new market.
    #[account(zero)]
    pub market: Account<Market>,
    /// Who shall make and configure its reserves.
    pub admin: Signer,
}

/// The accounts of [`init_obligation`](crate::lending::init_obligation).
#[derive(Accounts, Debug)]
pub struct InitObligation {
    /// The new obligation.
    #[account(zero)]
    pub obligation: Account<Obligation>,
    /// The market whose reserves it shall use.
    pub market: Account<Market>,
    /// Who shall borrow on it.
    pub owner: Signer,
}

pub(crate) fn init_market(context: &Context<InitMarket>) -> Result {
    let InitMarket { market, admin } = &context.accounts;
    market.load_mut()?.admin = *admin.address();
    Ok(())
}

pub(crate) fn init_obligation(context: &Context<InitObligation>) -> Result {
    let InitObligation { obligation, market, owner } = &context.accounts;
    let mut obligation = obligation.load_mut()?;
    obligation.market = *market.address();
    obligation.owner = *owner.address();
    Ok(())
}
