//! `sol_alt_bn128_group_op`, `sol_alt_bn128_compression`: arithmetic on the pairing-friendly curve BN254, which Ethereum
//! calls alt_bn128, with the code that Solana's own nodes run, so that it has their verdict on every input. What is no point,
//! or of a wrong size, is answered with a failure; an operation that there is not ends the program.
//!
//! Points of G1 are 64 bytes, of G2 128, scalars 32, all of them big-endian as in EIP-197, or little-endian by the
//! operations that say so.

use super::{FAILURE, SUCCESS, narrow};
use crate::host::prices::{self, price};
use crate::host::state::{Host, pay, with_guest};
use crate::{CallError, HostCall};
use solana_bn254::compression::prelude as compression;
use solana_bn254::versioned::{
    self as group, Endianness, VersionedG1Addition, VersionedG1Multiplication, VersionedG2Addition,
    VersionedG2Multiplication, VersionedPairing,
};

/// What an operation leaves; `None` where its input is none.
type Computed = Option<Vec<u8>>;

/// In which order the bytes of numbers stand.
#[derive(Clone, Copy, Debug)]
enum Order {
    /// The highest first.
    Big,
    /// The lowest first.
    Little,
}

impl From<Order> for Endianness {
    fn from(order: Order) -> Self {
        match order {
            Order::Big => Self::BE,
            Order::Little => Self::LE,
        }
    }
}

/// How something is computed.
type Compute = fn(&[u8], Order) -> Computed;

/// An operation, and what it takes.
#[derive(Clone, Copy, Debug)]
struct Operation {
    compute: Compute,
    order: Order,
    units: u64,
    /// Bytes that it writes.
    output_bytes: u32,
}

/// Adds or multiplies points of a group, or tells whether the product of pairings is one.
pub(super) fn group_operation(
    host: &mut Host<'_>,
    operation: u64,
    input: (u32, u64),
    out: u32,
) -> Result<i64, CallError> {
    let call = HostCall::SolAltBn128GroupOp;
    let (kind, order) = kind_and_order(operation);
    let (compute, units, output_bytes): (Compute, _, _) = match kind {
        group::ALT_BN128_G1_ADD_BE => (add_in_g1, prices::BN128_G1_ADD_UNITS, 64),
        group::ALT_BN128_G1_MUL_BE => (multiply_in_g1, prices::BN128_G1_MULTIPLY_UNITS, 64),
        group::ALT_BN128_G2_ADD_BE => (add_in_g2, prices::BN128_G2_ADD_UNITS, 128),
        group::ALT_BN128_G2_MUL_BE => (multiply_in_g2, prices::BN128_G2_MULTIPLY_UNITS, 128),
        group::ALT_BN128_PAIRING_BE => {
            let pairs = input.1 / group::ALT_BN128_PAIRING_ELEMENT_SIZE as u64;
            let pairs_units = prices::BN128_PAIR_UNITS.saturating_mul(pairs);
            (pair, prices::BN128_PAIRING_UNITS.saturating_add(pairs_units), 32)
        }
        _ => return Err(CallError::BadArgument { call, argument: operation }),
    };
    run(host, call, Operation { compute, order, units, output_bytes }, input, out)
}

/// Makes a point half as long, or as long again.
pub(super) fn compress(
    host: &mut Host<'_>,
    operation: u64,
    input: (u32, u64),
    out: u32,
) -> Result<i64, CallError> {
    let call = HostCall::SolAltBn128Compression;
    let (kind, order) = kind_and_order(operation);
    let (compute, units, output_bytes): (Compute, _, _) = match kind {
        compression::ALT_BN128_G1_COMPRESS_BE => (compress_g1, prices::BN128_COMPRESS_UNITS, 32),
        compression::ALT_BN128_G1_DECOMPRESS_BE => (decompress_g1, prices::BN128_G1_DECOMPRESS_UNITS, 64),
        compression::ALT_BN128_G2_COMPRESS_BE => (compress_g2, prices::BN128_COMPRESS_UNITS, 64),
        compression::ALT_BN128_G2_DECOMPRESS_BE => (decompress_g2, prices::BN128_G2_DECOMPRESS_UNITS, 128),
        _ => return Err(CallError::BadArgument { call, argument: operation }),
    };
    run(host, call, Operation { compute, order, units, output_bytes }, input, out)
}

/// What an operation does, and the order in which it has the bytes, which a bit of its number says.
const fn kind_and_order(operation: u64) -> (u64, Order) {
    const LITTLE_ENDIAN: u64 = 0x80;
    let order = if operation & LITTLE_ENDIAN == 0 { Order::Big } else { Order::Little };
    (operation & !LITTLE_ENDIAN, order)
}

fn run(
    host: &mut Host<'_>,
    call: HostCall,
    operation: Operation,
    (input, input_bytes): (u32, u64),
    out: u32,
) -> Result<i64, CallError> {
    let input_bytes = narrow(call, input_bytes)?;
    pay(host, price(call).base_units.saturating_add(operation.units))?;
    with_guest(host, call, |guest, _| {
        guest.bytes(out, operation.output_bytes)?;
        let input = guest.bytes(input, input_bytes)?;
        let Some(result) = (operation.compute)(input, operation.order) else { return Ok(FAILURE) };
        guest.bytes_mut(out, operation.output_bytes)?.copy_from_slice(&result);
        Ok(SUCCESS)
    })
}

fn add_in_g1(input: &[u8], order: Order) -> Computed {
    group::alt_bn128_versioned_g1_addition(VersionedG1Addition::V0, input, order.into()).ok()
}

fn multiply_in_g1(input: &[u8], order: Order) -> Computed {
    group::alt_bn128_versioned_g1_multiplication(VersionedG1Multiplication::V1, input, order.into()).ok()
}

fn add_in_g2(input: &[u8], order: Order) -> Computed {
    group::alt_bn128_versioned_g2_addition(VersionedG2Addition::V0, input, order.into()).ok()
}

fn multiply_in_g2(input: &[u8], order: Order) -> Computed {
    group::alt_bn128_versioned_g2_multiplication(VersionedG2Multiplication::V0, input, order.into()).ok()
}

fn pair(input: &[u8], order: Order) -> Computed {
    group::alt_bn128_versioned_pairing(VersionedPairing::V1, input, order.into()).ok()
}

fn compress_g1(input: &[u8], order: Order) -> Computed {
    let point = match order {
        Order::Big => compression::alt_bn128_g1_compress_be(input),
        Order::Little => compression::alt_bn128_g1_compress_le(input),
    };
    point.ok().map(Vec::from)
}

fn decompress_g1(input: &[u8], order: Order) -> Computed {
    let point = match order {
        Order::Big => compression::alt_bn128_g1_decompress_be(input),
        Order::Little => compression::alt_bn128_g1_decompress_le(input),
    };
    point.ok().map(Vec::from)
}

fn compress_g2(input: &[u8], order: Order) -> Computed {
    let point = match order {
        Order::Big => compression::alt_bn128_g2_compress_be(input),
        Order::Little => compression::alt_bn128_g2_compress_le(input),
    };
    point.ok().map(Vec::from)
}

fn decompress_g2(input: &[u8], order: Order) -> Computed {
    let point = match order {
        Order::Big => compression::alt_bn128_g2_decompress_be(input),
        Order::Little => compression::alt_bn128_g2_decompress_le(input),
    };
    point.ok().map(Vec::from)
}
