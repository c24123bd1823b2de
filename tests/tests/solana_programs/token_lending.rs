//! SPL Token Lending 0.2: a market with two reserves, a loan against collateral, its repayment, and its liquidation when
//! the price of the collateral falls. The reserves bear no interest, so that every amount can be told beforehand.

use super::{blank, harness_with, held};
use sealane_benches::spl::token_lending::{
    Config, ID, MARKET_SIZE_BYTES, Market, OBLIGATION_SIZE_BYTES, RESERVE_SIZE_BYTES, Reserve, WAD,
    refresh_obligation,
};
use sealane_benches::tokens::{account_data, address, mint_data};
use sealane_probe::Script;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Account, Address, ProgramError, ids};
use sealane_tests::{Harness, User, programs, solana_programs};
use sealane_token::state::{Mint, State, TokenAccount};

const CONFIG: Config = Config {
    optimal_utilization: 80,
    loan_to_value: 50,
    liquidation_bonus: 5,
    liquidation_threshold: 55,
    borrow_rates: [0, 0, 0],
    borrow_fee_wad: 10_000_000_000_000,
    flash_loan_fee_wad: 0,
    host_fee: 0,
};
/// What both reserves begin with.
const LIQUIDITY: u64 = 1_000_000_000;
/// What the user puts up, of a token that is worth 20.
const COLLATERAL: u64 = 100_000_000;
/// What the user borrows, of one that is worth 1, and the fee: a hundred-thousandth.
const LOAN: u64 = 900_000_000;
const FEE: u64 = 9_000;
const LIQUIDATOR_TOKENS: u64 = 5_000_000_000;

/// Whose token accounts there are: of each reserve's tokens and shares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Owner = 0,
    Borrower = 1,
    Liquidator = 2,
}

struct World {
    harness: Harness,
    market: Market,
    reserves: [Reserve; 2],
    obligation: Address,
}

impl Who {
    fn user(self) -> User {
        Harness::user(self as u64 + 1)
    }

    /// Tokens and shares of a reserve.
    fn accounts(self, reserve: usize) -> [Address; 2] {
        let number = 10 * self as u64 + reserve as u64;
        [address(9, "tokens", number), address(9, "shares", number)]
    }
}

fn reserve(number: u64) -> Reserve {
    let place = |label| address(9, label, number);
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

impl World {
    fn new() -> Self {
        let market = Market::new(address(9, "market", 0));
        let (reserves, obligation) = ([reserve(0), reserve(1)], address(9, "loan", 0));
        let mut accounts = vec![
            (market.market, blank(ID, MARKET_SIZE_BYTES)),
            (obligation, blank(ID, OBLIGATION_SIZE_BYTES)),
        ];
        for (number, reserve) in reserves.iter().enumerate() {
            let oracle = |data| Account::with_data(programs::PROBE, data);
            let token = |size| blank(ids::token::ID, size);
            accounts.extend([
                (reserve.reserve, blank(ID, RESERVE_SIZE_BYTES)),
                (reserve.mint, held(mint_data(1 << 40, None))),
                (reserve.supply, token(TokenAccount::SIZE_BYTES)),
                (reserve.fees, token(TokenAccount::SIZE_BYTES)),
                (reserve.collateral_mint, token(Mint::SIZE_BYTES)),
                (reserve.collateral_supply, token(TokenAccount::SIZE_BYTES)),
                (reserve.product, oracle(reserve.product_data())),
                (reserve.price, oracle(reserve.price_data(0, 0))),
            ]);
            for (who, amount) in
                [(Who::Owner, LIQUIDITY), (Who::Borrower, COLLATERAL), (Who::Liquidator, LIQUIDATOR_TOKENS)]
            {
                let [tokens, shares] = who.accounts(number);
                let owner = who.user().address;
                accounts.push((tokens, held(account_data(&reserve.mint, &owner, amount))));
                // The owner's shares are made with the reserve.
                accounts.push(match who {
                    Who::Owner => (shares, token(TokenAccount::SIZE_BYTES)),
                    _ => (shares, held(account_data(&reserve.collateral_mint, &owner, 0))),
                });
            }
        }
        let harness = harness_with(ID, solana_programs::token_lending(), accounts);
        let mut world = Self { harness, market, reserves, obligation };
        world.make_market();
        world
    }

    fn make_market(&mut self) {
        let owner = Who::Owner.user();
        let make = self.market.initialize(&owner.address, &programs::PROBE);
        self.harness.succeed(&[make], &[&owner]);
        self.set_prices([2_000, 100]);
        for number in 0..2 {
            let [tokens, shares] = Who::Owner.accounts(number);
            let reserve = &self.reserves[number];
            let accounts = [&tokens, &shares];
            let make = self.market.initialize_reserve(reserve, &CONFIG, &owner.address, accounts, LIQUIDITY);
            self.harness.succeed(&[programs::unit_limit(1_000_000), make], &[&owner]);
        }
    }

    /// Writes both prices, in hundredths, as the oracle would.
    fn set_prices(&mut self, prices: [u64; 2]) {
        let slot = self.harness.runtime.last_header().number + 1;
        let updates = [0, 1].map(|number| {
            let reserve = &self.reserves[number];
            let data = reserve.price_data(prices[number], slot);
            let script = Script::new().write_data(0, 0, &data[..240]);
            programs::probe(vec![AccountMeta::new(reserve.price, false)], script)
        });
        let payer = Who::Owner.user();
        self.harness.succeed(&updates, &[&payer]);
    }

    fn send(&mut self, who: Who, instruction: Instruction) {
        let instructions = self.refreshed(instruction);
        self.harness.succeed(&instructions, &[&who.user()]);
    }

    /// The instruction behind those that bring reserves and obligation up to date.
    fn refreshed(&self, instruction: Instruction) -> Vec<Instruction> {
        let data = self.harness.data(&self.obligation);
        // How many collaterals and debts it has.
        let (deposits, borrows) = (usize::from(data[138]), usize::from(data[139]));
        let [collateral, debt] = &self.reserves;
        let listed = [vec![collateral; deposits], vec![debt; borrows]].concat();
        let mut instructions = vec![programs::unit_limit(1_400_000), collateral.refresh(), debt.refresh()];
        if data[0] != 0 {
            instructions.push(refresh_obligation(&self.obligation, &listed));
        }
        instructions.push(instruction);
        instructions
    }

    /// Borrows against [`COLLATERAL`].
    fn borrow(&mut self) {
        let (user, obligation) = (Who::Borrower.user().address, self.obligation);
        let ([tokens, shares], [borrowed, _]) = (Who::Borrower.accounts(0), Who::Borrower.accounts(1));
        let [collateral, debt] = self.reserves;
        let market = self.market;
        self.set_prices([2_000, 100]);
        self.send(Who::Borrower, market.deposit(&collateral, &user, [&tokens, &shares], COLLATERAL));
        assert_eq!(
            self.amounts([tokens, shares, collateral.supply]),
            [0, COLLATERAL, LIQUIDITY + COLLATERAL]
        );
        self.send(Who::Borrower, market.initialize_obligation(&obligation, &user));
        self.send(
            Who::Borrower,
            market.deposit_collateral(&obligation, &collateral, &user, &shares, COLLATERAL),
        );
        assert_eq!(self.amounts([shares, collateral.collateral_supply]), [0, COLLATERAL]);
        self.send(Who::Borrower, market.borrow(&obligation, &debt, &user, &borrowed, LOAN));
        let expected = [COLLATERAL + LOAN, FEE, LIQUIDITY - LOAN - FEE];
        assert_eq!(self.amounts([borrowed, debt.fees, debt.supply]), expected);
        assert_eq!(self.debt_wads(), u128::from(LOAN + FEE) * WAD);
    }

    fn amounts<const N: usize>(&self, places: [Address; N]) -> [u64; N] {
        places.map(|place| self.harness.token_amount(&place))
    }

    /// What the obligation owes: the last number but one of its only debt, which stands behind its only collateral.
    fn debt_wads(&self) -> u128 {
        let data = self.harness.data(&self.obligation);
        let place = 140 + 56 + 32 + 16;
        u128::from_le_bytes(*data[place..].first_chunk().expect("an obligation is longer"))
    }
}

#[test]
fn borrowed_and_repaid() {
    let mut world = World::new();
    world.borrow();
    let (user, obligation) = (Who::Borrower.user().address, world.obligation);
    let ([tokens, shares], [borrowed, _]) = (Who::Borrower.accounts(0), Who::Borrower.accounts(1));
    let ([collateral, debt], market) = (world.reserves, world.market);

    world.set_prices([2_000, 100]);
    // The collateral is worth 2,000, so that 1,000 may be owed; there are 99.991 left.
    let too_much = world.refreshed(market.borrow(&obligation, &debt, &user, &borrowed, 99_999_000));
    let error = world.harness.program_error(&too_much, &[&Who::Borrower.user()]);
    assert_eq!(error, ProgramError::Custom(26), "LendingError::BorrowTooLarge");
    let too_early =
        world.refreshed(market.withdraw_collateral(&obligation, &collateral, &user, &shares, COLLATERAL));
    let error = world.harness.program_error(&too_early, &[&Who::Borrower.user()]);
    assert_eq!(error, ProgramError::Custom(24), "LendingError::WithdrawTooLarge");

    world.set_prices([2_000, 100]);
    world.send(Who::Borrower, market.repay(&obligation, &debt, &user, &borrowed, 100_000_000));
    assert_eq!(world.amounts([borrowed, debt.supply]), [COLLATERAL + 800_000_000, 199_991_000]);
    assert_eq!(world.debt_wads(), u128::from(LOAN + FEE - 100_000_000) * WAD);
    world.send(Who::Borrower, market.repay(&obligation, &debt, &user, &borrowed, u64::MAX));
    assert_eq!(world.amounts([borrowed, debt.supply, debt.fees]), [COLLATERAL - FEE, LIQUIDITY, FEE]);

    world.set_prices([2_000, 100]);
    let withdraw = market.withdraw_collateral(&obligation, &collateral, &user, &shares, COLLATERAL);
    world.send(Who::Borrower, withdraw);
    world.send(Who::Borrower, market.redeem(&collateral, &user, [&shares, &tokens], COLLATERAL));
    assert_eq!(world.amounts([tokens, shares, collateral.supply]), [COLLATERAL, 0, LIQUIDITY]);
}

#[test]
fn liquidated_when_the_price_falls() {
    let mut world = World::new();
    world.borrow();
    let (obligation, liquidator) = (world.obligation, Who::Liquidator.user());
    let ([collateral, debt], market) = (world.reserves, world.market);
    let ([tokens, shares], [paid_from, _]) = (Who::Liquidator.accounts(0), Who::Liquidator.accounts(1));
    let liquidate = market.liquidate(
        &obligation,
        [&debt, &collateral],
        &liquidator.address,
        [&paid_from, &shares],
        u64::MAX,
    );
    world.set_prices([2_000, 100]);
    let instructions = world.refreshed(liquidate.clone());
    let error = world.harness.program_error(&instructions, &[&liquidator]);
    assert_eq!(error, ProgramError::Custom(29), "LendingError::ObligationHealthy");

    // 100 at 9 are worth 900; 55 % of that is less than the 900.009 that are owed. Half of it may be repaid, and 5 % more than it is
    // worth is taken.
    world.set_prices([900, 100]);
    world.send(Who::Liquidator, liquidate);
    let repaid = (LOAN + FEE) / 2;
    let taken = u64::try_from(u128::from(repaid) * 105 / 900).expect("fewer than there are");
    assert_eq!(
        world.amounts([paid_from, debt.supply]),
        [LIQUIDATOR_TOKENS - repaid, LIQUIDITY - LOAN - FEE + repaid]
    );
    assert_eq!(world.amounts([shares, collateral.collateral_supply]), [taken, COLLATERAL - taken]);
    assert_eq!(world.debt_wads(), u128::from(LOAN + FEE - repaid) * WAD);

    world.set_prices([900, 100]);
    world.send(Who::Liquidator, market.redeem(&collateral, &liquidator.address, [&shares, &tokens], taken));
    assert_eq!(world.amounts([tokens, shares]), [LIQUIDATOR_TOKENS + taken, 0]);
}
