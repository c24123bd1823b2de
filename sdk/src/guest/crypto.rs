//! Hashes and signature checks, done by the host.

use super::host_calls;
use crate::Address;

/// SHA-256 of the concatenation of `pieces`.
#[must_use]
pub fn sha256(pieces: &[&[u8]]) -> [u8; 32] {
    host_calls::sha256(pieces)
}

/// BLAKE3 of the concatenation of `pieces`.
#[must_use]
pub fn blake3(pieces: &[&[u8]]) -> [u8; 32] {
    host_calls::blake3(pieces)
}

/// Whether `signature` is the Ed25519 signature of `message` under `key`, by the rule of ZIP-215 (the same
/// that the ledger's own signatures follow).
#[must_use]
pub fn ed25519_verify(signature: &[u8; 64], key: &Address, message: &[u8]) -> bool {
    host_calls::ed25519_verify(signature, key.as_array(), message)
}

/// The public key (64 bytes, uncompressed without prefix) that signed `hash` with secp256k1; `None` if there
/// is none. `recovery_id` is 0 to 3.
#[must_use]
pub fn secp256k1_recover(hash: &[u8; 32], recovery_id: u8, signature: &[u8; 64]) -> Option<[u8; 64]> {
    host_calls::secp256k1_recover(hash, recovery_id, signature)
}
