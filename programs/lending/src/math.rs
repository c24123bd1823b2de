//! Integer arithmetic with stated rounding: products of 256 bits, decimals of 18 places, compound interest.
//!
//! Numbers come from account data and instructions; whoever computes says how a fraction is rounded, so that it can be
//! read at every call in whose favour. Nothing wraps: what does not fit is [`LendingError::MathOverflow`].

use crate::error::LendingError;

/// One, as a decimal of 18 places: prices, values, rates and indices are counted in these.
pub const WAD: u128 = 1_000_000_000_000_000_000;
/// One, in basis points: configured ratios are counted in these.
pub const BASIS_POINTS: u32 = 10_000;

/// What becomes of a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// It is dropped.
    Down,
    /// It counts as one.
    Up,
}

/// `left` times `right` over `divisor`; the product may have 256 bits.
///
/// # Errors
/// [`LendingError::MathOverflow`] if the result has more than 128 bits, or the divisor is 0.
pub fn mul_div(left: u128, right: u128, divisor: u128, rounding: Rounding) -> Result<u128, LendingError> {
    if divisor == 0 {
        return Err(LendingError::MathOverflow);
    }
    let (quotient, remainder) = if divisor == WAD {
        let (high, low) = widening_mul(left, right);
        if high >= WAD {
            return Err(LendingError::MathOverflow);
        }
        div_wad(high, low)
    } else if left.leading_zeros() + right.leading_zeros() >= u128::BITS {
        let product = left * right;
        (product / divisor, product % divisor)
    } else {
        let (high, low) = widening_mul(left, right);
        if high >= divisor {
            return Err(LendingError::MathOverflow);
        }
        div_wide(high, low, divisor)
    };
    let up = rounding == Rounding::Up && remainder != 0;
    quotient.checked_add(u128::from(up)).ok_or(LendingError::MathOverflow)
}

/// The product of two decimals.
///
/// # Errors
/// As [`mul_div`].
pub fn mul_wad(left: u128, right: u128, rounding: Rounding) -> Result<u128, LendingError> {
    mul_div(left, right, WAD, rounding)
}

/// `value` times a ratio in basis points.
///
/// # Errors
/// As [`mul_div`].
pub fn mul_basis_points(value: u128, basis_points: u32, rounding: Rounding) -> Result<u128, LendingError> {
    mul_div(value, u128::from(basis_points), u128::from(BASIS_POINTS), rounding)
}

/// A decimal as a whole number of 64 bits.
///
/// # Errors
/// [`LendingError::MathOverflow`] if it has more.
pub fn wad_to_u64(value: u128, rounding: Rounding) -> Result<u64, LendingError> {
    to_u64(mul_div(value, 1, WAD, rounding)?)
}

/// A whole number as a decimal. It always fits.
#[must_use]
pub fn u64_to_wad(value: u64) -> u128 {
    u128::from(value) * WAD
}

/// The number, if it has 64 bits.
///
/// # Errors
/// [`LendingError::MathOverflow`] if it has more.
pub fn to_u64(value: u128) -> Result<u64, LendingError> {
    u64::try_from(value).map_err(|_| LendingError::MathOverflow)
}

/// By how much a debt grows in `periods` at `rate` each, with interest on interest: (1 + rate) ^ periods, a decimal, each
/// of its at most 128 products rounded up. No rate and no time give exactly [`WAD`].
///
/// # Errors
/// [`LendingError::MathOverflow`] if it grows by more than 3 × 10²⁰.
pub fn compound(rate: u128, mut periods: u64) -> Result<u128, LendingError> {
    let mut factor = WAD;
    let mut power = WAD.checked_add(rate).ok_or(LendingError::MathOverflow)?;
    loop {
        if periods & 1 == 1 {
            factor = mul_wad(factor, power, Rounding::Up)?;
        }
        periods >>= 1;
        if periods == 0 {
            return Ok(factor);
        }
        power = mul_wad(power, power, Rounding::Up)?;
    }
}

const HALF_BITS: u32 = 64;
const HALF: u128 = u64::MAX as u128;

/// The product's upper and lower 128 bits.
fn widening_mul(left: u128, right: u128) -> (u128, u128) {
    let (left_high, left_low) = (left >> HALF_BITS, left & HALF);
    let (right_high, right_low) = (right >> HALF_BITS, right & HALF);
    let low = left_low * right_low;
    let first = left_high * right_low + (low >> HALF_BITS);
    let second = left_low * right_high + (first & HALF);
    let high = left_high * right_high + (first >> HALF_BITS) + (second >> HALF_BITS);
    (high, (second << HALF_BITS) | (low & HALF))
}

/// Quotient and remainder of `high` × 2¹²⁸ + `low` over `divisor`, where `high` < `divisor`: Knuth's algorithm D with two
/// digits of 64 bits (The Art of Computer Programming, volume 2, 4.3.1).
fn div_wide(high: u128, low: u128, divisor: u128) -> (u128, u128) {
    let shift = divisor.leading_zeros();
    let divisor = divisor << shift;
    let carried = if shift == 0 { 0 } else { low >> (u128::BITS - shift) };
    let (high, low) = ((high << shift) | carried, low << shift);
    let (upper, remainder) = div_digit(high, low >> HALF_BITS, divisor);
    let (lower, remainder) = div_digit(remainder, low & HALF, divisor);
    ((upper << HALF_BITS) | lower, remainder >> shift)
}

/// [`WAD`], shifted until its top bit of 64 is set.
const WAD_SHIFT: u32 = WAD.leading_zeros() - HALF_BITS;
const SHIFTED_WAD: u64 = low_half(WAD << WAD_SHIFT);
/// 2¹²⁸ - 1 over that, without the top bit, which is always set.
const WAD_RECIPROCAL: u64 = low_half(u128::MAX / (WAD << WAD_SHIFT));

/// Quotient and remainder of `high` × 2¹²⁸ + `low` over [`WAD`], where `high` < `WAD`: most divisions are by it, and a
/// multiplication by its reciprocal costs a fraction of what [`div_wide`] does.
fn div_wad(high: u128, low: u128) -> (u128, u128) {
    let head = low_half((high << WAD_SHIFT) | (low >> (u128::BITS - WAD_SHIFT)));
    let low = low << WAD_SHIFT;
    let (upper, remainder) = div_wad_digit(head, low_half(low >> HALF_BITS));
    let (lower, remainder) = div_wad_digit(remainder, low_half(low));
    (u128::from(upper) << HALF_BITS | u128::from(lower), u128::from(remainder >> WAD_SHIFT))
}

/// Quotient and remainder of `head` × 2⁶⁴ + `digit` over [`SHIFTED_WAD`], which is above `head`: algorithm 4 of Möller and
/// Granlund, Improved Division by Invariant Integers (2011).
const fn div_wad_digit(head: u64, digit: u64) -> (u64, u64) {
    let guess =
        (WAD_RECIPROCAL as u128 * head as u128).wrapping_add((head as u128) << HALF_BITS | digit as u128);
    let mut quotient = low_half(guess >> HALF_BITS).wrapping_add(1);
    let mut remainder = digit.wrapping_sub(quotient.wrapping_mul(SHIFTED_WAD));
    if remainder > low_half(guess) {
        quotient = quotient.wrapping_sub(1);
        remainder = remainder.wrapping_add(SHIFTED_WAD);
    }
    if remainder >= SHIFTED_WAD {
        quotient = quotient.wrapping_add(1);
        remainder -= SHIFTED_WAD;
    }
    (quotient, remainder)
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn low_half(value: u128) -> u64 {
    value as u64
}

/// Quotient, of 64 bits, and remainder of `head` × 2⁶⁴ + `digit` over `divisor`, whose top bit is set and which is above
/// `head`.
fn div_digit(head: u128, digit: u128, divisor: u128) -> (u128, u128) {
    let (divisor_high, divisor_low) = (divisor >> HALF_BITS, divisor & HALF);
    let (mut quotient, mut rest) = (head / divisor_high, head % divisor_high);
    // The guess is at most two too large.
    while quotient > HALF || quotient * divisor_low > ((rest << HALF_BITS) | digit) {
        quotient -= 1;
        rest += divisor_high;
        if rest > HALF {
            break;
        }
    }
    let numerator = (head << HALF_BITS) | digit;
    // Both lost the same bits above 128; the difference is below the divisor.
    (quotient, numerator.wrapping_sub(quotient.wrapping_mul(divisor)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers of every length, and those at the edges.
    fn number() -> impl Strategy<Value = u128> {
        prop_oneof![
            4 => (any::<u128>(), 0..128_u32).prop_map(|(number, shift)| number >> shift),
            1 => (0..128_u32, -2..3_i128).prop_map(|(bit, offset)| (1_u128 << bit).wrapping_add_signed(offset)),
            1 => Just(WAD),
        ]
    }

    /// The plain twin: long multiplication bit by bit, dividing on the way. `None` for more than 128 bits.
    fn mul_div_plain(left: u128, right: u128, divisor: u128) -> Option<(u128, u128)> {
        let (mut quotient, mut remainder) = (0_u128, 0_u128);
        let add = |remainder: u128, more: u128| {
            // `remainder + more` over `divisor`, both below it: no carry can be lost.
            if remainder >= divisor - more {
                (1, remainder - (divisor - more))
            } else {
                (0, remainder + more)
            }
        };
        for bit in (0..128).rev() {
            let (carry, doubled) = add(remainder, remainder);
            quotient = quotient.checked_mul(2)?.checked_add(carry)?;
            remainder = doubled;
            if right >> bit & 1 == 1 {
                let (carry, sum) = add(remainder, left % divisor);
                quotient = quotient.checked_add(left / divisor)?.checked_add(carry)?;
                remainder = sum;
            }
        }
        Some((quotient, remainder))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn products_over_one(left in number(), right in number()) {
            let plain = mul_div_plain(left, right, WAD);
            let up = plain.and_then(|(quotient, rest)| quotient.checked_add(u128::from(rest != 0)));
            prop_assert_eq!(mul_wad(left, right, Rounding::Down).ok(), plain.map(|(quotient, _)| quotient));
            prop_assert_eq!(mul_wad(left, right, Rounding::Up).ok(), up);
        }

        #[test]
        fn products_over_divisors(left in number(), right in number(), divisor in number()) {
            prop_assume!(divisor != 0);
            let plain = mul_div_plain(left, right, divisor);
            let up = plain.and_then(|(quotient, rest)| quotient.checked_add(u128::from(rest != 0)));
            prop_assert_eq!(mul_div(left, right, divisor, Rounding::Down).ok(), plain.map(|(quotient, _)| quotient));
            prop_assert_eq!(mul_div(left, right, divisor, Rounding::Up).ok(), up);
        }
    }

    proptest! {
        /// The fast way of raising to a power is above the slow one by its roundings alone.
        #[test]
        fn compounding_is_repeated_growth(rate in 0..1_000_000_000_000_000_u128, periods in 0..300_u64) {
            let fast = compound(rate, periods).unwrap();
            let mut slow = WAD;
            for _ in 0..periods {
                slow = mul_wad(slow, WAD + rate, Rounding::Down).unwrap();
            }
            prop_assert!(slow <= fast, "{slow} <= {fast}");
            // A squaring doubles the relative error of its factor and adds one unit; the result is below 1.4.
            prop_assert!(fast - slow <= 4 * u128::from(periods + 1), "{fast} - {slow}");
            prop_assert!(rate == 0 || periods == 0 || fast > WAD);
        }
    }

    #[test]
    fn edges() {
        assert_eq!(mul_div(1, 1, 0, Rounding::Down), Err(LendingError::MathOverflow));
        assert_eq!(mul_div(u128::MAX, u128::MAX, u128::MAX, Rounding::Up), Ok(u128::MAX));
        assert_eq!(mul_div(u128::MAX, 2, 1, Rounding::Down), Err(LendingError::MathOverflow));
        assert_eq!(compound(0, u64::MAX), Ok(WAD));
        assert_eq!(compound(WAD, 0), Ok(WAD));
        assert_eq!(compound(WAD, 3), Ok(8 * WAD));
        assert_eq!(compound(WAD, 70), Err(LendingError::MathOverflow));
        assert_eq!(wad_to_u64(WAD + 1, Rounding::Down), Ok(1));
        assert_eq!(wad_to_u64(WAD + 1, Rounding::Up), Ok(2));
        assert_eq!(wad_to_u64(u128::MAX, Rounding::Down), Err(LendingError::MathOverflow));
        assert_eq!(u64_to_wad(u64::MAX) / WAD, u128::from(u64::MAX));
    }
}
