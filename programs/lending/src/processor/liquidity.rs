//! Deposit and Withdraw: tokens against shares.

use super::checks::{load_accrued_mut, require_address, require_amount, require_signer, with_authority};
use crate::error::LendingError;
use crate::state::Reserve;
use sealane_sdk::guest::AccountView;
use sealane_sdk::guest::token::{Authority, TokenProgram};
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn deposit(program_id: &Address, accounts: &[AccountView], amount: u64) -> ProgramResult {
    let exchange = Exchange::new(accounts)?;
    require_amount(amount)?;
    require_signer(exchange.owner)?;
    let mut reserve = load_accrued_mut(program_id, exchange.reserve)?;
    exchange.check(&reserve)?;
    let shares = reserve.deposit(amount)?;
    let token_program = TokenProgram::new(exchange.token_program)?;
    let owner = Authority::Signer(exchange.owner);
    token_program.transfer(exchange.source, exchange.token_vault, amount, owner)?;
    with_authority(&reserve, exchange.reserve.address(), exchange.authority, |authority| {
        token_program.mint_to(exchange.share_mint, exchange.destination, shares, authority)
    })
}

pub(super) fn withdraw(program_id: &Address, accounts: &[AccountView], shares: u64) -> ProgramResult {
    let exchange = Exchange::new(accounts)?;
    require_amount(shares)?;
    require_signer(exchange.owner)?;
    let mut reserve = load_accrued_mut(program_id, exchange.reserve)?;
    exchange.check(&reserve)?;
    let token_program = TokenProgram::new(exchange.token_program)?;
    // Burned before anything is computed from them: nobody redeems shares that are not there.
    let owner = Authority::Signer(exchange.owner);
    token_program.burn(exchange.source, exchange.share_mint, shares, owner)?;
    let amount = reserve.withdraw(shares)?;
    with_authority(&reserve, exchange.reserve.address(), exchange.authority, |authority| {
        token_program.transfer(exchange.token_vault, exchange.destination, amount, authority)
    })
}

/// The accounts of both instructions, which differ in what source and destination hold.
struct Exchange<'a> {
    reserve: &'a AccountView,
    token_vault: &'a AccountView,
    share_mint: &'a AccountView,
    source: &'a AccountView,
    destination: &'a AccountView,
    owner: &'a AccountView,
    authority: &'a AccountView,
    token_program: &'a AccountView,
}

impl<'a> Exchange<'a> {
    fn new(accounts: &'a [AccountView]) -> Result<Self, ProgramError> {
        let [reserve, token_vault, share_mint, source, destination, owner, authority, token_program, ..] =
            accounts
        else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Ok(Self { reserve, token_vault, share_mint, source, destination, owner, authority, token_program })
    }

    fn check(&self, reserve: &Reserve) -> ProgramResult {
        require_address(self.token_vault, &reserve.token_vault, LendingError::VaultMismatch)?;
        require_address(self.share_mint, &reserve.share_mint, LendingError::ShareMintMismatch)
    }
}
