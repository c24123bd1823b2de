//! Accounts whose declaration is wrong are said to be wrong once, where they are declared, and not again where they are used.

use sealane_sdk::prelude::*;

declare_id!("Thing11111111111111111111111111111111111111");

#[program]
pub mod thing {
    use super::*;

    pub fn act(context: Context<Act>) -> Result {
        context.accounts.thing.load_mut()?.bump = context.bumps.thing;
        Ok(())
    }
}

#[derive(Accounts)]
pub struct Act {
    pub owner: Signer,
    #[account(init, payer = owner, seeds = [b"thing"], bump)]
    pub thing: Account<Thing>,
    #[account(close = nobody)]
    pub other: Account<Thing>,
    pub system_program: Program<System>,
}

#[account]
pub struct Thing {
    pub count: u64,
    pub bump: u8,
    pub padding: [u8; 7],
}

fn main() {}
