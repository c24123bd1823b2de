//! FlashBorrow and FlashRepay: a loan within one transaction.
//!
//! What makes it safe: the loan is given only to a top-level instruction, and only if the transaction's instruction at
//! the index given is later than this one, calls this program, and is the FlashRepay of this reserve and amount. The
//! transaction succeeds only if all its instructions do, that one included; and as the reserve remembers the loan and the
//! index, one repayment cannot serve two loans, and none can come at another place. While the loan is out it still counts
//! as the depositors' ([`Reserve::total_value`](crate::state::Reserve::total_value)), so that it moves no prices of shares.

use super::checks::{accrued_mut, derived, require_amount};
use crate::discriminators;
use crate::error::LendingError;
use crate::state::Reserve;
use sealane_sdk::guest::instructions::TopLevelInstruction;
use sealane_sdk::guest::token::Authority;
use sealane_sdk::guest::{Instructions, address_eq};
use sealane_sdk::prelude::*;

/// Size of FlashRepay's data in bytes: discriminator and amount.
const REPAY_SIZE_BYTES: usize = 9;

/// The accounts of [`flash_borrow`](crate::lending::flash_borrow).
#[derive(Accounts, Debug)]
pub struct FlashBorrow {
    /// The reserve.
    #[account(
        mut,
        has_one = token_vault @ LendingError::VaultMismatch,
        has_one = authority @ LendingError::AuthorityMismatch,
    )]
    pub reserve: Account<Reserve>,
    /// Its tokens.
    #[account(mut)]
    pub token_vault: UncheckedAccount,
    /// Where the tokens go.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// Owner of the vault.
    pub authority: UncheckedAccount,
    /// The transaction's own instructions.
    pub instructions: Sysvar<InstructionsSysvar>,
    /// The token program.
    pub token_program: Program<Token>,
}

/// The accounts of [`flash_repay`](crate::lending::flash_repay).
#[derive(Accounts, Debug)]
pub struct FlashRepay {
    /// The reserve. FlashBorrow looks for it here, in the first place.
    #[account(mut, has_one = token_vault @ LendingError::VaultMismatch)]
    pub reserve: Account<Reserve>,
    /// Its tokens.
    #[account(mut)]
    pub token_vault: UncheckedAccount,
    /// Where tokens are taken from.
    #[account(mut)]
    pub source: UncheckedAccount,
    /// The source's owner.
    pub owner: Signer,
    /// The transaction's own instructions.
    pub instructions: Sysvar<InstructionsSysvar>,
    /// The token program.
    pub token_program: Program<Token>,
}

pub(crate) fn borrow(context: &Context<FlashBorrow>, amount: u64, repay_index: u16) -> Result {
    let FlashBorrow { reserve, token_vault, destination, authority, instructions, token_program } =
        &context.accounts;
    require_amount(amount)?;
    let instructions = instructions.instructions()?;
    let current_index = require_top_level(&instructions, context.program_id)?;
    let is_repaid = repay_index > current_index
        && repay_index < instructions.count()?
        && is_repayment(&instructions.get(repay_index)?, context.program_id, reserve.address(), amount)?;
    require!(is_repaid, LendingError::FlashRepayMissing);
    let mut state = accrued_mut(reserve)?;
    state.flash_borrow(amount, repay_index)?;
    derived(reserve, &state, authority, |authority| {
        token_program.calls().transfer(token_vault, destination, amount, authority)
    })
}

pub(crate) fn repay(context: &Context<FlashRepay>, amount: u64) -> Result {
    let FlashRepay { reserve, token_vault, source, owner, instructions, token_program } = &context.accounts;
    let index = require_top_level(&instructions.instructions()?, context.program_id)?;
    let total = accrued_mut(reserve)?.flash_repay(amount, index)?;
    token_program.calls().transfer(source, token_vault, total, Authority::Signer(owner))
}

/// Checks that the running top-level instruction calls this program: this program calls none that could call it back, so
/// it is then at top level itself. Gives the instruction's index.
fn require_top_level(instructions: &Instructions<'_>, program_id: &Address) -> Result<u16> {
    let index = instructions.current_index()?;
    require!(address_eq(&instructions.get(index)?.program_id, program_id), LendingError::FlashNested);
    Ok(index)
}

/// Whether the instruction is the FlashRepay of this reserve and amount.
fn is_repayment(
    instruction: &TopLevelInstruction<'_>,
    program_id: &Address,
    reserve: &Address,
    amount: u64,
) -> Result<bool> {
    if !address_eq(&instruction.program_id, program_id)
        || usize::from(instruction.data_size_bytes()) != REPAY_SIZE_BYTES
        || instruction.account_count() == 0
    {
        return Ok(false);
    }
    let [discriminator, argument @ ..] = instruction.data::<REPAY_SIZE_BYTES>()?;
    Ok([discriminator] == discriminators::FLASH_REPAY
        && argument == amount.to_le_bytes()
        && address_eq(&instruction.account(0)?.address, reserve))
}
