//! Token accounts and mints that are not said enough of, or too much.
use sealane_sdk::prelude::*;

declare_id!("Wrong11111111111111111111111111111111111111");

#[derive(Accounts)]
pub struct WrongType {
    pub mint: Mint,
    #[account(token::mint = mint)]
    pub tokens: UncheckedAccount,
}

#[derive(Accounts)]
pub struct MintOfAnything {
    #[account(mint::decimals = 6)]
    pub mint: UncheckedAccount,
}

#[derive(Accounts)]
pub struct OptionalMint {
    pub mint: Option<Mint>,
    #[account(token::mint = mint)]
    pub tokens: TokenAccount,
}

#[derive(Accounts)]
pub struct WhichTokens {
    #[account(mut)]
    pub payer: Signer,
    #[account(init, payer = payer)]
    pub tokens: TokenAccount,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct WhoseTokens {
    #[account(mut)]
    pub payer: Signer,
    pub mint: Mint,
    #[account(init, payer = payer, token::mint = mint)]
    pub tokens: TokenAccount,
    pub token_program: Program<Token>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct NoTokenProgram {
    #[account(mut)]
    pub payer: Signer,
    pub mint: Mint,
    #[account(init, payer = payer, token::mint = mint, token::authority = payer)]
    pub tokens: TokenAccount,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct NoAssociatedTokenProgram {
    #[account(mut)]
    pub payer: Signer,
    pub mint: Mint,
    #[account(init, payer = payer, associated_token::mint = mint, associated_token::authority = payer)]
    pub tokens: TokenAccount,
    pub token_program: Program<Token>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct AssociatedWithSpace {
    #[account(mut)]
    pub payer: Signer,
    pub mint: Mint,
    #[account(init, payer = payer, space = 165, associated_token::mint = mint, associated_token::authority = payer)]
    pub tokens: TokenAccount,
    pub token_program: Program<Token>,
    pub associated_token_program: Program<AssociatedToken>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct HalfAMint {
    #[account(mut)]
    pub payer: Signer,
    #[account(init, payer = payer, mint::decimals = 6)]
    pub mint: Mint,
    pub token_program: Program<Token>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct ClosesForOthers {
    #[account(mut)]
    pub owner: Signer,
    #[account(mut, close = owner)]
    pub tokens: TokenAccount,
}

fn main() {}
