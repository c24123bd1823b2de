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
    #[account(seeds = [b"thing", &next(1)], bump)]
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
pub struct SeedsProgramWithoutSeeds {
    #[account(seeds::program = ID)]
    pub thing: UncheckedAccount,
}

#[derive(Accounts)]
pub struct MakesForOthers {
    #[account(mut)]
    pub payer: Signer,
    #[account(init, payer = payer, seeds = [b"thing"], seeds::program = payer, bump)]
    pub thing: Account<Thing>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct MakesAndFills {
    #[account(mut)]
    pub payer: Signer,
    #[account(init_if_needed, zero, payer = payer)]
    pub thing: Account<Thing>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct FillsAnything {
    #[account(zero)]
    pub thing: UncheckedAccount,
}

#[derive(Accounts)]
pub struct RentExempt {
    #[account(rent_exempt = always)]
    pub thing: UncheckedAccount,
}

#[derive(Accounts)]
pub struct NobodyPaysForGrowth {
    #[account(mut, realloc = 100)]
    pub thing: UncheckedAccount,
}

#[derive(Accounts)]
pub struct GrowsReadOnly {
    #[account(mut)]
    pub payer: Signer,
    #[account(realloc = 100, realloc::payer = payer)]
    pub thing: UncheckedAccount,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct ReallocWithoutRealloc {
    #[account(mut, realloc::zero = true)]
    pub thing: UncheckedAccount,
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
