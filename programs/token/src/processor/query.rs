//! Instructions that only answer: GetAccountDataSize, AmountToUiAmount, UiAmountToAmount. The answer is return data.

use super::checks::load_owned_mint;
use crate::state::{State, TokenAccount};
use crate::ui_amount;
use sealane_sdk::guest::{AccountView, set_return_data};
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn account_data_size(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    mint_decimals(program_id, accounts)?;
    set_return_data(&(TokenAccount::SIZE_BYTES as u64).to_le_bytes());
    Ok(())
}

pub(super) fn amount_to_ui_amount(
    program_id: &Address,
    accounts: &[AccountView],
    amount: u64,
) -> ProgramResult {
    let decimals = mint_decimals(program_id, accounts)?;
    let mut buffer = [0; ui_amount::MAX_UI_AMOUNT_SIZE_BYTES];
    set_return_data(ui_amount::format(amount, decimals, &mut buffer));
    Ok(())
}

pub(super) fn ui_amount_to_amount(
    program_id: &Address,
    accounts: &[AccountView],
    text: &str,
) -> ProgramResult {
    let decimals = mint_decimals(program_id, accounts)?;
    set_return_data(&ui_amount::parse(text, decimals)?.to_le_bytes());
    Ok(())
}

/// The decimals of the one account, which must be a mint of this program.
fn mint_decimals(program_id: &Address, accounts: &[AccountView]) -> Result<u8, ProgramError> {
    let [mint, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    Ok(load_owned_mint(program_id, mint)?.decimals)
}
