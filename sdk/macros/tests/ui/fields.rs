//! Accounts that cannot be read where they lie, as the compiler sees them.
use sealane_sdk::prelude::*;

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

fn main() {}
