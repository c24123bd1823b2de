//! The `lending` workload: users of one lending market who deposit, withdraw, borrow and repay, oracles that move prices,
//! and liquidators who look for obligations that the prices have made unhealthy.
//!
//! Every user has shares of one reserve, some of them as collateral, and owes to another. Which two is drawn once a user as
//! the contention says, so a hot reserve is one that many users depend on; whose turn it is, is drawn evenly. The traffic
//! keeps a copy of every reserve, oracle and obligation and runs the program's own arithmetic on it, so that it plans what
//! will succeed: all transactions do, in the order in which they are planned. Of a hundred, about 22 deposit, 18 withdraw,
//! 14 borrow, 14 repay, 8 put collateral up, 6 take it back, 8 update a price, 6 liquidate, 4 take a flash loan; where the
//! copy says that the drawn one would fail (nobody to liquidate among some users looked at, a user at the limit), it is
//! replaced by a deposit.

mod world;

use crate::contention::Chooser;
use crate::sign::User;
use crate::traffic::{Plan, Progress, Traffic, Turn, generate};
use crate::workload::{Labels, Workload, WorkloadOptions};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use sealane_lending::builders;
use sealane_lending::client::{ReserveAccounts, with_positions};
use sealane_lending::error::LendingError;
use sealane_lending::health::{Health, Liquidation};
use sealane_lending::instructions::oracle::UpdatePriceAddresses;
use sealane_lending::state::{Obligation, Reserve};
use sealane_runtime::RuntimeConfig;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::instruction::Instruction;
use std::sync::Arc;
use world::{Borrower, MAX_PRICE_AGE_SLOTS, Pool, World};

/// What every amount has at least; the transaction's number comes on top, so that no two transactions are equal.
const AMOUNT: u64 = 1_000_000;
/// Obligations a liquidator looks at before it gives up.
const LIQUIDATOR_LOOKS: usize = 64;
/// Furthest a price goes from where it began, in parts of 10,000.
const PRICE_BAND: u64 = 4_000;
/// Largest step of a price, in parts of 10,000.
const PRICE_STEP: u64 = 400;

/// Makes the workload: `accounts` counts the users, at least 1. `progress` is told after each signed transaction.
///
/// # Errors
/// If there is no user, a block would be empty, or the genesis cannot be loaded.
pub fn lending(
    options: &WorkloadOptions,
    config: &RuntimeConfig,
    progress: Progress<'_>,
) -> anyhow::Result<Workload> {
    generate("lending", &mut Lending::new(options)?, options, config, progress)
}

/// The traffic. `accounts` of the options counts the users.
#[derive(Debug)]
pub struct Lending {
    world: World,
}

impl Lending {
    /// The traffic of these options.
    ///
    /// # Errors
    /// If there is no user.
    pub fn new(options: &WorkloadOptions) -> anyhow::Result<Self> {
        let &WorkloadOptions { accounts, seed, contention, .. } = options;
        anyhow::ensure!(accounts >= 1, "lending needs a user, --accounts gives {accounts}");
        let chooser = Chooser::new(contention, world::RESERVE_COUNT);
        Ok(Self { world: World::new(seed, accounts, &chooser) })
    }
}

impl Traffic for Lending {
    fn furnish(&self, genesis: &mut Genesis, labels: &mut Labels) {
        self.world.furnish(genesis, labels);
    }

    fn next(&mut self, turn: Turn, random: &mut ChaCha8Rng) -> Plan {
        // A price that is half as old as it may be comes first, so that none is stale when it is used.
        let aged = self.world.pools.iter().position(|pool| {
            turn.slot.saturating_sub(pool.oracle.slot) >= u64::from(MAX_PRICE_AGE_SLOTS / 2)
        });
        if let Some(index) = aged {
            return self.update_price(index, turn, random);
        }
        let user = random.random_range(0..self.world.borrowers.len());
        let planned = match random.random_range(0..100_u32) {
            0..22 => self.deposit(user, turn),
            22..40 => self.withdraw(user, turn),
            40..54 => self.borrow(user, turn),
            54..68 => self.repay(user, turn),
            68..76 => self.deposit_collateral(user, turn),
            76..82 => self.withdraw_collateral(user, turn),
            82..90 => {
                let index = random.random_range(0..self.world.pools.len());
                return self.update_price(index, turn, random);
            }
            90..96 => self.liquidate(turn, random),
            _ => self.flash_loan(user, turn),
        };
        if let Ok(plan) = planned.or_else(|_| self.deposit(user, turn)) {
            return plan;
        }
        let index = random.random_range(0..self.world.pools.len());
        self.update_price(index, turn, random)
    }
}

/// What a user or a liquidator does. Each method computes on copies and keeps them if the whole would succeed.
impl Lending {
    fn deposit(&mut self, user: usize, turn: Turn) -> Result<Plan, LendingError> {
        let (mut borrower, amount) = (self.world.borrowers[user].clone(), AMOUNT + turn.number);
        let mut pool = self.pool_at(borrower.collateral, turn)?;
        let shares = pool.reserve.deposit(amount)?;
        spend(&mut borrower.collateral_tokens, amount)?;
        borrower.shares += shares;
        let [tokens, share_account, _] = self.world.token_accounts(user);
        let owner = self.world.users[user].address;
        let instruction = builders::deposit(&pool.accounts.exchange(tokens, share_account, owner), amount);
        self.world.pools[borrower.collateral] = pool;
        Ok(self.plan(user, borrower, vec![instruction]))
    }

    fn withdraw(&mut self, user: usize, turn: Turn) -> Result<Plan, LendingError> {
        let (mut borrower, shares) = (self.world.borrowers[user].clone(), AMOUNT + turn.number);
        let mut pool = self.pool_at(borrower.collateral, turn)?;
        spend(&mut borrower.shares, shares)?;
        borrower.collateral_tokens += pool.reserve.withdraw(shares)?;
        let [tokens, share_account, _] = self.world.token_accounts(user);
        let owner = self.world.users[user].address;
        let instruction = builders::withdraw(&pool.accounts.exchange(share_account, tokens, owner), shares);
        self.world.pools[borrower.collateral] = pool;
        Ok(self.plan(user, borrower, vec![instruction]))
    }

    fn borrow(&mut self, user: usize, turn: Turn) -> Result<Plan, LendingError> {
        let (mut borrower, amount) = (self.world.borrowers[user].clone(), AMOUNT + turn.number);
        let mut pool = self.pool_at(borrower.debt, turn)?;
        let scaled = pool.reserve.borrow(amount)?;
        borrower.obligation.add_debt(&pool.accounts.reserve, scaled)?;
        let before = std::mem::replace(&mut self.world.pools[borrower.debt], pool.clone());
        let judged = self.judge(&borrower.obligation, turn).and_then(|health| health.require_within_limit());
        if let Err(error) = judged {
            self.world.pools[borrower.debt] = before;
            return Err(error);
        }
        borrower.debt_tokens += amount;
        let [.., tokens] = self.world.token_accounts(user);
        let (owner, obligation) = (self.world.users[user].address, self.world.obligation(user));
        let positions = self.positions(&borrower.obligation);
        let instruction = builders::borrow(&pool.accounts.borrow(obligation, tokens, owner), amount);
        let instruction = with_positions(instruction, &positions);
        Ok(self.plan(user, borrower, vec![instruction]))
    }

    fn repay(&mut self, user: usize, turn: Turn) -> Result<Plan, LendingError> {
        let (mut borrower, most) = (self.world.borrowers[user].clone(), AMOUNT + turn.number);
        let mut pool = self.pool_at(borrower.debt, turn)?;
        let reserve = pool.accounts.reserve;
        let position = borrower.obligation.position(&reserve).ok_or(LendingError::NoDebt)?;
        let repayment = pool.reserve.repay(most, position.scaled_debt.get())?;
        borrower.obligation.remove_debt(&reserve, repayment.scaled)?;
        spend(&mut borrower.debt_tokens, repayment.amount)?;
        let [.., tokens] = self.world.token_accounts(user);
        let (owner, obligation) = (self.world.users[user].address, self.world.obligation(user));
        let instruction = builders::repay(&pool.accounts.repay(obligation, tokens, owner), most);
        self.world.pools[borrower.debt] = pool;
        Ok(self.plan(user, borrower, vec![instruction]))
    }

    fn deposit_collateral(&mut self, user: usize, turn: Turn) -> Result<Plan, LendingError> {
        let (mut borrower, shares) = (self.world.borrowers[user].clone(), AMOUNT + turn.number);
        let accounts = self.world.pools[borrower.collateral].accounts;
        spend(&mut borrower.shares, shares)?;
        borrower.obligation.add_shares(&accounts.reserve, shares)?;
        let [_, share_account, _] = self.world.token_accounts(user);
        let (owner, obligation) = (self.world.users[user].address, self.world.obligation(user));
        let accounts = accounts.deposit_collateral(obligation, share_account, owner);
        let instruction = builders::deposit_collateral(&accounts, shares);
        Ok(self.plan(user, borrower, vec![instruction]))
    }

    fn withdraw_collateral(&mut self, user: usize, turn: Turn) -> Result<Plan, LendingError> {
        let (mut borrower, shares) = (self.world.borrowers[user].clone(), AMOUNT + turn.number);
        let accounts = self.world.pools[borrower.collateral].accounts;
        borrower.obligation.remove_shares(&accounts.reserve, shares)?;
        borrower.shares += shares;
        if borrower.obligation.has_debt() {
            self.judge(&borrower.obligation, turn)?.require_within_limit()?;
        }
        let [_, share_account, _] = self.world.token_accounts(user);
        let (owner, obligation) = (self.world.users[user].address, self.world.obligation(user));
        let positions = self.positions(&borrower.obligation);
        let accounts = accounts.withdraw_collateral(obligation, share_account, owner);
        let instruction = with_positions(builders::withdraw_collateral(&accounts, shares), &positions);
        Ok(self.plan(user, borrower, vec![instruction]))
    }

    /// Looks at some obligations and liquidates the first that is unhealthy.
    fn liquidate(&mut self, turn: Turn, random: &mut ChaCha8Rng) -> Result<Plan, LendingError> {
        let count = self.world.borrowers.len();
        let mut looked_at = (0..LIQUIDATOR_LOOKS).map(|_| random.random_range(0..count));
        let is_unhealthy = |user: &usize| {
            let health = self.judge(&self.world.borrowers[*user].obligation, turn);
            health.is_ok_and(|health| health.require_unhealthy().is_ok())
        };
        let user = looked_at.find(is_unhealthy).ok_or(LendingError::Healthy)?;
        let mut borrower = self.world.borrowers[user].clone();
        let (mut debt, collateral) =
            (self.pool_at(borrower.debt, turn)?, self.pool_at(borrower.collateral, turn)?);
        let position = |pool: &Pool| borrower.obligation.position(&pool.accounts.reserve).copied();
        let owed = position(&debt).ok_or(LendingError::NoDebt)?.scaled_debt.get();
        let liquidation = Liquidation {
            debt_reserve: &debt.reserve,
            debt_price: debt.prices(turn.slot)?.middle,
            scaled_debt: owed,
            collateral_reserve: &collateral.reserve,
            collateral_price: collateral.prices(turn.slot)?.middle,
            shares: position(&collateral).ok_or(LendingError::InsufficientCollateral)?.shares,
        };
        let most = world::LIQUIDATOR_TOKENS - turn.number;
        let exchange = liquidation.exchange(most)?;
        let positions = self.positions(&borrower.obligation);
        borrower.obligation.remove_shares(&collateral.accounts.reserve, exchange.shares)?;
        let repayment = debt.reserve.repay(exchange.repaid, owed)?;
        borrower.obligation.remove_debt(&debt.accounts.reserve, repayment.scaled)?;
        let liquidator = random.random_range(0..self.world.liquidators.len());
        let [tokens, shares] = self.world.liquidator_accounts(liquidator, borrower.debt, borrower.collateral);
        let payer = Arc::clone(&self.world.liquidators[liquidator]);
        let obligation = self.world.obligation(user);
        let accounts =
            debt.accounts.liquidate(obligation, &collateral.accounts, [tokens, shares], payer.address);
        let instruction = with_positions(builders::liquidate(&accounts, most, 1), &positions);
        self.world.pools[borrower.debt] = debt;
        self.world.borrowers[user] = borrower;
        Ok(Plan { payer, instructions: vec![instruction] })
    }

    /// Borrows and repays in one transaction; the user pays the fee.
    fn flash_loan(&mut self, user: usize, turn: Turn) -> Result<Plan, LendingError> {
        let (mut borrower, amount) = (self.world.borrowers[user].clone(), AMOUNT + turn.number);
        let mut pool = self.pool_at(borrower.debt, turn)?;
        pool.reserve.flash_borrow(amount, 1)?;
        let total = pool.reserve.flash_repay(amount, 1)?;
        spend(&mut borrower.debt_tokens, total - amount)?;
        let [.., tokens] = self.world.token_accounts(user);
        let owner = self.world.users[user].address;
        let instructions = vec![
            builders::flash_borrow(&pool.accounts.flash_borrow(tokens), amount, 1),
            builders::flash_repay(&pool.accounts.flash_repay(tokens, owner), amount),
        ];
        self.world.pools[borrower.debt] = pool;
        Ok(self.plan(user, borrower, instructions))
    }

    /// Moves a price by a random step. The confidence makes the transaction unlike all others.
    fn update_price(&mut self, index: usize, turn: Turn, random: &mut ChaCha8Rng) -> Plan {
        let pool = &mut self.world.pools[index];
        let part = |price: u64, parts: u64| {
            u64::try_from(u128::from(price) * u128::from(parts) / 10_000).unwrap_or(u64::MAX)
        };
        let step = random.random_range(10_000 - PRICE_STEP..=10_000 + PRICE_STEP);
        let band = part(pool.first_price, 10_000 - PRICE_BAND)..=part(pool.first_price, 10_000 + PRICE_BAND);
        let price = part(pool.oracle.price, step).clamp(*band.start(), *band.end());
        let confidence = turn.number + 1;
        pool.oracle.update(price, confidence, turn.slot).expect("the band is above zero");
        let payer = Arc::clone(&self.world.updater);
        let accounts = UpdatePriceAddresses { oracle: pool.accounts.oracle, authority: payer.address };
        let instructions = vec![builders::update_price(&accounts, price, confidence)];
        Plan { payer, instructions }
    }
}

/// What the methods above share.
impl Lending {
    /// A copy of a pool, its reserve accrued.
    fn pool_at(&self, index: usize, turn: Turn) -> Result<Pool, LendingError> {
        let mut pool = self.world.pools[index].clone();
        pool.reserve.accrue(turn.slot)?;
        Ok(pool)
    }

    fn pools_of<'a>(&'a self, obligation: &'a Obligation) -> impl Iterator<Item = &'a Pool> {
        obligation.positions().iter().filter_map(|position| {
            self.world.pools.iter().find(|pool| pool.accounts.reserve == position.reserve)
        })
    }

    fn positions(&self, obligation: &Obligation) -> Vec<ReserveAccounts> {
        self.pools_of(obligation).map(|pool| pool.accounts).collect()
    }

    fn judge(&self, obligation: &Obligation, turn: Turn) -> Result<Health, LendingError> {
        let mut health = Health::default();
        for (position, pool) in obligation.positions().iter().zip(self.pools_of(obligation)) {
            let mut reserve: Reserve = pool.reserve;
            reserve.accrue(turn.slot)?;
            health.add(position, &reserve, &pool.prices(turn.slot)?)?;
        }
        Ok(health)
    }

    /// Keeps what became of the user, and has the user pay.
    fn plan(&mut self, user: usize, after: Borrower, instructions: Vec<Instruction>) -> Plan {
        self.world.borrowers[user] = after;
        Plan { payer: Arc::<User>::clone(&self.world.users[user]), instructions }
    }
}

fn spend(balance: &mut u64, amount: u64) -> Result<(), LendingError> {
    *balance = balance.checked_sub(amount).ok_or(LendingError::InsufficientLiquidity)?;
    Ok(())
}
