//! The constants of Poseidon over BN254's scalars as circom has them: 8 full rounds, x⁵, and what the authors of the hash draw from
//! the shift register of Grain (`generate_parameters_grain.sage`, beside <https://eprint.iacr.org/2019/458>).
//!
//! They are drawn when a width is first needed, which takes milliseconds. The crate that hashes has them as source text of 1.5 MB, and
//! compiling that takes longer than compiling Cranelift's code generator.

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, Field, PrimeField};
use light_poseidon::PoseidonParameters;
use std::sync::OnceLock;

/// Bits of a scalar.
const SCALAR_BITS: u32 = 254;
/// Rounds in which every element of the state goes through the S-box.
const FULL_ROUNDS: usize = 8;
/// Rounds in which only the first does, by width: 2 to 13 elements.
const PARTIAL_ROUNDS: [usize; 12] = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65];
/// The S-box takes this power.
const ALPHA: u64 = 5;

/// The constants of one width.
#[derive(Debug)]
pub(super) struct Constants {
    /// Added to the state, round by round.
    round: Vec<Fr>,
    /// The state is multiplied by it at the end of each round.
    matrix: Vec<Vec<Fr>>,
    partial_rounds: usize,
}

impl Constants {
    /// Those for this many inputs; none if there are no inputs, or more than 12.
    pub(super) fn of_inputs(count: usize) -> Option<&'static Self> {
        static DRAWN: [OnceLock<Constants>; PARTIAL_ROUNDS.len()] =
            [const { OnceLock::new() }; PARTIAL_ROUNDS.len()];
        let drawn = DRAWN.get(count.checked_sub(1)?)?;
        Some(drawn.get_or_init(|| Self::draw(count + 1, PARTIAL_ROUNDS[count - 1])))
    }

    /// In the form that the hasher owns.
    pub(super) fn parameters(&self) -> PoseidonParameters<Fr> {
        let Self { round, matrix, partial_rounds } = self;
        let width = matrix.len();
        PoseidonParameters::new(round.clone(), matrix.clone(), FULL_ROUNDS, *partial_rounds, width, ALPHA)
    }

    fn draw(width: usize, partial_rounds: usize) -> Self {
        let mut grain = Grain::new(width, partial_rounds);
        let round = (0..(FULL_ROUNDS + partial_rounds) * width).map(|_| grain.scalar()).collect();
        Self { round, matrix: matrix(&mut grain, width), partial_rounds }
    }
}

/// The matrix of Cauchy, 1 / (xᵢ + yⱼ), over the first numbers of which no two are the same and no two add up to nothing.
fn matrix(grain: &mut Grain, width: usize) -> Vec<Vec<Fr>> {
    loop {
        let drawn: Vec<Fr> = (0..2 * width).map(|_| grain.reduced()).collect();
        if (1..drawn.len()).any(|position| drawn[..position].contains(&drawn[position])) {
            continue;
        }
        let (rows, columns) = drawn.split_at(width);
        let row = |x: &Fr| columns.iter().map(|y| (*x + y).inverse()).collect::<Option<Vec<Fr>>>();
        if let Some(matrix) = rows.iter().map(row).collect() {
            return matrix;
        }
    }
}

/// Grain's shift register, of 80 bits; the oldest is the lowest.
#[derive(Debug)]
struct Grain(u128);

impl Grain {
    const SIZE_BITS: u32 = 80;
    /// Bits that add up to the next one.
    const TAPS: [u32; 6] = [62, 51, 38, 23, 13, 0];
    /// Bits that are thrown away at first.
    const WARM_UP_BITS: u32 = 160;

    /// Filled with what the constants are for: a prime field, x⁵, sizes and rounds.
    fn new(width: usize, partial_rounds: usize) -> Self {
        let fields = [
            (1, 2),
            (0, 4),
            (SCALAR_BITS as usize, 12),
            (width, 12),
            (FULL_ROUNDS, 10),
            (partial_rounds, 10),
            ((1 << 30) - 1, 30),
        ];
        let mut grain = Self(0);
        // Each stands with its highest bit first.
        for (value, size_bits) in fields {
            (0..size_bits).rev().for_each(|bit| grain.push((value >> bit) as u128 & 1));
        }
        for _ in 0..Self::WARM_UP_BITS {
            grain.next();
        }
        grain
    }

    fn push(&mut self, bit: u128) {
        self.0 = (self.0 >> 1) | (bit << (Self::SIZE_BITS - 1));
    }

    fn next(&mut self) -> u64 {
        let bit = Self::TAPS.iter().fold(0, |bit, tap| bit ^ (self.0 >> tap)) & 1;
        self.push(bit);
        u64::from(bit == 1)
    }

    /// Bits come in pairs; the second counts if the first is set.
    fn bit(&mut self) -> u64 {
        loop {
            let [chooses, bit] = [self.next(), self.next()];
            if chooses == 1 {
                return bit;
            }
        }
    }

    /// As many bits as a scalar has, the highest first.
    fn number(&mut self) -> BigInt<4> {
        let mut limbs = [0; 4];
        for position in (0..SCALAR_BITS as usize).rev() {
            limbs[position / 64] |= self.bit() << (position % 64);
        }
        BigInt(limbs)
    }

    /// The next number that is a scalar.
    fn scalar(&mut self) -> Fr {
        loop {
            if let Some(scalar) = Fr::from_bigint(self.number()) {
                return scalar;
            }
        }
    }

    /// The next number, less the modulus if it is beyond.
    fn reduced(&mut self) -> Fr {
        Fr::from_le_bytes_mod_order(&self.number().to_bytes_le())
    }
}
