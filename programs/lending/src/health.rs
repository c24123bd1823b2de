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
