//! Create: a market in an account that the client has made, and its two vaults.

use super::state::{Market, MarketHeader, MarketTerms, orders_a_side};
use crate::DexError;
use crate::pool::state::MAX_TRADE_FEE;
use crate::vault::Founding;
use sealane_sdk::guest::token::Mint;
use sealane_sdk::guest::{AccountView, address_eq, find_program_address};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// Accounts: payer (writable, signer), market (writable, signer, the program's, all zero), base vault, quote vault (writable,
/// not there yet), base mint, quote mint, the address that signs for the vaults, fee authority, system program, token
/// program.
pub(super) fn create(program_id: &Address, accounts: &[AccountView], terms: &MarketTerms) -> ProgramResult {
    let [payer, market, base_vault, quote_vault, base_mint, quote_mint, signer, fee_authority, system, token] =
        accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let MarketTerms { lot_size, tick_size, taker_fee, seat_count } = *terms;
    if taker_fee > MAX_TRADE_FEE {
        return Err(DexError::InvalidFee.into());
    }
    if lot_size == 0 || tick_size == 0 || orders_a_side(market.data_size(), seat_count).is_none() {
        return Err(DexError::InvalidMarket.into());
    }
    if base_mint == quote_mint {
        return Err(DexError::MintOrder.into());
    }
    if address_eq(fee_authority.address(), &Address::default()) {
        return Err(DexError::WrongAuthority.into());
    }
    // Else somebody could make a market of his own in an account that another has just allocated.
    if !market.is_signer() {
        return Err(ProgramError::MissingRequiredSignature);
    }
    if !market.is_owned_by(program_id) {
        return Err(ProgramError::InvalidAccountOwner);
    }
    Mint::read(base_mint)?;
    Mint::read(quote_mint)?;
    let (signer_address, signer_bump) =
        find_program_address(&[b"market", market.address().as_ref()], program_id);
    if !address_eq(&signer_address, signer.address()) {
        return Err(ProgramError::InvalidSeeds);
    }
    let mut data = market.borrow_data_mut()?;
    if data.iter().any(|byte| *byte != 0) {
        return Err(ProgramError::AccountAlreadyInitialized);
    }
    let fresh = Market::uninitialized(&mut data, Some(seat_count))?;
    *fresh.header = MarketHeader::new(
        terms,
        [*base_mint.address(), *quote_mint.address()],
        [*base_vault.address(), *quote_vault.address()],
        *fee_authority.address(),
        signer_bump,
    );
    drop(data);
    let founding = Founding { program_id, payer, system_program: system, token_program: token };
    founding.make_vault(base_vault, market, base_mint, signer.address())?;
    founding.make_vault(quote_vault, market, quote_mint, signer.address())
}
