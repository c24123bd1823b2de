//! Vaults: token accounts at addresses derived from a pool or a market, which the program signs for.

use sealane_sdk::guest::system::NewAccount;
use sealane_sdk::guest::token::{ACCOUNT_SIZE_BYTES, MINT_SIZE_BYTES, TokenProgram};
use sealane_sdk::guest::{AccountView, address_eq, find_program_address, sysvar};
use sealane_sdk::{Address, ProgramError, ProgramResult, ids};

/// Most seeds of an address of this program, the bump not counted: those of a pool.
const MAX_SEEDS: usize = 4;

/// What a pool or a market is made with.
#[derive(Clone, Copy)]
pub(crate) struct Founding<'a> {
    pub(crate) program_id: &'a Address,
    pub(crate) payer: &'a AccountView,
    pub(crate) system_program: &'a AccountView,
    pub(crate) token_program: &'a AccountView,
}

impl Founding<'_> {
    /// Makes an account of `owner` at the address that `seeds`, to which the bump is added, derive.
    ///
    /// # Errors
    /// `InvalidSeeds` if the account stands at another address; else those of [`NewAccount::make`].
    pub(crate) fn make(
        &self,
        account: &AccountView,
        seeds: &[&[u8]],
        size_bytes: usize,
        owner: &Address,
    ) -> Result<u8, ProgramError> {
        let (address, bump) = find_program_address(seeds, self.program_id);
        if !address_eq(&address, account.address()) {
            return Err(ProgramError::InvalidSeeds);
        }
        let (mut with_bump, bump_seed): ([&[u8]; MAX_SEEDS + 1], _) = ([&[]; MAX_SEEDS + 1], [bump]);
        with_bump[..seeds.len()].copy_from_slice(seeds);
        with_bump[seeds.len()] = &bump_seed;
        let new = NewAccount {
            system_program: self.system_program,
            payer: self.payer,
            account,
            seeds: &with_bump[..=seeds.len()],
            lamports: sysvar::rent().minimum_balance(size_bytes),
            size_bytes: size_bytes as u64,
            owner,
        };
        new.make()?;
        Ok(bump)
    }

    /// Makes the vault of `holder` (a pool or a market) for a mint; `authority` may move its tokens.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub(crate) fn make_vault(
        &self,
        vault: &AccountView,
        holder: &AccountView,
        mint: &AccountView,
        authority: &Address,
    ) -> ProgramResult {
        let seeds: [&[u8]; 3] = [b"vault", holder.address().as_ref(), mint.address().as_ref()];
        self.make(vault, &seeds, ACCOUNT_SIZE_BYTES, &ids::token::ID)?;
        TokenProgram::new(self.token_program)?.initialize_account(vault, mint, authority)
    }

    /// Makes the mint of a pool's liquidity tokens.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub(crate) fn make_lp_mint(
        &self,
        lp_mint: &AccountView,
        pool: &AccountView,
        decimals: u8,
    ) -> ProgramResult {
        let seeds: [&[u8]; 2] = [b"lp", pool.address().as_ref()];
        self.make(lp_mint, &seeds, MINT_SIZE_BYTES, &ids::token::ID)?;
        TokenProgram::new(self.token_program)?.initialize_mint(lp_mint, decimals, pool.address())
    }
}
