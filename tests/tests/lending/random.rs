//! Random sequences: whatever users do in whatever order, the invariants hold after each step, and the WebAssembly
//! module does what the program's arithmetic, run natively on the state of before, says it will.

use crate::acts::{flash_borrow, flash_repay};
use crate::bank::{A, B, Bank, ONE, TOKENS, place, shares_of, tokens_of};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sealane_lending::error::LendingError as E;
use sealane_lending::health::{Health, Liquidation};
use sealane_lending::state::{Obligation, Oracle, Prices, Reserve};
use sealane_sdk::guest::AccountData;
use sealane_sdk::instruction::Instruction;
use std::collections::BTreeMap;

const SEED_COUNT: u64 = 6;
const STEP_COUNT: usize = 250;
/// What the prices move around: all there is of A and of B is then worth about the same.
const FIRST_PRICES: [(usize, u64); 2] = [(A, 10 * ONE), (B, 10_000 * ONE)];
/// Users who act: both have obligations of the first market.
const ACTORS: [u64; 2] = [1, 2];

/// What the accounts say, and will say.
#[derive(Clone, Debug, PartialEq)]
struct State {
    reserves: [Reserve; 2],
    obligations: [Obligation; 2],
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Deposit,
    Withdraw,
    DepositCollateral,
    WithdrawCollateral,
    Borrow,
    Repay,
    Liquidate,
    FlashLoan,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    action: Action,
    actor: usize,
    reserve: usize,
    amount: u64,
}

impl State {
    fn of(bank: &Bank) -> Self {
        Self {
            reserves: [A, B].map(|one| bank.reserve(one)),
            obligations: ACTORS.map(|user| bank.obligation(user)),
        }
    }

    /// What the step does in `slot` at these prices.
    fn apply(&mut self, step: Step, slot: u64, oracles: &[Oracle; 2]) -> Result<(), E> {
        let Step { action, actor, reserve: number, amount } = step;
        let address = place("reserve", number);
        let reserve = &mut self.reserves[number];
        match action {
            Action::DepositCollateral => return self.obligations[actor].add_shares(&address, amount),
            Action::WithdrawCollateral => {
                self.obligations[actor].remove_shares(&address, amount)?;
                if self.obligations[actor].has_debt() {
                    self.judge(actor, slot, oracles)?.require_within_limit()?;
                }
            }
            Action::Liquidate => {
                self.judge(1 - actor, slot, oracles)?.require_unhealthy()?;
                return self.liquidate(step, slot, oracles);
            }
            Action::Deposit => {
                reserve.accrue(slot)?;
                reserve.deposit(amount)?;
            }
            Action::Withdraw => {
                reserve.accrue(slot)?;
                reserve.withdraw(amount)?;
            }
            Action::Borrow => {
                reserve.accrue(slot)?;
                let scaled = reserve.borrow(amount)?;
                self.obligations[actor].add_debt(&address, scaled)?;
                self.judge(actor, slot, oracles)?.require_within_limit()?;
            }
            Action::Repay => {
                reserve.accrue(slot)?;
                let owed = self.obligations[actor].position(&address).ok_or(E::NoDebt)?.scaled_debt.get();
                let repayment = reserve.repay(amount, owed)?;
                self.obligations[actor].remove_debt(&address, repayment.scaled)?;
            }
            Action::FlashLoan => {
                reserve.accrue(slot)?;
                reserve.flash_borrow(amount, 1)?;
                reserve.flash_repay(amount, 1)?;
            }
        }
        Ok(())
    }

    /// The actor repays the other's debt to the reserve and takes shares of the other reserve.
    fn liquidate(&mut self, step: Step, slot: u64, oracles: &[Oracle; 2]) -> Result<(), E> {
        let (number, other) = (step.reserve, 1 - step.reserve);
        let addresses = [number, other].map(|one| place("reserve", one));
        let mut collateral = self.reserves[other];
        collateral.accrue(slot)?;
        let reserve = &mut self.reserves[number];
        reserve.accrue(slot)?;
        let obligation = &mut self.obligations[1 - step.actor];
        let [owed, held] = addresses.map(|address| obligation.position(&address).copied());
        let scaled_debt = owed.ok_or(E::NoDebt)?.scaled_debt.get();
        let liquidation = Liquidation {
            debt_reserve: reserve,
            debt_price: oracles[number].prices(&reserve.config, slot)?.middle,
            scaled_debt,
            collateral_reserve: &collateral,
            collateral_price: oracles[other].prices(&collateral.config, slot)?.middle,
            shares: held.ok_or(E::InsufficientCollateral)?.shares,
        };
        let exchange = liquidation.exchange(step.amount)?;
        obligation.remove_shares(&addresses[1], exchange.shares)?;
        let repayment = reserve.repay(exchange.repaid, scaled_debt)?;
        obligation.remove_debt(&addresses[0], repayment.scaled)
    }

    fn judge(&self, actor: usize, slot: u64, oracles: &[Oracle; 2]) -> Result<Health, E> {
        let mut health = Health::default();
        for position in self.obligations[actor].positions() {
            let number = usize::from(position.reserve != place("reserve", A));
            let mut reserve = self.reserves[number];
            reserve.accrue(slot)?;
            let prices: Prices = oracles[number].prices(&reserve.config, slot)?;
            health.add(position, &reserve, &prices)?;
        }
        Ok(health)
    }
}

fn instructions(bank: &Bank, step: Step) -> Vec<Instruction> {
    let Step { action, actor, reserve, amount } = step;
    let user = ACTORS[actor];
    vec![match action {
        Action::Deposit => bank.deposit_of(user, reserve, amount),
        Action::Withdraw => bank.withdraw(user, reserve, amount),
        Action::DepositCollateral => bank.deposit_collateral(user, reserve, amount),
        Action::WithdrawCollateral => bank.withdraw_collateral(user, reserve, amount),
        Action::Borrow => bank.borrow(user, reserve, amount),
        Action::Repay => bank.repay(user, reserve, amount),
        Action::Liquidate => bank.liquidate(user, ACTORS[1 - actor], [reserve, 1 - reserve], [amount, 0]),
        Action::FlashLoan => {
            return vec![
                flash_borrow(user, reserve, amount, 1),
                flash_repay(user, bank.user(user).address, reserve, amount),
            ];
        }
    }]
}

/// An action with a small, middling or large amount, of which the actor has twice as much where it pays.
fn step(bank: &Bank, random: &mut ChaCha8Rng) -> Step {
    let action = match random.random_range(0..16_u8) {
        0..2 => Action::Deposit,
        2..4 => Action::Withdraw,
        4..6 => Action::DepositCollateral,
        6..8 => Action::WithdrawCollateral,
        8..11 => Action::Borrow,
        11..13 => Action::Repay,
        13..15 => Action::Liquidate,
        _ => Action::FlashLoan,
    };
    let (actor, reserve) = (random.random_range(0..2), random.random_range(0..2));
    let divisor = 10_u64.pow(random.random_range(0..24_u32).saturating_sub(12));
    let amount = 1 + random.random_range(0..TOKENS / 4) / divisor;
    let most = match action {
        Action::Withdraw | Action::DepositCollateral => bank.amount(&shares_of(ACTORS[actor], reserve)) / 2,
        Action::Borrow | Action::WithdrawCollateral => u64::MAX,
        _ => bank.amount(&tokens_of(ACTORS[actor], reserve)) / 2,
    };
    let amount = amount.min(most);
    Step { action, actor, reserve, amount: amount.max(1) }
}

fn run(seed: u64, tally: &mut BTreeMap<String, usize>) {
    let mut bank = Bank::stocked();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    for (number, price) in FIRST_PRICES {
        bank.set_price(number, price, 0);
    }
    for index in 0..STEP_COUNT {
        if random.random_range(0..12) == 0 {
            bank.harness.empty_blocks(random.random_range(1..40));
        }
        for (number, first) in FIRST_PRICES {
            let price = (first << random.random_range(0..7_u32)) / 8;
            if random.random_range(0..6) == 0 {
                bank.set_price(number, price, price * random.random_range(0..210) / 10_000);
            }
        }
        let mut step = step(&bank, &mut random);
        let user = ACTORS[step.actor];
        // Without anything to pay with, the token program would refuse.
        let source = match step.action {
            Action::Withdraw | Action::DepositCollateral => shares_of(user, step.reserve),
            _ => tokens_of(user, step.reserve),
        };
        if bank.amount(&source) == 0 {
            continue;
        }
        let before = State::of(&bank);
        let slot = bank.harness.runtime.last_header().number + 1;
        let oracles =
            [A, B].map(|one| Oracle::read(&bank.harness.data(&place("oracle", one))).expect("an oracle"));
        // Half of those who would borrow too much borrow nearly as much as they may instead.
        let is_careful = random.random_bool(0.5);
        while is_careful
            && matches!(step.action, Action::Borrow)
            && before.clone().apply(step, slot, &oracles) == Err(E::BeyondLimit)
            && step.amount > 1
        {
            step.amount /= 2;
        }
        // A liquidator looks at every debt before it gives up.
        if matches!(step.action, Action::Liquidate) {
            let all = [(0, A), (0, B), (1, A), (1, B)];
            let looks = all.map(|(actor, reserve)| Step { actor, reserve, ..step });
            let is_unhealthy = |step: &&Step| before.clone().apply(**step, slot, &oracles).is_ok();
            step = *looks.iter().find(is_unhealthy).unwrap_or(&step);
        }
        let user = ACTORS[step.actor];
        let mut expected = before.clone();
        let result = expected.apply(step, slot, &oracles);
        let (sent, signer) = (instructions(&bank, step), bank.user(user));
        let admin = bank.admin.clone();
        match result {
            Ok(()) => drop(bank.harness.succeed(&sent, &[&admin, &signer])),
            Err(error) => {
                let found = bank.harness.program_error(&sent, &[&admin, &signer]);
                assert_eq!(found, error.into(), "seed {seed}, step {index}: {step:?}");
                expected = before;
            }
        }
        assert_eq!(State::of(&bank), expected, "seed {seed}, step {index}: {step:?}");
        bank.check();
        *tally.entry(format!("{:?} {:?}", step.action, result.err())).or_default() += 1;
    }
}

#[test]
fn random_sequences_keep_the_invariants() {
    let mut tally = BTreeMap::new();
    for seed in 0..SEED_COUNT {
        run(seed, &mut tally);
    }
    println!("{tally:#?}");
    for action in ["Deposit", "Withdraw", "DepositCollateral", "WithdrawCollateral", "Borrow", "Repay"]
        .into_iter()
        .chain(["Liquidate", "FlashLoan"])
    {
        let succeeded = tally.get(&format!("{action} None")).copied().unwrap_or(0);
        assert!(succeeded >= 10, "{action} succeeds often enough to say something: {tally:#?}");
    }
}
