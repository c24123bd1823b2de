//! The mempool and block building against plain twins, and the chain with its threads.

mod building;
mod chain;
mod mempool;

use super::mempool::Waiting;
use sealane_runtime::ledger::store::key_value::MemoryTables;
use sealane_runtime::{CheckedTransaction, Checker, Ledger, LedgerConfig};
use sealane_sdk::instruction::Hash;
use sealane_sdk::{Account, Address};
use sealane_tests::harness::Harness;
use sealane_tests::user::{MessageVersion, sign};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use std::sync::Arc;
use std::time::Duration;

/// A ledger in memory with funded users.
fn ledger() -> Ledger {
    ledger_with([])
}

/// The same with more accounts.
fn ledger_with(accounts: impl IntoIterator<Item = (Address, Account)>) -> Ledger {
    let (tables, mut genesis) = (Arc::new(MemoryTables::default()), Harness::genesis());
    genesis.accounts.extend(accounts);
    Ledger::create_in(tables, LedgerConfig::default(), &genesis).expect("a ledger")
}

/// A transfer from one user to an address, with a price a unit and so many units asked for beside a program that is not built in.
fn transfer(
    from: u64,
    to: &Address,
    lamports: u64,
    units: u32,
    price_micro_lamports: u64,
    at: Hash,
) -> Vec<u8> {
    let payer = Harness::user(from);
    let instructions = [
        ComputeBudgetInstruction::set_compute_unit_limit(units),
        ComputeBudgetInstruction::set_compute_unit_price(price_micro_lamports),
        solana_system_interface::instruction::transfer(&payer.address, to, lamports),
    ];
    sign(&instructions, &[&payer], at, MessageVersion::Legacy)
}

fn checked(checker: &Checker, bytes: Vec<u8>) -> CheckedTransaction {
    checker.check(bytes).expect("it is well formed and signed")
}

fn waiting(checker: &Checker, bytes: Vec<u8>) -> Waiting {
    Waiting::new(checked(checker, bytes), false, Duration::ZERO)
}
