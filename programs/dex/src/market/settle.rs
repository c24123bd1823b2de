//! Settle and collect: tokens leave the vaults.

use super::matching;
use super::state::{Market, MarketHeader, SIGNER_SEED};
use crate::DexError;
use sealane_sdk::guest::token::Authority;
use sealane_sdk::prelude::*;

/// The accounts of [`settle`](crate::dex::settle).
#[derive(Accounts, Debug)]
pub struct Settle {
    /// The market.
    #[account(
        mut,
        has_one = base_vault @ DexError::WrongAccount,
        has_one = quote_vault @ DexError::WrongAccount,
        has_one = signer @ DexError::WrongAccount,
    )]
    pub market: Account<MarketHeader>,
    /// Whose tokens they are.
    pub trader: Signer,
    /// The trader's account for base tokens.
    #[account(mut)]
    pub base_tokens: UncheckedAccount,
    /// The trader's account for quote tokens.
    #[account(mut)]
    pub quote_tokens: UncheckedAccount,
    /// The market's vault for base tokens.
    #[account(mut)]
    pub base_vault: UncheckedAccount,
    /// The market's vault for quote tokens.
    #[account(mut)]
    pub quote_vault: UncheckedAccount,
    /// The address that signs for the vaults. It is compared with the market's and not derived anew, which costs some 1,500 units.
    pub signer: UncheckedAccount,
    /// The token program.
    pub token_program: Program<Token>,
}

/// The accounts of [`collect_market_fees`](crate::dex::collect_market_fees).
#[derive(Accounts, Debug)]
pub struct CollectMarketFees {
    /// The market.
    #[account(
        mut,
        has_one = quote_vault @ DexError::WrongAccount,
        has_one = signer @ DexError::WrongAccount,
        has_one = fee_authority @ DexError::WrongAuthority,
    )]
    pub market: Account<MarketHeader>,
    /// Who may collect the fees.
    pub fee_authority: Signer,
    /// Where they go.
    #[account(mut)]
    pub quote_tokens: UncheckedAccount,
    /// The market's vault for quote tokens.
    #[account(mut)]
    pub quote_vault: UncheckedAccount,
    /// The address that signs for the vaults.
    pub signer: UncheckedAccount,
    /// The token program.
    pub token_program: Program<Token>,
}

impl Settle {
    /// A seat that is left with nothing is free for others.
    pub(crate) fn settle(&self) -> Result {
        let (base, quote, bump) = {
            let mut data = self.market.borrow_data_mut()?;
            let mut market = Market::in_place(&mut data)?;
            let seat_index = market.seat_of(self.trader.address())?;
            let (base, quote) = matching::pay_out(market.seat(seat_index)?);
            (base, quote, market.header.signer_bump)
        };
        let (token, bump) = (self.token_program.calls(), [bump]);
        let seeds = [SIGNER_SEED, self.market.address().as_ref(), &bump];
        let authority = Authority::Derived(&self.signer, &seeds);
        token.transfer(&self.base_vault, &self.base_tokens, base, authority)?;
        token.transfer(&self.quote_vault, &self.quote_tokens, quote, authority)
    }
}

impl CollectMarketFees {
    pub(crate) fn collect(&self) -> Result {
        let mut market = self.market.load_mut()?;
        let (fees, bump) = (core::mem::take(&mut market.fees), [market.signer_bump]);
        drop(market);
        let seeds = [SIGNER_SEED, self.market.address().as_ref(), &bump];
        let authority = Authority::Derived(&self.signer, &seeds);
        self.token_program.calls().transfer(&self.quote_vault, &self.quote_tokens, fees, authority)
    }
}
