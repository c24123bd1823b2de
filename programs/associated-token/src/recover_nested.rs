//! RecoverNested: gets tokens back that were sent to an associated account of an associated account.

use crate::INVALID_OWNER;
use crate::derivation::Derivation;
use crate::token_calls;
use crate::token_state::{TokenAccount, mint_decimals};
use sealane_sdk::guest::{AccountView, address_eq, log};
use sealane_sdk::{Address, ProgramError, ProgramResult};

pub(crate) fn recover_nested(program_id: &Address, accounts: &[AccountView]) -> ProgramResult {
    let [nested, nested_mint, destination, owner, owner_mint, wallet, token_program, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let recovery = Recovery { nested, nested_mint, destination, owner, owner_mint, wallet, token_program };
    let derivation = recovery.check_addresses(program_id)?;
    recovery.check_signer_and_owner_mint()?;
    let amount = recovery.check_token_accounts()?;
    let decimals = recovery.check_nested_mint()?;
    let seeds = derivation.seeds();
    let transfer = token_calls::Transfer { source: nested, mint: nested_mint, destination, authority: owner };
    transfer.run(token_program, amount, decimals, &seeds)?;
    token_calls::close_account(token_program, nested, wallet, owner, &seeds)
}

/// The accounts of the instruction.
struct Recovery<'a> {
    nested: &'a AccountView,
    nested_mint: &'a AccountView,
    destination: &'a AccountView,
    /// The associated account that owns the nested one.
    owner: &'a AccountView,
    owner_mint: &'a AccountView,
    wallet: &'a AccountView,
    token_program: &'a AccountView,
}

impl<'a> Recovery<'a> {
    /// Checks all three derived addresses; the owner account's derivation lets the program sign for it.
    fn check_addresses(&self, program_id: &Address) -> Result<Derivation<'a>, ProgramError> {
        let find = |wallet: &'a AccountView, mint: &'a AccountView| {
            Derivation::find(program_id, wallet.address(), self.token_program.address(), mint.address())
        };
        let owner = find(self.wallet, self.owner_mint);
        if !address_eq(&owner.address, self.owner.address()) {
            log("Error: Owner associated address does not match seed derivation");
            return Err(ProgramError::InvalidSeeds);
        }
        if !address_eq(&find(self.owner, self.nested_mint).address, self.nested.address()) {
            log("Error: Nested associated address does not match seed derivation");
            return Err(ProgramError::InvalidSeeds);
        }
        if !address_eq(&find(self.wallet, self.nested_mint).address, self.destination.address()) {
            log("Error: Destination associated address does not match seed derivation");
            return Err(ProgramError::InvalidSeeds);
        }
        Ok(owner)
    }

    fn check_signer_and_owner_mint(&self) -> ProgramResult {
        if !self.wallet.is_signer() {
            log("Wallet of the owner associated token account must sign");
            return Err(ProgramError::MissingRequiredSignature);
        }
        self.check_owned(self.owner_mint, "Owner mint not owned by provided token program")
    }

    /// Checks who owns the owner account and the nested one; the tokens in the latter.
    fn check_token_accounts(&self) -> Result<u64, ProgramError> {
        self.check_owned(
            self.owner,
            "Owner associated token account not owned by provided token program, recreate the owner associated \
             token account first",
        )?;
        if !address_eq(&TokenAccount::read(self.owner)?.owner, self.wallet.address()) {
            log("Owner associated token account not owned by provided wallet");
            return Err(INVALID_OWNER);
        }
        self.check_owned(self.nested, "Nested associated token account not owned by provided token program")?;
        let nested = TokenAccount::read(self.nested)?;
        if !address_eq(&nested.owner, self.owner.address()) {
            log("Nested associated token account not owned by provided associated token account");
            return Err(INVALID_OWNER);
        }
        Ok(nested.amount)
    }

    /// Checks the nested account's mint; its decimals.
    fn check_nested_mint(&self) -> Result<u8, ProgramError> {
        self.check_owned(self.nested_mint, "Nested mint account not owned by provided token program")?;
        mint_decimals(self.nested_mint)
    }

    fn check_owned(&self, account: &AccountView, otherwise: &str) -> ProgramResult {
        if account.is_owned_by(self.token_program.address()) {
            return Ok(());
        }
        log(otherwise);
        Err(ProgramError::IllegalOwner)
    }
}
