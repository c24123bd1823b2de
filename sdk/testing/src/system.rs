//! Instructions of the system program and the compute-budget program.

use sealane_sdk::Address;
use sealane_sdk::ids::{compute_budget, system_program};
use sealane_sdk::instruction::{AccountMeta, Instruction};

/// Moves lamports from one account to another; `from` signs.
#[must_use]
pub fn transfer(from: &Address, to: &Address, lamports: u64) -> Instruction {
    let accounts = vec![AccountMeta::new(*from, true), AccountMeta::new(*to, false)];
    let data = [&2_u32.to_le_bytes()[..], &lamports.to_le_bytes()].concat();
    Instruction { program_id: system_program::ID, accounts, data }
}

/// Makes an account of `size_bytes` zeros that belongs to `owner`; both accounts sign.
#[must_use]
pub fn create_account(
    from: &Address,
    new: &Address,
    lamports: u64,
    size_bytes: u64,
    owner: &Address,
) -> Instruction {
    let accounts = vec![AccountMeta::new(*from, true), AccountMeta::new(*new, true)];
    let numbers = [&0_u32.to_le_bytes()[..], &lamports.to_le_bytes(), &size_bytes.to_le_bytes()].concat();
    Instruction { program_id: system_program::ID, accounts, data: [&numbers[..], owner.as_ref()].concat() }
}

/// Asks for `units` compute units for the transaction.
#[must_use]
pub fn unit_limit(units: u32) -> Instruction {
    let data = [&[2][..], &units.to_le_bytes()].concat();
    Instruction { program_id: compute_budget::ID, accounts: Vec::new(), data }
}
