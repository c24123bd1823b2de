//! From instruction data to the function that carries it out: one file a group of instructions.
//!
//! Every function takes the program's address, the accounts and the decoded arguments; it checks the accounts, lets
//! [`state`](crate::state) compute, and moves tokens by nested calls. A failed instruction takes all its changes with it,
//! so what was written before a failed check does not matter.

mod market;
mod oracle;
mod reserve;

mod liquidity;

mod collateral;
mod loan;

mod liquidate;

mod flash;

mod checks;

use crate::error::LendingError;
use crate::instruction::LendingInstruction;
use sealane_sdk::guest::{AccountView, log};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// Carries out one instruction.
///
/// # Errors
/// [`LendingError`]s, whose text is logged; what the SDK finds wrong with an account; whatever the token program refuses
/// ends this program as well.
pub fn process(program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    let result = LendingInstruction::decode(data)
        .map_err(ProgramError::from)
        .and_then(|instruction| run(program_id, accounts, instruction));
    if let Err(ProgramError::Custom(number)) = &result {
        log(LendingError::from_number(*number).map_or("unknown error", LendingError::log_line));
    }
    result
}

fn run(program_id: &Address, accounts: &[AccountView], instruction: LendingInstruction) -> ProgramResult {
    use LendingInstruction as I;
    log(instruction.log_line());
    match instruction {
        I::InitMarket => market::init_market(program_id, accounts),
        I::InitObligation => market::init_obligation(program_id, accounts),
        I::InitOracle { exponent } => oracle::init(program_id, accounts, exponent),
        I::UpdatePrice { price, confidence } => oracle::update(program_id, accounts, price, confidence),
        I::InitReserve { config } => reserve::init(program_id, accounts, &config),
        I::ConfigureReserve { config } => reserve::configure(program_id, accounts, &config),
        I::Accrue => reserve::accrue(program_id, accounts),
        I::CollectFees => reserve::collect_fees(program_id, accounts),
        I::Deposit { amount } => liquidity::deposit(program_id, accounts, amount),
        I::Withdraw { shares } => liquidity::withdraw(program_id, accounts, shares),
        I::DepositCollateral { shares } => collateral::deposit(program_id, accounts, shares),
        I::WithdrawCollateral { shares } => collateral::withdraw(program_id, accounts, shares),
        I::Borrow { amount } => loan::borrow(program_id, accounts, amount),
        I::Repay { most } => loan::repay(program_id, accounts, most),
        I::Liquidate { most, minimum_shares } => {
            liquidate::liquidate(program_id, accounts, most, minimum_shares)
        }
        I::FlashBorrow { amount, repay_index } => flash::borrow(program_id, accounts, amount, repay_index),
        I::FlashRepay { amount } => flash::repay(program_id, accounts, amount),
    }
}
