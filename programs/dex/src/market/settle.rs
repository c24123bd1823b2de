//! Settle and collect: tokens leave the vaults.

use super::matching;
use super::orders::borrow;
use super::state::Market;
use crate::DexError;
use sealane_sdk::guest::token::{Authority, TokenProgram};
use sealane_sdk::guest::{AccountView, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// Accounts: market (writable), trader (signer), the trader's base and quote accounts (writable), base vault, quote vault
/// (writable), the address that signs for them, token program. A seat that is left with nothing is free for others.
pub(super) fn settle(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [market, trader, base_tokens, quote_tokens, base_vault, quote_vault, signer, token_program] =
        accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let token_program = TokenProgram::new(token_program)?;
    let (base, quote, bump) = {
        let mut data = borrow(program_id, market, trader)?;
        let mut market = Market::in_place(&mut data)?;
        check_vault(base_vault, &market.header.base_vault)?;
        check_vault(quote_vault, &market.header.quote_vault)?;
        let (seat_index, bump) = (market.seat_of(trader.address())?, market.header.signer_bump);
        let (base, quote) = matching::pay_out(market.seat(seat_index)?);
        (base, quote, bump)
    };
    let seeds: [&[u8]; 3] = [b"market", market.address().as_ref(), &[bump]];
    token_program.transfer(base_vault, base_tokens, base, Authority::Derived(signer, &seeds))?;
    token_program.transfer(quote_vault, quote_tokens, quote, Authority::Derived(signer, &seeds))
}

/// Accounts: market (writable), fee authority (signer), the quote account to be paid to (writable), quote vault (writable), the
/// address that signs for it, token program.
pub(super) fn collect_fees(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [market, fee_authority, quote_tokens, quote_vault, signer, token_program] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let token_program = TokenProgram::new(token_program)?;
    let (fees, bump) = {
        let mut data = borrow(program_id, market, fee_authority)?;
        let market = Market::in_place(&mut data)?;
        check_vault(quote_vault, &market.header.quote_vault)?;
        if !address_eq(fee_authority.address(), &market.header.fee_authority) {
            return Err(DexError::WrongAuthority.into());
        }
        (core::mem::take(&mut market.header.fees), market.header.signer_bump)
    };
    let seeds: [&[u8]; 3] = [b"market", market.address().as_ref(), &[bump]];
    token_program.transfer(quote_vault, quote_tokens, fees, Authority::Derived(signer, &seeds))
}

fn check_vault(vault: &AccountView, on_record: &Address) -> Result<(), DexError> {
    if address_eq(vault.address(), on_record) { Ok(()) } else { Err(DexError::WrongAccount) }
}
