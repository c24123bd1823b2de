//! `sol_poseidon`: the hash for zero-knowledge proofs over BN254's scalars, with circom's parameters, by the code that
//! Solana's own nodes hash with. An input that is no scalar is answered with a failure.

use super::grain::Constants;
use super::{FAILURE, SUCCESS, narrow};
use crate::host::prices::{LIST_ITEM_UNITS, poseidon_units, price};
use crate::host::state::{Host, pay, with_guest};
use crate::{CallError, HostCall};
use light_poseidon::{HASH_LEN, Poseidon, PoseidonBytesHasher};

/// Most inputs of one hash.
const MAX_INPUTS: u64 = 12;
/// The only parameters there are: BN254's scalars, x⁵.
const BN254_X5: u64 = 0;
/// Inputs and hash with their highest byte first.
const BIG_ENDIAN: u64 = 0;
/// With their lowest byte first.
const LITTLE_ENDIAN: u64 = 1;

/// Where the inputs are listed, and how many there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs {
    /// Address of a list of slices.
    pub(super) slices: u32,
    /// How many.
    pub(super) count: u64,
}

/// Writes the hash of 1 to 12 scalars to `out`, 32 bytes.
pub(super) fn hash(
    host: &mut Host<'_>,
    parameters: u64,
    endianness: u64,
    inputs: Inputs,
    out: u32,
) -> Result<i64, CallError> {
    let call = HostCall::SolPoseidon;
    let no_such = |argument| CallError::BadArgument { call, argument };
    if parameters != BN254_X5 {
        return Err(no_such(parameters));
    }
    if ![BIG_ENDIAN, LITTLE_ENDIAN].contains(&endianness) {
        return Err(no_such(endianness));
    }
    if inputs.count > MAX_INPUTS {
        return Err(CallError::HostLimit { call, value: inputs.count, limit: MAX_INPUTS });
    }
    let units = LIST_ITEM_UNITS * inputs.count + poseidon_units(inputs.count);
    pay(host, price(call).base_units + units)?;
    with_guest(host, call, |guest, _| {
        let size = narrow(call, HASH_LEN as u64)?;
        guest.bytes(out, size)?;
        let scalars = guest.pieces(inputs.slices, narrow(call, inputs.count)?)?;
        let scalars: Vec<&[u8]> = scalars.collect::<Result<_, _>>()?;
        let Some(hash) = hash_of(endianness, &scalars) else { return Ok(FAILURE) };
        guest.bytes_mut(out, size)?.copy_from_slice(&hash);
        Ok(SUCCESS)
    })
}

/// The hash; none if there are no inputs, or one of them is no scalar of 32 bytes.
fn hash_of(endianness: u64, scalars: &[&[u8]]) -> Option<[u8; HASH_LEN]> {
    let mut hasher = Poseidon::new(Constants::of_inputs(scalars.len())?.parameters());
    match endianness {
        BIG_ENDIAN => hasher.hash_bytes_be(scalars),
        _ => hasher.hash_bytes_le(scalars),
    }
    .ok()
}
