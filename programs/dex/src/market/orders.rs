//! Place and cancel: the market's account changes, and for a new order the trader pays in what he does not have there.

use super::matching::{self, NewOrder, Placed};
use super::state::{Market, Side};
use crate::DexError;
use sealane_sdk::guest::token::{Authority, TokenProgram};
use sealane_sdk::guest::{AccountView, DataRefMut, address_eq, set_return_data};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// Accounts: market (writable), trader (signer), the trader's account of the token that the order offers (writable), the
/// market's vault for it (writable), token program. Gives sequence number, lots filled, quote paid for them, fee and lots
/// resting as return data (u64 each).
pub(super) fn place(program_id: &Address, accounts: &[AccountView], order: &NewOrder) -> ProgramResult {
    let [market, trader, source, vault, token_program] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let token_program = TokenProgram::new(token_program)?;
    let placed = {
        let mut data = borrow(program_id, market, trader)?;
        let mut market = Market::in_place(&mut data)?;
        let on_record = match order.side {
            Side::Bid => &market.header.quote_vault,
            Side::Ask => &market.header.base_vault,
        };
        if !address_eq(vault.address(), on_record) {
            return Err(DexError::WrongAccount.into());
        }
        matching::place(&mut market, trader.address(), order)?
    };
    token_program.transfer(source, vault, placed.due, Authority::Signer(trader))?;
    set_return_data(&encode(&placed));
    Ok(())
}

/// Accounts: market (writable), trader (signer).
pub(super) fn cancel(
    program_id: &Address,
    accounts: &[AccountView],
    side: Side,
    price: u64,
    sequence: u64,
) -> ProgramResult {
    let [market, trader] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let mut data = borrow(program_id, market, trader)?;
    let mut market = Market::in_place(&mut data)?;
    Ok(matching::cancel(&mut market, trader.address(), side, price, sequence)?)
}

/// Accounts: market (writable), trader (signer).
pub(super) fn cancel_all(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [market, trader] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let mut data = borrow(program_id, market, trader)?;
    let mut market = Market::in_place(&mut data)?;
    Ok(matching::cancel_all(&mut market, trader.address())?)
}

/// The market's data, once it is sure that the account is this program's and the trader signed.
pub(super) fn borrow<'a>(
    program_id: &Address,
    market: &'a AccountView,
    trader: &AccountView,
) -> Result<DataRefMut<'a, [u8]>, ProgramError> {
    if !trader.is_signer() {
        return Err(ProgramError::MissingRequiredSignature);
    }
    if !market.is_owned_by(program_id) {
        return Err(ProgramError::InvalidAccountOwner);
    }
    market.borrow_data_mut()
}

fn encode(placed: &Placed) -> [u8; 40] {
    let Placed { sequence, filled_lots, filled_quote, fee, resting_lots, .. } = *placed;
    let mut bytes = [0; 40];
    let words = [sequence, filled_lots, filled_quote, fee, resting_lots];
    for (place, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *place = word.to_le_bytes();
    }
    bytes
}
