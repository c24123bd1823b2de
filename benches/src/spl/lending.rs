//! The `lending` workload on SPL Token Lending and SPL Token: users of one market who deposit, redeem, borrow and repay,
//! prices that move, and liquidators. The mix is that of the one on our own program, but for flash loans, which need a
//! program that receives them: deposits stand in for these.
//!
//! Every user has far more collateral than debt, so that nothing fails; what is liquidated are obligations of others, which
//! owe more than they have from the beginning and are too large ever to be healthy. Prices are Pyth's accounts, which
//! the probe writes where the oracle would.

use super::token_lending::{
    self, Config, MAX_PRICE_AGE_SLOTS, Market, Reserve, ReserveState, WAD, obligation_data,
    refresh_obligation,
};
use crate::contention::Chooser;
use crate::sign::User;
use crate::tokens::{INITIAL_LAMPORTS, account_data, address, mint_data};
use crate::traffic::{Plan, Progress, Traffic, Turn, generate};
use crate::workload::{Labels, Workload, WorkloadOptions};
use anyhow::Error;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sealane_artifacts::solana::known;
use sealane_probe::Script;
use sealane_runtime::RuntimeConfig;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Account, Address, ids};
use std::sync::Arc;

/// Where the program is that writes prices.
pub const ORACLE: Address = Address::from_str_const("Prices1111111111111111111111111111111111111");
/// Reserves of the market.
const RESERVE_COUNT: usize = 8;
const LIQUIDATOR_COUNT: usize = 16;
/// Obligations that can be liquidated.
const UNHEALTHY_COUNT: usize = 64;
/// Numbers of the key pairs that are no users.
const LIQUIDATORS_FROM: u64 = 1 << 40;
const UPDATER: u64 = 1 << 41;
/// What every amount has at least; the transaction's number comes on top, so that no two transactions are equal.
const AMOUNT: u64 = 1_000_000;
/// What a user has: tokens of each of two mints, shares in the wallet and as many as collateral, and debt.
const TOKENS: u64 = 1 << 44;
const SHARES: u64 = 1 << 42;
const DEBT: u64 = 1 << 37;
/// What an unhealthy obligation has and owes: worth at least as much even when prices are furthest apart.
const UNHEALTHY_SHARES: u64 = 1 << 46;
const UNHEALTHY_DEBT: u64 = 1 << 48;
/// What others have in each reserve.
const OTHERS_SHARES: u64 = 1 << 58;
/// Prices begin at so many hundredths, and stay within a fifth of that.
const FIRST_PRICE: u64 = 10_000;
const PRICE_BAND: u64 = FIRST_PRICE / 5;
const CONFIG: Config = Config {
    optimal_utilization: 80,
    loan_to_value: 70,
    liquidation_bonus: 5,
    liquidation_threshold: 80,
    borrow_rates: [0, 8, 30],
    borrow_fee_wad: 10_000_000_000_000,
    flash_loan_fee_wad: 3_000_000_000_000_000,
    host_fee: 0,
};

/// Makes the workload: `accounts` counts the users, at least 1. `progress` is told after each signed transaction.
///
/// # Errors
/// If a program cannot be built, there is no user, a block would be empty, or the genesis cannot be loaded.
pub fn lending(
    options: &WorkloadOptions,
    config: &RuntimeConfig,
    progress: Progress<'_>,
) -> anyhow::Result<Workload> {
    let programs = [known::token().map_err(Error::msg)?, known::token_lending().map_err(Error::msg)?];
    generate("lending", &mut SplLending::new(options, programs)?, options, config, progress)
}

/// Somebody with an obligation.
#[derive(Clone, Copy, Debug)]
struct Borrower {
    obligation: Address,
    /// Index of the reserve of the collateral, and of the one of the debt.
    reserves: [usize; 2],
    /// Token accounts: tokens and shares of the one reserve, tokens of the other.
    accounts: [Address; 3],
}

/// The traffic.
struct SplLending {
    seed: u64,
    programs: [&'static [u8]; 2],
    market: Market,
    reserves: Vec<Reserve>,
    /// The slot that each price is of.
    price_slots: Vec<u64>,
    users: Vec<Arc<User>>,
    borrowers: Vec<Borrower>,
    unhealthy: Vec<Borrower>,
    liquidators: Vec<Arc<User>>,
    updater: Arc<User>,
}

impl SplLending {
    fn new(options: &WorkloadOptions, programs: [&'static [u8]; 2]) -> anyhow::Result<Self> {
        let &WorkloadOptions { accounts, seed, contention, .. } = options;
        anyhow::ensure!(accounts >= 1, "lending needs a user, --accounts gives {accounts}");
        let chooser = Chooser::new(contention, RESERVE_COUNT);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut borrower = |kind: &str, number: usize| {
            let random = &mut random;
            let first = chooser.choose(random);
            let second = (first + 1 + random.random_range(0..RESERVE_COUNT - 1)) % RESERVE_COUNT;
            let place = |label: &str| address(seed, &format!("{kind} {label}"), number as u64);
            let accounts = [place("tokens"), place("shares"), place("debt")];
            Borrower { obligation: place("loan"), reserves: [first, second], accounts }
        };
        Ok(Self {
            seed,
            programs,
            market: Market::new(address(seed, "market", 0)),
            reserves: (0..RESERVE_COUNT as u64).map(|number| reserve(seed, number)).collect(),
            price_slots: vec![0; RESERVE_COUNT],
            users: User::crowd(seed, accounts),
            borrowers: (0..accounts).map(|number| borrower("user", number)).collect(),
            unhealthy: (0..UNHEALTHY_COUNT).map(|number| borrower("bad", number)).collect(),
            liquidators: (0..LIQUIDATOR_COUNT as u64)
                .map(|number| Arc::new(User::new(seed, LIQUIDATORS_FROM + number)))
                .collect(),
            updater: Arc::new(User::new(seed, UPDATER)),
        })
    }

    /// A liquidator's tokens and shares of a reserve.
    fn liquidator_accounts(&self, liquidator: usize, reserve: usize) -> [Address; 2] {
        let number = (liquidator * RESERVE_COUNT + reserve) as u64;
        ["liq tokens", "liq shares"].map(|label| address(self.seed, label, number))
    }

    fn update_price(&mut self, reserve: usize, turn: Turn, random: &mut ChaCha8Rng) -> Plan {
        let price = random.random_range(FIRST_PRICE - PRICE_BAND..=FIRST_PRICE + PRICE_BAND);
        self.price_slots[reserve] = turn.slot;
        let account = &self.reserves[reserve];
        let data = account.price_data(price, turn.slot);
        // The components behind the aggregate are nobody's.
        let script = Script::new().write_data(0, 0, &data[..240]);
        let accounts = vec![AccountMeta::new(account.price, false)];
        let update = Instruction { program_id: ORACLE, accounts, data: script.into_bytes() };
        Plan { payer: Arc::clone(&self.updater), instructions: vec![turn.mark(), update] }
    }

    fn liquidate(&self, turn: Turn, random: &mut ChaCha8Rng) -> Plan {
        let target = self.unhealthy[random.random_range(0..self.unhealthy.len())];
        let liquidator = random.random_range(0..self.liquidators.len());
        let [collateral, debt] = target.reserves;
        let [_, shares] = self.liquidator_accounts(liquidator, collateral);
        let [tokens, _] = self.liquidator_accounts(liquidator, debt);
        let payer = Arc::clone(&self.liquidators[liquidator]);
        let reserves = [&self.reserves[debt], &self.reserves[collateral]];
        let mut instructions = self.refresh(&target);
        instructions.push(self.market.liquidate(
            &target.obligation,
            reserves,
            &payer.address,
            [&tokens, &shares],
            AMOUNT + turn.number,
        ));
        Plan { payer, instructions }
    }

    /// Brings both reserves and the obligation up to date.
    fn refresh(&self, borrower: &Borrower) -> Vec<Instruction> {
        let reserves = borrower.reserves.map(|index| &self.reserves[index]);
        let mut instructions = reserves.map(Reserve::refresh).to_vec();
        instructions.push(refresh_obligation(&borrower.obligation, &reserves));
        instructions
    }
}

impl Traffic for SplLending {
    fn furnish(&self, genesis: &mut Genesis, labels: &mut Labels) {
        let [token, token_lending] = self.programs;
        genesis.add_program(ids::token::ID, token);
        genesis.add_program(token_lending::ID, token_lending);
        genesis.add_program(ORACLE, sealane_artifacts::PROBE);
        let mut add = |address: Address, account: Account, label: String| {
            genesis.accounts.push((address, account));
            labels.accounts.insert(address, label);
        };
        let market = self.market.data(&self.updater.address, &ORACLE);
        add(self.market.market, Account::with_data(token_lending::ID, market), "market".to_owned());
        for (number, user) in self.users.iter().chain(&self.liquidators).chain([&self.updater]).enumerate() {
            add(user.address, Account::system(INITIAL_LAMPORTS), format!("user {number}"));
        }
        let users = self.borrowers.iter().zip(self.users.iter().map(|user| (user.address, SHARES, DEBT)));
        let nobody = (self.updater.address, UNHEALTHY_SHARES, UNHEALTHY_DEBT);
        let mut totals = vec![[0_u64; 2]; RESERVE_COUNT];
        for (number, (borrower, (owner, shares, debt))) in
            users.chain(self.unhealthy.iter().map(|borrower| (borrower, nobody))).enumerate()
        {
            let [collateral, owed] = borrower.reserves;
            totals[collateral][0] += shares;
            totals[owed][1] += debt;
            let reserves = [collateral, owed].map(|index| &self.reserves[index]);
            let loan = obligation_data(
                &self.market.market,
                &owner,
                (&reserves[0].reserve, shares),
                (&reserves[1].reserve, debt),
            );
            let loan = Account::with_data(token_lending::ID, loan);
            add(borrower.obligation, loan, format!("obligation {number}"));
            let mints = [reserves[0].mint, reserves[0].collateral_mint, reserves[1].mint];
            for ((place, mint), amount) in borrower.accounts.iter().zip(mints).zip([TOKENS, SHARES, TOKENS]) {
                add(
                    *place,
                    held(account_data(&mint, &owner, amount)),
                    format!("tokens of borrower {number}"),
                );
            }
        }
        for (index, liquidator) in self.liquidators.iter().enumerate() {
            for (number, reserve) in self.reserves.iter().enumerate() {
                let places = self.liquidator_accounts(index, number);
                let mints = [(reserve.mint, 1 << 60), (reserve.collateral_mint, 0)];
                for (place, (mint, amount)) in places.iter().zip(mints) {
                    let data = account_data(&mint, &liquidator.address, amount);
                    add(*place, held(data), format!("tokens {number} of liquidator {index}"));
                }
            }
        }
        for (number, (reserve, [secured, debt])) in self.reserves.iter().zip(totals).enumerate() {
            for (place, account) in self.furnish_reserve(reserve, secured, debt) {
                let label = if place == reserve.reserve { "reserve" } else { "account of reserve" };
                add(place, account, format!("{label} {number}"));
            }
        }
    }

    fn next(&mut self, turn: Turn, random: &mut ChaCha8Rng) -> Plan {
        let aged = self.price_slots.iter().position(|slot| turn.slot >= slot + MAX_PRICE_AGE_SLOTS);
        if let Some(reserve) = aged {
            return self.update_price(reserve, turn, random);
        }
        let user = random.random_range(0..self.borrowers.len());
        let (borrower, owner) = (self.borrowers[user], self.users[user].address);
        let [collateral, debt] = borrower.reserves.map(|index| self.reserves[index]);
        let [tokens, shares, owed] = &borrower.accounts;
        let (market, amount, obligation) = (&self.market, AMOUNT + turn.number, &borrower.obligation);
        let mut refresh = self.refresh(&borrower);
        let instructions = match random.random_range(0..100_u32) {
            22..40 => {
                vec![collateral.refresh(), market.redeem(&collateral, &owner, [shares, tokens], amount)]
            }
            40..54 => {
                refresh.push(market.borrow(obligation, &debt, &owner, owed, amount));
                refresh
            }
            54..68 => {
                refresh.push(market.repay(obligation, &debt, &owner, owed, amount));
                refresh
            }
            68..76 => {
                let put = market.deposit_collateral(obligation, &collateral, &owner, shares, amount);
                vec![collateral.refresh(), put]
            }
            76..82 => {
                refresh.push(market.withdraw_collateral(obligation, &collateral, &owner, shares, amount));
                refresh
            }
            82..90 => {
                let reserve = random.random_range(0..RESERVE_COUNT);
                return self.update_price(reserve, turn, random);
            }
            90..96 => return self.liquidate(turn, random),
            _ => vec![collateral.refresh(), market.deposit(&collateral, &owner, [tokens, shares], amount)],
        };
        Plan { payer: Arc::<User>::clone(&self.users[user]), instructions }
    }
}

impl SplLending {
    /// A reserve that began with as many tokens as there are shares.
    fn furnish_reserve(&self, reserve: &Reserve, secured: u64, debt: u64) -> Vec<(Address, Account)> {
        let (market, authority) = (&self.market.market, &self.market.authority);
        let shares = OTHERS_SHARES + secured + SHARES * self.users.len() as u64;
        let state = ReserveState {
            available: shares - debt,
            borrowed_wads: u128::from(debt) * WAD,
            shares,
            price_wads: u128::from(FIRST_PRICE) * WAD / 100,
        };
        let lending = |data| Account::with_data(token_lending::ID, data);
        let oracle = |data| Account::with_data(ORACLE, data);
        let vault = |mint, amount| held(account_data(mint, authority, amount));
        vec![
            (reserve.reserve, lending(reserve.data(market, &state, &CONFIG))),
            (reserve.mint, held(mint_data(u64::MAX, None))),
            (reserve.supply, vault(&reserve.mint, state.available)),
            (reserve.fees, vault(&reserve.mint, 0)),
            (reserve.collateral_mint, held(mint_data(shares, Some(authority)))),
            (reserve.collateral_supply, vault(&reserve.collateral_mint, secured)),
            (reserve.product, oracle(reserve.product_data())),
            (reserve.price, oracle(reserve.price_data(FIRST_PRICE, 0))),
        ]
    }
}

fn reserve(seed: u64, number: u64) -> Reserve {
    let place = |label| address(seed, label, number);
    Reserve {
        reserve: place("reserve"),
        mint: place("mint"),
        supply: place("supply"),
        fees: place("fees"),
        collateral_mint: place("share mint"),
        collateral_supply: place("secured"),
        product: place("product"),
        price: place("price"),
    }
}

fn held(data: Vec<u8>) -> Account {
    Account::with_data(ids::token::ID, data)
}
