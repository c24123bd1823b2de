//! What the program refuses, by name: missing signatures, other people's accounts, prices that are
//! old or unsure, amounts that are nothing, and accounts that are something already.

use crate::acts::{
    accrue, collect_fees, configure, flash_repay, init_market, init_obligation, init_oracle, init_reserve,
    update_price,
};
use crate::bank::{
    A, B, Bank, ONE, OTHER, TOKENS, config, custom, place, positions, reserve_accounts, tokens_of,
};
use sealane_lending::error::LendingError as E;
use sealane_lending::state::ReserveConfig;
use sealane_sdk::guest::declared::ConstraintError as C;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Address, ProgramError};

/// The instruction with another account at `index`.
pub(crate) fn with(mut instruction: Instruction, index: usize, address: Address) -> Instruction {
    instruction.accounts[index].pubkey = address;
    instruction
}

/// The instruction without its users' signatures.
fn unsigned(mut instruction: Instruction) -> Instruction {
    for meta in &mut instruction.accounts {
        meta.is_signer = false;
    }
    instruction
}

/// What the instruction fails with when user 3 alone, whom it does not name, signs.
#[track_caller]
fn sent_unsigned(bank: &mut Bank, instruction: &Instruction) -> ProgramError {
    let payer = bank.user(3);
    bank.harness.program_error(&[unsigned(instruction.clone())], &[&payer])
}

/// User 1 with collateral in A and debt in B; user 2 with shares.
pub(crate) fn indebted() -> Bank {
    let mut bank = Bank::stocked();
    bank.succeed(1, bank.borrow(1, B, 1_000_000_000));
    bank.deposit(3, OTHER, 1_000);
    bank
}

/// One good instruction of each kind that users send, with the user who signs it.
pub(crate) fn good(bank: &Bank) -> Vec<(&'static str, u64, Instruction)> {
    vec![
        ("deposit", 2, bank.deposit_of(2, A, 1_000)),
        ("withdraw", 2, bank.withdraw(2, A, 1_000)),
        ("deposit collateral", 2, bank.deposit_collateral(2, A, 1_000)),
        ("withdraw collateral", 1, bank.withdraw_collateral(1, A, 1_000)),
        ("borrow", 1, bank.borrow(1, B, 1_000)),
        ("repay", 1, bank.repay(1, B, 1_000)),
    ]
}

#[test]
fn the_good_ones_are_good() {
    let mut bank = indebted();
    for (_, user, instruction) in good(&bank) {
        bank.succeed(user, instruction);
    }
    bank.check();
}

#[test]
fn signatures_are_asked_for() {
    let mut bank = indebted();
    let mut all = good(&bank);
    let admin = bank.admin.address;
    all.extend([
        ("liquidate", 2, bank.liquidate(2, 1, [B, A], [1_000, 0])),
        ("flash repay", 1, flash_repay(1, bank.user(1).address, A, 5)),
    ]);
    for (name, _, instruction) in all {
        let error = sent_unsigned(&mut bank, &instruction);
        assert_eq!(error, C::AccountNotSigner.into(), "{name}");
    }
    for (name, instruction) in [
        ("update price", update_price(A, admin, 5, 0)),
        ("configure", configure(A, admin, config())),
        ("collect fees", collect_fees(A, admin, 0)),
    ] {
        let error = sent_unsigned(&mut bank, &instruction);
        assert_eq!(error, C::AccountNotSigner.into(), "{name}");
    }
    bank.check();
    // What makes accounts looks at them first: these are new.
    let mut bank = Bank::bare();
    let market = init_market(0, admin);
    assert_eq!(sent_unsigned(&mut bank, &market), C::AccountNotSigner.into(), "init market");
    bank.succeed(0, market);
    let oracle = init_oracle(A, admin, 0);
    assert_eq!(sent_unsigned(&mut bank, &oracle), C::AccountNotSigner.into(), "init oracle");
    bank.succeed(0, oracle);
    for (name, instruction) in [
        ("init reserve", init_reserve(A, admin, config())),
        ("init obligation", init_obligation(1, 0, admin)),
    ] {
        let error = sent_unsigned(&mut bank, &instruction);
        assert_eq!(error, C::AccountNotSigner.into(), "{name}");
    }
}

#[test]
fn strangers_are_refused() {
    let mut bank = indebted();
    let stranger = bank.user(2).address;
    let borrowed = with(bank.borrow(1, B, 1_000), 4, stranger);
    let taken = with(bank.withdraw_collateral(1, A, 1_000), 4, stranger);
    let put = with(bank.deposit_collateral(1, A, 1_000), 4, stranger);
    let cases = [
        ("borrow", 2, borrowed, E::OwnerMismatch),
        ("withdraw collateral", 2, taken, E::OwnerMismatch),
        ("deposit collateral", 2, put, E::OwnerMismatch),
        ("update price", 2, update_price(A, stranger, ONE, 0), E::OracleAuthorityMismatch),
        ("configure", 2, configure(A, stranger, config()), E::AdminMismatch),
        ("collect", 2, collect_fees(A, stranger, 2), E::AdminMismatch),
    ];
    bank.check_errors(cases);
    let mut bank = Bank::bare();
    bank.succeed(0, init_market(0, bank.admin.address));
    bank.succeed(0, init_oracle(A, bank.admin.address, 0));
    assert_eq!(bank.error(2, init_reserve(A, stranger, config())), custom(E::AdminMismatch), "init reserve");
}

#[test]
fn prices_that_are_old_or_unsure_are_refused() {
    let mut bank = indebted();
    let judged = |bank: &Bank| {
        [
            ("borrow", 1, bank.borrow(1, B, 1_000)),
            ("withdraw collateral", 1, bank.withdraw_collateral(1, A, 1_000)),
            ("liquidate", 2, bank.liquidate(2, 1, [B, A], [1_000, 0])),
        ]
    };
    for number in [A, B] {
        let price = [10 * ONE, 2 * ONE][number];
        bank.set_price(number, price, price * 201 / 10_000);
        let cases = judged(&bank).map(|(name, user, one)| (name, user, one, E::UncertainPrice));
        bank.check_errors(cases);
        bank.set_price(number, price, price / 1_000);
    }
    bank.harness.empty_blocks(51);
    for number in [A, B] {
        let cases = judged(&bank).map(|(name, user, one)| (name, user, one, E::StalePrice));
        bank.check_errors(cases);
        bank.set_price(number, [10 * ONE, 2 * ONE][number], 0);
    }
    // What needs no price works without: deposits, withdrawals, repayments.
    bank.harness.empty_blocks(51);
    bank.deposit(2, A, 1_000);
    bank.succeed(2, bank.withdraw(2, A, 1_000));
    bank.succeed(1, bank.repay(1, B, 1_000));
    bank.check();
    let zero = update_price(A, bank.admin.address, 0, 0);
    assert_eq!(bank.error(0, zero), custom(E::InvalidPrice));
}

#[test]
fn nothing_and_too_much_are_refused() {
    let mut bank = indebted();
    let cases = [
        ("deposit", 2, bank.deposit_of(2, A, 0), E::ZeroAmount),
        ("withdraw", 2, bank.withdraw(2, A, 0), E::ZeroAmount),
        ("put up", 2, bank.deposit_collateral(2, A, 0), E::ZeroAmount),
        ("take back", 1, bank.withdraw_collateral(1, A, 0), E::ZeroAmount),
        ("borrow", 1, bank.borrow(1, B, 0), E::ZeroAmount),
        ("repay", 1, bank.repay(1, B, 0), E::ZeroAmount),
        ("liquidate", 2, bank.liquidate(2, 1, [B, A], [0, 0]), E::ZeroAmount),
        ("no fees yet", 0, collect_fees(A, bank.admin.address, 0), E::ZeroAmount),
        ("more than there is", 1, bank.borrow(1, B, TOKENS), E::InsufficientLiquidity),
        ("more than was put up", 1, bank.withdraw_collateral(1, A, TOKENS), E::InsufficientCollateral),
        ("nothing was put up", 2, bank.withdraw_collateral(2, A, 1), E::InsufficientCollateral),
        ("no collateral", 2, bank.borrow(2, B, 1_000), E::BeyondLimit),
        ("no debt", 2, bank.repay(2, B, 1), E::NoDebt),
    ];
    bank.check_errors(cases);
    // What is lent cannot be withdrawn.
    bank.succeed(1, bank.borrow(1, B, TOKENS / 4));
    let all = bank.withdraw(2, B, TOKENS / 2);
    assert_eq!(bank.error(2, all), custom(E::InsufficientLiquidity));
    bank.check();
}

#[test]
fn an_account_is_made_once() {
    let mut bank = indebted();
    let admin = bank.admin.address;
    let again = ProgramError::from(C::ConstraintZero);
    let cases = [
        ("market", 0, init_market(0, admin), again.clone()),
        ("oracle", 0, init_oracle(A, admin, 0), again.clone()),
        ("reserve", 0, init_reserve(A, admin, config()), again.clone()),
        ("obligation", 0, init_obligation(1, 0, admin), again),
    ];
    bank.check_errors(cases);
}

#[test]
fn reserves_are_made_right() {
    let mut bank = Bank::bare();
    let (admin, accounts) = (bank.admin.address, reserve_accounts(A));
    let init = || init_reserve(A, admin, config());
    assert_eq!(bank.error(0, init()), C::AccountNotInitialized.into(), "no market");
    bank.succeed(0, init_market(0, admin));
    assert_eq!(bank.error(0, init()), C::AccountNotInitialized.into(), "no oracle");
    for exponent in [-19, 1, i32::MAX, i32::MIN] {
        let oracle = init_oracle(A, admin, exponent);
        assert_eq!(bank.error(0, oracle), custom(E::InvalidConfig), "exponent {exponent}");
    }
    bank.succeed(0, init_oracle(A, admin, -18));
    let bad = ReserveConfig { close_factor_basis_points: 0, ..config() };
    let cases = [
        ("configuration", 0, init_reserve(A, admin, bad), custom(E::InvalidConfig)),
        ("authority", 0, with(init(), 8, admin), custom(E::AuthorityMismatch)),
        ("mint", 0, with(init(), 3, tokens_of(1, A)), C::AccountDidNotDeserialize.into()),
        ("no token mint", 0, with(init(), 3, accounts.market), C::AccountOwnedByWrongProgram.into()),
    ];
    for (name, user, instruction, expected) in cases {
        assert_eq!(bank.error(user, instruction), expected, "{name}");
    }
    bank.succeed(0, init());
    let bad = configure(A, admin, bad);
    assert_eq!(bank.error(0, bad), custom(E::InvalidConfig));
    bank.succeed(0, init_market(1, admin));
    let foreign = with(configure(A, admin, config()), 1, place("market", 1));
    assert_eq!(bank.error(0, foreign), custom(E::MarketMismatch));
    let free = ReserveConfig { flash_fee_basis_points: 0, ..config() };
    bank.succeed(0, configure(A, admin, free));
    assert_eq!(bank.reserve(A).config, free);
}

#[test]
fn data_that_is_no_instruction_is_refused() {
    let mut bank = indebted();
    for (data, expected) in [
        (vec![], C::InstructionMissing),
        (vec![17], C::InstructionFallbackNotFound),
        (vec![255], C::InstructionFallbackNotFound),
        (vec![7, 1, 2], C::InstructionDidNotDeserialize),
        (vec![7, 1, 2, 3, 4, 5, 6, 7, 8, 9], C::InstructionDidNotDeserialize),
        (vec![0, 0], C::InstructionDidNotDeserialize),
    ] {
        let instruction = Instruction { data: data.clone(), ..accrue(A) };
        assert_eq!(bank.error(1, instruction), expected.into(), "{data:?}");
    }
    for (name, user, mut instruction) in good(&bank) {
        instruction.accounts.truncate(5);
        assert_eq!(bank.error(user, instruction), C::AccountNotEnoughKeys.into(), "{name}");
    }
    assert_eq!(positions(&bank.obligation(1)), [reserve_accounts(A), reserve_accounts(B)]);
}
