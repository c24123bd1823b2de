//! The ground the suites stand on: a ledger with a market of two reserves, a market of one, users with tokens and
//! obligations; short ways to act; and the invariants.

use crate::acts::{init_market, init_obligation, init_oracle, init_reserve, update_price};
use sealane_benches::tokens;
use sealane_lending::builders;
use sealane_lending::client::{ReserveAccounts, reserve_authority, with_positions};
use sealane_lending::error::LendingError;
use sealane_lending::math::{Rounding, WAD, mul_div};
use sealane_lending::state::{Market, Obligation, Oracle, Reserve, ReserveConfig};
use sealane_sdk::guest::AccountData;
use sealane_sdk::guest::token::{ACCOUNT_SIZE_BYTES, MINT_SIZE_BYTES};
use sealane_sdk::ids::token;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Account, Address, ProgramError};
use sealane_tests::{Harness, User};

/// Reserve of the first market: a token of 6 decimals, worth 10.
pub(crate) const A: usize = 0;
/// Reserve of the first market: a token of 9 decimals, worth 2.
pub(crate) const B: usize = 1;
/// Reserve of the second market: a token of 6 decimals, worth 1.
pub(crate) const OTHER: usize = 2;
/// Decimals of the reserves' tokens.
const DECIMALS: [u8; 3] = [6, 9, 6];
/// Tokens each user has of each mint.
pub(crate) const TOKENS: u64 = 1_000_000_000_000;
/// Users 1 to 3 have tokens; user 1 and 2 obligations of the first market, user 3 one of the second. User 0 is admin,
/// oracle and payer.
pub(crate) const USERS: [u64; 3] = [1, 2, 3];
/// Units of a price.
pub(crate) const ONE: u64 = 100_000_000;

pub(crate) fn place(label: &str, number: usize) -> Address {
    tokens::address(0, label, number as u64)
}

pub(crate) fn obligation(user: u64) -> Address {
    tokens::address(0, "obligation", user)
}

/// A user's tokens of a reserve's mint.
pub(crate) fn tokens_of(user: u64, reserve: usize) -> Address {
    tokens::address(user, "tokens", reserve as u64)
}

/// A user's shares of a reserve.
pub(crate) fn shares_of(user: u64, reserve: usize) -> Address {
    tokens::address(user, "shares", reserve as u64)
}

pub(crate) fn reserve_accounts(number: usize) -> ReserveAccounts {
    let reserve = place("reserve", number);
    ReserveAccounts {
        reserve,
        market: place("market", usize::from(number == OTHER)),
        token_mint: place("mint", number),
        token_vault: place("vault", number),
        share_mint: place("share mint", number),
        collateral_vault: place("share vault", number),
        oracle: place("oracle", number),
        authority: reserve_authority(&reserve).0,
    }
}

pub(crate) fn config() -> ReserveConfig {
    ReserveConfig {
        base_rate_basis_points: 200,
        kink_rate_basis_points: 2_000,
        max_rate_basis_points: 30_000,
        max_price_age_slots: 50,
        ..ReserveConfig::ORDINARY
    }
}

pub(crate) struct Bank {
    pub(crate) harness: Harness,
    pub(crate) admin: User,
    pub(crate) users: [User; 4],
    /// What a share is worth in each reserve, at the last look.
    share_prices: [u128; 3],
}

impl Bank {
    /// Accounts without contents, for `init` to make something of.
    pub(crate) fn bare() -> Self {
        let mut genesis = Harness::genesis();
        genesis.add_program(sealane_lending::ID, sealane_artifacts::LENDING);
        let fresh = |owner, size_bytes| Account::with_data(owner, vec![0; size_bytes]);
        let program = sealane_lending::ID;
        for number in 0..2 {
            genesis.accounts.push((place("market", number), fresh(program, size_of::<Market>())));
        }
        for (number, decimals) in DECIMALS.into_iter().enumerate() {
            let accounts = reserve_accounts(number);
            let mut mint = tokens::mint_data(TOKENS * 3, None);
            mint[44] = decimals;
            genesis.accounts.extend([
                (accounts.reserve, fresh(program, size_of::<Reserve>())),
                (accounts.oracle, fresh(program, size_of::<Oracle>())),
                (accounts.token_mint, Account::with_data(token::ID, mint)),
                (accounts.token_vault, fresh(token::ID, ACCOUNT_SIZE_BYTES)),
                (accounts.share_mint, fresh(token::ID, MINT_SIZE_BYTES)),
                (accounts.collateral_vault, fresh(token::ID, ACCOUNT_SIZE_BYTES)),
            ]);
            for user in 0..4 {
                let owner = Harness::user(user).address;
                let held = if user == 0 { 0 } else { TOKENS };
                let data = tokens::account_data(&accounts.token_mint, &owner, held);
                genesis.accounts.push((tokens_of(user, number), Account::with_data(token::ID, data)));
                let data = tokens::account_data(&accounts.share_mint, &owner, 0);
                genesis.accounts.push((shares_of(user, number), Account::with_data(token::ID, data)));
            }
        }
        for user in USERS {
            genesis.accounts.push((obligation(user), fresh(program, size_of::<Obligation>())));
        }
        let harness = Harness::with(Harness::config(), &genesis);
        Self {
            harness,
            admin: Harness::user(0),
            users: [0, 1, 2, 3].map(Harness::user),
            share_prices: [0; 3],
        }
    }

    /// Everything initialized, prices as the constants say.
    pub(crate) fn new() -> Self {
        let mut bank = Self::bare();
        let admin = bank.admin.address;
        for number in 0..2 {
            bank.succeed(0, init_market(number, admin));
        }
        for number in [A, B, OTHER] {
            bank.succeed(0, init_oracle(number, admin, -8));
            bank.succeed(0, init_reserve(number, admin, config()));
        }
        for user in USERS {
            let owner = bank.user(user).address;
            bank.succeed(user, init_obligation(user, usize::from(user == 3), owner));
        }
        bank.set_prices([10 * ONE, 2 * ONE, ONE]);
        bank
    }

    /// As [`Self::new`]; user 2 has deposited half of all tokens in A and B, user 1 as many in A, all of which is
    /// collateral.
    pub(crate) fn stocked() -> Self {
        let mut bank = Self::new();
        for reserve in [A, B] {
            bank.deposit(2, reserve, TOKENS / 2);
        }
        bank.deposit(1, A, TOKENS / 2);
        bank.succeed(1, bank.deposit_collateral(1, A, TOKENS / 2));
        bank.check();
        bank
    }

    pub(crate) fn user(&self, user: u64) -> User {
        self.users[usize::try_from(user).expect("few")].clone()
    }

    fn signers(&self, user: u64) -> Vec<User> {
        if user == 0 { vec![self.admin.clone()] } else { vec![self.admin.clone(), self.user(user)] }
    }

    /// Sends what must succeed, signed by admin and user.
    #[track_caller]
    pub(crate) fn succeed(&mut self, user: u64, instruction: Instruction) {
        let signers = self.signers(user);
        self.harness.succeed(&[instruction], &signers.iter().collect::<Vec<_>>());
    }

    /// Sends what must fail with an error of the program's.
    #[track_caller]
    pub(crate) fn error(&mut self, user: u64, instruction: Instruction) -> ProgramError {
        self.errors(user, &[instruction])
    }

    #[track_caller]
    pub(crate) fn errors(&mut self, user: u64, instructions: &[Instruction]) -> ProgramError {
        let signers = self.signers(user);
        self.harness.program_error(instructions, &signers.iter().collect::<Vec<_>>())
    }

    /// Checks that each fails with its error.
    #[track_caller]
    pub(crate) fn check_errors<E: Into<ProgramError>>(
        &mut self,
        cases: impl IntoIterator<Item = (&'static str, u64, Instruction, E)>,
    ) {
        for (name, user, instruction, expected) in cases {
            assert_eq!(self.error(user, instruction), expected.into(), "{name}");
        }
        self.check();
    }

    #[track_caller]
    pub(crate) fn set_prices(&mut self, prices: [u64; 3]) {
        for (number, price) in prices.into_iter().enumerate() {
            self.set_price(number, price, price / 1_000);
        }
    }

    #[track_caller]
    pub(crate) fn set_price(&mut self, reserve: usize, price: u64, confidence: u64) {
        self.succeed(0, update_price(reserve, self.admin.address, price, confidence));
    }

    #[track_caller]
    pub(crate) fn deposit(&mut self, user: u64, reserve: usize, amount: u64) {
        self.succeed(user, self.deposit_of(user, reserve, amount));
    }

    pub(crate) fn deposit_of(&self, user: u64, reserve: usize, amount: u64) -> Instruction {
        let owner = self.user(user).address;
        let (from, to) = (tokens_of(user, reserve), shares_of(user, reserve));
        builders::deposit(&reserve_accounts(reserve).exchange(from, to, owner), amount)
    }

    pub(crate) fn withdraw(&self, user: u64, reserve: usize, shares: u64) -> Instruction {
        let owner = self.user(user).address;
        let (from, to) = (shares_of(user, reserve), tokens_of(user, reserve));
        builders::withdraw(&reserve_accounts(reserve).exchange(from, to, owner), shares)
    }

    pub(crate) fn deposit_collateral(&self, user: u64, reserve: usize, shares: u64) -> Instruction {
        let owner = self.user(user).address;
        let (accounts, from) = (reserve_accounts(reserve), shares_of(user, reserve));
        builders::deposit_collateral(&accounts.deposit_collateral(obligation(user), from, owner), shares)
    }

    /// The reserves are those of the obligation as it will be.
    pub(crate) fn withdraw_collateral(&self, user: u64, reserve: usize, shares: u64) -> Instruction {
        let owner = self.user(user).address;
        let (accounts, to) = (reserve_accounts(reserve), shares_of(user, reserve));
        let mut after = self.obligation(user);
        let _ = after.remove_shares(&accounts.reserve, shares);
        let accounts = accounts.withdraw_collateral(obligation(user), to, owner);
        with_positions(builders::withdraw_collateral(&accounts, shares), &positions(&after))
    }

    pub(crate) fn borrow(&self, user: u64, reserve: usize, amount: u64) -> Instruction {
        let owner = self.user(user).address;
        let (accounts, to) = (reserve_accounts(reserve), tokens_of(user, reserve));
        let mut after = self.obligation(user);
        let _ = after.add_debt(&accounts.reserve, 1);
        let accounts = accounts.borrow(obligation(user), to, owner);
        with_positions(builders::borrow(&accounts, amount), &positions(&after))
    }

    pub(crate) fn repay(&self, user: u64, reserve: usize, most: u64) -> Instruction {
        let owner = self.user(user).address;
        let accounts = reserve_accounts(reserve).repay(obligation(user), tokens_of(user, reserve), owner);
        builders::repay(&accounts, most)
    }

    /// `liquidator` repays `debt` of `user` and takes `collateral`.
    pub(crate) fn liquidate(
        &self,
        liquidator: u64,
        user: u64,
        [debt, collateral]: [usize; 2],
        [most, minimum_shares]: [u64; 2],
    ) -> Instruction {
        let owner = self.user(liquidator).address;
        let (from, to) = (tokens_of(liquidator, debt), shares_of(liquidator, collateral));
        let collateral = reserve_accounts(collateral);
        let accounts = reserve_accounts(debt).liquidate(obligation(user), &collateral, [from, to], owner);
        let instruction = builders::liquidate(&accounts, most, minimum_shares);
        with_positions(instruction, &positions(&self.obligation(user)))
    }

    pub(crate) fn reserve(&self, number: usize) -> Reserve {
        Reserve::read(&self.harness.data(&place("reserve", number))).expect("a reserve")
    }

    pub(crate) fn obligation(&self, user: u64) -> Obligation {
        Obligation::read(&self.harness.data(&obligation(user))).expect("an obligation")
    }

    /// Tokens of a token account.
    pub(crate) fn amount(&self, account: &Address) -> u64 {
        self.harness.token_amount(account)
    }

    /// Checks every invariant.
    #[track_caller]
    pub(crate) fn check(&mut self) {
        for number in [A, B, OTHER] {
            let (accounts, reserve) = (reserve_accounts(number), self.reserve(number));
            let vault = self.amount(&accounts.token_vault);
            assert_eq!(vault, reserve.available, "the vault holds what is available");
            assert_eq!(reserve.flash_amount, 0, "no flash loan lasts");
            let held: u64 = (0..4).map(|user| self.amount(&tokens_of(user, number))).sum();
            assert_eq!(held + vault, TOKENS * 3, "tokens are conserved");
            let positions = USERS.map(|user| self.obligation(user).position(&accounts.reserve).copied());
            let positions = positions.iter().flatten();
            let collateral: u64 = positions.clone().map(|position| position.shares).sum();
            assert_eq!(self.amount(&accounts.collateral_vault), collateral, "collateral lies in its vault");
            let scaled: u128 = positions.map(|position| position.scaled_debt.get()).sum();
            assert_eq!(reserve.scaled_debt.get(), scaled, "the debt is the sum of debts");
            let supply = &self.harness.data(&accounts.share_mint)[36..44];
            assert_eq!(supply, reserve.share_supply.to_le_bytes(), "shares are those of the mint");
            let held: u64 = (0..4).map(|user| self.amount(&shares_of(user, number))).sum();
            assert_eq!(held + collateral, reserve.share_supply, "every share is somewhere");
            let value = reserve.total_value().expect("a value") + WAD;
            let supply = u128::from(reserve.share_supply) + 1;
            let price = mul_div(value, 1 << 40, supply, Rounding::Down).expect("a price");
            assert!(price >= self.share_prices[number], "a share's value never falls");
            self.share_prices[number] = price;
        }
    }
}

/// The reserves of an obligation's positions.
pub(crate) fn positions(obligation: &Obligation) -> Vec<ReserveAccounts> {
    let all = [A, B, OTHER].map(reserve_accounts);
    let of = |reserve: &Address| *all.iter().find(|one| one.reserve == *reserve).expect("one of the three");
    obligation.positions().iter().map(|position| of(&position.reserve)).collect()
}

/// An error of the program's, as a transaction carries it.
pub(crate) fn custom(error: LendingError) -> ProgramError {
    error.into()
}
