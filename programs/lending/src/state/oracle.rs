//! An oracle: what one token is worth, how sure that is, and since when.

use super::ReserveConfig;
use crate::error::LendingError;
use crate::math::{Rounding, mul_basis_points};
use sealane_sdk::prelude::*;

/// An oracle's data: 72 bytes. Written by UpdatePrice alone.
///
/// The price of one whole token (10^decimals of the smallest units) is `price` × 10^`exponent`, in whatever currency all
/// oracles of a market share.
#[account]
pub struct Oracle {
    /// Who updates the price.
    pub authority: Address,
    /// The price, in units of 10^exponent. 0 until the first update.
    pub price: u64,
    /// Half the width of the interval that the price lies in, in the same units.
    pub confidence: u64,
    /// The slot of the last update.
    pub slot: u64,
    /// -18 to 0.
    pub exponent: i32,
    padding: [u8; 4],
}

/// Prices of one whole token, decimals of 18 places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Price less confidence: what collateral is worth.
    pub low: u128,
    /// The price itself: at which liquidators exchange debt for collateral.
    pub middle: u128,
    /// Price plus confidence: what debt weighs.
    pub high: u128,
}

impl Oracle {
    /// Whether an oracle may have this exponent.
    #[must_use]
    pub const fn is_valid_exponent(exponent: i32) -> bool {
        matches!(exponent, -18..=0)
    }

    /// Replaces the price.
    ///
    /// # Errors
    /// [`LendingError::InvalidPrice`] for 0.
    pub const fn update(&mut self, price: u64, confidence: u64, slot: u64) -> Result<(), LendingError> {
        if price == 0 {
            return Err(LendingError::InvalidPrice);
        }
        (self.price, self.confidence, self.slot) = (price, confidence, slot);
        Ok(())
    }

    /// The prices at `slot`, if they are as fresh and as sure as `config` asks.
    ///
    /// # Errors
    /// [`LendingError::InvalidPrice`] before the first update, [`LendingError::StalePrice`],
    /// [`LendingError::UncertainPrice`].
    pub fn prices(&self, config: &ReserveConfig, slot: u64) -> Result<Prices, LendingError> {
        if self.price == 0 {
            return Err(LendingError::InvalidPrice);
        }
        if slot.saturating_sub(self.slot) > u64::from(config.max_price_age_slots) {
            return Err(LendingError::StalePrice);
        }
        let widest =
            mul_basis_points(u128::from(self.price), config.max_confidence_basis_points, Rounding::Down)?;
        if u128::from(self.confidence) > widest {
            return Err(LendingError::UncertainPrice);
        }
        let places = self.exponent.checked_add(18).and_then(|places| u32::try_from(places).ok());
        let unit = places.and_then(|places| 10_u128.checked_pow(places)).ok_or(LendingError::MathOverflow)?;
        // A u64 times at most 10^18 fits, and so does twice that. The configuration allows no confidence above the price.
        let (price, confidence) = (u128::from(self.price) * unit, u128::from(self.confidence) * unit);
        Ok(Prices { low: price.saturating_sub(confidence), middle: price, high: price + confidence })
    }
}

const _: () = assert!(Oracle::SIZE_BYTES == 72);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::WAD;
    use bytemuck::Zeroable;

    #[test]
    fn prices_are_fresh_and_sure_or_refused() {
        let config = ReserveConfig {
            max_price_age_slots: 10,
            max_confidence_basis_points: 200,
            ..ReserveConfig::zeroed()
        };
        let mut oracle = Oracle { exponent: -2, ..Oracle::zeroed() };
        assert_eq!(oracle.prices(&config, 5), Err(LendingError::InvalidPrice), "never updated");
        assert_eq!(oracle.update(0, 0, 5), Err(LendingError::InvalidPrice));
        assert_eq!(oracle.update(10_000, 200, 5), Ok(()));
        let expected = Prices { low: 98 * WAD, middle: 100 * WAD, high: 102 * WAD };
        for slot in [0, 5, 15] {
            assert_eq!(oracle.prices(&config, slot), Ok(expected), "slot {slot}");
        }
        assert_eq!(oracle.prices(&config, 16), Err(LendingError::StalePrice));
        assert_eq!(oracle.update(10_000, 201, 16), Ok(()));
        assert_eq!(oracle.prices(&config, 16), Err(LendingError::UncertainPrice));
        oracle.exponent = 0;
        assert_eq!(oracle.update(u64::MAX, u64::MAX / 100, 16), Ok(()));
        assert!(oracle.prices(&config, 16).is_ok(), "the largest price fits");
    }
}
