//! Groups of accounts that are none, or used as one account.
use sealane_sdk::prelude::*;

declare_id!("Wrong11111111111111111111111111111111111111");

#[account]
pub struct Thing {
    pub owner: Address,
}

#[derive(Accounts)]
pub struct Inner {
    pub owner: Signer,
}

#[derive(Accounts)]
pub struct Optional {
    pub inner: Option<Inner>,
}

#[derive(Accounts)]
pub struct PaidByAGroup {
    pub inner: Inner,
    #[account(init, payer = inner)]
    pub thing: Account<Thing>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct SeedOfAGroup {
    pub inner: Inner,
    #[account(seeds = [b"thing", inner], bump)]
    pub thing: Account<Thing>,
}

fn main() {}
