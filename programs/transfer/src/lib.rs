//! A token transfer, declared with the macros. `programs/transfer-by-hand` does the same without them: the same accounts,
//! checks and log lines. What the macros cost is what this one costs more.
#![cfg_attr(target_arch = "wasm32", no_std)]

use sealane_sdk::guest::address_eq;
use sealane_sdk::guest::declared;
use sealane_sdk::guest::token::Authority;
use sealane_sdk::prelude::*;

declare_id!("Transfer11111111111111111111111111111111111");

/// Moves tokens.
#[program(errors = TransferError)]
pub mod transfer {
    use super::*;

    /// Moves tokens from one account to another.
    #[instruction(discriminator = 3)]
    pub fn transfer(context: Context<Transfer>, amount: u64) -> Result {
        let Transfer { source, destination, authority } = context.accounts;
        let mut source = source.load_mut()?;
        let mut destination = destination.load_mut()?;
        require!(source.is_frozen | destination.is_frozen == 0, TransferError::Frozen);
        require!(address_eq(&source.mint, &destination.mint), TransferError::OtherMint);
        if address_eq(&source.delegate, authority.address()) {
            source.allowance = source.allowance.checked_sub(amount).ok_or(TransferError::Insufficient)?;
        } else {
            require!(address_eq(&source.owner, authority.address()), TransferError::NotYours);
        }
        source.amount = source.amount.checked_sub(amount).ok_or(TransferError::Insufficient)?;
        destination.amount = destination.amount.checked_add(amount).ok_or(TransferError::Overflow)?;
        Ok(())
    }

    /// Moves tokens of the token program.
    #[instruction(discriminator = 4)]
    pub fn forward(context: Context<Forward>, amount: u64) -> Result {
        let Forward { source, destination, authority, token_program } = &context.accounts;
        require!(source.amount()? >= amount, TransferError::Insufficient);
        token_program.calls().transfer(source, destination, amount, Authority::Signer(authority))
    }
}

/// The accounts of [`transfer::forward`].
#[derive(Accounts, Debug)]
pub struct Forward {
    /// Where the tokens are.
    #[account(mut, token::authority = authority)]
    pub source: declared::TokenAccount,
    /// Where they go.
    #[account(mut)]
    pub destination: declared::TokenAccount,
    /// Whose tokens they are.
    pub authority: Signer,
    /// Moves them.
    pub token_program: Program<Token>,
}

/// The accounts of [`transfer::transfer`].
#[derive(Accounts, Debug)]
pub struct Transfer {
    /// Where the tokens are.
    #[account(mut)]
    pub source: Account<TokenAccount>,
    /// Where they go.
    #[account(mut)]
    pub destination: Account<TokenAccount>,
    /// The owner, or the delegate.
    pub authority: Signer,
}

/// An account that holds tokens.
#[account]
pub struct TokenAccount {
    /// The mint whose tokens it holds.
    pub mint: Address,
    /// Who may move them.
    pub owner: Address,
    /// Who else may move some of them.
    pub delegate: Address,
    /// Tokens held.
    pub amount: u64,
    /// Tokens that the delegate may still move.
    pub allowance: u64,
    /// Whether nothing may be moved: 0 or 1.
    pub is_frozen: u64,
}

/// What a transfer is refused with.
#[error_code]
pub enum TransferError {
    /// One of the accounts is frozen.
    #[msg("The account is frozen.")]
    Frozen,
    /// The accounts hold tokens of different mints.
    #[msg("The accounts hold different tokens.")]
    OtherMint,
    /// The authority is neither owner nor delegate.
    #[msg("The tokens are somebody else's.")]
    NotYours,
    /// There are not so many tokens, or the delegate may not move so many.
    #[msg("There are not so many tokens.")]
    Insufficient,
    /// The destination would hold more than a number can say.
    #[msg("There would be too many tokens.")]
    Overflow,
}
