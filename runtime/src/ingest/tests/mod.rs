//! Tests of the ingest stages, and what they share: transactions built with Solana's own types.

mod access;
mod budget;
mod replay;
mod sanitize;
mod sanitize_v1;
mod verify;

use super::SanitizedTransaction;
use proptest::prelude::*;
use sealane_sdk::Address;
use sealane_sdk::instruction::{Hash, Signature};
use sealane_sdk::limits::{MAX_TRANSACTION_SIZE_BYTES, MAX_V1_TRANSACTION_SIZE_BYTES};
use solana_message::compiled_instruction::CompiledInstruction;
use solana_message::v1::TransactionConfig;
use solana_message::{MessageHeader, VersionedMessage, legacy, v0, v1};
use solana_transaction::versioned::VersionedTransaction;

/// An address that stands for a number.
fn address(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

/// An instruction as it stands in a message.
fn instruction(program_id_index: u8, accounts: &[u8], data: &[u8]) -> CompiledInstruction {
    CompiledInstruction { program_id_index, accounts: accounts.to_vec(), data: data.to_vec() }
}

/// A legacy transaction with signatures that stand for numbers.
fn legacy_transaction(
    header: (u8, u8, u8),
    keys: &[Address],
    instructions: Vec<CompiledInstruction>,
) -> VersionedTransaction {
    let (num_required_signatures, num_readonly_signed_accounts, num_readonly_unsigned_accounts) = header;
    let message = legacy::Message {
        header: MessageHeader {
            num_required_signatures,
            num_readonly_signed_accounts,
            num_readonly_unsigned_accounts,
        },
        account_keys: keys.to_vec(),
        recent_blockhash: Hash::new_from_array([7; 32]),
        instructions,
    };
    let signatures = (0..num_required_signatures).map(|number| Signature::from([number; 64])).collect();
    VersionedTransaction { signatures, message: VersionedMessage::Legacy(message) }
}

/// The same transaction with its message in version 0.
fn as_v0(transaction: VersionedTransaction) -> VersionedTransaction {
    let VersionedMessage::Legacy(legacy) = transaction.message else { panic!("not a legacy message") };
    let message = v0::Message {
        header: legacy.header,
        account_keys: legacy.account_keys,
        recent_blockhash: legacy.recent_blockhash,
        instructions: legacy.instructions,
        address_table_lookups: Vec::new(),
    };
    VersionedTransaction { message: VersionedMessage::V0(message), ..transaction }
}

/// The same transaction with its message in version 1.
fn as_v1(transaction: VersionedTransaction, config: TransactionConfig) -> VersionedTransaction {
    let VersionedMessage::Legacy(legacy) = transaction.message else { panic!("not a legacy message") };
    let message = v1::Message::new(
        legacy.header,
        config,
        legacy.recent_blockhash,
        legacy.account_keys,
        legacy.instructions,
    );
    VersionedTransaction { message: VersionedMessage::V1(message), ..transaction }
}

/// The wire format: what bincode 1 makes of Solana's types, and of version 1, wincode.
fn to_bytes(transaction: &VersionedTransaction) -> Vec<u8> {
    match transaction.message {
        VersionedMessage::V1(_) => wincode::serialize(transaction).unwrap(),
        _ => bincode::serde::encode_to_vec(transaction, bincode::config::legacy()).unwrap(),
    }
}

/// The transaction that `bytes` begin with, as Solana reads it, and its size.
fn from_bytes(bytes: &[u8]) -> Option<(VersionedTransaction, usize)> {
    if bytes.first() == Some(&v1::V1_PREFIX) {
        return wincode::deserialize_exact(bytes).ok().map(|transaction| (transaction, bytes.len()));
    }
    bincode::serde::decode_from_slice(bytes, bincode::config::legacy()).ok()
}

/// Whether the transaction is no longer than one of its version may be.
fn fits(transaction: &VersionedTransaction, bytes: &[u8]) -> bool {
    let is_v1 = matches!(transaction.message, VersionedMessage::V1(_));
    bytes.len() <= if is_v1 { MAX_V1_TRANSACTION_SIZE_BYTES } else { MAX_TRANSACTION_SIZE_BYTES }
}

/// Configurations that hold every rule, with any of their values present.
fn good_configs() -> impl Strategy<Value = TransactionConfig> {
    use prop::option::of;
    (of(any::<u64>()), of(any::<u32>()), of(any::<u32>()), of(32_u32..=256)).prop_map(
        |(priority_fee, compute_unit_limit, loaded_accounts_data_size_limit, heap_kib)| TransactionConfig {
            priority_fee,
            compute_unit_limit,
            loaded_accounts_data_size_limit,
            heap_size: heap_kib.map(|kib| kib * 1_024),
        },
    )
}

/// The version of a message to be made.
#[derive(Clone, Debug)]
enum Form {
    Legacy,
    V0,
    V1(TransactionConfig),
}

fn forms() -> impl Strategy<Value = Form> {
    prop_oneof![Just(Form::Legacy), Just(Form::V0), good_configs().prop_map(Form::V1)]
}

fn sanitized(bytes: &[u8]) -> SanitizedTransaction<'_> {
    super::sanitize(bytes).unwrap()
}

/// Transactions that hold every rule: few keys, any header that fits them, any instructions.
fn good_transactions() -> impl Strategy<Value = VersionedTransaction> {
    let shape = (1_u8..12, any::<[u8; 3]>(), forms(), any::<u64>());
    shape
        .prop_flat_map(|(key_count, header, form, seed)| {
            let instruction = (
                any::<prop::sample::Index>(),
                prop::collection::vec(0..key_count, 0..6),
                prop::collection::vec(any::<u8>(), 0..40),
            );
            let instruction_count = if key_count == 1 { 0..1_usize } else { 0..5_usize };
            let instructions = prop::collection::vec(instruction, instruction_count);
            (Just((key_count, header, form, seed)), instructions)
        })
        .prop_map(|((key_count, header, form, seed), instructions)| {
            let required = 1 + header[0] % key_count.min(6);
            let readonly_signed = header[1] % required;
            let readonly_unsigned = header[2] % (key_count - required + 1);
            let keys: Vec<Address> = (0..key_count).map(|number| numbered_address(number, seed)).collect();
            let instructions = instructions
                .iter()
                .map(|(program, accounts, data)| {
                    let program_index = 1 + program.index(usize::from(key_count) - 1);
                    instruction(u8::try_from(program_index).unwrap(), accounts, data)
                })
                .collect();
            let transaction =
                legacy_transaction((required, readonly_signed, readonly_unsigned), &keys, instructions);
            match form {
                Form::Legacy => transaction,
                Form::V0 => as_v0(transaction),
                Form::V1(config) => as_v1(transaction, config),
            }
        })
}

/// Distinct for distinct numbers.
fn numbered_address(number: u8, seed: u64) -> Address {
    let mut bytes = [number; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    Address::new_from_array(bytes)
}
