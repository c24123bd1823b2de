//! The curve arithmetic of [`verify`](super::verify): decoding a group's signatures, and finding those whose equation
//! does not hold.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "on scalars and points, where arithmetic cannot overflow"
)]

use super::VerifyError;
use super::key_cache::{CachedKey, KeyCache};
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use sha2::{Digest, Sha256, Sha512};

/// Separates the coefficients' hash from every other use of SHA-256.
const TRANSCRIPT_DOMAIN: &[u8] = b"sealane ed25519 group v1";

/// The signatures of one group; kept between groups for its buffers.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// All signatures that decode, in order.
    pub(super) equations: Vec<Equation>,
    keys: Vec<CachedKey>,
    slots: HashMap<[u8; 32], u32, RandomState>,
    coefficients: Vec<Scalar>,
    sum: Sum,
}

/// One decoded signature, and where it came from.
#[derive(Debug)]
pub(super) struct Equation {
    /// Index of its transaction in the group.
    pub(super) owner: u32,
    /// Its index in that transaction.
    pub(super) signature_index: u8,
    /// What must be 0.
    pub(super) terms: Terms,
}

/// The terms of 8·(s·B − R − k·A) = 0.
#[derive(Debug)]
pub(super) struct Terms {
    /// Where A stands among the group's keys.
    key_slot: u32,
    r: EdwardsPoint,
    s: Scalar,
    k: Scalar,
    /// SHA-512(R ‖ A ‖ M), of which k is the remainder.
    challenge: [u8; 64],
}

/// Buffers for the sum of many equations.
#[derive(Debug, Default)]
struct Sum {
    scalars: Vec<Scalar>,
    points: Vec<EdwardsPoint>,
    /// For each key slot, where its point stands in `points`; valid if that is within bounds and of this sum.
    key_positions: Vec<u32>,
}

/// No position yet in [`Sum::key_positions`].
const ABSENT: u32 = u32::MAX;

impl Group {
    pub(super) fn clear(&mut self) {
        self.equations.clear();
        self.keys.clear();
        self.slots.clear();
    }

    /// Decodes the distinct keys among `keys`, with the help of `cache`.
    pub(super) fn decode_keys<'k>(&mut self, keys: impl Iterator<Item = &'k [u8; 32]>, cache: &KeyCache) {
        for bytes in keys {
            let next = u32::try_from(self.keys.len()).unwrap_or(ABSENT);
            self.slots.entry(*bytes).or_insert_with(|| {
                self.keys.push(CachedKey { bytes: *bytes, point: None, is_young: false });
                next
            });
        }
        cache.look_up(&mut self.keys);
        for key in &mut self.keys {
            if key.point.is_none() {
                key.point = CompressedEdwardsY(key.bytes).decompress();
            }
        }
        cache.keep(&self.keys);
    }

    /// Decodes one signature by one of the keys that [`Self::decode_keys`] was given.
    pub(super) fn decode(
        &self,
        key: &[u8; 32],
        signature: &[u8; 64],
        message: &[u8],
        signature_index: u8,
    ) -> Result<Terms, VerifyError> {
        let key_slot = self.slots.get(key).copied().unwrap_or(ABSENT);
        if self.point(key_slot).is_none() {
            return Err(VerifyError::KeyNotOnCurve { signature_index });
        }
        let mut halves = [[0; 32]; 2];
        halves.as_flattened_mut().copy_from_slice(signature);
        let [r_bytes, s_bytes] = halves;
        let s = Option::<Scalar>::from(Scalar::from_canonical_bytes(s_bytes))
            .ok_or(VerifyError::ScalarNotCanonical { signature_index })?;
        let r = CompressedEdwardsY(r_bytes)
            .decompress()
            .ok_or(VerifyError::PointNotOnCurve { signature_index })?;
        let challenge: [u8; 64] =
            Sha512::new().chain_update(r_bytes).chain_update(key).chain_update(message).finalize().into();
        let k = Scalar::from_bytes_mod_order_wide(&challenge);
        Ok(Terms { key_slot, r, s, k, challenge })
    }

    /// Calls `found` with each equation that does not hold, in order.
    pub(super) fn for_each_mismatch(&mut self, mut found: impl FnMut(&Equation)) {
        self.draw_coefficients();
        // Ranges still to check, the first on top.
        let mut ranges = Vec::from([(0, self.equations.len())]);
        while let Some((start, end)) = ranges.pop() {
            match self.equations.get(start..end) {
                None | Some([]) => {}
                Some([equation]) => {
                    if !self.holds(&equation.terms) {
                        found(equation);
                    }
                }
                Some(_) => {
                    if !self.sum_holds(start..end) {
                        let middle = start.midpoint(end);
                        ranges.push((middle, end));
                        ranges.push((start, middle));
                    }
                }
            }
        }
    }

    fn point(&self, key_slot: u32) -> Option<&EdwardsPoint> {
        self.keys.get(key_slot as usize)?.point.as_ref()
    }

    /// The coefficients z, two from each hash of everything in the group and a counter.
    ///
    /// A challenge is a hash of R, A and M, so with s it stands for its whole equation.
    fn draw_coefficients(&mut self) {
        let mut transcript = Sha256::new().chain_update(TRANSCRIPT_DOMAIN);
        for Equation { terms, .. } in &self.equations {
            transcript.update(terms.challenge);
            transcript.update(terms.s.as_bytes());
        }
        let seed = transcript.finalize();
        self.coefficients.clear();
        for counter in 0..self.equations.len().div_ceil(2) as u64 {
            let block: [u8; 32] =
                Sha256::new().chain_update(seed).chain_update(counter.to_le_bytes()).finalize().into();
            let (halves, _) = block.as_chunks::<16>();
            self.coefficients.extend(halves.iter().map(|half| Scalar::from(u128::from_le_bytes(*half))));
        }
    }

    /// Whether one equation holds by itself.
    fn holds(&self, terms: &Terms) -> bool {
        let Some(key) = self.point(terms.key_slot) else { return false };
        let expected = EdwardsPoint::vartime_double_scalar_mul_basepoint(&terms.k, &-key, &terms.s);
        (terms.r - expected).mul_by_cofactor().is_identity()
    }

    /// Whether the sum of a range of equations, each times its coefficient, holds.
    ///
    /// Equations with the same key share one term of the sum.
    fn sum_holds(&mut self, range: std::ops::Range<usize>) -> bool {
        let sum = &mut self.sum;
        sum.scalars.clear();
        sum.points.clear();
        sum.key_positions.clear();
        sum.key_positions.resize(self.keys.len(), ABSENT);
        let equations = self.equations.get(range.clone()).unwrap_or_default();
        let coefficients = self.coefficients.get(range).unwrap_or_default();
        let mut base_scalar = Scalar::ZERO;
        for (Equation { terms, .. }, z) in equations.iter().zip(coefficients) {
            base_scalar -= z * terms.s;
            sum.scalars.push(*z);
            sum.points.push(terms.r);
            let Some(position) = sum.key_positions.get_mut(terms.key_slot as usize) else { return false };
            if let Some(scalar) = sum.scalars.get_mut(*position as usize) {
                *scalar += z * terms.k;
            } else {
                let Some(point) = self.keys.get(terms.key_slot as usize).and_then(|key| key.point) else {
                    return false;
                };
                *position = u32::try_from(sum.points.len()).unwrap_or(ABSENT);
                sum.scalars.push(z * terms.k);
                sum.points.push(point);
            }
        }
        sum.scalars.push(base_scalar);
        sum.points.push(ED25519_BASEPOINT_POINT);
        EdwardsPoint::vartime_multiscalar_mul(&sum.scalars, &sum.points).mul_by_cofactor().is_identity()
    }
}
