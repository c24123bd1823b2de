//! What the compiler finds of `#[account(borsh)]` and `BorshAccount`, after the macros.

use sealane_sdk::prelude::*;

declare_id!("Thing11111111111111111111111111111111111111");

#[derive(Accounts)]
pub struct NoRoom {
    #[account(mut)]
    pub payer: Signer,
    #[account(init, payer = payer)]
    pub thing: BorshAccount<Unlimited>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct Swapped {
    pub plain: BorshAccount<Plain>,
    pub borsh: Account<Unlimited>,
}

#[derive(Accounts)]
pub struct NotThere {
    #[account(has_one = owner)]
    pub thing: BorshAccount<Unlimited>,
    pub owner: Signer,
}

#[account(borsh)]
pub struct Unlimited {
    pub name: String,
}

#[account]
pub struct Plain {
    pub count: u64,
}

fn main() {}
