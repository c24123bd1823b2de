//! Place and cancel: the market's account changes, and for a new order the trader pays in what he does not have there.

use super::matching::{self, NewOrder, Placed};
use super::state::{Market, MarketHeader, Side};
use crate::DexError;
use sealane_sdk::guest::address_eq;
use sealane_sdk::guest::token::Authority;
use sealane_sdk::prelude::*;

/// The accounts of [`place_order`](crate::dex::place_order).
#[derive(Accounts, Debug)]
#[instruction(order: NewOrder)]
pub struct PlaceOrder {
    /// The market.
    #[account(mut)]
    pub market: Account<MarketHeader>,
    /// Whose order it is.
    pub trader: Signer,
    /// The trader's account of the token that the order offers.
    #[account(mut)]
    pub source: UncheckedAccount,
    /// The market's vault for that token.
    #[account(
        mut,
        constraint = address_eq(vault.address(), market.load()?.vault_for(order.side)) @ DexError::WrongAccount,
    )]
    pub vault: UncheckedAccount,
    /// The token program.
    pub token_program: Program<Token>,
}

/// What came of an order, as it is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Argument)]
pub struct Placement {
    /// Its sequence number: with its price, what cancels it.
    pub sequence: u64,
    /// Lots that traded.
    pub filled_lots: u64,
    /// Quote tokens that those lots cost, without the fee.
    pub filled_quote: u64,
    /// The taker's fee in quote tokens.
    pub fee: u64,
    /// Lots that rest in the book.
    pub resting_lots: u64,
}

/// The accounts of [`cancel_order`](crate::dex::cancel_order) and [`cancel_all_orders`](crate::dex::cancel_all_orders).
#[derive(Accounts, Debug)]
pub struct CancelOrders {
    /// The market.
    #[account(mut)]
    pub market: Account<MarketHeader>,
    /// Whose orders they are.
    pub trader: Signer,
}

impl PlaceOrder {
    pub(crate) fn place(&self, order: &NewOrder) -> Result<Placement> {
        let Placed { sequence, filled_lots, filled_quote, fee, resting_lots, due } = {
            let mut data = self.market.borrow_data_mut()?;
            matching::place(&mut Market::in_place(&mut data)?, self.trader.address(), order)?
        };
        let (token, trader) = (self.token_program.calls(), Authority::Signer(&self.trader));
        token.transfer(&self.source, &self.vault, due, trader)?;
        Ok(Placement { sequence, filled_lots, filled_quote, fee, resting_lots })
    }
}

impl CancelOrders {
    pub(crate) fn cancel(&self, side: Side, price: u64, sequence: u64) -> Result {
        let mut data = self.market.borrow_data_mut()?;
        let mut market = Market::in_place(&mut data)?;
        Ok(matching::cancel(&mut market, self.trader.address(), side, price, sequence)?)
    }

    pub(crate) fn cancel_all(&self) -> Result {
        let mut data = self.market.borrow_data_mut()?;
        let mut market = Market::in_place(&mut data)?;
        Ok(matching::cancel_all(&mut market, self.trader.address())?)
    }
}
