//! InitMarket and InitObligation.

use super::checks::require_signer;
use crate::state::{Market, Obligation};
use sealane_sdk::guest::AccountView;
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn init_market(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [market, admin, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_signer(admin)?;
    market.load_fresh::<Market>(program_id)?.admin = *admin.address();
    Ok(())
}

pub(super) fn init_obligation(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [obligation, market, owner, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_signer(owner)?;
    market.load_checked::<Market>(program_id)?;
    let mut obligation = obligation.load_fresh::<Obligation>(program_id)?;
    obligation.market = *market.address();
    obligation.owner = *owner.address();
    Ok(())
}
