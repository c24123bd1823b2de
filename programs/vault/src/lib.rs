//! Vaults of tokens: who deposits has a receipt, and a note beside it. The example of token accounts, groups of accounts and
//! accounts that are made when they are needed; `programs/counter` is where to begin.
#![cfg_attr(target_arch = "wasm32", no_std)]

use sealane_sdk::guest::token::Authority;
use sealane_sdk::prelude::*;

declare_id!("Vau1t11111111111111111111111111111111111111");

/// What the address of a vault is derived from, before its mint.
pub const VAULT_SEED: &[u8] = b"vault";
/// What the address of a vault's tokens is derived from, before its mint.
pub const TOKENS_SEED: &[u8] = b"tokens";
/// What the address of a vault's shares is derived from, before its mint.
pub const SHARES_SEED: &[u8] = b"shares";
/// What the address of a receipt is derived from, before its mint and owner.
pub const RECEIPT_SEED: &[u8] = b"receipt";
/// What the address of a note is derived from, before its owner.
pub const NOTE_SEED: &[u8] = b"note";

/// Keeps tokens.
#[program(errors = VaultError)]
pub mod vaults {
    use super::*;

    /// Opens the vault of a mint.
    pub fn open(context: Context<Open>) -> Result {
        let mut vault = context.accounts.vault.load_mut()?;
        vault.mint = *context.accounts.mint.address();
        vault.keeper = *context.accounts.keeper.address();
        vault.bump = context.bumps.vault;
        Ok(())
    }

    /// Takes tokens in; returns how many the owner has in the vault by now.
    pub fn deposit(context: Context<Deposit>, amount: u64) -> Result<u64> {
        let Deposit { owner, from, store, receipt, mint, token_program, .. } = &context.accounts;
        token_program.calls().transfer(from, &store.tokens, amount, Authority::Signer(owner))?;
        let mut receipt = receipt.load_mut()?;
        receipt.owner = *owner.address();
        receipt.mint = *mint.address();
        receipt.bump = context.bumps.receipt;
        receipt.amount = receipt.amount.checked_add(amount).ok_or(VaultError::Overflow)?;
        Ok(receipt.amount)
    }

    /// Gives tokens back, to the owner's associated token account.
    pub fn withdraw(context: Context<Withdraw>, amount: u64) -> Result {
        let Withdraw { store, receipt, to, mint, token_program, .. } = &context.accounts;
        {
            let mut receipt = receipt.load_mut()?;
            receipt.amount = receipt.amount.checked_sub(amount).ok_or(VaultError::TooFew)?;
        }
        let bump = [store.vault.load()?.bump];
        let seeds = [VAULT_SEED, mint.address().as_ref(), &bump];
        token_program.calls().transfer(&store.tokens, to, amount, Authority::Derived(&store.vault, &seeds))
    }

    /// Makes the mint of a vault's shares.
    pub fn issue(_context: Context<Issue>) -> Result {
        Ok(())
    }

    /// Makes room for a note; it may be there already.
    pub fn open_note(_context: Context<OpenNote>) -> Result {
        Ok(())
    }

    /// Writes a note, which gets the size of its text.
    pub fn write_note(context: Context<WriteNote>, text: &[u8]) -> Result {
        context.accounts.note.borrow_data_mut()?.copy_from_slice(text);
        Ok(())
    }

    /// Closes an empty vault.
    pub fn close(context: Context<Close>) -> Result {
        let Close { keeper, store, mint, token_program } = &context.accounts;
        require!(store.tokens.amount()? == 0, VaultError::NotEmpty);
        let bump = [store.vault.load()?.bump];
        let seeds = [VAULT_SEED, mint.address().as_ref(), &bump];
        token_program.calls().close_account(&store.tokens, keeper, Authority::Derived(&store.vault, &seeds))
    }
}

/// A vault and its tokens.
#[derive(Accounts, Debug)]
pub struct Store {
    /// The vault.
    #[account(mut)]
    pub vault: Account<Vault>,
    /// Its tokens.
    #[account(mut, token::authority = vault)]
    pub tokens: TokenAccount,
}

/// The accounts of [`vaults::open`].
#[derive(Accounts, Debug)]
pub struct Open {
    /// Who opens and pays.
    #[account(mut)]
    pub keeper: Signer,
    /// Whose tokens the vault will keep.
    pub mint: Mint,
    /// The new vault.
    #[account(init, payer = keeper, seeds = [VAULT_SEED, mint], bump)]
    pub vault: Account<Vault>,
    /// Its tokens.
    #[account(
        init, payer = keeper, seeds = [TOKENS_SEED, mint], bump,
        token::mint = mint, token::authority = vault,
    )]
    pub tokens: TokenAccount,
    /// The token program.
    pub token_program: Program<Token>,
    /// The system program.
    pub system_program: Program<System>,
}

/// The accounts of [`vaults::deposit`].
#[derive(Accounts, Debug)]
pub struct Deposit {
    /// Whose tokens they are.
    #[account(mut)]
    pub owner: Signer,
    /// What tokens they are.
    pub mint: Mint,
    /// Where they are.
    #[account(mut, token::mint = mint, token::authority = owner @ VaultError::NotYours)]
    pub from: TokenAccount,
    /// Where they go.
    pub store: Store,
    /// What the owner has there.
    #[account(init_if_needed, payer = owner, seeds = [RECEIPT_SEED, mint, owner], bump)]
    pub receipt: Account<Receipt>,
    /// The token program.
    pub token_program: Program<Token>,
    /// The system program.
    pub system_program: Program<System>,
}

/// The accounts of [`vaults::withdraw`].
#[derive(Accounts, Debug)]
pub struct Withdraw {
    /// Whose tokens they are.
    #[account(mut)]
    pub owner: Signer,
    /// What tokens they are.
    pub mint: Mint,
    /// Where they are.
    pub store: Store,
    /// What the owner has there.
    #[account(mut, seeds = [RECEIPT_SEED, mint, owner], bump = receipt.bump)]
    pub receipt: Account<Receipt>,
    /// Where they go.
    #[account(
        init_if_needed, payer = owner,
        associated_token::mint = mint, associated_token::authority = owner,
    )]
    pub to: TokenAccount,
    /// The token program.
    pub token_program: Program<Token>,
    /// The program of associated token accounts.
    pub associated_token_program: Program<AssociatedToken>,
    /// The system program.
    pub system_program: Program<System>,
}

/// The accounts of [`vaults::issue`].
#[derive(Accounts, Debug)]
pub struct Issue {
    /// The vault's keeper.
    #[account(mut)]
    pub keeper: Signer,
    /// The vault.
    #[account(has_one = keeper, seeds = [VAULT_SEED, vault.mint], bump = vault.bump)]
    pub vault: Account<Vault>,
    /// The new mint.
    #[account(
        init, payer = keeper, seeds = [SHARES_SEED, vault], bump,
        mint::decimals = 6, mint::authority = vault, mint::freeze_authority = keeper,
    )]
    pub shares: Mint,
    /// The token program.
    pub token_program: Program<Token>,
    /// The system program.
    pub system_program: Program<System>,
}

/// The accounts of [`vaults::open_note`].
#[derive(Accounts, Debug)]
pub struct OpenNote {
    /// Whose note it is.
    #[account(mut)]
    pub owner: Signer,
    /// The note.
    #[account(init_if_needed, payer = owner, space = 4, seeds = [NOTE_SEED, owner], bump)]
    pub note: UncheckedAccount,
    /// The system program.
    pub system_program: Program<System>,
}

/// The accounts of [`vaults::write_note`].
#[derive(Accounts, Debug)]
#[instruction(text: &[u8])]
pub struct WriteNote {
    /// Whose note it is.
    #[account(mut)]
    pub owner: Signer,
    /// The note.
    #[account(
        mut, seeds = [NOTE_SEED, owner], bump, owner = ID,
        realloc = text.len(), realloc::payer = owner, realloc::zero = false,
    )]
    pub note: UncheckedAccount,
    /// The system program.
    pub system_program: Program<System>,
}

/// The accounts of [`vaults::close`].
#[derive(Accounts, Debug)]
pub struct Close {
    /// The vault's keeper, who gets the lamports of its tokens' account.
    #[account(mut)]
    pub keeper: Signer,
    /// The vault.
    #[account(constraint = store.vault.load()?.keeper == *keeper.address() @ VaultError::NotYours)]
    pub mint: Mint,
    /// The vault and its tokens.
    pub store: Store,
    /// The token program.
    pub token_program: Program<Token>,
}

/// What a vault holds.
#[account]
pub struct Vault {
    /// What tokens it keeps.
    pub mint: Address,
    /// Who may close it.
    pub keeper: Address,
    /// The bump of its address.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 7],
}

/// What an owner has in a vault.
#[account]
pub struct Receipt {
    /// Whose it is.
    pub owner: Address,
    /// What tokens they are.
    pub mint: Address,
    /// How many.
    pub amount: u64,
    /// The bump of its address.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 7],
}

/// What the vault refuses with.
#[error_code]
pub enum VaultError {
    /// The tokens or the vault belong to somebody else.
    #[msg("This is somebody else's.")]
    NotYours,
    /// The receipt is for fewer tokens.
    #[msg("There are not so many tokens in the vault.")]
    TooFew,
    /// There are still tokens in the vault.
    #[msg("The vault is not empty.")]
    NotEmpty,
    /// More than a number can say.
    #[msg("There would be too many tokens.")]
    Overflow,
}
