//! A program whose types do not fit, as the compiler sees it.
use sealane_sdk::prelude::*;

declare_id!("Wrong11111111111111111111111111111111111111");

#[program]
pub mod wrong {
    use super::*;

    pub fn act(_context: Context<Act>, _id: u32) -> Result {
        Ok(())
    }

    pub fn measure(_context: Context<Nothing>, _length: f64) -> Result {
        Ok(())
    }

    pub fn tell(_context: Context<Nothing>) -> Result {
        emit(&Told { id: 1 });
        Ok(())
    }

    pub fn count(_context: Context<Plain>) -> Result {
        Ok(())
    }
}

#[derive(Accounts)]
#[instruction(id: u64)]
pub struct Act {
    #[account(seeds = [b"thing", id], bump)]
    pub thing: UncheckedAccount,
}

#[derive(Accounts)]
pub struct Nothing {}

pub struct Plain {}

#[event]
pub struct Told {
    pub id: u64,
}

fn main() {}
