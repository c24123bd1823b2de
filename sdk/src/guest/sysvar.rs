//! What the host tells about the world: clock, rent, the other sysvars, and the units that are left.

use super::host_calls;
pub use crate::abi::SysvarId;
use crate::limits::ACCOUNT_STORAGE_OVERHEAD_BYTES;
use crate::{ProgramError, ProgramResult};
use bytemuck::{Pod, Zeroable};

/// The time of the block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Clock {
    /// Number of the block.
    pub slot: u64,
    /// Unix time in seconds at which the epoch began.
    pub epoch_start_timestamp: i64,
    /// Number of the epoch.
    pub epoch: u64,
    /// Epoch for which the leader schedule is known.
    pub leader_schedule_epoch: u64,
    /// Unix time of the block in seconds.
    pub unix_timestamp: i64,
}

/// What an account must hold to be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rent {
    /// Lamports a byte costs a year.
    pub lamports_per_byte_year: u64,
    /// Years that make an account exempt, as the bits of a binary64 number: programs need no float
    /// arithmetic.
    pub exemption_threshold_bits: u64,
    /// Percentage of collected rent that is burned.
    pub burn_percent: u8,
}

impl Rent {
    /// The rent sysvar's 17 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 17]) -> Self {
        let word = |at: usize| core::array::from_fn(|index| bytes[at + index]);
        Self {
            lamports_per_byte_year: u64::from_le_bytes(word(0)),
            exemption_threshold_bits: u64::from_le_bytes(word(8)),
            burn_percent: bytes[16],
        }
    }

    /// The lamports that make an account with `data_size_bytes` of data rent-exempt, fractions cut, at most
    /// `u64::MAX`.
    ///
    /// [`limits::rent_exempt_minimum_lamports`](crate::limits::rent_exempt_minimum_lamports) tells the same
    /// for this ledger's fixed price, without a host call.
    #[must_use]
    pub fn minimum_balance(&self, data_size_bytes: usize) -> u64 {
        let size_bytes = ACCOUNT_STORAGE_OVERHEAD_BYTES.saturating_add(data_size_bytes as u64);
        let lamports_per_year = size_bytes.saturating_mul(self.lamports_per_byte_year);
        times_binary64(lamports_per_year, self.exemption_threshold_bits)
    }
}

/// `value` times a positive binary64 number given by its bits, fractions cut, at most `u64::MAX`; 0 for
/// numbers that are not positive.
fn times_binary64(value: u64, bits: u64) -> u64 {
    const FRACTION_BITS: u32 = 52;
    const BIAS: u64 = 1023;
    let exponent = bits >> FRACTION_BITS;
    // A sign makes the exponent larger than any positive number's; 2047 stands for infinity and for no
    // number.
    if exponent == 0 || exponent > 2 * BIAS || value == 0 {
        return 0;
    }
    let fraction = (bits & ((1 << FRACTION_BITS) - 1)) | (1 << FRACTION_BITS);
    let product = u128::from(value) * u128::from(fraction);
    let scale = BIAS + u64::from(FRACTION_BITS);
    let scaled = if exponent < scale {
        u32::try_from(scale - exponent).ok().and_then(|shift| product.checked_shr(shift)).unwrap_or(0)
    } else {
        // What does not fit into 128 bits is far beyond the limit.
        let shift = exponent - scale;
        if shift < u64::from(product.leading_zeros()) { product << shift } else { u128::MAX }
    };
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

impl Clock {
    /// As [`clock()`], in the form that Solana's programs know: `Clock::get()?`.
    ///
    /// # Errors
    /// None: it is told without an account.
    #[inline]
    pub fn get() -> Result<Self, crate::ProgramError> {
        Ok(clock())
    }
}

impl Rent {
    /// As [`rent()`], in the form that Solana's programs know: `Rent::get()?`.
    ///
    /// # Errors
    /// None: it is told without an account.
    #[inline]
    pub fn get() -> Result<Self, crate::ProgramError> {
        Ok(rent())
    }
}

/// The time of the block.
#[must_use]
pub fn clock() -> Clock {
    let mut clock = Clock::zeroed();
    // The clock has exactly these 40 bytes, so the host always answers.
    let _ = host_calls::sysvar_read(SysvarId::Clock as u32, 0, bytemuck::bytes_of_mut(&mut clock));
    clock
}

/// What an account must hold to be kept.
#[must_use]
pub fn rent() -> Rent {
    let mut bytes = [0; 17];
    // Rent has exactly these 17 bytes, so the host always answers.
    let _ = host_calls::sysvar_read(SysvarId::Rent as u32, 0, &mut bytes);
    Rent::from_bytes(&bytes)
}

/// Fills `out` with a sysvar's bytes from `offset` on.
///
/// # Errors
/// [`ProgramError::InvalidArgument`] if the sysvar has fewer bytes.
pub fn read(id: SysvarId, offset: usize, out: &mut [u8]) -> ProgramResult {
    if host_calls::sysvar_read(id as u32, offset, out) { Ok(()) } else { Err(ProgramError::InvalidArgument) }
}

/// The compute units that the transaction has left.
#[must_use]
pub fn remaining_units() -> u64 {
    host_calls::remaining_units()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::rent_exempt_minimum_lamports;
    use proptest::prelude::*;

    #[test]
    fn rent_is_the_ledgers() {
        let rent = rent();
        assert_eq!((rent.lamports_per_byte_year, rent.burn_percent), (3_480, 50));
        for size_bytes in [0, 1, 82, 165, 10 * 1024 * 1024] {
            assert_eq!(rent.minimum_balance(size_bytes), rent_exempt_minimum_lamports(size_bytes));
        }
    }

    #[test]
    fn binary64_products() {
        for (value, factor, expected) in [
            (10, 2.0, 20),
            (10, 0.5, 5),
            (3, 0.5, 1),
            (7, 1.75, 12),
            (1, 0.0, 0),
            (1, -2.0, 0),
            (1, f64::NAN, 0),
            (1, f64::INFINITY, 0),
            (5, f64::MIN_POSITIVE, 0),
            (0, f64::MAX, 0),
            (1, f64::MAX, u64::MAX),
            (u64::MAX, 1.0, u64::MAX),
            (u64::MAX, 1.5, u64::MAX),
            (1, 2f64.powi(63), 1 << 63),
            (1, 2f64.powi(64), u64::MAX),
            (1, 2f64.powi(200), u64::MAX),
        ] {
            assert_eq!(times_binary64(value, factor.to_bits()), expected, "{value} x {factor}");
        }
    }

    proptest! {
        #[test]
        fn small_products_are_those_of_floats(
            value in 0_u32..1 << 30,
            factor in 0_u32..1 << 20,
            shift in 0_u32..10,
        ) {
            let factor = f64::from(factor) / f64::from(1_u32 << shift);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "exact and positive")]
            let expected = (f64::from(value) * factor) as u64;
            prop_assert_eq!(times_binary64(u64::from(value), factor.to_bits()), expected);
        }
    }

    #[test]
    fn reads_stay_inside() {
        let mut out = [1; 4];
        assert_eq!(read(SysvarId::Clock, 36, &mut out), Ok(()));
        assert_eq!(out, [0; 4]);
        for (id, offset) in [(SysvarId::Clock, 37), (SysvarId::Clock, usize::MAX), (SysvarId::SlotHashes, 0)]
        {
            assert_eq!(read(id, offset, &mut out), Err(ProgramError::InvalidArgument));
        }
        assert_eq!(clock(), Clock::default());
    }
}
