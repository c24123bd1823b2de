//! Groups of accounts whose types do not fit, as the compiler sees them.
use sealane_sdk::prelude::*;

declare_id!("Wrong11111111111111111111111111111111111111");

#[account]
pub struct Thing {
    pub owner: Address,
}

#[derive(Accounts)]
#[instruction(id: u64)]
pub struct Numbered {
    #[account(seeds = [b"thing", id], bump)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct NoGroup {
    pub thing: Thing,
}

#[derive(Accounts)]
#[instruction(id: u32)]
pub struct OtherArguments {
    pub numbered: Numbered,
}

fn main() {}
