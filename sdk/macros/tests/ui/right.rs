//! What the other files get wrong, right.
use sealane_sdk::prelude::*;

declare_id!("Right11111111111111111111111111111111111111");

#[program(errors = RightError, events = [Done])]
pub mod right {
    use super::*;

    pub fn act(context: Context<Act>, id: u64, order: Order<'_>) -> Result<u8> {
        require!(id > 0, RightError::Nothing);
        if let Order::Other(text) = order {
            log!("{text}");
        }
        emit(&Done { id });
        Ok(context.bumps.thing)
    }
}

#[derive(Accounts)]
#[instruction(id: u64)]
pub struct Act {
    #[account(mut)]
    pub payer: Signer,
    #[account(init, payer = payer, seeds = [b"thing", payer, id], bump)]
    pub thing: Account<Thing>,
    pub system_program: Program<System>,
}

#[derive(Argument)]
pub enum Order<'a> {
    One,
    Other(&'a str),
}

#[account]
pub struct Thing {
    pub number: u64,
}

#[derive(Accounts)]
pub struct Grow {
    #[account(mut)]
    pub payer: Signer,
    #[account(mut, realloc = List::SIZE_BYTES + 100, realloc::payer = payer)]
    pub list: Account<List>,
    pub system_program: Program<System>,
}

#[account(tail)]
pub struct List {
    pub count: u64,
}

#[event]
pub struct Done {
    pub id: u64,
}

#[error_code]
pub enum RightError {
    /// Nothing to do.
    Nothing,
}

fn main() {}
