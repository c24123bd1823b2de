//! Integer arithmetic with the rounding in the name.

use crate::DexError;

/// ⌊a × b / c⌋.
///
/// # Errors
/// [`DexError::Overflow`] if `c` is 0 or the result is above 64 bits.
#[inline]
pub fn mul_div_floor(a: u64, b: u64, c: u64) -> Result<u64, DexError> {
    let narrow = a.checked_mul(b).and_then(|product| product.checked_div(c));
    narrow.map_or_else(|| divide_wide(a, b, c, 0), Ok)
}

/// ⌈a × b / c⌉.
///
/// # Errors
/// [`DexError::Overflow`] if `c` is 0 or the result is above 64 bits.
#[inline]
pub fn mul_div_ceil(a: u64, b: u64, c: u64) -> Result<u64, DexError> {
    match a.checked_mul(b) {
        Some(product) if c != 0 => Ok(product.div_ceil(c)),
        _ => divide_wide(a, b, c, u128::from(c.saturating_sub(1))),
    }
}

/// The way through 128 bits, whose division costs a WebAssembly program some hundred units.
#[cold]
fn divide_wide(a: u64, b: u64, c: u64, round_up: u128) -> Result<u64, DexError> {
    // (2⁶⁴ − 1)² + 2⁶⁴ − 2 is below 2¹²⁸.
    let product = u128::from(a) * u128::from(b) + round_up;
    let quotient = product.checked_div(u128::from(c)).ok_or(DexError::Overflow)?;
    u64::try_from(quotient).map_err(|_| DexError::Overflow)
}

/// ⌊√(a × b)⌋, which always fits.
#[must_use]
pub fn sqrt_of_product(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    u64::try_from(product.isqrt()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn edges() {
        let max = u64::MAX;
        assert_eq!(mul_div_floor(max, max, max), Ok(max));
        assert_eq!(mul_div_ceil(max, max, max), Ok(max));
        assert_eq!(mul_div_floor(max, max, max - 1), Err(DexError::Overflow));
        assert_eq!(mul_div_floor(7, 1, 0), Err(DexError::Overflow));
        assert_eq!(mul_div_ceil(7, 1, 0), Err(DexError::Overflow));
        assert_eq!((mul_div_floor(7, 1, 2), mul_div_ceil(7, 1, 2)), (Ok(3), Ok(4)));
        assert_eq!(mul_div_ceil(0, 5, 3), Ok(0));
        assert_eq!(sqrt_of_product(max, max), max);
        assert_eq!((sqrt_of_product(2, 4), sqrt_of_product(3, 5), sqrt_of_product(0, 9)), (2, 3, 0));
    }

    proptest! {
        #[test]
        fn both_ways_give_the_same(a: u64, b: u64, c: u64, shift in 0_u32..64) {
            let (a, c) = (a >> shift, c >> (shift / 2));
            let exact = |up: bool| {
                let (product, divisor) = (u128::from(a) * u128::from(b), u128::from(c));
                let quotient = product.checked_div(divisor).ok_or(DexError::Overflow)?;
                let rest = u128::from(up && product % divisor != 0);
                u64::try_from(quotient + rest).map_err(|_| DexError::Overflow)
            };
            prop_assert_eq!(mul_div_floor(a, b, c), exact(false));
            prop_assert_eq!(mul_div_ceil(a, b, c), exact(true));
        }
    }
}
