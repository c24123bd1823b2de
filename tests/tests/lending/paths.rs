//! What the instructions do when all is right.

use crate::acts::{accrue, collect_fees, configure};
use crate::bank::{
    A, B, Bank, ONE, TOKENS, config, obligation, place, reserve_accounts, shares_of, tokens_of,
};
use sealane_lending::builders;
use sealane_lending::client::{ReserveAccounts, with_positions};
use sealane_lending::error::LendingError;
use sealane_lending::health::Health;
use sealane_lending::state::{MAX_POSITIONS, Oracle, ReserveConfig};
use sealane_sdk::guest::AccountData;
use sealane_sdk::limits::MAX_TRANSACTION_SIZE_BYTES;

#[test]
fn the_first_deposit_gets_a_share_a_token_and_both_come_back() {
    let mut bank = Bank::new();
    bank.deposit(1, A, 1_000);
    assert_eq!(bank.amount(&shares_of(1, A)), 1_000);
    bank.check();
    bank.succeed(1, bank.withdraw(1, A, 400));
    bank.check();
    bank.succeed(1, bank.withdraw(1, A, 600));
    bank.check();
    assert_eq!((bank.amount(&shares_of(1, A)), bank.amount(&tokens_of(1, A))), (0, TOKENS));
}

#[test]
fn interest_grows_debts_shares_and_fees_by_what_the_curve_says() {
    let mut bank = Bank::stocked();
    bank.succeed(1, bank.borrow(1, B, TOKENS / 4));
    let before = bank.reserve(B);
    // Half is lent: the rate is base + (kink - base) × 5 / 8, a little above 13.25 % a year.
    bank.harness.empty_blocks(1_000);
    bank.succeed(0, accrue(B));
    let after = bank.reserve(B);
    let slots = u128::from(after.accrued_slot - before.accrued_slot);
    assert_eq!(slots, 1_001);
    let debt = u128::from(TOKENS / 4) * 1_000_000_000_000_000_000;
    let expected = debt * 1_325 * slots / 10_000 / 78_840_000;
    let grown = after.total_debt().unwrap() - before.total_debt().unwrap();
    assert!(grown >= expected && grown - expected < expected / 10_000, "{grown}, {expected}");
    let fees = after.protocol_fees.get() - before.protocol_fees.get();
    assert!(fees <= grown / 10 && grown / 10 - fees <= 1, "a tenth is the protocol's");
    bank.check();
    bank.deposit(1, B, 10);
    bank.succeed(1, bank.repay(1, B, u64::MAX));
    assert!(!bank.obligation(1).has_debt(), "paid off with its interest");
    assert!(bank.amount(&tokens_of(1, B)) < TOKENS - 10);
    bank.check();
}

#[test]
fn depositors_gain_what_borrowers_pay() {
    let mut bank = Bank::stocked();
    bank.succeed(1, bank.borrow(1, B, TOKENS / 4));
    bank.harness.empty_blocks(3_000);
    bank.succeed(1, bank.repay(1, B, u64::MAX));
    let paid = TOKENS - bank.amount(&tokens_of(1, B));
    let shares = bank.amount(&shares_of(2, B));
    bank.succeed(2, bank.withdraw(2, B, shares));
    let gained = bank.amount(&tokens_of(2, B)) - TOKENS;
    assert!(gained > 0 && gained <= paid * 9 / 10 && paid * 9 / 10 - gained < 10, "{gained} of {paid}");
    bank.check();
    let admin = bank.admin.address;
    bank.succeed(0, collect_fees(B, admin, 0));
    let collected = bank.amount(&tokens_of(0, B));
    assert!(collected <= paid / 10 && paid / 10 - collected < 2, "{collected} of {paid}");
    assert!(paid >= gained + collected);
    bank.check();
}

#[test]
fn collateral_bounds_the_debt() {
    let mut bank = Bank::stocked();
    // 100 A at 9.99 bear 75 % of their value: B at 2.002.
    bank.succeed(1, bank.withdraw_collateral(1, A, TOKENS / 2 - 100_000_000));
    let limit = 999 * 75 * 10_000_000 / 2_002 * 1_000;
    assert!(limit < TOKENS / 2);
    assert_eq!(bank.error(1, bank.borrow(1, B, limit + 20_000)), LendingError::BeyondLimit.into());
    bank.succeed(1, bank.borrow(1, B, limit));
    bank.check();
    let refused = bank.withdraw_collateral(1, A, 100_000);
    assert_eq!(bank.error(1, refused), LendingError::BeyondLimit.into());
    bank.succeed(1, bank.repay(1, B, limit / 2));
    bank.succeed(1, bank.withdraw_collateral(1, A, 49_000_000));
    bank.check();
    bank.succeed(1, bank.repay(1, B, u64::MAX));
    // Without debt neither prices nor positions are looked at.
    bank.harness.empty_blocks(100);
    bank.succeed(1, bank.withdraw_collateral(1, A, 51_000_000));
    assert_eq!(bank.obligation(1).positions().len(), 0);
    bank.check();
}

/// The health of user 1's obligation, computed from what the accounts say.
fn health(bank: &Bank) -> Health {
    let mut health = Health::default();
    for (position, accounts) in
        bank.obligation(1).positions().iter().zip(crate::bank::positions(&bank.obligation(1)))
    {
        let number = if accounts == reserve_accounts(A) { A } else { B };
        let reserve = bank.reserve(number);
        let oracle = Oracle::read(&bank.harness.data(&accounts.oracle)).expect("an oracle");
        health.add(position, &reserve, &oracle.prices(&reserve.config, oracle.slot).unwrap()).unwrap();
    }
    health
}

#[test]
fn an_unhealthy_obligation_is_liquidated_until_it_is_healthy() {
    let mut bank = Bank::stocked();
    bank.succeed(1, bank.withdraw_collateral(1, A, TOKENS / 2 - 100_000_000));
    bank.succeed(1, bank.borrow(1, B, 350_000_000_000));
    assert_eq!(bank.error(2, bank.liquidate(2, 1, [B, A], [u64::MAX, 0])), LendingError::Healthy.into());
    bank.set_price(A, 10 * ONE * 85 / 100, ONE / 100);
    let before = health(&bank);
    assert!(before.debt > before.liquidation_limit);
    let too_few = bank.liquidate(2, 1, [B, A], [1_000_000_000, 260_000]);
    assert_eq!(bank.error(2, too_few), LendingError::BelowMinimum.into());
    let held = bank.amount(&tokens_of(2, B));
    bank.succeed(2, bank.liquidate(2, 1, [B, A], [1_000_000_000, 240_000]));
    // One B is worth 2; with the bonus that is 2.1, and A is at 8.5: 0.247058 A.
    assert_eq!(held - bank.amount(&tokens_of(2, B)), 1_000_000_000);
    assert_eq!(bank.amount(&shares_of(2, A)) - TOKENS / 2, 247_058);
    bank.check();
    let gap = |health: Health| health.debt.saturating_sub(health.liquidation_limit);
    assert!(gap(health(&bank)) < gap(before), "it is better off");
    for _ in 0..10 {
        if gap(health(&bank)) == 0 {
            break;
        }
        bank.succeed(2, bank.liquidate(2, 1, [B, A], [u64::MAX, 0]));
        bank.check();
    }
    assert_eq!(gap(health(&bank)), 0);
    assert_eq!(bank.error(2, bank.liquidate(2, 1, [B, A], [u64::MAX, 0])), LendingError::Healthy.into());
}

#[test]
fn collateral_that_is_not_enough_is_taken_as_a_whole() {
    let mut bank = Bank::stocked();
    bank.succeed(1, bank.withdraw_collateral(1, A, TOKENS / 2 - 100_000_000));
    bank.succeed(1, bank.borrow(1, B, 350_000_000_000));
    bank.set_price(A, 2 * ONE, ONE / 1_000);
    let held = bank.amount(&tokens_of(2, B));
    bank.succeed(2, bank.liquidate(2, 1, [B, A], [u64::MAX, 0]));
    let paid = held - bank.amount(&tokens_of(2, B));
    // 100 A at 2, less the bonus: 200 / 2.1 B.
    assert!((95_238_000_000..95_239_000_000).contains(&paid), "{paid}");
    assert_eq!(bank.amount(&shares_of(2, A)) - TOKENS / 2, 100_000_000);
    assert!(bank.obligation(1).has_debt(), "the rest of the debt stays");
    let again = bank.liquidate(2, 1, [B, A], [u64::MAX, 0]);
    assert_eq!(bank.error(2, again), LendingError::InsufficientCollateral.into());
    bank.check();
}

#[test]
fn anybody_repays() {
    let mut bank = Bank::stocked();
    bank.succeed(1, bank.borrow(1, B, 1_000_000));
    let owner = bank.user(2).address;
    let by_another = reserve_accounts(B).repay(obligation(1), tokens_of(2, B), owner);
    let by_another = builders::repay(&by_another, u64::MAX);
    bank.succeed(2, by_another);
    assert!(!bank.obligation(1).has_debt());
    bank.check();
}

#[test]
fn debt_and_collateral_may_be_of_one_reserve() {
    let mut bank = Bank::stocked();
    bank.succeed(1, bank.borrow(1, A, 300_000_000_000));
    assert_eq!(bank.obligation(1).positions().len(), 1);
    bank.check();
    // The admin lowers the threshold below what is owed.
    let stricter = ReserveConfig {
        loan_to_value_basis_points: 5_000,
        liquidation_threshold_basis_points: 5_500,
        ..config()
    };
    bank.succeed(0, configure(A, bank.admin.address, stricter));
    let (held, shares) = (bank.amount(&tokens_of(2, A)), bank.amount(&shares_of(2, A)));
    bank.succeed(2, bank.liquidate(2, 1, [A, A], [100_000_000_000, 104_000_000_000]));
    assert_eq!(held - bank.amount(&tokens_of(2, A)), 100_000_000_000);
    let gained = bank.amount(&shares_of(2, A)) - shares;
    assert!(gained <= 105_000_000_000 && gained > 104_999_000_000, "{gained}");
    bank.check();
    bank.succeed(1, bank.repay(1, A, u64::MAX));
    bank.check();
}

/// Eight positions are the most there can be: their liquidation must fit a transaction.
#[test]
fn the_liquidation_of_the_largest_obligation_fits_a_transaction() {
    let bank = Bank::new();
    let listed: Vec<ReserveAccounts> = (0..MAX_POSITIONS)
        .map(|number| ReserveAccounts {
            reserve: place("reserve", number + 10),
            oracle: place("oracle", number + 10),
            ..reserve_accounts(A)
        })
        .collect();
    let owner = bank.user(2);
    let accounts = [tokens_of(2, A), shares_of(2, B)];
    let accounts = listed[0].liquidate(obligation(1), &listed[1], accounts, owner.address);
    let instruction = with_positions(builders::liquidate(&accounts, 1, 0), &listed);
    let size_bytes = bank.harness.sign(&[instruction], &[&owner]).len();
    assert!(size_bytes <= MAX_TRANSACTION_SIZE_BYTES, "{size_bytes} bytes");
}
