//! `sol_big_mod_exp`: powers of large numbers by a modulus, as SIMD-0529 has them: little-endian, 512 bytes at most, the modulus
//! odd and more than one. Before that SIMD the same name stood for big-endian numbers, and nothing in a module tells which of the two
//! it means; the one that Solana settled on is the one that there is.

use super::{SUCCESS, narrow};
use crate::host::prices::{big_mod_exp_units, price};
use crate::host::state::{Host, pay, with_guest};
use crate::{CallError, HostCall};
use bytemuck::{Pod, Zeroable};
use solana_big_mod_exp::{BIG_MOD_EXP_MAX_BYTES, big_mod_exp};

/// A number in the program's memory. Its address fills 32 of its 64 bits.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Number {
    offset: u32,
    /// Nothing, or what happened to stand in the padding of a C structure.
    _padding: u32,
    size: u64,
}

/// Writes `base` to the power of `exponent` by `modulus`, as many bytes as the modulus has, to `out`. `parameters` is where
/// the three stand.
pub(super) fn power(host: &mut Host<'_>, parameters: u32, out: u32) -> Result<i64, CallError> {
    let call = HostCall::SolBigModExp;
    pay(host, price(call).base_units)?;
    let numbers: [Number; 3] = with_guest(host, call, |guest, _| guest.read(parameters))?;
    if let Some(long) = numbers.iter().find(|number| number.size > BIG_MOD_EXP_MAX_BYTES) {
        return Err(CallError::HostLimit { call, value: long.size, limit: BIG_MOD_EXP_MAX_BYTES });
    }
    let [base, exponent, modulus] = numbers.map(|number| number.size);
    pay(host, big_mod_exp_units(base, exponent, modulus))?;
    with_guest(host, call, |guest, _| {
        let size = narrow(call, modulus)?;
        guest.bytes(out, size)?;
        let bytes = |number: Number| guest.bytes(number.offset, narrow(call, number.size)?);
        let [base, exponent, modulus] = numbers;
        let modulus = bytes(modulus)?;
        let Some(power) = big_mod_exp(bytes(base)?, bytes(exponent)?, modulus) else {
            return Err(CallError::BadArgument { call, argument: lowest_word(modulus) });
        };
        guest.bytes_mut(out, size)?.copy_from_slice(&power);
        Ok(SUCCESS)
    })
}

/// The lowest 64 bits of a number.
fn lowest_word(number: &[u8]) -> u64 {
    number.iter().take(8).rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}
