//! What must hold of any block, reckoned from the accounts before and after it and from its own bytes.

use super::access::{Locks, conflicts, locks};
use super::compare::Step;
use super::roots::{naive_receipts_root, naive_state_root, naive_transactions_root};
use crate::harness::Accounts;
use crate::user::from_bytes;
use sealane_sdk::ids::{compute_budget, sysvar};
use sealane_sdk::limits::{
    DEFAULT_INSTRUCTION_UNITS, LAMPORTS_PER_SIGNATURE, MAX_ACCOUNT_DATA_SIZE_BYTES, MAX_TRANSACTION_UNITS,
    rent_exempt_minimum_lamports,
};
use sealane_sdk::{Account, Address};
use solana_message::VersionedMessage;
use std::sync::Arc;

/// Checks a block against the accounts `before` it. `collector` gets the fees; without one they are burned.
///
/// # Panics
/// If something does not hold, saying what.
pub fn check_step(before: &Accounts, step: &Step, collector: Option<&Address>) {
    let block = &step.executed.block;
    let all_locks: Vec<Locks> = block.transactions.iter().map(locks).collect();
    assert_eq!(block.receipts.len(), all_locks.len(), "every transaction has a receipt");
    check_lamports(before, step, collector);
    check_accounts(before, &step.accounts, collector);
    check_untouched(before, &step.accounts, &all_locks, collector);
    check_batches(&all_locks, &block.batches, step.executed.critical_path_count);
    check_receipts(step);
    let roots = block.header.roots.expect("the block has roots");
    assert_eq!(roots.state, naive_state_root(&step.accounts), "the state root");
    assert_eq!(roots.receipts, naive_receipts_root(&block.receipts), "the receipts root");
    let transactions = naive_transactions_root(&block.transactions, &block.batches);
    assert_eq!(roots.transactions, transactions, "the transactions root");
}

fn check_lamports(before: &Accounts, step: &Step, collector: Option<&Address>) {
    let sum =
        |accounts: &Accounts| accounts.values().map(|account| u128::from(account.lamports)).sum::<u128>();
    let fees: u128 =
        step.executed.block.receipts.iter().map(|receipt| u128::from(receipt.body.fee_lamports)).sum();
    let burned = if collector.is_some() { 0 } else { fees };
    assert_eq!(sum(before), sum(&step.accounts) + burned, "lamports are neither made nor lost");
}

/// No account is left malformed. One that was below the rent-exempt minimum may be so still, if it gained nothing; the
/// collector gets its fees however few they are.
fn check_accounts(before: &Accounts, after: &Accounts, collector: Option<&Address>) {
    for (address, account) in after.iter().filter(|(address, _)| collector != Some(*address)) {
        assert!(account.lamports > 0, "{address} has no lamports and is there");
        assert!(account.data.len() <= MAX_ACCOUNT_DATA_SIZE_BYTES, "{address} is too large");
        let old = before.get(address);
        if old == Some(account) || account.lamports >= rent_exempt_minimum_lamports(account.data.len()) {
            continue;
        }
        let was_below = old.is_some_and(|old| {
            old.lamports < rent_exempt_minimum_lamports(old.data.len())
                && old.data.len() == account.data.len()
                && account.lamports <= old.lamports
        });
        assert!(was_below, "{address} is below the rent-exempt minimum: {account:?}, before {old:?}");
    }
}

/// Accounts that no transaction may write are as before.
fn check_untouched(before: &Accounts, after: &Accounts, all_locks: &[Locks], collector: Option<&Address>) {
    let is_sysvar =
        |account: Option<&Arc<Account>>| account.is_some_and(|account| account.owner == sysvar::ID);
    for address in before.keys().chain(after.keys()) {
        let may_change = all_locks.iter().any(|locks| locks.writes.contains(address))
            || collector == Some(address)
            || is_sysvar(before.get(address));
        if !may_change {
            assert_eq!(before.get(address), after.get(address), "nobody declared {address} writable");
        }
    }
}

/// A transaction's batch is one more than the largest batch of those before it that it conflicts with.
fn check_batches(all_locks: &[Locks], batches: &[u32], critical_path_count: usize) {
    let mut expected: Vec<u32> = Vec::with_capacity(all_locks.len());
    for (index, own) in all_locks.iter().enumerate() {
        let earlier = all_locks[..index].iter().zip(&expected);
        let batch = earlier.filter(|(other, _)| conflicts(own, other)).map(|(_, batch)| batch + 1).max();
        expected.push(batch.unwrap_or(0));
    }
    assert_eq!(batches, expected, "the batches");
    let longest = expected.iter().max().map_or(0, |last| *last as usize + 1);
    assert_eq!(critical_path_count, longest, "the critical path");
}

fn check_receipts(step: &Step) {
    let block = &step.executed.block;
    for (bytes, receipt) in block.transactions.iter().zip(&block.receipts) {
        let Budget { units, fee_lamports } = budget(bytes);
        assert_eq!(receipt.body.fee_lamports, fee_lamports, "the fee");
        assert!(receipt.body.units_consumed <= units, "{} of {units} units", receipt.body.units_consumed);
    }
}

struct Budget {
    units: u64,
    fee_lamports: u64,
}

/// Units and fee as Solana's documents describe them.
fn budget(bytes: &[u8]) -> Budget {
    let transaction = from_bytes(bytes);
    let signatures_lamports = transaction.signatures.len() as u64 * LAMPORTS_PER_SIGNATURE;
    if let VersionedMessage::V1(message) = &transaction.message {
        let units = message.config.compute_unit_limit.unwrap_or(0).min(MAX_TRANSACTION_UNITS);
        let fee_lamports = signatures_lamports + message.config.priority_fee.unwrap_or(0);
        return Budget { units: u64::from(units), fee_lamports };
    }
    let keys = transaction.message.static_account_keys();
    let (mut limit, mut price, mut others) = (None, 0, 0);
    for instruction in transaction.message.instructions() {
        if keys[usize::from(instruction.program_id_index)] != compute_budget::ID {
            others += 1;
            continue;
        }
        let operand = &instruction.data[1..];
        match instruction.data[0] {
            2 => limit = Some(u32::from_le_bytes(operand[..4].try_into().expect("four bytes"))),
            3 => price = u64::from_le_bytes(operand[..8].try_into().expect("eight bytes")),
            _ => (),
        }
    }
    let units = limit.unwrap_or(others * DEFAULT_INSTRUCTION_UNITS).min(MAX_TRANSACTION_UNITS);
    let priority = (u128::from(price) * u128::from(units)).div_ceil(1_000_000);
    let fee = u128::from(signatures_lamports) + priority;
    Budget { units: u64::from(units), fee_lamports: u64::try_from(fee).expect("it was paid") }
}
