//! Which accounts the program refuses: substituted ones, of another kind, not declared to be written; and obligations whose
//! positions are not all listed.

use crate::acts::{accrue, configure, flash_borrow, update_price};
use crate::bank::{A, B, ONE, OTHER, config, obligation, reserve_accounts, shares_of, tokens_of};
use crate::refusals::{good, indebted, with};
use sealane_lending::client::ReserveAccounts;
use sealane_lending::error::LendingError as E;
use sealane_sdk::guest::declared::ConstraintError as C;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Address, ids};

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
        case("an oracle for a reserve", &deposit, 0, a.oracle, C::AccountDiscriminatorMismatch),
        case("a market for an obligation", &borrow, 0, a.market, C::AccountDiscriminatorMismatch),
        case("a token account for a reserve", &deposit, 0, mine, C::AccountOwnedByWrongProgram),
        case("another token program", &deposit, 7, ids::system_program::ID, C::InvalidProgramId),
    ];
    bank.check_errors(confused);
    bank.set_price(A, ONE / 1_000_000, 0);
    let liquidate = (2, liquidate);
    let cases = [
        case("another debt's vault", &liquidate, 2, a.token_vault, E::VaultMismatch),
        case("collateral from elsewhere", &liquidate, 4, b.collateral_vault, E::VaultMismatch),
        case("another authority", &liquidate, 5, b.authority, E::AuthorityMismatch),
        case("another reserve's debt", &liquidate, 1, a.reserve, E::VaultMismatch),
        case("another reserve's collateral", &liquidate, 3, b.reserve, E::VaultMismatch),
        case("another market's collateral", &liquidate, 3, other.reserve, E::VaultMismatch),
        case("another obligation", &liquidate, 0, obligation(2), E::PositionMismatch),
    ];
    bank.check_errors(cases);
    // The same with the vaults and authorities that belong to the other reserve.
    let collateral = |of: &ReserveAccounts| {
        let instruction = with(liquidate.1.clone(), 3, of.reserve);
        with(with(instruction, 4, of.collateral_vault), 5, of.authority)
    };
    let debt = |of: &ReserveAccounts| with(with(liquidate.1.clone(), 1, of.reserve), 2, of.token_vault);
    let cases = [
        ("all of another reserve's debt", 2, debt(&a), E::NoDebt),
        ("all of another market's debt", 2, debt(&other), E::NoDebt),
        ("all of another reserve's collateral", 2, collateral(&b), E::InsufficientCollateral),
        ("all of another market's collateral", 2, collateral(&other), E::InsufficientCollateral),
    ];
    bank.check_errors(cases);
}

/// What is written is declared so, also where this program leaves it to the token program.
#[test]
fn what_is_written_must_be_writable() {
    let mut bank = indebted();
    let mut all = good(&bank);
    all.extend([
        ("liquidate", 2, bank.liquidate(2, 1, [B, A], [1_000, 0])),
        ("flash borrow", 1, flash_borrow(1, A, 5, 1)),
        ("accrue", 1, accrue(A)),
        ("configure", 0, configure(A, bank.admin.address, config())),
        ("update price", 0, update_price(A, bank.admin.address, ONE, 0)),
    ]);
    for (name, user, instruction) in all {
        let written = |instruction: &Instruction| {
            (0..instruction.accounts.len()).filter(|index| instruction.accounts[*index].is_writable).collect()
        };
        let indices: Vec<usize> = written(&instruction);
        assert!(!indices.is_empty(), "{name}");
        for index in indices {
            let mut read_only = instruction.clone();
            read_only.accounts[index].is_writable = false;
            assert_eq!(bank.error(user, read_only), C::ConstraintMut.into(), "{name}, account {index}");
        }
    }
    bank.check();
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
