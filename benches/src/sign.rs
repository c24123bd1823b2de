//! Signed transactions as clients make them: a message compiled by `solana-message`, an Ed25519 signature, the wire
//! format.

use ed25519_zebra::{SigningKey, VerificationKeyBytes};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use sealane_sdk::Address;
use sealane_sdk::instruction::{Hash, Instruction};
use sealane_sdk::limits::MAX_LOADED_ACCOUNTS_DATA_SIZE_BYTES;
use solana_message::v1::TransactionConfig;
use solana_message::{MessageHeader, legacy, v1};
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
    let message = legacy::Message::new_with_blockhash(instructions, Some(&payer.address), &blockhash);
    check_signers(&message.header);
    let message =
        bincode::serde::encode_to_vec(&message, bincode::config::legacy()).expect("a message encodes");
    let signature: [u8; 64] = payer.key.sign(&message).into();
    [&[1], signature.as_slice(), &message].concat()
}

/// The bytes of a version-1 transaction of `instructions`, which has room for more accounts, paid and signed by `payer`
/// alone. It asks for `unit_limit` compute units and as much loaded data as a legacy one is given.
///
/// # Panics
/// If the instructions ask for another signature, or do not make a message.
#[must_use]
pub fn sign_v1(payer: &User, instructions: &[Instruction], blockhash: Hash, unit_limit: u32) -> Vec<u8> {
    let config = TransactionConfig::empty()
        .with_compute_unit_limit(unit_limit)
        .with_loaded_accounts_data_size_limit(MAX_LOADED_ACCOUNTS_DATA_SIZE_BYTES);
    let message = v1::Message::try_compile_with_config(&payer.address, instructions, blockhash, config)
        .expect("the keys fit a message");
    check_signers(&message.header);
    let message = message.serialize();
    let signature: [u8; 64] = payer.key.sign(&message).into();
    [message.as_slice(), &signature].concat()
}

fn check_signers(header: &MessageHeader) {
    assert_eq!(header.num_required_signatures, 1, "only the payer signs");
}
