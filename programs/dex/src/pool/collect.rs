//! Collect: the protocol's part of the fees leaves the vaults.

use super::state::{Pool, PoolSigner};
use crate::DexError;
use sealane_sdk::guest::token::{Authority, TokenProgram};
use sealane_sdk::guest::{AccountView, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// Accounts: pool, vault a, vault b, the accounts to be paid to for a and b (all writable), fee authority (signer),
/// token program.
pub(super) fn collect(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [pool, vault_a, vault_b, tokens_a, tokens_b, fee_authority, token_program] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let token_program = TokenProgram::new(token_program)?;
    let mut state = pool.load_checked_mut::<Pool>(program_id)?;
    state.check_vaults(vault_a, vault_b)?;
    if !fee_authority.is_signer() {
        return Err(ProgramError::MissingRequiredSignature);
    }
    if !address_eq(fee_authority.address(), &state.fee_authority) {
        return Err(DexError::WrongAuthority.into());
    }
    let fees = [state.protocol_fees_a, state.protocol_fees_b];
    [state.protocol_fees_a, state.protocol_fees_b] = [0, 0];
    let signer = PoolSigner::new(&state);
    drop(state);
    let seeds = signer.seeds();
    token_program.transfer(vault_a, tokens_a, fees[0], Authority::Derived(pool, &seeds))?;
    token_program.transfer(vault_b, tokens_b, fees[1], Authority::Derived(pool, &seeds))
}
