//! Accounts whose constraints do not fit together.
use sealane_sdk::prelude::*;

declare_id!("Wrong11111111111111111111111111111111111111");

#[account]
pub struct Thing {
    pub owner: Address,
}

#[derive(Accounts)]
pub struct WithLifetime<'info> {
    pub signer: &'info Signer,
}

#[derive(Accounts)]
pub struct UnknownConstraint {
    #[account(writable)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct NoComma {
    #[account(mut signer)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct NoValue {
    #[account(owner)]
    pub thing: UncheckedAccount,
}

#[derive(Accounts)]
pub struct NobodyPays {
    #[account(init)]
    pub thing: Account<Thing>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct PayerIsReadOnly {
    pub payer: Signer,
    #[account(init, payer = payer)]
    pub thing: Account<Thing>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct NoSystemProgram {
    #[account(mut)]
    pub payer: Signer,
    #[account(init, payer = payer)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct PayerWithoutInit {
    #[account(mut)]
    pub payer: Signer,
    #[account(mut, payer = payer)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct SeedsWithoutBump {
    #[account(seeds = [b"thing"])]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct UnknownSeed {
    #[account(seeds = [b"thing", id], bump)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct ComputedSeed {
    pub owner: Signer,
    #[account(seeds = [b"thing", owner.address().as_ref()], bump)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct OptionalSeed {
    pub owner: Option<Signer>,
    #[account(seeds = [b"thing", owner], bump)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct StoredBumpOfNewAccount {
    #[account(mut)]
    pub payer: Signer,
    #[account(init, payer = payer, seeds = [b"thing"], bump = 255)]
    pub thing: Account<Thing>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct CloseReadOnly {
    #[account(mut)]
    pub owner: Signer,
    #[account(close = owner)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct CloseToReadOnly {
    pub owner: Signer,
    #[account(mut, close = owner)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct HasUnknown {
    #[account(has_one = owner)]
    pub thing: Account<Thing>,
}

#[derive(Accounts)]
pub struct HasWithoutData {
    pub owner: Signer,
    #[account(has_one = owner)]
    pub thing: UncheckedAccount,
}

fn main() {}
