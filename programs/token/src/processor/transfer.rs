//! Transfer and TransferChecked: the hot path.

use super::checks::{
    Spender, check_mint, check_owned, check_spender, load, load_mut, move_lamports, spend_allowance,
};
use crate::error::TokenError;
use crate::instruction::CheckedAmount;
use crate::state::TokenAccount;
use sealane_sdk::guest::{AccountView, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(super) fn transfer(program_id: &Address, accounts: &[AccountView], amount: u64) -> ProgramResult {
    let [source, destination, authority, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    Transfer { program_id, source, destination, authority, signers, amount, expected: None }.run()
}

pub(super) fn transfer_checked(
    program_id: &Address,
    accounts: &[AccountView],
    checked: CheckedAmount,
) -> ProgramResult {
    let [source, mint, destination, authority, signers @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let CheckedAmount { amount, decimals } = checked;
    Transfer { program_id, source, destination, authority, signers, amount, expected: Some((mint, decimals)) }
        .run()
}

/// One transfer, both kinds.
#[derive(Clone, Copy)]
struct Transfer<'a> {
    program_id: &'a Address,
    source: &'a AccountView,
    destination: &'a AccountView,
    authority: &'a AccountView,
    signers: &'a [AccountView],
    amount: u64,
    /// The mint and the decimals that the sender expects.
    expected: Option<(&'a AccountView, u8)>,
}

impl Transfer<'_> {
    #[inline(always)]
    fn run(self) -> ProgramResult {
        if self.source == self.destination {
            return self.check_self_transfer();
        }
        let mut source = load_mut::<TokenAccount>(self.source)?;
        let mut destination = load_mut::<TokenAccount>(self.destination)?;
        let spender = self.check(&source, &destination)?;
        spend_allowance(&mut source, spender, self.amount)?;
        if self.amount == 0 {
            check_owned(self.program_id, self.source)?;
            check_owned(self.program_id, self.destination)?;
        }
        let source_amount = source.amount().checked_sub(self.amount).ok_or(TokenError::Overflow)?;
        let destination_amount = destination.amount().checked_add(self.amount).ok_or(TokenError::Overflow)?;
        source.set_amount(source_amount);
        destination.set_amount(destination_amount);
        if source.is_native() {
            move_lamports(self.source, self.destination, self.amount)?;
        }
        Ok(())
    }

    /// A transfer of an account to itself is checked like any other, and changes nothing.
    #[cold]
    #[inline(never)]
    fn check_self_transfer(self) -> ProgramResult {
        let account = load::<TokenAccount>(self.source)?;
        self.check(&account, &account)?;
        check_owned(self.program_id, self.source)
    }

    #[inline(always)]
    fn check(&self, source: &TokenAccount, destination: &TokenAccount) -> Result<Spender, ProgramError> {
        if source.is_frozen() || destination.is_frozen() {
            return Err(TokenError::AccountFrozen.into());
        }
        if source.amount() < self.amount {
            return Err(TokenError::InsufficientFunds.into());
        }
        if !address_eq(&source.mint, &destination.mint) {
            return Err(TokenError::MintMismatch.into());
        }
        if let Some((mint, decimals)) = self.expected {
            check_mint(mint, source, decimals)?;
        }
        check_spender(self.program_id, source, self.amount, self.authority, self.signers)
    }
}
