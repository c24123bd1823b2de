//! `sol_poseidon`: the hash for zero-knowledge proofs over BN254's scalars, with circom's parameters, by the code that
//! Solana's own nodes run. An input that is no scalar is answered with a failure.

use super::{FAILURE, SUCCESS, narrow};
use crate::host::prices::{LIST_ITEM_UNITS, poseidon_units, price};
use crate::host::state::{Host, pay, with_guest};
use crate::{CallError, HostCall};
use solana_poseidon::{Endianness, HASH_BYTES, Parameters, hashv};

/// Most inputs of one hash.
const MAX_INPUTS: u64 = 12;

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
    let parameters = Parameters::try_from(parameters).map_err(|_| no_such(parameters))?;
    let endianness = Endianness::try_from(endianness).map_err(|_| no_such(endianness))?;
    if inputs.count > MAX_INPUTS {
        return Err(CallError::HostLimit { call, value: inputs.count, limit: MAX_INPUTS });
    }
    let units = LIST_ITEM_UNITS * inputs.count + poseidon_units(inputs.count);
    pay(host, price(call).base_units + units)?;
    with_guest(host, call, |guest, _| {
        let size = narrow(call, HASH_BYTES as u64)?;
        guest.bytes(out, size)?;
        let scalars = guest.pieces(inputs.slices, narrow(call, inputs.count)?)?;
        let scalars: Vec<&[u8]> = scalars.collect::<Result<_, _>>()?;
        let Ok(hash) = hashv(parameters, endianness, &scalars) else { return Ok(FAILURE) };
        guest.bytes_mut(out, size)?.copy_from_slice(&hash.to_bytes());
        Ok(SUCCESS)
    })
}
