//! FlashBorrow and FlashRepay: a loan within one transaction.
//!
//! What makes it safe: the loan is given only to a top-level instruction, and only if the transaction's instruction at
//! the index given is later than this one, calls this program, and is the FlashRepay of this reserve and amount. The
//! transaction succeeds only if all its instructions do, that one included; and as the reserve remembers the loan and the
//! index, one repayment cannot serve two loans, and none can come at another place. While the loan is out it still counts
//! as the depositors' ([`Reserve::total_value`](crate::state::Reserve::total_value)), so that it moves no prices of shares.

use super::checks::{load_accrued_mut, require_address, require_amount, require_signer, with_authority};
use crate::error::LendingError;
use crate::instruction::LendingInstruction;
use sealane_sdk::guest::instructions::TopLevelInstruction;
use sealane_sdk::guest::token::{Authority, TokenProgram};
use sealane_sdk::guest::{AccountView, Instructions, address_eq};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// Size of FlashRepay's data in bytes: tag and amount.
const REPAY_SIZE_BYTES: usize = 9;

pub(super) fn borrow(
    program_id: &Address,
    accounts: &[AccountView],
    amount: u64,
    repay_index: u16,
) -> ProgramResult {
    let [reserve_view, token_vault, destination, authority, instructions, token_program, ..] = accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_amount(amount)?;
    let instructions = Instructions::new(instructions)?;
    let current_index = require_top_level(&instructions, program_id)?;
    let is_repaid = repay_index > current_index
        && repay_index < instructions.count()?
        && is_repayment(&instructions.get(repay_index)?, program_id, reserve_view.address(), amount)?;
    if !is_repaid {
        return Err(LendingError::FlashRepayMissing.into());
    }
    let mut reserve = load_accrued_mut(program_id, reserve_view)?;
    require_address(token_vault, &reserve.token_vault, LendingError::VaultMismatch)?;
    reserve.flash_borrow(amount, repay_index)?;
    let token_program = TokenProgram::new(token_program)?;
    with_authority(&reserve, reserve_view.address(), authority, |authority| {
        token_program.transfer(token_vault, destination, amount, authority)
    })
}

pub(super) fn repay(program_id: &Address, accounts: &[AccountView], amount: u64) -> ProgramResult {
    let [reserve, token_vault, source, owner, instructions, token_program, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    require_signer(owner)?;
    let index = require_top_level(&Instructions::new(instructions)?, program_id)?;
    let mut reserve = load_accrued_mut(program_id, reserve)?;
    require_address(token_vault, &reserve.token_vault, LendingError::VaultMismatch)?;
    let total = reserve.flash_repay(amount, index)?;
    let token_program = TokenProgram::new(token_program)?;
    token_program.transfer(source, token_vault, total, Authority::Signer(owner))
}

/// Checks that the running top-level instruction calls this program: this program calls none that could call it back, so
/// it is then at top level itself. Gives the instruction's index.
fn require_top_level(instructions: &Instructions<'_>, program_id: &Address) -> Result<u16, ProgramError> {
    let index = instructions.current_index()?;
    if address_eq(&instructions.get(index)?.program_id, program_id) {
        Ok(index)
    } else {
        Err(LendingError::FlashNested.into())
    }
}

fn is_repayment(
    instruction: &TopLevelInstruction<'_>,
    program_id: &Address,
    reserve: &Address,
    amount: u64,
) -> Result<bool, ProgramError> {
    if !address_eq(&instruction.program_id, program_id)
        || usize::from(instruction.data_size_bytes()) != REPAY_SIZE_BYTES
        || instruction.account_count() == 0
    {
        return Ok(false);
    }
    let data = instruction.data::<REPAY_SIZE_BYTES>()?;
    // FlashRepay lists the reserve first.
    Ok(LendingInstruction::decode(&data) == Ok(LendingInstruction::FlashRepay { amount })
        && address_eq(&instruction.account(0)?.address, reserve))
}
