//! What a market's admin decides about a reserve: how interest, collateral, liquidation and flash loans work.

use crate::error::LendingError;
use crate::math::{BASIS_POINTS, Rounding, WAD, mul_basis_points, mul_div};
use bytemuck::{Pod, Zeroable};
use sealane_sdk::prelude::*;

/// Slots in 365 days, at 400 ms each.
pub const SLOTS_PER_YEAR: u128 = 78_840_000;
/// Highest rate a curve may reach: 1,000 % a year.
pub const MAX_RATE_BASIS_POINTS: u32 = 100_000;

/// A reserve's configuration: 12 numbers of 32 bits, 48 bytes, in account data and in instructions alike. Ratios are in
/// basis points (1 / 10,000).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Argument, Pod, Zeroable)]
#[repr(C)]
pub struct ReserveConfig {
    /// Utilization at which the curve has its kink; between 0 and 1, exclusive.
    pub kink_utilization_basis_points: u32,
    /// Rate a year when nothing is lent.
    pub base_rate_basis_points: u32,
    /// Rate a year at the kink; not below the base rate.
    pub kink_rate_basis_points: u32,
    /// Rate a year when everything is lent; not below the kink's, at most [`MAX_RATE_BASIS_POINTS`].
    pub max_rate_basis_points: u32,
    /// The protocol's part of the interest; at most 1.
    pub protocol_fee_basis_points: u32,
    /// Part of the collateral's value that its owner may borrow; at most the liquidation threshold. 0 for a reserve that
    /// is no collateral.
    pub loan_to_value_basis_points: u32,
    /// Part of the collateral's value below which the debt must stay; at most 1.
    pub liquidation_threshold_basis_points: u32,
    /// What liquidators get on top of what they repay. Threshold × (1 + bonus) is at most 1: otherwise a liquidation would
    /// leave the obligation worse than it was.
    pub liquidation_bonus_basis_points: u32,
    /// Part of a debt to this reserve that one liquidation may repay; above 0, at most 1.
    pub close_factor_basis_points: u32,
    /// A flash loan's fee; at most 1.
    pub flash_fee_basis_points: u32,
    /// Widest confidence interval of the price, in parts of the price; below 1.
    pub max_confidence_basis_points: u32,
    /// Oldest price that is used, in slots.
    pub max_price_age_slots: u32,
}

impl ReserveConfig {
    /// Terms of a reserve that would not surprise anybody: for examples, tests and workloads.
    pub const ORDINARY: Self = Self {
        kink_utilization_basis_points: 8_000,
        base_rate_basis_points: 100,
        kink_rate_basis_points: 1_000,
        max_rate_basis_points: 20_000,
        protocol_fee_basis_points: 1_000,
        loan_to_value_basis_points: 7_500,
        liquidation_threshold_basis_points: 8_000,
        liquidation_bonus_basis_points: 500,
        close_factor_basis_points: 5_000,
        flash_fee_basis_points: 9,
        max_confidence_basis_points: 200,
        max_price_age_slots: 100,
    };

    /// Checks what the fields' documentation says.
    ///
    /// # Errors
    /// [`LendingError::InvalidConfig`].
    pub fn check(&self) -> Result<(), LendingError> {
        let one = BASIS_POINTS;
        let curve = (1..one).contains(&self.kink_utilization_basis_points)
            && self.base_rate_basis_points <= self.kink_rate_basis_points
            && self.kink_rate_basis_points <= self.max_rate_basis_points
            && self.max_rate_basis_points <= MAX_RATE_BASIS_POINTS;
        let threshold = self.liquidation_threshold_basis_points;
        let collateral = self.loan_to_value_basis_points <= threshold
            && threshold <= one
            && u64::from(threshold) * (u64::from(one) + u64::from(self.liquidation_bonus_basis_points))
                <= u64::from(one) * u64::from(one);
        let rest = self.protocol_fee_basis_points <= one
            && (1..=one).contains(&self.close_factor_basis_points)
            && self.flash_fee_basis_points <= one
            && self.max_confidence_basis_points < one;
        if curve && collateral && rest { Ok(()) } else { Err(LendingError::InvalidConfig) }
    }

    /// The interest rate of one slot at a utilization, both decimals of 18 places, rounded up.
    ///
    /// From the base rate at 0 the rate rises in a straight line to the kink, from there in another one to the maximum
    /// at 1.
    ///
    /// # Errors
    /// [`LendingError::MathOverflow`] for a utilization above 1.
    pub fn rate_per_slot(&self, utilization: u128) -> Result<u128, LendingError> {
        let wad_of = |basis_points: u32| u128::from(basis_points) * (WAD / u128::from(BASIS_POINTS));
        let kink = wad_of(self.kink_utilization_basis_points);
        let (from, to, above, width) = if utilization <= kink {
            (self.base_rate_basis_points, self.kink_rate_basis_points, utilization, kink)
        } else {
            let above = utilization - kink;
            (self.kink_rate_basis_points, self.max_rate_basis_points, above, WAD.saturating_sub(kink))
        };
        if above > width {
            return Err(LendingError::MathOverflow);
        }
        let rise = to.checked_sub(from).ok_or(LendingError::MathOverflow)?;
        let a_year = wad_of(from) + mul_div(wad_of(rise), above, width, Rounding::Up)?;
        mul_div(a_year, 1, SLOTS_PER_YEAR, Rounding::Up)
    }

    /// What a flash loan of `amount` costs, rounded up; at least 1.
    ///
    /// # Errors
    /// Never for a checked configuration.
    pub fn flash_fee(&self, amount: u64) -> Result<u64, LendingError> {
        let fee = mul_basis_points(u128::from(amount), self.flash_fee_basis_points, Rounding::Up)?;
        Ok(crate::math::to_u64(fee)?.max(1))
    }
}

const _: () = assert!(size_of::<ReserveConfig>() == 48);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn config() -> ReserveConfig {
        ReserveConfig::ORDINARY
    }

    #[test]
    fn every_rule_is_checked() {
        assert_eq!(config().check(), Ok(()));
        let breaks: [fn(&mut ReserveConfig); 14] = [
            |config| config.kink_utilization_basis_points = 0,
            |config| config.kink_utilization_basis_points = 10_000,
            |config| config.base_rate_basis_points = 1_001,
            |config| config.kink_rate_basis_points = 20_001,
            |config| config.max_rate_basis_points = MAX_RATE_BASIS_POINTS + 1,
            |config| config.protocol_fee_basis_points = 10_001,
            |config| config.loan_to_value_basis_points = 8_001,
            |config| config.liquidation_threshold_basis_points = 10_001,
            |config| config.liquidation_bonus_basis_points = 2_501,
            |config| config.liquidation_bonus_basis_points = u32::MAX,
            |config| config.close_factor_basis_points = 0,
            |config| config.close_factor_basis_points = 10_001,
            |config| config.flash_fee_basis_points = 10_001,
            |config| config.max_confidence_basis_points = 10_000,
        ];
        for (index, break_rule) in breaks.iter().enumerate() {
            let mut config = config();
            break_rule(&mut config);
            assert_eq!(config.check(), Err(LendingError::InvalidConfig), "rule {index}");
        }
    }

    #[test]
    fn the_curve_goes_through_its_points() {
        let a_year = |utilization| config().rate_per_slot(utilization).map(|rate| rate * SLOTS_PER_YEAR);
        let cases = [
            (0, WAD / 100),
            (WAD * 4 / 10, WAD * 55 / 1_000),
            (WAD * 8 / 10, WAD / 10),
            (WAD * 9 / 10, WAD * 105 / 100),
            (WAD, WAD * 2),
        ];
        for (utilization, expected) in cases {
            let rate = a_year(utilization).unwrap();
            assert!(
                rate >= expected && rate - expected < SLOTS_PER_YEAR,
                "{utilization}: {rate}, {expected}"
            );
        }
        assert_eq!(a_year(WAD + 1), Err(LendingError::MathOverflow));
    }

    proptest! {
        #[test]
        fn the_curve_never_falls(left in 0..=WAD, right in 0..=WAD) {
            let (low, high) = (left.min(right), left.max(right));
            prop_assert!(config().rate_per_slot(low)? <= config().rate_per_slot(high)?);
        }
    }

    #[test]
    fn flash_fees_round_up() {
        for (amount, expected) in [(1, 1), (1_111, 1), (1_112, 2), (10_000, 9), (10_001, 10)] {
            assert_eq!(config().flash_fee(amount), Ok(expected), "{amount}");
        }
        let free = ReserveConfig { flash_fee_basis_points: 0, ..config() };
        assert_eq!(free.flash_fee(10_000), Ok(1), "never for nothing");
        assert!(config().flash_fee(u64::MAX).is_ok());
    }
}
