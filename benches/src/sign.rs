//! Signed transactions as clients make them: a message compiled by `solana-message`, an Ed25519 signature, the wire
//! format.

use ed25519_zebra::{SigningKey, VerificationKeyBytes};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use sealane_sdk::Address;
use sealane_sdk::instruction::{Hash, Instruction};
use solana_message::legacy::Message;
use std::sync::Arc;

/// A user: a key pair and its address.
#[derive(Clone, Debug)]
pub struct User {
    key: SigningKey,
    /// The address: the public key.
    pub address: Address,
}

impl User {
    /// The user with this number in the world of this seed. Not secret: anybody can make the key again.
    #[must_use]
    pub fn new(seed: u64, number: u64) -> Self {
        let mut secret = [0; 32];
        secret[..8].copy_from_slice(&seed.to_le_bytes());
        secret[8..16].copy_from_slice(&number.to_le_bytes());
        secret[16..].copy_from_slice(b"sealane workload");
        let key = SigningKey::from(secret);
        let address = Address::new_from_array(VerificationKeyBytes::from(&key).into());
        Self { key, address }
    }

    /// The users numbered from 0, made on all processors.
    #[must_use]
    pub fn crowd(seed: u64, count: usize) -> Vec<Arc<Self>> {
        (0..count as u64).into_par_iter().map(|number| Arc::new(Self::new(seed, number))).collect()
    }
}

/// The bytes of a legacy transaction of `instructions`, paid and signed by `payer` alone.
///
/// # Panics
/// If the instructions ask for another signature, or do not make a message.
#[must_use]
pub fn sign(payer: &User, instructions: &[Instruction], blockhash: Hash) -> Vec<u8> {
    let message = Message::new_with_blockhash(instructions, Some(&payer.address), &blockhash);
    assert_eq!(message.header.num_required_signatures, 1, "only the payer signs");
    let message =
        bincode::serde::encode_to_vec(&message, bincode::config::legacy()).expect("a message encodes");
    let signature: [u8; 64] = payer.key.sign(&message).into();
    let mut bytes = Vec::with_capacity(1 + signature.len() + message.len());
    bytes.push(1);
    bytes.extend_from_slice(&signature);
    bytes.extend_from_slice(&message);
    bytes
}
