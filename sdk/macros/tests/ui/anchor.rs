//! What authors write who know Anchor: they are told the word that there is for it here.

use sealane_sdk::prelude::*;

#[derive(Accounts)]
pub struct Lifetimes {
    pub owner: Signer<'info>,
    pub thing: Account<'info, Thing>,
}

#[derive(Accounts)]
pub struct Types {
    pub boxed: Box<Account<Thing>>,
    pub lent: AccountLoader<Thing>,
    pub tokens: InterfaceAccount<TokenAccount>,
    pub mint: Option<InterfaceAccount<Mint>>,
    pub token_program: Interface<TokenInterface>,
    pub other: AccountInfo,
}

#[derive(Accounts)]
pub struct Constraints {
    #[account(has_one = "owner")]
    pub quoted: Account<Thing>,
    #[account(has_on = owner)]
    pub misspelled: Account<Thing>,
    #[account(extensions = owner)]
    pub unknown: Account<Thing>,
    #[account(token::token_program = owner)]
    pub tokens: TokenAccount,
    pub owner: Signer,
}

#[derive(Accounts)]
pub struct Reads {
    #[account(constraint = thing.count > 0)]
    pub thing: Account<Thing>,
    #[account(constraint = owner.key() == (thing.owner))]
    pub owner: Signer,
}

#[derive(Accounts)]
pub struct Programs {
    #[account(init, payer = owner)]
    pub thing: Account<Thing>,
    #[account(mut)]
    pub owner: Signer,
    pub system_program: UncheckedAccount,
}

#[program]
pub mod thing {
    use super::*;

    pub fn act<'info>(_context: Context<'_, '_, '_, 'info, Programs>) -> Result {
        Ok(())
    }
}

#[account(zero_copy)]
pub struct Copied {
    pub count: u64,
}

#[account]
pub struct Thing {
    pub owner: Address,
    pub count: u64,
}

fn main() {}
