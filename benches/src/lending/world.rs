//! The world of the `lending` workload: reserves, oracles, users with obligations, liquidators; as the traffic follows it
//! and as the genesis holds it.

use crate::contention::Chooser;
use crate::sign::User;
use crate::tokens::{self, INITIAL_LAMPORTS};
use crate::workload::Labels;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sealane_lending::client::{ReserveAccounts, reserve_authority};
use sealane_lending::error::LendingError;
use sealane_lending::math::u64_to_wad;
use sealane_lending::state::{Market, Obligation, Oracle, Prices, Reserve, ReserveConfig};
use sealane_runtime::ledger::Genesis;
use sealane_sdk::guest::AccountData;
use sealane_sdk::{Account, Address, bytemuck, ids};
use std::sync::Arc;

/// Reserves of the market.
pub(super) const RESERVE_COUNT: usize = 8;
/// Oldest price that is used, in slots.
pub(super) const MAX_PRICE_AGE_SLOTS: u32 = 150;
/// Tokens a liquidator has of each reserve: more than it can ever pay.
pub(super) const LIQUIDATOR_TOKENS: u64 = 1 << 62;

const LIQUIDATOR_COUNT: u64 = 16;
/// Numbers of the key pairs that are no users.
const LIQUIDATORS_FROM: u64 = 1 << 40;
const UPDATER: u64 = 1 << 41;
/// Tokens a user begins with, of each of two mints.
const USER_TOKENS: u64 = 1 << 42;
/// Shares a user begins with, in the wallet and again as collateral.
const USER_SHARES: u64 = 100_000_000_000;
/// One, in a price's smallest unit.
const PRICE_EXPONENT: i32 = -12;
const PRICE_ONE: u64 = 1_000_000_000_000;

/// A reserve with its oracle, as the traffic follows them.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    pub(super) accounts: ReserveAccounts,
    pub(super) reserve: Reserve,
    pub(super) oracle: Oracle,
    pub(super) first_price: u64,
}

impl Pool {
    pub(super) fn prices(&self, slot: u64) -> Result<Prices, LendingError> {
        self.oracle.prices(&self.reserve.config, slot)
    }
}

/// A user's reserves and balances.
#[derive(Clone, Debug)]
pub(super) struct Borrower {
    /// Index of the reserve whose shares the user holds.
    pub(super) collateral: usize,
    /// Index of the reserve that the user owes to.
    pub(super) debt: usize,
    pub(super) collateral_tokens: u64,
    pub(super) debt_tokens: u64,
    /// Shares in the wallet.
    pub(super) shares: u64,
    pub(super) obligation: Obligation,
}

/// All of it.
#[derive(Debug)]
pub(super) struct World {
    seed: u64,
    pub(super) pools: Vec<Pool>,
    pub(super) users: Vec<Arc<User>>,
    pub(super) borrowers: Vec<Borrower>,
    pub(super) liquidators: Vec<Arc<User>>,
    pub(super) updater: Arc<User>,
}

impl World {
    /// A world of so many users, whose reserves `chooser` draws. They owe between 20 and 78 % of what their collateral is
    /// worth: a few may not borrow more from the beginning, none may be liquidated yet.
    pub(super) fn new(seed: u64, user_count: usize, chooser: &Chooser) -> Self {
        let updater = Arc::new(User::new(seed, UPDATER));
        let mut pools: Vec<Pool> =
            (0..RESERVE_COUNT as u64).map(|number| pool(seed, number, &updater.address)).collect();
        let users = User::crowd(seed, user_count);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let borrowers = users.iter().map(|user| borrower(user, &mut pools, chooser, &mut random)).collect();
        for pool in &mut pools {
            // Somebody else has so much in the reserve that no user ever meets an empty vault.
            let reserve = &mut pool.reserve;
            let debt =
                u64::try_from(reserve.scaled_debt.get() / u64_to_wad(1)).expect("fewer than u64 holds");
            reserve.share_supply += 2 * debt + (1 << 50);
            reserve.available = reserve.share_supply - debt;
        }
        let liquidators = (0..LIQUIDATOR_COUNT).map(|number| User::new(seed, LIQUIDATORS_FROM + number));
        Self { seed, pools, users, borrowers, liquidators: liquidators.map(Arc::new).collect(), updater }
    }

    /// A user's obligation.
    pub(super) fn obligation(&self, user: usize) -> Address {
        tokens::address(self.seed, "obligation", user as u64)
    }

    /// A user's token accounts: tokens and shares of the one reserve, tokens of the other.
    pub(super) fn token_accounts(&self, user: usize) -> [Address; 3] {
        ["collateral", "shares", "debt"].map(|label| tokens::address(self.seed, label, user as u64))
    }

    /// A liquidator's tokens of the reserve `debt` and shares of the reserve `collateral`.
    pub(super) fn liquidator_accounts(
        &self,
        liquidator: usize,
        debt: usize,
        collateral: usize,
    ) -> [Address; 2] {
        let number = |reserve: usize| (liquidator * RESERVE_COUNT + reserve) as u64;
        [("liq tokens", debt), ("liq shares", collateral)]
            .map(|(label, reserve)| tokens::address(self.seed, label, number(reserve)))
    }

    /// Adds everything to a genesis.
    pub(super) fn furnish(&self, genesis: &mut Genesis, labels: &mut Labels) {
        genesis.add_program(ids::token::ID, sealane_artifacts::TOKEN);
        genesis.add_program(sealane_lending::ID, sealane_artifacts::LENDING);
        let mut market = Market::zeroed();
        market.admin = self.updater.address;
        genesis.accounts.push((market_address(self.seed), owned(&market)));
        genesis.accounts.push((self.updater.address, Account::system(INITIAL_LAMPORTS)));
        labels.accounts.insert(self.updater.address, "price updater".to_owned());
        for (number, pool) in self.pools.iter().enumerate() {
            self.furnish_pool(number, pool, genesis, labels);
        }
        for number in 0..self.borrowers.len() {
            self.furnish_user(number, genesis, labels);
        }
        for (number, liquidator) in self.liquidators.iter().enumerate() {
            genesis.accounts.push((liquidator.address, Account::system(INITIAL_LAMPORTS)));
            labels.accounts.insert(liquidator.address, format!("liquidator {number}"));
            for (index, pool) in self.pools.iter().enumerate() {
                let [tokens, shares] = self.liquidator_accounts(number, index, index);
                let owner = &liquidator.address;
                genesis
                    .accounts
                    .push((tokens, token_account(&pool.accounts.token_mint, owner, LIQUIDATOR_TOKENS)));
                genesis.accounts.push((shares, token_account(&pool.accounts.share_mint, owner, 0)));
            }
        }
    }

    fn furnish_pool(&self, number: usize, pool: &Pool, genesis: &mut Genesis, labels: &mut Labels) {
        let Pool { accounts, reserve, oracle, .. } = pool;
        let collateral = self.borrowers.iter().filter_map(|one| one.obligation.position(&accounts.reserve));
        let collateral: u64 = collateral.map(|position| position.shares).sum();
        let share_mint = tokens::mint_data(reserve.share_supply, Some(&accounts.authority));
        let authority = &accounts.authority;
        genesis.accounts.extend([
            (accounts.reserve, owned(reserve)),
            (accounts.oracle, owned(oracle)),
            (accounts.token_mint, Account::with_data(ids::token::ID, tokens::mint_data(u64::MAX, None))),
            (accounts.share_mint, Account::with_data(ids::token::ID, share_mint)),
            (accounts.token_vault, token_account(&accounts.token_mint, authority, reserve.available)),
            (accounts.collateral_vault, token_account(&accounts.share_mint, authority, collateral)),
        ]);
        for (address, name) in [
            (accounts.reserve, "reserve"),
            (accounts.oracle, "oracle"),
            (accounts.share_mint, "share mint"),
            (accounts.token_vault, "token vault"),
            (accounts.collateral_vault, "collateral vault"),
        ] {
            labels.accounts.insert(address, format!("{name} {number}"));
        }
    }

    fn furnish_user(&self, number: usize, genesis: &mut Genesis, labels: &mut Labels) {
        let (user, borrower) = (&self.users[number], &self.borrowers[number]);
        let [collateral, debt] =
            [borrower.collateral, borrower.debt].map(|index| &self.pools[index].accounts);
        let [tokens, shares, debt_tokens] = self.token_accounts(number);
        let (owner, obligation) = (&user.address, self.obligation(number));
        genesis.accounts.extend([
            (user.address, Account::system(INITIAL_LAMPORTS)),
            (obligation, owned(&borrower.obligation)),
            (tokens, token_account(&collateral.token_mint, owner, borrower.collateral_tokens)),
            (shares, token_account(&collateral.share_mint, owner, borrower.shares)),
            (debt_tokens, token_account(&debt.token_mint, owner, borrower.debt_tokens)),
        ]);
        labels.accounts.insert(user.address, format!("user {number}"));
        labels.accounts.insert(obligation, format!("obligation of user {number}"));
    }
}

fn market_address(seed: u64) -> Address {
    tokens::address(seed, "market", 0)
}

fn owned(state: &impl AccountData) -> Account {
    Account::with_data(sealane_lending::ID, bytemuck::bytes_of(state).to_vec())
}

fn token_account(mint: &Address, owner: &Address, amount: u64) -> Account {
    Account::with_data(ids::token::ID, tokens::account_data(mint, owner, amount))
}

fn config() -> ReserveConfig {
    ReserveConfig { max_price_age_slots: MAX_PRICE_AGE_SLOTS, ..ReserveConfig::ORDINARY }
}

/// A reserve that nobody has anything in, and its oracle.
fn pool(seed: u64, number: u64, updater: &Address) -> Pool {
    let place = |label| tokens::address(seed, label, number);
    let address = place("reserve");
    let (authority, bump) = reserve_authority(&address);
    let mut reserve = Reserve::zeroed();
    reserve.market = market_address(seed);
    reserve.token_mint = place("mint");
    reserve.token_vault = place("vault");
    reserve.share_mint = place("share mint");
    reserve.collateral_vault = place("share vault");
    reserve.oracle = place("oracle");
    (reserve.authority, reserve.authority_bump) = (authority, bump);
    reserve.decimals = 6;
    reserve.config = config();
    reserve.start(0);
    let first_price = PRICE_ONE * (1 + number * number);
    let mut oracle = Oracle::zeroed();
    (oracle.authority, oracle.exponent, oracle.price) = (*updater, PRICE_EXPONENT, first_price);
    Pool { accounts: ReserveAccounts::of(address, &reserve), reserve, oracle, first_price }
}

/// A user's position; what it adds to the two reserves is added.
fn borrower(user: &User, pools: &mut [Pool], chooser: &Chooser, random: &mut ChaCha8Rng) -> Borrower {
    let collateral = chooser.choose(random);
    let debt = chooser.choose_other(random, collateral);
    let worth = u128::from(USER_SHARES) * u128::from(pools[collateral].first_price);
    let percent = random.random_range(20..=78_u128);
    let owed = u64::try_from(worth * percent / 100 / u128::from(pools[debt].first_price)).unwrap_or(u64::MAX);
    let mut obligation = Obligation::zeroed();
    (obligation.market, obligation.owner) = (pools[debt].accounts.market, user.address);
    let has_room = "a new obligation has room for two positions";
    obligation.add_shares(&pools[collateral].accounts.reserve, USER_SHARES).expect(has_room);
    obligation.add_debt(&pools[debt].accounts.reserve, u64_to_wad(owed)).expect(has_room);
    pools[collateral].reserve.share_supply += 2 * USER_SHARES;
    let scaled_debt = &mut pools[debt].reserve.scaled_debt;
    scaled_debt.set(scaled_debt.get() + u64_to_wad(owed));
    Borrower {
        collateral,
        debt,
        collateral_tokens: USER_TOKENS,
        debt_tokens: USER_TOKENS,
        shares: USER_SHARES,
        obligation,
    }
}
