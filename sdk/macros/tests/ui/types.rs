//! Fields of accounts whose types are no accounts, or hold no such field.
use sealane_sdk::prelude::*;

declare_id!("Wrong11111111111111111111111111111111111111");

#[derive(Accounts)]
pub struct NoAccount {
    pub number: u64,
}

#[derive(Accounts)]
pub struct NoData {
    pub thing: Account<u64>,
}

#[account]
pub struct Thing {
    pub keeper: Address,
    pub count: u64,
}

#[derive(Accounts)]
pub struct HasNoSuchField {
    pub owner: Signer,
    #[account(has_one = owner)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct HasNoAddress {
    pub count: UncheckedAccount,
    #[account(has_one = count)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct NoCondition {
    #[account(constraint = thing.load()?.count)]
    pub thing: Account<Thing>,
}

fn main() {}
