//! Create: a pool, its two vaults and the mint of its liquidity tokens, all empty.

use super::state::{MAX_TRADE_FEE, Pool, WHOLE};
use crate::DexError;
use crate::vault::Founding;
use sealane_sdk::guest::token::Mint;
use sealane_sdk::guest::{AccountView, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// Decimals of every liquidity token.
const LP_DECIMALS: u8 = 9;

/// Accounts: payer (writable, signer), pool, vault a, vault b, liquidity mint (all writable, not there yet), mint a, mint b,
/// fee authority, system program, token program.
pub(super) fn create(
    program_id: &Address,
    accounts: &[AccountView],
    trade_fee: u16,
    protocol_share: u16,
) -> ProgramResult {
    let [
        payer,
        pool,
        vault_a,
        vault_b,
        lp_mint,
        mint_a,
        mint_b,
        fee_authority,
        system_program,
        token_program,
    ] = accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    if trade_fee > MAX_TRADE_FEE || u64::from(protocol_share) > WHOLE {
        return Err(DexError::InvalidFee.into());
    }
    if mint_a.address() >= mint_b.address() {
        return Err(DexError::MintOrder.into());
    }
    Mint::read(mint_a)?;
    Mint::read(mint_b)?;
    if address_eq(fee_authority.address(), &Address::default()) {
        return Err(DexError::WrongAuthority.into());
    }
    let founding = Founding { program_id, payer, system_program, token_program };
    let fee_seed = trade_fee.to_le_bytes();
    let seeds: [&[u8]; 4] = [b"pool", mint_a.address().as_ref(), mint_b.address().as_ref(), &fee_seed];
    let bump = founding.make(pool, &seeds, size_of::<Pool>(), program_id)?;
    founding.make_vault(vault_a, pool, mint_a, pool.address())?;
    founding.make_vault(vault_b, pool, mint_b, pool.address())?;
    founding.make_lp_mint(lp_mint, pool, LP_DECIMALS)?;
    let mut state = pool.load_fresh::<Pool>(program_id)?;
    (state.mint_a, state.mint_b) = (*mint_a.address(), *mint_b.address());
    (state.vault_a, state.vault_b) = (*vault_a.address(), *vault_b.address());
    (state.lp_mint, state.fee_authority) = (*lp_mint.address(), *fee_authority.address());
    (state.trade_fee, state.protocol_share, state.bump) = (trade_fee, protocol_share, bump);
    Ok(())
}
