//! Health and liquidation: what collateral and debts are worth, and what a liquidator pays and gets.
//!
//! Input are accrued reserves, positions and prices; nothing here knows accounts. *Whether* an obligation may borrow or
//! be liquidated is judged at cautious prices, collateral at price less confidence and debt at price plus confidence; *how
//! much* collateral a liquidator gets follows the prices themselves.

use crate::error::LendingError;
use crate::math::{BASIS_POINTS, Rounding, WAD, mul_basis_points, mul_div, to_u64};
use crate::state::{Position, Prices, Reserve};

/// What an obligation's positions add up to: decimals of 18 places, in the oracles' currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// The debt, rounded up.
    pub debt: u128,
    /// The debt up to which the owner may borrow and take collateral back, rounded down.
    pub borrow_limit: u128,
    /// The debt beyond which anybody may liquidate, rounded down.
    pub liquidation_limit: u128,
}

impl Health {
    /// Counts one position in. `reserve` is its reserve, accrued.
    ///
    /// # Errors
    /// [`LendingError::MathOverflow`].
    pub fn add(
        &mut self,
        position: &Position,
        reserve: &Reserve,
        prices: &Prices,
    ) -> Result<(), LendingError> {
        if position.shares != 0 {
            let tokens = reserve.tokens_of(position.shares)?;
            let worth = value(tokens, prices.low, reserve.decimals, Rounding::Down)?;
            let part = |basis_points| mul_basis_points(worth, basis_points, Rounding::Down);
            self.borrow_limit = sum(self.borrow_limit, part(reserve.config.loan_to_value_basis_points)?)?;
            self.liquidation_limit =
                sum(self.liquidation_limit, part(reserve.config.liquidation_threshold_basis_points)?)?;
        }
        let scaled = position.scaled_debt.get();
        if scaled != 0 {
            let debt = value(reserve.debt_of(scaled)?, prices.high, reserve.decimals, Rounding::Up)?;
            self.debt = sum(self.debt, debt)?;
        }
        Ok(())
    }

    /// Checks that the collateral bears the debt.
    ///
    /// # Errors
    /// [`LendingError::BeyondLimit`].
    pub fn require_within_limit(&self) -> Result<(), LendingError> {
        if self.debt <= self.borrow_limit { Ok(()) } else { Err(LendingError::BeyondLimit) }
    }

    /// Checks that the obligation may be liquidated.
    ///
    /// # Errors
    /// [`LendingError::Healthy`].
    pub fn require_unhealthy(&self) -> Result<(), LendingError> {
        if self.debt > self.liquidation_limit { Ok(()) } else { Err(LendingError::Healthy) }
    }
}

/// The two sides of a liquidation.
#[derive(Clone, Copy, Debug)]
pub struct Liquidation<'a> {
    /// The reserve that is owed to, accrued.
    pub debt_reserve: &'a Reserve,
    /// The price of its token, a decimal.
    pub debt_price: u128,
    /// The obligation's scaled debt to it.
    pub scaled_debt: u128,
    /// The reserve whose shares are collateral, accrued.
    pub collateral_reserve: &'a Reserve,
    /// The price of its token, a decimal.
    pub collateral_price: u128,
    /// The obligation's shares of it.
    pub shares: u64,
}

/// What a liquidation comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Tokens that the liquidator pays.
    pub repaid: u64,
    /// Shares that the liquidator gets.
    pub shares: u64,
}

impl Liquidation<'_> {
    /// What a liquidator who pays at most `most` pays and gets: no more than the close factor's part of the debt
    /// (rounded up, so that every debt comes to an end), and no more than the collateral is worth less the bonus. The
    /// payment is rounded up, the shares down.
    ///
    /// # Errors
    /// [`LendingError::NoDebt`], [`LendingError::InsufficientCollateral`] if there are no shares,
    /// [`LendingError::TooSmall`] if the liquidator would get nothing, [`LendingError::MathOverflow`].
    pub fn exchange(&self, most: u64) -> Result<Exchange, LendingError> {
        if self.scaled_debt == 0 {
            return Err(LendingError::NoDebt);
        }
        if self.shares == 0 {
            return Err(LendingError::InsufficientCollateral);
        }
        let debt = u128::from(self.debt_reserve.debt_of(self.scaled_debt)?);
        let close_factor = self.debt_reserve.config.close_factor_basis_points;
        let repaid = to_u64(mul_basis_points(debt, close_factor, Rounding::Up)?.min(u128::from(most)))?;
        let wanted = self.shares_for(repaid)?;
        let exchange = match u64::try_from(wanted) {
            Ok(shares) if shares <= self.shares => Exchange { repaid, shares },
            _ => {
                let part = mul_div(u128::from(repaid), u128::from(self.shares), wanted, Rounding::Up)?;
                Exchange { repaid: to_u64(part)?, shares: self.shares }
            }
        };
        if exchange.shares == 0 || exchange.repaid == 0 {
            return Err(LendingError::TooSmall);
        }
        Ok(exchange)
    }

    /// The shares that a payment is worth, bonus included; there may not be as many.
    fn shares_for(&self, repaid: u64) -> Result<u128, LendingError> {
        let (debt, collateral) = (self.debt_reserve, self.collateral_reserve);
        let paid = value(repaid, self.debt_price, debt.decimals, Rounding::Down)?;
        let bonus = BASIS_POINTS
            .checked_add(collateral.config.liquidation_bonus_basis_points)
            .ok_or(LendingError::MathOverflow)?;
        let worth = mul_basis_points(paid, bonus, Rounding::Down)?;
        let tokens = mul_div(worth, unit(collateral.decimals)?, self.collateral_price, Rounding::Down)?;
        let supply = u128::from(collateral.share_supply) + 1;
        // `Reserve::shares_of`, for a number of tokens that need not exist.
        let tokens = tokens.min(u128::from(u64::MAX));
        mul_div(tokens * WAD, supply, sum(collateral.total_value()?, WAD)?, Rounding::Down)
    }
}

/// What `amount` of a token's smallest units is worth at the price of a whole one.
///
/// # Errors
/// [`LendingError::MathOverflow`] from 3 × 10²⁰ on.
pub fn value(amount: u64, price: u128, decimals: u8, rounding: Rounding) -> Result<u128, LendingError> {
    // Both the price and the unit are at most 18 places; the amount is a whole number.
    mul_div(u128::from(amount), price, unit(decimals)?, rounding)
}

fn unit(decimals: u8) -> Result<u128, LendingError> {
    10_u128.checked_pow(u32::from(decimals)).ok_or(LendingError::MathOverflow)
}

fn sum(left: u128, right: u128) -> Result<u128, LendingError> {
    left.checked_add(right).ok_or(LendingError::MathOverflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::ReserveConfig;
    use bytemuck::Zeroable;
    use proptest::prelude::*;

    fn reserve(decimals: u8, threshold: u32, bonus: u32, close_factor: u32) -> Reserve {
        let mut reserve = Reserve::zeroed();
        reserve.decimals = decimals;
        reserve.config = ReserveConfig {
            loan_to_value_basis_points: threshold,
            liquidation_threshold_basis_points: threshold,
            liquidation_bonus_basis_points: bonus,
            close_factor_basis_points: close_factor,
            ..ReserveConfig::zeroed()
        };
        reserve.start(0);
        reserve
    }

    fn position(shares: u64, scaled_debt: u128) -> Position {
        let mut position = Position { shares, ..Position::zeroed() };
        position.scaled_debt.set(scaled_debt);
        position
    }

    #[test]
    fn values_are_cautious() {
        let mut collateral = reserve(2, 8_000, 500, 5_000);
        collateral.deposit(100_000).unwrap();
        let mut debt = reserve(0, 8_000, 500, 5_000);
        debt.deposit(1_000).unwrap();
        let scaled = debt.borrow(300).unwrap();
        let prices = Prices { low: WAD - WAD / 100, middle: WAD, high: WAD + WAD / 100 };
        let mut health = Health::default();
        health.add(&position(50_000, 0), &collateral, &prices).unwrap();
        health.add(&position(0, scaled), &debt, &prices).unwrap();
        // 500 tokens at 0.99, four fifths of it; 300 at 1.01.
        let expected = Health { debt: 303 * WAD, borrow_limit: 396 * WAD, liquidation_limit: 396 * WAD };
        assert_eq!(health, expected);
        assert_eq!(
            (health.require_within_limit(), health.require_unhealthy()),
            (Ok(()), Err(LendingError::Healthy))
        );
        let over = Health { debt: health.liquidation_limit + 1, ..health };
        assert_eq!(
            (over.require_within_limit(), over.require_unhealthy()),
            (Err(LendingError::BeyondLimit), Ok(()))
        );
    }

    proptest! {
        /// What a liquidation takes is worth no more than what is paid and the bonus; it pays no more than it may; and the
        /// owner is better off: what is owed beyond the limit shrinks, or at least does not grow by more than the rounding
        /// of a smallest unit.
        #[test]
        fn liquidations_are_fair(
            deposited in 1_000_000..1_000_000_000_000_u64,
            borrowed in 1..1_000_000_000_u64,
            pledged in 1..1_000_000_000_u64,
            growth in 0..100_000_000_u64,
            most in 1..2_000_000_000_u64,
            debt_price in 1..1_000_000_u128,
            collateral_price in 1..1_000_000_u128,
            threshold in 1..9_500_u32,
            close_factor in 1..=10_000_u32,
        ) {
            let bonus = (10_000 * 10_000 / threshold - 10_000).min(2_000);
            let mut debt = reserve(6, threshold, bonus, close_factor);
            debt.config.kink_utilization_basis_points = 8_000;
            debt.config.max_rate_basis_points = 10_000;
            debt.deposit(deposited.max(borrowed)).unwrap();
            let scaled = debt.borrow(borrowed).unwrap();
            debt.accrue(growth).unwrap();
            let mut collateral = reserve(6, threshold, bonus, close_factor);
            collateral.deposit(deposited.max(pledged)).unwrap();
            let [debt_price, collateral_price] = [debt_price, collateral_price].map(|price| price * WAD / 1_000);
            let liquidation = Liquidation {
                debt_reserve: &debt,
                debt_price,
                scaled_debt: scaled,
                collateral_reserve: &collateral,
                collateral_price,
                shares: pledged,
            };
            let Ok(exchange) = liquidation.exchange(most) else { return Ok(()) };
            prop_assert!(exchange.repaid >= 1 && exchange.repaid <= most);
            let owed = debt.debt_of(scaled).unwrap();
            let closable = mul_basis_points(owed.into(), close_factor, Rounding::Up).unwrap();
            prop_assert!(u128::from(exchange.repaid) <= closable);
            prop_assert!(exchange.shares >= 1 && exchange.shares <= pledged);
            let paid = value(exchange.repaid, debt_price, 6, Rounding::Up).unwrap();
            let taken = collateral.tokens_of(exchange.shares).unwrap();
            let taken = value(taken, collateral_price, 6, Rounding::Down).unwrap();
            prop_assert!(taken <= mul_basis_points(paid, 10_000 + bonus, Rounding::Up).unwrap());

            let prices = |price| Prices { low: price, middle: price, high: price };
            let gap = |shares: u64, scaled: u128, debt: &Reserve| {
                let mut health = Health::default();
                health.add(&position(shares, 0), &collateral, &prices(collateral_price)).unwrap();
                health.add(&position(0, scaled), debt, &prices(debt_price)).unwrap();
                health.debt.saturating_sub(health.liquidation_limit)
            };
            let before = gap(pledged, scaled, &debt);
            let mut after = debt;
            let repayment = after.repay(exchange.repaid, scaled).unwrap();
            let unit = (debt_price + collateral_price) / 1_000_000 * 2 + 2;
            prop_assert!(gap(pledged - exchange.shares, scaled - repayment.scaled, &after) <= before + unit);
        }
    }
}
