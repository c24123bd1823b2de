//! The arithmetic of a pool: what a trade gives or costs, and what a share is worth. Pure functions of numbers.

use super::state::{LOCKED_LIQUIDITY, WHOLE};
use crate::DexError;
use crate::math::{mul_div_ceil, mul_div_floor, sqrt_of_product};

/// What a trade costs beside the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// Part of the input, in hundredths of a per cent.
    pub trade: u64,
    /// Part of that fee that goes to the protocol, in hundredths of a per cent.
    pub protocol_share: u64,
}

/// A trade as it is carried out. `input − protocol_fee` joins the reserve, `output` leaves the other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// What the trader pays, fees included.
    pub input: u64,
    /// What the trader gets.
    pub output: u64,
    /// The protocol's part of `input`.
    pub protocol_fee: u64,
}

impl Fees {
    /// What `input` buys from reserves of so much: the fee rounded up, the output rounded down.
    ///
    /// # Errors
    /// [`DexError::ZeroAmount`] if nothing would come out, [`DexError::Overflow`].
    pub fn exact_input(&self, reserves: Reserves, input: u64) -> Result<Trade, DexError> {
        let fee = mul_div_ceil(input, self.trade, WHOLE)?;
        let net = input.checked_sub(fee).ok_or(DexError::Overflow)?;
        let whole = reserves.input.checked_add(net).ok_or(DexError::Overflow)?;
        if net == 0 {
            return Err(DexError::ZeroAmount);
        }
        let output = mul_div_floor(reserves.output, net, whole)?;
        if output == 0 {
            return Err(DexError::ZeroAmount);
        }
        self.trade(input, output, fee)
    }

    /// What it takes to get `output` from reserves of so much: price and fee rounded up.
    ///
    /// # Errors
    /// [`DexError::ZeroAmount`] for no output, [`DexError::InsufficientLiquidity`] if the reserve is not above it,
    /// [`DexError::Overflow`].
    pub fn exact_output(&self, reserves: Reserves, output: u64) -> Result<Trade, DexError> {
        if output == 0 {
            return Err(DexError::ZeroAmount);
        }
        let rest = reserves.output.checked_sub(output).filter(|rest| *rest > 0);
        let net = mul_div_ceil(reserves.input, output, rest.ok_or(DexError::InsufficientLiquidity)?)?;
        let kept = WHOLE.checked_sub(self.trade).ok_or(DexError::InvalidFee)?;
        let input = mul_div_ceil(net, WHOLE, kept)?;
        self.trade(input, output, input.saturating_sub(net))
    }

    fn trade(&self, input: u64, output: u64, fee: u64) -> Result<Trade, DexError> {
        Ok(Trade { input, output, protocol_fee: mul_div_floor(fee, self.protocol_share, WHOLE)? })
    }
}

/// Both reserves, seen from the trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserves {
    /// Of what the trader pays with.
    pub input: u64,
    /// Of what the trader gets.
    pub output: u64,
}

/// Liquidity tokens, and what they stand for of both mints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Liquidity tokens.
    pub liquidity: u64,
    /// Tokens of mint a.
    pub a: u64,
    /// Tokens of mint b.
    pub b: u64,
}

/// The share that up to so many tokens buy in a pool with these reserves and this supply of liquidity tokens: tokens
/// that are paid rounded up, liquidity rounded down. The first provider sets the price and pays for the liquidity that
/// stays locked.
///
/// # Errors
/// [`DexError::ZeroAmount`] if it would be no share, [`DexError::Overflow`].
pub fn share_for(reserves: [u64; 2], supply: u64, most: [u64; 2]) -> Result<Share, DexError> {
    let [a, b] = most;
    let liquidity = if reserves == [0, 0] {
        sqrt_of_product(a, b).saturating_sub(LOCKED_LIQUIDITY)
    } else {
        let whole = whole_supply(supply)?;
        // Where one reserve asks for less than a token, the other one decides.
        let of = |most, reserve| mul_div_floor(most, whole, reserve);
        of(a, reserves[0])?.min(of(b, reserves[1])?)
    };
    if liquidity == 0 {
        return Err(DexError::ZeroAmount);
    }
    if reserves == [0, 0] {
        return Ok(Share { liquidity, a, b });
    }
    let whole = whole_supply(supply)?;
    let price = |reserve| mul_div_ceil(liquidity, reserve, whole);
    Ok(Share { liquidity, a: price(reserves[0])?, b: price(reserves[1])? })
}

/// What so many liquidity tokens stand for, rounded down.
///
/// # Errors
/// [`DexError::ZeroAmount`] for none, [`DexError::InsufficientLiquidity`] for more than there are.
pub fn worth_of(reserves: [u64; 2], supply: u64, liquidity: u64) -> Result<Share, DexError> {
    if liquidity == 0 {
        return Err(DexError::ZeroAmount);
    }
    if liquidity > supply {
        return Err(DexError::InsufficientLiquidity);
    }
    let whole = whole_supply(supply)?;
    let worth = |reserve| mul_div_floor(liquidity, reserve, whole);
    Ok(Share { liquidity, a: worth(reserves[0])?, b: worth(reserves[1])? })
}

/// All liquidity: the tokens that people hold and what is locked.
fn whole_supply(supply: u64) -> Result<u64, DexError> {
    supply.checked_add(LOCKED_LIQUIDITY).ok_or(DexError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FEES: Fees = Fees { trade: 30, protocol_share: 2_000 };

    #[test]
    fn worked_examples() {
        let reserves = Reserves { input: 1_000_000, output: 4_000_000 };
        // 10 000 in, 30 of it the fee; 4 000 000 × 9 970 / 1 009 970 = 39 486.3.
        let trade = FEES.exact_input(reserves, 10_000);
        assert_eq!(trade, Ok(Trade { input: 10_000, output: 39_486, protocol_fee: 6 }));
        // 1 000 000 × 39 486 / 3 960 514 = 9 969.9; 9 970 × 10 000 / 9 970 = 10 000.
        assert_eq!(FEES.exact_output(reserves, 39_486), trade);
        assert_eq!(FEES.exact_input(reserves, 0), Err(DexError::ZeroAmount));
        assert_eq!(FEES.exact_input(reserves, 1), Err(DexError::ZeroAmount));
        assert_eq!(FEES.exact_output(reserves, 0), Err(DexError::ZeroAmount));
        assert_eq!(FEES.exact_output(reserves, 4_000_000), Err(DexError::InsufficientLiquidity));
        assert_eq!(share_for([0, 0], 0, [4_000, 9_000]), Ok(Share { liquidity: 5_000, a: 4_000, b: 9_000 }));
        assert_eq!(share_for([0, 0], 0, [1_000, 1_000]), Err(DexError::ZeroAmount));
        // 6 000 in all: 600 of them cost a tenth of both reserves, one of them a little more than a six-thousandth.
        assert_eq!(
            share_for([4_000, 9_000], 5_000, [400, 1_000]),
            Ok(Share { liquidity: 600, a: 400, b: 900 })
        );
        assert_eq!(share_for([4_000, 9_000], 5_000, [1, 2]), Ok(Share { liquidity: 1, a: 1, b: 2 }));
        assert_eq!(worth_of([4_000, 9_000], 5_000, 1), Ok(Share { liquidity: 1, a: 0, b: 1 }));
        assert_eq!(worth_of([4_000, 9_000], 5_000, 5_001), Err(DexError::InsufficientLiquidity));
    }

    fn product(a: u64, b: u64) -> u128 {
        u128::from(a) * u128::from(b)
    }

    proptest! {
        /// The product of the reserves, less the protocol's fee, never falls; nor does the fee fall short.
        #[test]
        fn trades_never_lower_the_product(
            input in 1_u64..1 << 50,
            output in 1_u64..1 << 50,
            amount in 1_u64..1 << 50,
            trade in 0_u64..=1_000,
            protocol_share in 0_u64..=10_000,
            wanted in any::<bool>(),
        ) {
            let (fees, reserves) = (Fees { trade, protocol_share }, Reserves { input, output });
            let traded = if wanted { fees.exact_output(reserves, amount) } else { fees.exact_input(reserves, amount) };
            if let Ok(traded) = traded {
                let after = product(input + traded.input - traded.protocol_fee, output - traded.output);
                prop_assert!(after >= product(input, output));
                prop_assert!(traded.output < output && traded.output > 0);
                // Even without any part of the fee.
                let least_fee = (u128::from(traded.input) * u128::from(trade)).div_ceil(10_000);
                let net = u128::from(traded.input) - least_fee;
                prop_assert!((u128::from(input) + net) * u128::from(output - traded.output) >= product(input, output));
            }
        }

        /// The exact ways agree: what an output costs buys at least that output, and a unit less does not.
        #[test]
        fn exact_output_is_the_least_input(
            input in 1_u64..1 << 40,
            output in 2_u64..1 << 40,
            part in 1_u64..1_000,
            trade in 0_u64..=1_000,
        ) {
            let (fees, reserves) = (Fees { trade, protocol_share: 0 }, Reserves { input, output });
            let wanted = crate::math::mul_div_floor(output, part, 1_000)?;
            if let Ok(traded) = fees.exact_output(reserves, wanted) {
                prop_assert!(fees.exact_input(reserves, traded.input)?.output >= wanted);
                let less = fees.exact_input(reserves, traded.input - 1);
                prop_assert!(less.map_or(true, |less| less.output < wanted));
            }
        }

        /// Nobody gains by going in and out, and a share never loses worth by others doing so.
        #[test]
        fn going_in_and_out_gains_nothing(
            reserves in [1_u64..1 << 50, 1_u64..1 << 50],
            supply in 1_u64..1 << 50,
            most in [1_u64..1 << 50, 1_u64..1 << 50],
        ) {
            if let Ok(paid) = share_for(reserves, supply, most) {
                prop_assert!(paid.a <= most[0] && paid.b <= most[1]);
                let after = [reserves[0] + paid.a, reserves[1] + paid.b];
                let worth = worth_of(after, supply + paid.liquidity, paid.liquidity)?;
                prop_assert!(worth.a <= paid.a && worth.b <= paid.b);
                let (before, then) = (worth_of(reserves, supply, supply)?, worth_of(after, supply + paid.liquidity, supply)?);
                prop_assert!(then.a >= before.a && then.b >= before.b);
            }
        }
    }
}
