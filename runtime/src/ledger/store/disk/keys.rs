//! The keys of every table: numbers big-endian, so that their order is the keys' order.
//!
//! ```text
//! Meta        names, see the constants; "run" and the number of a run's last block (8); "base" and an index (4)
//! Accounts    address (32)
//! Headers     block number (8)
//! Blocks      block number (8), kind of part (1), index of the part (4)
//! Signatures  first 8 bytes of the signature, place of the transaction (8)
//! Addresses   address (32), inverted place (8) of the newest transaction in the entry: newest first
//! ```

use sealane_sdk::Address;
use sealane_sdk::limits::SIGNATURE_SIZE_BYTES;
use serde::{Deserialize, Serialize};

/// The rules of the ledger that every opening must share.
pub(super) const RULES: &[u8] = b"rules";
/// How far the tables have come, and what is left of the history.
pub(super) const PROGRESS: &[u8] = b"progress";
/// What the ledger was restored of, if it was; with a number behind it, one of the recent blocks that came with it.
pub(super) const BASE: &[u8] = b"base";
/// How far restoring has come, while it is not done.
pub(super) const RESTORING: &[u8] = b"restoring";
/// How the names of runs begin.
const RUN: &[u8] = b"run";

/// Bits of a packed place that are the index in the block.
const INDEX_BITS: u32 = 20;
const _: () = assert!(crate::block::MAX_BLOCK_TRANSACTIONS <= 1 << INDEX_BITS);

/// Where a transaction stands in the ledger. Later places are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Number of its block.
    pub block_number: u64,
    /// Its index in the block.
    pub index: u32,
}

impl Place {
    /// Number and index in one: the order of the packed places is that of the places. Blocks count up to 2^44.
    pub(super) const fn packed(self) -> u64 {
        self.block_number << INDEX_BITS | self.index as u64
    }

    pub(super) const fn unpacked(packed: u64) -> Self {
        let index = (packed & ((1 << INDEX_BITS) - 1)) as u32;
        Self { block_number: packed >> INDEX_BITS, index }
    }
}

/// A part of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Some of its transactions, with their batches.
    Transactions = 1,
    /// The receipts of some of its transactions.
    Receipts = 2,
    /// Some of the accounts as it left them.
    Changes = 3,
}

/// The key of one of the recent blocks that a ledger was restored with, the oldest has index 0.
pub(super) fn base_block_key(index: u32) -> Vec<u8> {
    [BASE, &index.to_be_bytes()].concat()
}

pub(super) fn header_key(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

pub(super) fn part_key(number: u64, part: Part, index: u32) -> [u8; 13] {
    let mut key = [0; 13];
    key[..8].copy_from_slice(&number.to_be_bytes());
    key[8] = part as u8;
    key[9..].copy_from_slice(&index.to_be_bytes());
    key
}

pub(super) fn run_key(last_number: u64) -> Vec<u8> {
    [RUN, &last_number.to_be_bytes()].concat()
}

/// The number of a run's last block, which its key ends with.
pub(super) fn number_of_run_key(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.strip_prefix(RUN)?.try_into().ok()?))
}

/// The first bytes of a signature, by which it is found.
pub(super) fn signature_prefix(signature: &[u8; SIGNATURE_SIZE_BYTES]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *signature;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The key of a signature, by its prefix and packed place.
pub(super) fn signature_key(prefix: u64, place: u64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&prefix.to_be_bytes());
    key[8..].copy_from_slice(&place.to_be_bytes());
    key
}

/// The packed place that a signature's key ends with.
pub(super) fn place_of_signature_key(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.get(8..)?.try_into().ok()?))
}

/// The key of an entry of the address index, by the packed place of its newest transaction.
pub(super) fn address_key(address: &Address, newest: u64) -> [u8; 40] {
    let mut key = [0; 40];
    key[..32].copy_from_slice(address.as_ref());
    key[32..].copy_from_slice(&(!newest).to_be_bytes());
    key
}

/// The packed place of the newest transaction, which the key of an entry of the address index ends with.
pub(super) fn newest_of_address_key(key: &[u8]) -> Option<u64> {
    Some(!u64::from_be_bytes(key.get(32..)?.try_into().ok()?))
}

/// The address that a key begins with.
pub(super) fn address_of_key(key: &[u8]) -> Option<Address> {
    Some(Address::new_from_array(*key.first_chunk::<32>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_what_they_name() {
        let places = [(0, 0), (0, 1), (1, 0), (1, (1 << INDEX_BITS) - 1), (2, 0), (1 << 43, 5)];
        let places = places.map(|(block_number, index)| Place { block_number, index });
        for (one, other) in places.iter().zip(&places[1..]) {
            assert!(one.packed() < other.packed() && one < other, "{one:?} {other:?}");
            assert_eq!(Place::unpacked(one.packed()), *one);
            let address = Address::new_from_array([7; 32]);
            let (newer, older) = (address_key(&address, other.packed()), address_key(&address, one.packed()));
            assert!(newer < older, "newest first");
            assert_eq!(newest_of_address_key(&newer), Some(other.packed()));
        }
        assert!(part_key(1, Part::Changes, 9) < part_key(2, Part::Transactions, 0));
        assert!(part_key(1, Part::Transactions, u32::MAX) < part_key(1, Part::Receipts, 0));
        let mut signature = [0; SIGNATURE_SIZE_BYTES];
        signature[..9].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(signature_prefix(&signature), 0x0102_0304_0506_0708);
        assert_eq!(place_of_signature_key(&signature_key(3, 77)), Some(77));
    }
}
