//! What host calls cost, in compute units: the one table. Each price is paid before the work it stands for.
//!
//! The bases are Solana's where it has the same call (`SVMTransactionExecutionCost`), so that budgets carry over; the
//! prices a byte are our own, from measurements: about one unit a nanosecond on a 2020s server. What zero-knowledge proofs are
//! checked with (BN254, Poseidon, powers of large numbers) has one unit for three, as Keccak has: at one for one a proof of
//! four pairings would not fit into a transaction. A block's 60 million units of it are 180 ms.

use crate::HostCall;

/// The price of one kind of work: a base, and one unit for every so many bytes begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Price {
    /// Units for the call itself.
    pub(crate) base_units: u64,
    /// Bytes that one unit pays for.
    pub(crate) bytes_per_unit: u64,
}

impl Price {
    const fn new(base_units: u64, bytes_per_unit: u64) -> Self {
        Self { base_units, bytes_per_unit }
    }

    /// Units for the bytes alone.
    pub(crate) const fn bytes_units(self, size_bytes: u64) -> u64 {
        size_bytes.div_ceil(self.bytes_per_unit)
    }

    /// Units for a call that handles `size_bytes`.
    pub(crate) const fn units(self, size_bytes: u64) -> u64 {
        self.base_units.saturating_add(self.bytes_units(size_bytes))
    }
}

/// Units for each piece of a list (seeds, hash inputs, log data, accounts of a nested call) that a host call takes.
pub(crate) const LIST_ITEM_UNITS: u64 = 10;
/// Units for each address that is derived, a bump tried by `find_address` included. Solana:
/// `create_program_address_units`.
pub(crate) const ADDRESS_UNITS: u64 = 1_500;
/// Units for each point of Curve25519 that is decoded or encoded: a square root or an inversion, about 4 µs.
pub(crate) const CURVE_POINT_UNITS: u64 = 4_000;
/// Units for each product of a scalar and a point: about 40 µs.
pub(crate) const CURVE_MULTIPLY_UNITS: u64 = 40_000;
/// Units for adding two points of BN254's group G1.
pub(crate) const BN128_G1_ADD_UNITS: u64 = 3_000;
/// Units for adding two points of BN254's group G2.
pub(crate) const BN128_G2_ADD_UNITS: u64 = 4_000;
/// Units for the product of a scalar and a point of G1.
pub(crate) const BN128_G1_MULTIPLY_UNITS: u64 = 55_000;
/// Units for the product of a scalar and a point of G2.
pub(crate) const BN128_G2_MULTIPLY_UNITS: u64 = 285_000;
/// Units for a product of pairings of BN254, beside those for each pair.
pub(crate) const BN128_PAIRING_UNITS: u64 = 120_000;
/// Units for each pair of a product of pairings.
pub(crate) const BN128_PAIR_UNITS: u64 = 175_000;
/// Units for the short form of a point of BN254.
pub(crate) const BN128_COMPRESS_UNITS: u64 = 900;
/// Units for finding a point of G1 by its short form: a square root.
pub(crate) const BN128_G1_DECOMPRESS_UNITS: u64 = 3_500;
/// Units for finding a point of G2 by its short form.
pub(crate) const BN128_G2_DECOMPRESS_UNITS: u64 = 11_000;
/// Units for a Poseidon hash, beside those for its state.
pub(crate) const POSEIDON_UNITS: u64 = 4_000;
/// Units of a Poseidon hash for the square of the numbers in its state, which are the inputs and one more: each round
/// multiplies them by a matrix.
pub(crate) const POSEIDON_SQUARE_UNITS: u64 = 850;
/// Bytes of the words that large numbers are made of.
const WORD_BYTES: u64 = 8;
/// Units for each page a memory grows, by the program or for its input: clearing and mapping 64 KiB.
pub(crate) const MEMORY_PAGE_UNITS: u64 = 2_000;
/// Units for each page of a program's initial memory, for every call: the memory is made new.
pub(crate) const INITIAL_PAGE_UNITS: u64 = 200;
/// Elements of a program's table that one unit pays for, for every call: the table is filled anew.
pub(crate) const TABLE_ELEMENTS_PER_UNIT: u64 = 4;
/// The input region of a call, top-level or nested: its bytes are written, compared and copied back.
pub(crate) const INPUT: Price = Price::new(0, 32);

/// Units for an instance of a program and the input region it is given.
pub(crate) const fn call_units(initial_pages: u32, table_elements: u32, input_bytes: u64) -> u64 {
    INITIAL_PAGE_UNITS * initial_pages as u64
        + (table_elements as u64).div_ceil(TABLE_ELEMENTS_PER_UNIT)
        + INPUT.units(input_bytes)
}

/// Units for a Poseidon hash of `inputs` numbers.
pub(crate) const fn poseidon_units(inputs: u64) -> u64 {
    POSEIDON_UNITS + POSEIDON_SQUARE_UNITS * (inputs + 1) * (inputs + 1)
}

/// Units for a power of a number, all sizes in bytes and small: for each word of the exponent 64 squares and 16 products in
/// windows of 4 bits, some more for the window's table, and a reduction of the base. A product takes a step for each pair of words
/// of the modulus.
pub(crate) const fn big_mod_exp_units(base: u64, exponent: u64, modulus: u64) -> u64 {
    let (base, exponent, modulus) =
        (base.div_ceil(WORD_BYTES), exponent.div_ceil(WORD_BYTES), modulus.div_ceil(WORD_BYTES));
    let product = 20 + 4 * modulus + modulus * modulus * 3 / 4;
    product * (20 + 80 * exponent) + base * (10 + modulus)
}

/// The price of a host call and of the bytes it handles.
pub(crate) const fn price(call: HostCall) -> Price {
    use HostCall as C;
    match call {
        C::Log | C::Panic | C::SolLog | C::SolPanic => Price::new(100, 4),
        C::LogData | C::SolLogData => Price::new(100, 1),
        C::SolAbort => Price::new(100, 1),
        C::SolLog64 | C::SolLogPubkey | C::SolLogComputeUnits => Price::new(100, 1),
        // 64 bytes take 80 ns, each further 64 bytes about 35 ns.
        C::Sha256 | C::Blake3 | C::SolSha256 | C::SolBlake3 => Price::new(85, 2),
        // A block of 136 bytes takes about 400 ns; of SHA-512, one of 128 bytes about 250 ns.
        C::SolKeccak256 | C::SolSha512 => Price::new(500, 1),
        // One verification takes 30 to 40 µs, its message is hashed with SHA-512.
        C::Ed25519Verify => Price::new(25_000, 2),
        C::Secp256k1Recover | C::SolSecp256k1Recover => Price::new(25_000, 1),
        // Derivations have a price each, `ADDRESS_UNITS`.
        C::CreateAddress | C::FindAddress => Price::new(0, 1),
        C::SolCreateProgramAddress | C::SolTryFindProgramAddress => Price::new(0, 1),
        // The bytes are the nested instruction's data. Those of the accounts are paid as `INPUT`: by the caller, whose
        // memory they are compared in and shown anew, and by the callee.
        C::Invoke | C::SolInvokeSignedC | C::SolInvokeSignedRust => Price::new(946, 16),
        C::SetReturnData | C::GetReturnData => Price::new(100, 16),
        C::SolSetReturnData | C::SolGetReturnData => Price::new(100, 16),
        C::SysvarRead | C::SolGetSysvar | C::SolGetClockSysvar | C::SolGetRentSysvar => Price::new(100, 16),
        C::SolGetFeesSysvar | C::SolGetLastRestartSlot => Price::new(100, 16),
        C::SolGetEpochScheduleSysvar | C::SolGetEpochRewardsSysvar => Price::new(100, 16),
        C::AccountRead => Price::new(50, 32),
        // What is overwritten is saved first.
        C::AccountWrite => Price::new(50, 16),
        // The bytes that there will be, or those that are cut off, which are saved.
        C::AccountResize => Price::new(100, 16),
        C::RemainingUnits | C::SolRemainingComputeUnits | C::SolGetStackHeight => Price::new(20, 1),
        // The bytes are those that are written.
        C::SolGetProcessedSiblingInstruction => Price::new(100, 16),
        // Solana: `mem_op_base_cost`.
        C::SolMemcpy | C::SolMemmove | C::SolMemset | C::SolMemcmp => Price::new(10, 16),
        C::SolCurveValidatePoint => Price::new(CURVE_POINT_UNITS, 1),
        // Points and products have a price each.
        C::SolCurveGroupOp | C::SolCurveMultiscalarMul => Price::new(100, 1),
        // Each operation, each pair, each input has a price of its own.
        C::SolAltBn128GroupOp | C::SolAltBn128Compression | C::SolPoseidon => Price::new(100, 1),
        // What it computes is paid by the sizes of the numbers.
        C::SolBigModExp => Price::new(400, 1),
    }
}
