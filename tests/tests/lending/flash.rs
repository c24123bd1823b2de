//! Flash loans: repaid with a fee in the same transaction, or never taken.

use crate::acts::{accrue, flash_borrow, flash_repay};
use crate::bank::{A, B, Bank, TOKENS, custom, reserve_accounts, tokens_of};
use sealane_lending::error::LendingError;
use sealane_probe::Script;
use sealane_sdk::guest::declared::ConstraintError;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_tests::programs::probe;

const AMOUNT: u64 = 1_000_000;

fn borrow(reserve: usize, amount: u64, repay_index: u16) -> Instruction {
    flash_borrow(1, reserve, amount, repay_index)
}

fn repay(bank: &Bank, reserve: usize, amount: u64) -> Instruction {
    flash_repay(1, bank.user(1).address, reserve, amount)
}

#[track_caller]
fn send(bank: &mut Bank, instructions: &[Instruction]) {
    let (admin, user) = (bank.admin.clone(), bank.user(1));
    bank.harness.succeed(instructions, &[&admin, &user]);
    bank.check();
}

#[test]
fn a_flash_loan_costs_its_fee() {
    let mut bank = Bank::stocked();
    let held = bank.amount(&tokens_of(1, A));
    let instructions = [borrow(A, AMOUNT, 1), repay(&bank, A, AMOUNT)];
    send(&mut bank, &instructions);
    assert_eq!(held - bank.amount(&tokens_of(1, A)), 900, "nine basis points");
    let all = bank.reserve(A).available;
    let instructions = [borrow(A, all, 1), repay(&bank, A, all)];
    send(&mut bank, &instructions);
}

#[test]
fn the_tokens_are_there_in_between() {
    let mut bank = Bank::stocked();
    let (amount, before) = (bank.reserve(A).available, bank.reserve(A));
    // A price of shares that the loan moved would pay here.
    let instructions = [
        borrow(A, amount, 3),
        bank.deposit_of(1, A, 1_000_000),
        bank.withdraw(1, A, 1_000_000),
        repay(&bank, A, amount),
    ];
    let held = bank.amount(&tokens_of(1, A));
    send(&mut bank, &instructions);
    let fee = before.config.flash_fee(amount).unwrap();
    assert!(held - bank.amount(&tokens_of(1, A)) >= fee, "the fee is paid in full");
}

#[test]
fn loans_of_two_reserves_and_one_after_another() {
    let mut bank = Bank::stocked();
    let instructions = [
        borrow(A, AMOUNT, 2),
        borrow(B, AMOUNT, 3),
        repay(&bank, A, AMOUNT),
        repay(&bank, B, AMOUNT),
        borrow(A, AMOUNT, 5),
        repay(&bank, A, AMOUNT),
    ];
    send(&mut bank, &instructions);
}

#[test]
fn abuse_is_refused() {
    use LendingError as E;
    let mut bank = Bank::stocked();
    let (take, give) =
        (|repay_index| borrow(A, AMOUNT, repay_index), |bank: &Bank, amount| repay(bank, A, amount));
    let nothing = accrue(A);
    let cases: [(&str, Vec<Instruction>, E); 14] = [
        ("never repaid", vec![take(1)], E::FlashRepayMissing),
        ("repaid by itself", vec![take(0)], E::FlashRepayMissing),
        ("another instruction", vec![take(1), nothing.clone()], E::FlashRepayMissing),
        ("far beyond", vec![take(u16::MAX), give(&bank, AMOUNT)], E::FlashRepayMissing),
        ("too little", vec![take(1), give(&bank, AMOUNT - 1)], E::FlashRepayMissing),
        ("another reserve", vec![take(1), repay(&bank, B, AMOUNT)], E::FlashRepayMissing),
        ("repaid before", vec![give(&bank, AMOUNT), take(0)], E::FlashLoanMissing),
        ("repaid before, loan first", vec![nothing, take(0), give(&bank, AMOUNT)], E::FlashRepayMissing),
        ("two loans, one repayment", vec![take(2), take(2), give(&bank, AMOUNT)], E::FlashLoanOpen),
        (
            "two loans at once",
            vec![take(2), take(3), give(&bank, AMOUNT), give(&bank, AMOUNT)],
            E::FlashLoanOpen,
        ),
        (
            "one loan, two repayments",
            vec![take(1), give(&bank, AMOUNT), give(&bank, AMOUNT)],
            E::FlashLoanMissing,
        ),
        (
            "repaid at another place",
            vec![take(2), give(&bank, AMOUNT), give(&bank, AMOUNT)],
            E::FlashIndexMismatch,
        ),
        ("nothing to repay", vec![give(&bank, AMOUNT)], E::FlashLoanMissing),
        (
            "more than there is",
            vec![borrow(A, 2 * TOKENS, 1), give(&bank, 2 * TOKENS)],
            E::InsufficientLiquidity,
        ),
    ];
    for (name, instructions, expected) in cases {
        assert_eq!(bank.errors(1, &instructions), custom(expected), "{name}");
    }
    let zero = [borrow(A, 0, 1), repay(&bank, A, 0)];
    assert_eq!(bank.errors(1, &zero), custom(E::ZeroAmount));
    bank.check();
}

/// Wraps an instruction into a nested call of the probe's: all its accounts, with the privileges it asks for.
fn nested(instruction: &Instruction) -> Instruction {
    let mut metas = vec![AccountMeta::new_readonly(instruction.program_id, false)];
    metas.extend(instruction.accounts.iter().cloned());
    let flags = |meta: &AccountMeta| u8::from(meta.is_signer) | u8::from(meta.is_writable) << 1;
    let listed: Vec<(u8, u8)> =
        (1..).zip(&instruction.accounts).map(|(index, meta)| (index, flags(meta))).collect();
    probe(metas, Script::new().invoke(0, &listed, &instruction.data, &[]))
}

#[test]
fn nested_loans_are_refused() {
    let mut bank = Bank::stocked();
    let nested_borrow = [nested(&borrow(A, AMOUNT, 1)), repay(&bank, A, AMOUNT)];
    assert_eq!(bank.errors(1, &nested_borrow), custom(LendingError::FlashNested));
    let nested_repay = [borrow(A, AMOUNT, 2), nested(&repay(&bank, A, AMOUNT)), repay(&bank, A, AMOUNT)];
    assert_eq!(bank.errors(1, &nested_repay), custom(LendingError::FlashNested));
    let only_nested = [borrow(A, AMOUNT, 1), nested(&repay(&bank, A, AMOUNT))];
    assert_eq!(bank.errors(1, &only_nested), custom(LendingError::FlashRepayMissing));
    bank.check();
}

#[test]
fn a_repayment_that_lies_about_its_accounts_is_refused() {
    let mut bank = Bank::stocked();
    let with = |mut instruction: Instruction, index: usize, address| {
        instruction.accounts[index].pubkey = address;
        instruction
    };
    let vault = with(repay(&bank, A, AMOUNT), 1, tokens_of(2, A));
    let to_another = [borrow(A, AMOUNT, 1), vault];
    assert_eq!(bank.errors(1, &to_another), custom(LendingError::VaultMismatch));
    let sysvar = with(borrow(A, AMOUNT, 1), 4, tokens_of(2, A));
    let fake_sysvar = [sysvar, repay(&bank, A, AMOUNT)];
    assert_eq!(bank.errors(1, &fake_sysvar), ConstraintError::AccountSysvarMismatch.into());
    let authority = with(borrow(A, AMOUNT, 1), 3, reserve_accounts(B).authority);
    let foreign_authority = [authority, repay(&bank, A, AMOUNT)];
    assert_eq!(bank.errors(1, &foreign_authority), custom(LendingError::AuthorityMismatch));
    bank.check();
}
