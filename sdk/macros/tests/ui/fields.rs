//! Accounts that cannot be read where they lie, as the compiler sees them.
use sealane_sdk::prelude::*;

declare_id!("Wrong11111111111111111111111111111111111111");

#[account]
pub struct Gap {
    pub owner: Address,
    pub count: u64,
    pub bump: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    One,
    Other,
}

#[account]
pub struct WithEnum {
    pub kind: Kind,
}

#[account]
pub struct Thing {
    pub number: u64,
}

#[derive(Accounts)]
pub struct GrowsWithoutATail {
    #[account(mut)]
    pub payer: Signer,
    #[account(mut, realloc = 100, realloc::payer = payer)]
    pub thing: Account<Thing>,
    pub system_program: Program<System>,
}

fn main() {}
