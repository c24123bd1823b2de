//! Create: a market in an account that the client has made, and its two vaults.

use super::state::{MarketHeader, MarketTerms, SIGNER_SEED, orders_a_side};
use crate::pool::state::MAX_TRADE_FEE;
use crate::{DexError, VAULT_SEED};
use sealane_sdk::prelude::*;

/// The accounts of [`create_market`](crate::dex::create_market).
#[derive(Accounts, Debug)]
pub struct CreateMarket {
    /// Pays for the vaults.
    #[account(mut)]
    pub payer: Signer,
    /// The account that becomes the market. It signs, else somebody could make a market of his own in an account that another
    /// has just allocated.
    #[account(zero, signer)]
    pub market: Account<MarketHeader>,
    /// Its vault for base tokens.
    #[account(
        init, payer = payer, seeds = [VAULT_SEED, market, base_mint], bump,
        token::mint = base_mint, token::authority = signer,
    )]
    pub base_vault: TokenAccount,
    /// Its vault for quote tokens.
    #[account(
        init, payer = payer, seeds = [VAULT_SEED, market, quote_mint], bump,
        token::mint = quote_mint, token::authority = signer,
    )]
    pub quote_vault: TokenAccount,
    /// What is traded.
    pub base_mint: Mint,
    /// What it is paid with. Another one: two vaults of one mint would be one account, and be made twice.
    pub quote_mint: Mint,
    /// The address that signs for the vaults.
    #[account(seeds = [SIGNER_SEED, market], bump)]
    pub signer: UncheckedAccount,
    /// Who may collect the fees.
    #[account(constraint = *fee_authority.address() != Address::default() @ DexError::WrongAuthority)]
    pub fee_authority: UncheckedAccount,
    /// The system program.
    pub system_program: Program<System>,
    /// The token program.
    pub token_program: Program<Token>,
}

impl CreateMarket {
    pub(crate) fn create(&self, signer_bump: u8, terms: &MarketTerms) -> Result {
        let MarketTerms { lot_size, tick_size, taker_fee, seat_count } = *terms;
        require!(taker_fee <= MAX_TRADE_FEE, DexError::InvalidFee);
        let fits = orders_a_side(self.market.data_size(), seat_count).is_some();
        require!(lot_size > 0 && tick_size > 0 && fits, DexError::InvalidMarket);
        *self.market.load_mut()? = MarketHeader::founded(
            terms,
            [*self.base_mint.address(), *self.quote_mint.address()],
            [*self.base_vault.address(), *self.quote_vault.address()],
            (*self.signer.address(), signer_bump),
            *self.fee_authority.address(),
        );
        Ok(())
    }
}
