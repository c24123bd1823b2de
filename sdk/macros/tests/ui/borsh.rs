//! `#[account(borsh)]`, `BorshAccount` and `#[max_len]`.

use sealane_sdk::prelude::*;

#[account]
pub struct Misplaced {
    #[max_len(4)]
    pub name: [u8; 4],
}

#[account(borsh)]
pub struct NoList {
    #[max_len(4)]
    pub count: u64,
}

#[account(borsh)]
pub struct TooFew {
    #[max_len(4)]
    pub names: Vec<String>,
}

#[account(borsh)]
pub struct TooMany {
    #[max_len(4, 5)]
    pub name: String,
}

#[account(borsh)]
pub struct Empty {
    #[max_len]
    pub name: String,
}

#[account(borsh)]
pub enum NoStruct {
    One,
}

#[derive(Accounts)]
pub struct Zeroed {
    #[account(zero)]
    pub thing: BorshAccount<Limited>,
}

#[account(borsh)]
pub struct Limited {
    #[max_len(4)]
    pub name: String,
}

fn main() {}
