//! What the program refuses, by name: missing signatures, other people's accounts, substituted accounts, prices that are
//! old or unsure, amounts that are nothing, and accounts that are something already.

use crate::bank::{
    A, B, Bank, ONE, OTHER, TOKENS, config, custom, obligation, place, positions, reserve_accounts,
    shares_of, tokens_of,
};
use sealane_lending::error::LendingError as E;
use sealane_lending::state::ReserveConfig;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Address, ProgramError, ids};

/// The instruction with another account at `index`.
fn with(mut instruction: Instruction, index: usize, address: Address) -> Instruction {
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

/// A case of one account substituted: name, user, instruction, error.
fn case<E>(
    name: &'static str,
    (user, instruction): &(u64, Instruction),
    index: usize,
    address: Address,
    error: E,
) -> (&'static str, u64, Instruction, E) {
    (name, *user, with(instruction.clone(), index, address), error)
}

/// User 1 with collateral in A and debt in B; user 2 with shares.
fn indebted() -> Bank {
    let mut bank = Bank::stocked();
    bank.succeed(1, bank.borrow(1, B, 1_000_000_000));
    bank.deposit(3, OTHER, 1_000);
    bank
}

/// One good instruction of each kind that users send, with the user who signs it.
fn good(bank: &Bank) -> Vec<(&'static str, u64, Instruction)> {
    let owner = bank.user(2).address;
    let accounts = reserve_accounts(A);
    vec![
        ("deposit", 2, bank.l.deposit(&accounts, &tokens_of(2, A), &shares_of(2, A), &owner, 1_000)),
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
    let accounts = reserve_accounts(A);
    all.extend([
        ("liquidate", 2, bank.liquidate(2, 1, [B, A], [1_000, 0])),
        ("init obligation", 1, bank.l.init_obligation(&obligation(1), &place("market", 0), &admin)),
        ("init market", 1, bank.l.init_market(&place("market", 0), &admin)),
        ("init oracle", 1, bank.l.init_oracle(&accounts.oracle, &admin, 0)),
        ("flash repay", 1, bank.l.flash_repay(&accounts, &tokens_of(1, A), &bank.user(1).address, 5)),
    ]);
    // Sent by user 3 alone: no account named signs.
    let payer = bank.user(3);
    for (name, _, instruction) in all {
        let error = bank.harness.program_error(&[unsigned(instruction)], &[&payer]);
        assert_eq!(error, ProgramError::MissingRequiredSignature, "{name}");
    }
    for (name, instruction) in [
        ("update price", bank.l.update_price(&accounts.oracle, &admin, 5, 0)),
        ("init reserve", bank.l.init_reserve(&accounts, &admin, config())),
        ("configure", bank.l.configure_reserve(&accounts, &admin, config())),
        ("collect fees", bank.l.collect_fees(&accounts, &admin, &tokens_of(0, A))),
    ] {
        let error = bank.harness.program_error(&[unsigned(instruction)], &[&payer]);
        assert_eq!(error, ProgramError::MissingRequiredSignature, "{name}");
    }
    bank.check();
}

#[test]
fn strangers_are_refused() {
    let mut bank = indebted();
    let stranger = bank.user(2).address;
    let accounts = reserve_accounts(A);
    let borrowed = with(bank.borrow(1, B, 1_000), 4, stranger);
    let taken = with(bank.withdraw_collateral(1, A, 1_000), 4, stranger);
    let put = with(bank.deposit_collateral(1, A, 1_000), 4, stranger);
    let cases = [
        ("borrow", 2, borrowed, E::OwnerMismatch),
        ("withdraw collateral", 2, taken, E::OwnerMismatch),
        ("deposit collateral", 2, put, E::OwnerMismatch),
        (
            "update price",
            2,
            bank.l.update_price(&accounts.oracle, &stranger, ONE, 0),
            E::OracleAuthorityMismatch,
        ),
        ("configure", 2, bank.l.configure_reserve(&accounts, &stranger, config()), E::AdminMismatch),
        ("collect", 2, bank.l.collect_fees(&accounts, &stranger, &tokens_of(2, A)), E::AdminMismatch),
        ("init reserve", 2, bank.l.init_reserve(&accounts, &stranger, config()), E::AdminMismatch),
    ];
    bank.check_errors(cases);
}

#[test]
fn substituted_accounts_are_refused() {
    let mut bank = indebted();
    let (a, b, other) = (reserve_accounts(A), reserve_accounts(B), reserve_accounts(OTHER));
    let mine = tokens_of(1, A);
    let [deposit, withdraw, put, take, borrow, repay] =
        <[_; 6]>::try_from(good(&bank)).expect("six").map(|(_, user, instruction)| (user, instruction));
    let liquidate = bank.liquidate(2, 1, [B, A], [1_000, 0]);
    let cases = [
        case("deposit to another vault", &deposit, 1, mine, E::VaultMismatch),
        case("shares of another reserve", &deposit, 2, b.share_mint, E::ShareMintMismatch),
        case("withdraw from another vault", &withdraw, 1, b.token_vault, E::VaultMismatch),
        case("burn other shares", &withdraw, 2, b.share_mint, E::ShareMintMismatch),
        case("another reserve's authority", &withdraw, 6, b.authority, E::AuthorityMismatch),
        case("another market's reserve as collateral", &put, 1, other.reserve, E::MarketMismatch),
        case("collateral elsewhere", &put, 2, shares_of(2, A), E::VaultMismatch),
        case("collateral from elsewhere", &take, 2, shares_of(2, A), E::VaultMismatch),
        case("another market's reserve", &borrow, 1, other.reserve, E::MarketMismatch),
        case("borrow from another vault", &borrow, 2, a.token_vault, E::VaultMismatch),
        case("borrow with another authority", &borrow, 5, a.authority, E::AuthorityMismatch),
        case("a position's reserve", &borrow, 7, b.reserve, E::PositionMismatch),
        case("a position's oracle", &borrow, 8, b.oracle, E::OracleMismatch),
        case("another market's oracle", &borrow, 10, other.oracle, E::OracleMismatch),
        case("repay a reserve not owed to", &repay, 1, a.reserve, E::VaultMismatch),
        case("repay to another vault", &repay, 2, mine, E::VaultMismatch),
    ];
    bank.check_errors(cases);
    let kinds = [
        case("a reserve for an oracle", &borrow, 8, a.reserve, E::OracleMismatch),
        case("no debt there", &(1, bank.repay(1, A, 5)), 0, obligation(1), E::NoDebt),
    ];
    bank.check_errors(kinds);
    let confused = [
        case("an oracle for a reserve", &deposit, 0, a.oracle, ProgramError::InvalidAccountData),
        case("a market for an obligation", &borrow, 0, a.market, ProgramError::InvalidAccountData),
        case("a token account for a reserve", &deposit, 0, mine, ProgramError::InvalidAccountOwner),
        case("another token program", &deposit, 7, ids::system_program::ID, ProgramError::IncorrectProgramId),
    ];
    bank.check_errors(confused);
    bank.set_price(A, ONE / 1_000_000, 0);
    let liquidate = (2, liquidate);
    let cases = [
        case("another debt's vault", &liquidate, 2, a.token_vault, E::VaultMismatch),
        case("collateral from elsewhere", &liquidate, 4, b.collateral_vault, E::VaultMismatch),
        case("another authority", &liquidate, 5, b.authority, E::AuthorityMismatch),
        case("another reserve's debt", &liquidate, 1, a.reserve, E::NoDebt),
        case("another reserve's collateral", &liquidate, 3, b.reserve, E::InsufficientCollateral),
        case("another market's collateral", &liquidate, 3, other.reserve, E::InsufficientCollateral),
        case("another obligation", &liquidate, 0, obligation(2), E::PositionMismatch),
    ];
    bank.check_errors(cases);
}

#[test]
fn every_position_is_listed() {
    let mut bank = indebted();
    let shorter = |mut instruction: Instruction, count: usize| {
        instruction.accounts.truncate(instruction.accounts.len() - count);
        instruction
    };
    let mut longer = bank.borrow(1, B, 1_000);
    longer.accounts.push(longer.accounts[7].clone());
    let mut swapped = bank.borrow(1, B, 1_000);
    swapped.accounts.swap(7, 9);
    swapped.accounts.swap(8, 10);
    let cases = [
        ("one short", 1, shorter(bank.borrow(1, B, 1_000), 2), E::PositionMismatch),
        ("half short", 1, shorter(bank.borrow(1, B, 1_000), 1), E::PositionMismatch),
        ("one too many", 1, longer, E::PositionMismatch),
        ("in another order", 1, swapped, E::PositionMismatch),
        ("none at all", 1, shorter(bank.withdraw_collateral(1, A, 1_000), 4), E::PositionMismatch),
        ("nor here", 2, shorter(bank.liquidate(2, 1, [B, A], [1_000, 0]), 4), E::PositionMismatch),
    ];
    bank.check_errors(cases);
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
    let zero = bank.l.update_price(&reserve_accounts(A).oracle, &bank.admin.address, 0, 0);
    assert_eq!(bank.error(0, zero), custom(E::InvalidPrice));
}

#[test]
fn nothing_and_too_much_are_refused() {
    let mut bank = indebted();
    let owner = bank.user(2).address;
    let deposit =
        |amount| bank.l.deposit(&reserve_accounts(A), &tokens_of(2, A), &shares_of(2, A), &owner, amount);
    let cases = [
        ("deposit", 2, deposit(0), E::ZeroAmount),
        ("withdraw", 2, bank.withdraw(2, A, 0), E::ZeroAmount),
        ("put up", 2, bank.deposit_collateral(2, A, 0), E::ZeroAmount),
        ("take back", 1, bank.withdraw_collateral(1, A, 0), E::ZeroAmount),
        ("borrow", 1, bank.borrow(1, B, 0), E::ZeroAmount),
        ("repay", 1, bank.repay(1, B, 0), E::ZeroAmount),
        ("liquidate", 2, bank.liquidate(2, 1, [B, A], [0, 0]), E::ZeroAmount),
        (
            "no fees yet",
            0,
            bank.l.collect_fees(&reserve_accounts(A), &bank.admin.address, &tokens_of(0, A)),
            E::ZeroAmount,
        ),
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
    let accounts = reserve_accounts(A);
    let again = ProgramError::AccountAlreadyInitialized;
    let cases = [
        ("market", 0, bank.l.init_market(&accounts.market, &admin), again.clone()),
        ("oracle", 0, bank.l.init_oracle(&accounts.oracle, &admin, 0), again.clone()),
        ("reserve", 0, bank.l.init_reserve(&accounts, &admin, config()), again.clone()),
        ("obligation", 0, bank.l.init_obligation(&obligation(1), &accounts.market, &admin), again),
    ];
    bank.check_errors(cases);
}

#[test]
fn reserves_are_made_right() {
    let mut bank = Bank::bare();
    let (admin, accounts) = (bank.admin.address, reserve_accounts(A));
    let init = |bank: &Bank| bank.l.init_reserve(&accounts, &admin, config());
    assert_eq!(bank.error(0, init(&bank)), ProgramError::UninitializedAccount, "no market");
    bank.succeed(0, bank.l.init_market(&accounts.market, &admin));
    assert_eq!(bank.error(0, init(&bank)), ProgramError::UninitializedAccount, "no oracle");
    for exponent in [-19, 1, i32::MAX, i32::MIN] {
        let oracle = bank.l.init_oracle(&accounts.oracle, &admin, exponent);
        assert_eq!(bank.error(0, oracle), custom(E::InvalidConfig), "exponent {exponent}");
    }
    bank.succeed(0, bank.l.init_oracle(&accounts.oracle, &admin, -18));
    let bad = ReserveConfig { close_factor_basis_points: 0, ..config() };
    let cases = [
        ("configuration", 0, bank.l.init_reserve(&accounts, &admin, bad), custom(E::InvalidConfig)),
        ("authority", 0, with(init(&bank), 8, admin), custom(E::AuthorityMismatch)),
        ("mint", 0, with(init(&bank), 3, tokens_of(1, A)), ProgramError::InvalidAccountData),
        ("no token mint", 0, with(init(&bank), 3, accounts.market), ProgramError::InvalidAccountOwner),
    ];
    for (name, user, instruction, expected) in cases {
        assert_eq!(bank.error(user, instruction), expected, "{name}");
    }
    bank.succeed(0, init(&bank));
    let bad = bank.l.configure_reserve(&accounts, &admin, bad);
    assert_eq!(bank.error(0, bad), custom(E::InvalidConfig));
    let market = place("market", 1);
    bank.succeed(0, bank.l.init_market(&market, &admin));
    let foreign = with(bank.l.configure_reserve(&accounts, &admin, config()), 1, market);
    assert_eq!(bank.error(0, foreign), custom(E::MarketMismatch));
    let free = ReserveConfig { flash_fee_basis_points: 0, ..config() };
    bank.succeed(0, bank.l.configure_reserve(&accounts, &admin, free));
    assert_eq!(bank.reserve(A).config, free);
}

#[test]
fn data_that_is_no_instruction_is_refused() {
    let mut bank = indebted();
    for data in [vec![], vec![17], vec![255], vec![7, 1, 2], vec![0, 0]] {
        let instruction = Instruction { data, ..bank.l.accrue(&reserve_accounts(A).reserve) };
        assert_eq!(bank.error(1, instruction), custom(E::InvalidInstruction));
    }
    for (name, user, mut instruction) in good(&bank) {
        instruction.accounts.truncate(5);
        assert_eq!(bank.error(user, instruction), ProgramError::NotEnoughAccountKeys, "{name}");
    }
    assert_eq!(positions(&bank.obligation(1)), [reserve_accounts(A), reserve_accounts(B)]);
}
