//! Accounts that cannot be read where they lie, as the macro sees them.
use sealane_sdk::prelude::*;

#[account]
pub struct Flag {
    pub is_set: bool,
}

#[account]
pub struct Text {
    pub text: String,
}

#[account]
pub struct Maybe {
    pub owner: Option<Address>,
}

#[account]
pub struct Generic<T> {
    pub value: T,
}

#[account]
pub struct Tuple(u64);

#[account]
#[repr(packed)]
pub struct Packed {
    pub value: u64,
}

#[account(init, payer = payer)]
pub struct Constrained {
    pub value: u64,
}

#[account(tail = u64)]
pub struct TypedTail {
    pub value: u64,
}

#[account(version = 0)]
pub struct Unversioned {
    pub value: u64,
}

#[account]
pub struct Wide {
    pub index: [u128; 2],
}

#[account(borsh, tail)]
pub struct Both {
    pub name: String,
}

fn main() {}
