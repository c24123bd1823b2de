//! Users: key pairs made from names or numbers, and transactions signed by them with the types that Solana's clients use.

use bincode::config::legacy;
use bincode::serde::encode_to_vec;
use sealane_sdk::Address;
use sealane_sdk::ids::compute_budget;
use sealane_sdk::instruction::{Hash, Instruction, Signature};
use sealane_sdk::limits::{
    DEFAULT_INSTRUCTION_UNITS, MAX_LOADED_ACCOUNTS_DATA_SIZE_BYTES, MAX_TRANSACTION_SIZE_BYTES,
    MAX_TRANSACTION_UNITS, MAX_V1_TRANSACTION_SIZE_BYTES,
};
use sha2::{Digest, Sha256};
use solana_keypair::Keypair;
use solana_message::v1::TransactionConfig;
use solana_message::{VersionedMessage, legacy, v0, v1};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use std::sync::Arc;

/// A key pair and its address.
#[derive(Clone, Debug)]
pub struct User {
    keypair: Arc<Keypair>,
    /// The public key.
    pub address: Address,
}

impl User {
    /// The user with this number in the world of this seed. Not secret: anybody can make the key again.
    #[must_use]
    pub fn new(seed: u64, number: u64) -> Self {
        let mut secret = *b"........--------a user for tests";
        secret[..8].copy_from_slice(&seed.to_le_bytes());
        secret[8..16].copy_from_slice(&number.to_le_bytes());
        Self::of_secret(secret)
    }

    /// The user of this name, the same in every ledger and every run. Not secret either.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::of_secret(Sha256::digest(format!("a user for tests: {name}")).into())
    }

    fn of_secret(secret: [u8; 32]) -> Self {
        let keypair = Keypair::new_from_array(secret);
        let address = keypair.pubkey();
        Self { keypair: Arc::new(keypair), address }
    }

    /// The user's signature over `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        self.keypair.sign_message(message)
    }
}

/// The version of a transaction's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageVersion {
    /// Without a version byte.
    Legacy,
    /// Version 0, without lookup tables.
    V0,
    /// Version 1, with what it asks for.
    V1(TransactionConfig),
}

impl MessageVersion {
    /// Largest transaction of this version.
    #[must_use]
    pub const fn max_size_bytes(self) -> usize {
        match self {
            Self::Legacy | Self::V0 => MAX_TRANSACTION_SIZE_BYTES,
            Self::V1(_) => MAX_V1_TRANSACTION_SIZE_BYTES,
        }
    }
}

/// The version of the transaction in `bytes`, and what it asks for.
///
/// # Panics
/// If there is no transaction.
#[must_use]
pub fn version_of(bytes: &[u8]) -> MessageVersion {
    match from_bytes(bytes).message {
        VersionedMessage::Legacy(_) => MessageVersion::Legacy,
        VersionedMessage::V0(_) => MessageVersion::V0,
        VersionedMessage::V1(message) => MessageVersion::V1(message.config),
    }
}

/// The configuration that asks for the units and the loaded data that other versions get if they ask for none.
#[must_use]
pub fn usual_config(instructions: &[Instruction]) -> TransactionConfig {
    let others = instructions.iter().filter(|instruction| instruction.program_id != compute_budget::ID);
    let units = others.map(|_| DEFAULT_INSTRUCTION_UNITS).sum::<u32>().min(MAX_TRANSACTION_UNITS);
    TransactionConfig::empty()
        .with_compute_unit_limit(units)
        .with_loaded_accounts_data_size_limit(MAX_LOADED_ACCOUNTS_DATA_SIZE_BYTES)
}

/// The bytes of a transaction of `instructions`, paid by the first signer and signed by all of them.
///
/// # Panics
/// If the instructions ask for the signature of somebody who is not in `signers`, or do not make a message.
#[must_use]
pub fn sign(
    instructions: &[Instruction],
    signers: &[&User],
    blockhash: Hash,
    version: MessageVersion,
) -> Vec<u8> {
    let message = message(instructions, signers[0], blockhash, version);
    to_bytes(&signed(message, signers))
}

/// The message of a transaction of `instructions`.
///
/// # Panics
/// If the instructions do not make a message.
#[must_use]
pub fn message(
    instructions: &[Instruction],
    payer: &User,
    blockhash: Hash,
    version: MessageVersion,
) -> VersionedMessage {
    message_paid_by(instructions, &payer.address, blockhash, version)
}

/// The same, with only the payer's address known.
///
/// # Panics
/// If the instructions do not make a message.
#[must_use]
pub fn message_paid_by(
    instructions: &[Instruction],
    payer: &Address,
    blockhash: Hash,
    version: MessageVersion,
) -> VersionedMessage {
    match version {
        MessageVersion::Legacy => VersionedMessage::Legacy(legacy::Message::new_with_blockhash(
            instructions,
            Some(payer),
            &blockhash,
        )),
        MessageVersion::V0 => VersionedMessage::V0(
            v0::Message::try_compile(payer, instructions, &[], blockhash).expect("the keys fit a message"),
        ),
        MessageVersion::V1(config) => VersionedMessage::V1(
            v1::Message::try_compile_with_config(payer, instructions, blockhash, config)
                .expect("the keys fit a message"),
        ),
    }
}

/// Signs a message with those of `signers` that it asks for.
///
/// # Panics
/// If it asks for somebody else.
#[must_use]
pub fn signed(message: VersionedMessage, signers: &[&User]) -> VersionedTransaction {
    let bytes = match &message {
        VersionedMessage::V1(message) => message.serialize(),
        message => encode_to_vec(message, legacy()).expect("a message encodes"),
    };
    let required = &message.static_account_keys()[..usize::from(message.header().num_required_signatures)];
    let signature_of = |address: &Address| {
        let signer = signers.iter().find(|signer| signer.address == *address);
        signer.unwrap_or_else(|| panic!("{address} must sign and is not among the signers")).sign(&bytes)
    };
    VersionedTransaction { signatures: required.iter().map(signature_of).collect(), message }
}

/// The wire format.
///
/// # Panics
/// Never: every transaction encodes.
#[must_use]
pub fn to_bytes(transaction: &VersionedTransaction) -> Vec<u8> {
    match transaction.message {
        VersionedMessage::V1(_) => wincode::serialize(transaction).expect("a transaction encodes"),
        _ => encode_to_vec(transaction, legacy()).expect("a transaction encodes"),
    }
}

/// The transaction in `bytes`, read with Solana's own types.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn from_bytes(bytes: &[u8]) -> VersionedTransaction {
    if bytes.first() == Some(&v1::V1_PREFIX) {
        return wincode::deserialize_exact(bytes)
            .expect("the bytes of a transaction, and nothing behind them");
    }
    let (transaction, size_bytes) =
        bincode::serde::decode_from_slice(bytes, legacy()).expect("the bytes of a transaction");
    assert_eq!(size_bytes, bytes.len(), "nothing follows the transaction");
    transaction
}
