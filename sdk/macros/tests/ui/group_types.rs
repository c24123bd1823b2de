//! A field without constraints whose type is no accounts: it is said at the field.

use sealane_sdk::prelude::*;

declare_id!("Thing11111111111111111111111111111111111111");

#[derive(Accounts)]
pub struct Act {
    pub owner: Signer,
    pub thing: Thing,
}

pub struct Thing {
    pub count: u64,
}

fn main() {}
