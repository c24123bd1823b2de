//! The locks of a transaction: which of its keys it may write.
//!
//! Input is a sanitized transaction; the bit mask goes to the scheduler (what conflicts) and to the executor (what may
//! be written). All other keys are read locks, program ids included.
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use super::sanitize::SanitizedTransaction;
use sealane_sdk::Address;
use sealane_sdk::limits::MAX_ACCOUNT_KEYS;

/// The keys a transaction locks for writing: bit `i` stands for key `i`.
///
/// These are the keys the header declares writable, without [reserved keys](is_reserved) and without keys that an
/// instruction calls as a program.
#[must_use]
pub fn write_locks(transaction: &SanitizedTransaction<'_>) -> u64 {
    let called =
        transaction.instructions().fold(0, |called, instruction| called | bit(instruction.program_index));
    let mut locks = 0;
    for (index, key) in (0_u8..).zip(transaction.keys()) {
        let is_candidate = transaction.is_writable_by_header(usize::from(index)) && called & bit(index) == 0;
        if is_candidate && !is_reserved(key) {
            locks |= bit(index);
        }
    }
    locks
}

/// Whether `address` is that of a built-in program or sysvar, which no transaction may lock for writing.
///
/// The list is Solana's, reserved there for all time, whether this ledger has the program or not.
#[must_use]
pub fn is_reserved(address: &Address) -> bool {
    let [first, ..] = address.as_array();
    // Nearly all keys end here: 16 of 256 first bytes occur.
    RESERVED_FIRST_BYTES.get(usize::from(first >> 6)).is_some_and(|word| word >> (first & 63) & 1 == 1)
        && RESERVED.contains(address)
}

/// Bit `index`; indices of keys are below 64, so no bit is lost.
fn bit(index: u8) -> u64 {
    1_u64.unbounded_shl(u32::from(index))
}

/// Every reserved address. Source: Agave 4 `ReservedAccountKeys`.
const RESERVED: [Address; 31] = [
    // Programs.
    Address::from_str_const("11111111111111111111111111111111"),
    Address::from_str_const("AddressLookupTab1e1111111111111111111111111"),
    Address::from_str_const("BPFLoader1111111111111111111111111111111111"),
    Address::from_str_const("BPFLoader2111111111111111111111111111111111"),
    Address::from_str_const("BPFLoaderUpgradeab1e11111111111111111111111"),
    Address::from_str_const("ComputeBudget111111111111111111111111111111"),
    Address::from_str_const("Config1111111111111111111111111111111111111"),
    Address::from_str_const("Ed25519SigVerify111111111111111111111111111"),
    Address::from_str_const("Feature111111111111111111111111111111111111"),
    Address::from_str_const("KeccakSecp256k11111111111111111111111111111"),
    Address::from_str_const("LoaderV411111111111111111111111111111111111"),
    Address::from_str_const("NativeLoader1111111111111111111111111111111"),
    Address::from_str_const("Secp256r1SigVerify1111111111111111111111111"),
    Address::from_str_const("Stake11111111111111111111111111111111111111"),
    Address::from_str_const("StakeConfig11111111111111111111111111111111"),
    Address::from_str_const("Vote111111111111111111111111111111111111111"),
    Address::from_str_const("ZkE1Gama1Proof11111111111111111111111111111"),
    Address::from_str_const("ZkTokenProof1111111111111111111111111111111"),
    // Sysvars and their owner.
    Address::from_str_const("Sysvar1111111111111111111111111111111111111"),
    Address::from_str_const("Sysvar1nstructions1111111111111111111111111"),
    Address::from_str_const("SysvarC1ock11111111111111111111111111111111"),
    Address::from_str_const("SysvarEpochRewards1111111111111111111111111"),
    Address::from_str_const("SysvarEpochSchedu1e111111111111111111111111"),
    Address::from_str_const("SysvarFees111111111111111111111111111111111"),
    Address::from_str_const("SysvarLastRestartS1ot1111111111111111111111"),
    Address::from_str_const("SysvarRecentB1ockHashes11111111111111111111"),
    Address::from_str_const("SysvarRent111111111111111111111111111111111"),
    Address::from_str_const("SysvarRewards111111111111111111111111111111"),
    Address::from_str_const("SysvarS1otHashes111111111111111111111111111"),
    Address::from_str_const("SysvarS1otHistory11111111111111111111111111"),
    Address::from_str_const("SysvarStakeHistory1111111111111111111111111"),
];

/// The first bytes that occur in [`RESERVED`], one bit each.
const RESERVED_FIRST_BYTES: [u64; 4] = first_bytes();

#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "runs while compiling, over a constant list"
)]
const fn first_bytes() -> [u64; 4] {
    let mut words = [0; 4];
    let mut index = 0;
    while index < RESERVED.len() {
        let first = RESERVED[index].as_array()[0];
        words[(first >> 6) as usize] |= 1 << (first & 63);
        index += 1;
    }
    words
}

const _: () = assert!(MAX_ACCOUNT_KEYS <= u64::BITS as usize);
