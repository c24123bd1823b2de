//! `sol_curve_validate_point`, `sol_curve_group_op`, `sol_curve_multiscalar_mul`: arithmetic on Curve25519, with points in
//! Edwards' or in Ristretto's encoding. What is no point, or no canonical scalar, is answered with a failure.

use super::{FAILURE, SUCCESS, narrow};
use crate::host::guest::Guest;
use crate::host::prices::{CURVE_MULTIPLY_UNITS, CURVE_POINT_UNITS, price};
use crate::host::state::{Host, pay, serve, with_guest};
use crate::{CallError, HostCall};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use std::ops::{Add, Sub};

/// Size of a point or a scalar in bytes.
const SIZE_BYTES: u32 = 32;
/// Most points that are multiplied in one call.
const MAX_POINTS: u64 = 512;

/// Which encoding, by Solana's number.
#[derive(Clone, Copy, Debug)]
enum Curve {
    Edwards,
    Ristretto,
}

/// What to do with two operands, by Solana's number. The first one of a product is a scalar.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Add,
    Subtract,
    Multiply,
}

/// A group of points with an encoding.
trait Point: Copy + Add<Output = Self> + Sub<Output = Self> + VartimeMultiscalarMul<Point = Self> {
    fn decode(bytes: [u8; 32]) -> Option<Self>;
    fn encode(self) -> [u8; 32];
}

impl Point for EdwardsPoint {
    fn decode(bytes: [u8; 32]) -> Option<Self> {
        CompressedEdwardsY(bytes).decompress()
    }

    fn encode(self) -> [u8; 32] {
        self.compress().to_bytes()
    }
}

impl Point for RistrettoPoint {
    fn decode(bytes: [u8; 32]) -> Option<Self> {
        CompressedRistretto(bytes).decompress()
    }

    fn encode(self) -> [u8; 32] {
        self.compress().to_bytes()
    }
}

impl Curve {
    fn of_number(call: HostCall, number: u64) -> Result<Self, CallError> {
        match number {
            0 => Ok(Self::Edwards),
            1 => Ok(Self::Ristretto),
            argument => Err(CallError::BadArgument { call, argument }),
        }
    }
}

impl Operation {
    fn of_number(call: HostCall, number: u64) -> Result<Self, CallError> {
        match number {
            0 => Ok(Self::Add),
            1 => Ok(Self::Subtract),
            2 => Ok(Self::Multiply),
            argument => Err(CallError::BadArgument { call, argument }),
        }
    }

    /// Units beyond the price of the call: for decoding and encoding, and for what is done between.
    const fn units(self) -> u64 {
        match self {
            Self::Add | Self::Subtract => 3 * CURVE_POINT_UNITS,
            Self::Multiply => 2 * CURVE_POINT_UNITS + CURVE_MULTIPLY_UNITS,
        }
    }
}

/// Whether 32 bytes are a point.
pub(super) fn validate_point(host: &mut Host<'_>, curve: u64, point: u32) -> Result<i64, CallError> {
    let call = HostCall::SolCurveValidatePoint;
    serve(host, call, 0, |guest, _| {
        let curve = Curve::of_number(call, curve)?;
        let bytes = guest.array::<32>(point)?;
        let valid = match curve {
            Curve::Edwards => EdwardsPoint::decode(bytes).is_some(),
            Curve::Ristretto => RistrettoPoint::decode(bytes).is_some(),
        };
        Ok(if valid { SUCCESS } else { FAILURE })
    })
}

/// Adds or subtracts two points, or multiplies a scalar and a point.
pub(super) fn group_operation(
    host: &mut Host<'_>,
    (curve, operation): (u64, u64),
    left: u32,
    right: u32,
    out: u32,
) -> Result<i64, CallError> {
    let call = HostCall::SolCurveGroupOp;
    let curve = Curve::of_number(call, curve)?;
    let operation = Operation::of_number(call, operation)?;
    pay(host, price(call).base_units + operation.units())?;
    with_guest(host, call, |guest, _| {
        let (left, right) = (guest.array::<32>(left)?, guest.array::<32>(right)?);
        let result = match curve {
            Curve::Edwards => operate::<EdwardsPoint>(operation, left, right),
            Curve::Ristretto => operate::<RistrettoPoint>(operation, left, right),
        };
        answer(guest, result, out)
    })
}

/// The sum of products of `count` scalars and points.
pub(super) fn multiply(
    host: &mut Host<'_>,
    curve: u64,
    scalars: u32,
    points: u32,
    count: u64,
    out: u32,
) -> Result<i64, CallError> {
    let call = HostCall::SolCurveMultiscalarMul;
    let curve = Curve::of_number(call, curve)?;
    if count > MAX_POINTS {
        return Err(CallError::HostLimit { call, value: count, limit: MAX_POINTS });
    }
    let each = CURVE_POINT_UNITS + CURVE_MULTIPLY_UNITS;
    pay(host, price(call).base_units + each * count)?;
    with_guest(host, call, |guest, _| {
        let count = narrow(call, count)?;
        let scalars = guest.bytes(scalars, count * SIZE_BYTES)?.as_chunks::<32>().0;
        let points = guest.bytes(points, count * SIZE_BYTES)?.as_chunks::<32>().0;
        let result = match curve {
            Curve::Edwards => sum_of_products::<EdwardsPoint>(scalars, points),
            Curve::Ristretto => sum_of_products::<RistrettoPoint>(scalars, points),
        };
        answer(guest, result, out)
    })
}

fn answer(guest: &mut Guest<'_>, result: Option<[u8; 32]>, out: u32) -> Result<i64, CallError> {
    let Some(point) = result else { return Ok(FAILURE) };
    guest.bytes_mut(out, SIZE_BYTES)?.copy_from_slice(&point);
    Ok(SUCCESS)
}

fn operate<P: Point>(operation: Operation, left: [u8; 32], right: [u8; 32]) -> Option<[u8; 32]> {
    let right_point = P::decode(right)?;
    Some(match operation {
        Operation::Add => (P::decode(left)? + right_point).encode(),
        Operation::Subtract => (P::decode(left)? - right_point).encode(),
        Operation::Multiply => P::vartime_multiscalar_mul([scalar(left)?], [right_point]).encode(),
    })
}

fn sum_of_products<P: Point>(scalars: &[[u8; 32]], points: &[[u8; 32]]) -> Option<[u8; 32]> {
    let scalars: Option<Vec<Scalar>> = scalars.iter().map(|bytes| scalar(*bytes)).collect();
    let points = points.iter().map(|bytes| P::decode(*bytes));
    Some(P::optional_multiscalar_mul(scalars?, points)?.encode())
}

fn scalar(bytes: [u8; 32]) -> Option<Scalar> {
    Option::from(Scalar::from_canonical_bytes(bytes))
}
