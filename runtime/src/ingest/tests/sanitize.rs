//! The parser against Solana's: it accepts what a transaction may be, agrees on every field, and says why it refuses.

use super::*;
use crate::ingest::{Config, SanitizeError, Version, sanitize};
use solana_message::v0::MessageAddressTableLookup;

/// Every field is what Solana's types say.
pub(super) fn check_agrees(ours: &SanitizedTransaction<'_>, theirs: &VersionedTransaction) {
    let message = &theirs.message;
    assert_eq!(ours.keys(), message.static_account_keys());
    assert_eq!(ours.payer(), &message.static_account_keys()[0]);
    assert_eq!(ours.recent_blockhash(), message.recent_blockhash().as_bytes());
    assert_eq!(ours.signatures().len(), theirs.signatures.len());
    for (ours, theirs) in ours.signatures().iter().zip(&theirs.signatures) {
        assert_eq!(ours.as_slice(), theirs.as_ref());
    }
    assert_eq!(ours.signature(), &ours.signatures()[0]);
    let message_bytes = match message {
        VersionedMessage::V1(message) => message.serialize(),
        _ => bincode::serde::encode_to_vec(message, bincode::config::legacy()).unwrap(),
    };
    assert_eq!(ours.message(), message_bytes);
    for index in 0..message.static_account_keys().len() + 3 {
        assert_eq!(ours.is_signer(index), message.is_signer(index), "signer {index}");
        let header = message.header();
        let is_writable = if index < usize::from(header.num_required_signatures) {
            index < usize::from(header.num_required_signatures - header.num_readonly_signed_accounts)
        } else {
            index + usize::from(header.num_readonly_unsigned_accounts) < message.static_account_keys().len()
        };
        assert_eq!(ours.is_writable_by_header(index), is_writable, "writable {index}");
    }
    assert_eq!(ours.instruction_count(), message.instructions().len());
    assert_eq!(ours.instructions().len(), message.instructions().len());
    for (ours, theirs) in ours.instructions().zip(message.instructions()) {
        assert_eq!(ours.program_index, theirs.program_id_index);
        assert_eq!(ours.accounts, theirs.accounts);
        assert_eq!(ours.data, theirs.data);
    }
    let (version, config) = match message {
        VersionedMessage::Legacy(_) => (Version::Legacy, None),
        VersionedMessage::V0(_) => (Version::V0, None),
        VersionedMessage::V1(message) => (Version::V1, Some(message.config)),
    };
    assert_eq!(ours.version(), version);
    let config = config.map(|config| Config {
        priority_fee_lamports: config.priority_fee,
        unit_limit: config.compute_unit_limit,
        loaded_data_size_limit_bytes: config.loaded_accounts_data_size_limit,
        heap_size_bytes: config.heap_size,
    });
    assert_eq!(ours.config(), config);
}

/// What we accept, Solana accepts and reads alike, to the last byte.
pub(super) fn check_accepted_by_solana(bytes: &[u8]) {
    if let Ok(ours) = sanitize(bytes) {
        let (theirs, size_bytes) = from_bytes(bytes).expect("Solana refuses what we accept");
        theirs.sanitize().expect("Solana refuses what we accept");
        assert_eq!(size_bytes, bytes.len());
        check_agrees(&ours, &theirs);
    }
}

#[derive(Clone, Debug)]
pub(super) enum Mutation {
    Set(prop::sample::Index, u8),
    Small(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Insert(prop::sample::Index, u8),
    Cut(prop::sample::Index),
}

pub(super) fn mutations() -> impl Strategy<Value = Mutation> {
    use prop::sample::Index;
    prop_oneof![
        any::<(Index, u8)>().prop_map(|(index, byte)| Mutation::Set(index, byte)),
        any::<(Index, u8)>().prop_map(|(index, byte)| Mutation::Small(index, byte % 16)),
        any::<Index>().prop_map(Mutation::Remove),
        any::<(Index, u8)>().prop_map(|(index, byte)| Mutation::Insert(index, byte)),
        any::<Index>().prop_map(Mutation::Cut),
    ]
}

pub(super) fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    let size_bytes = bytes.len();
    // Signatures and keys fill most of the bytes: most mutations had better hit what follows them. In version 1 that is
    // the front, and what stands before the signatures.
    let is_v1 = bytes[0] == v1::V1_PREFIX;
    let before_signatures = size_bytes.saturating_sub(usize::from(bytes[1 % size_bytes]) * 64);
    let place = |index: &prop::sample::Index| match index.index(4) {
        0 => index.index(size_bytes),
        1 if is_v1 => index.index(size_bytes.min(42)),
        _ if is_v1 => before_signatures.saturating_sub(index.index(120)).min(size_bytes - 1),
        _ => size_bytes - 1 - index.index(size_bytes.min(120)),
    };
    match mutation {
        Mutation::Set(index, byte) | Mutation::Small(index, byte) => bytes[place(index)] = *byte,
        Mutation::Remove(index) => drop(bytes.remove(place(index))),
        Mutation::Insert(index, byte) => bytes.insert(place(index), *byte),
        Mutation::Cut(index) => bytes.truncate(place(index)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn good_transactions_are_read_as_solana_reads_them(transaction in good_transactions()) {
        let bytes = to_bytes(&transaction);
        prop_assume!(fits(&transaction, &bytes));
        transaction.sanitize().expect("the generator makes good transactions");
        check_agrees(&sanitize(&bytes).unwrap(), &transaction);
    }

    #[test]
    fn what_is_accepted_after_mutation_is_accepted_by_solana(
        transaction in good_transactions(),
        mutations in prop::collection::vec(mutations(), 1..4),
    ) {
        let mut bytes = to_bytes(&transaction);
        for mutation in &mutations {
            mutate(&mut bytes, mutation);
        }
        check_accepted_by_solana(&bytes);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..1_400)) {
        check_accepted_by_solana(&bytes);
    }

    #[test]
    fn small_arbitrary_bytes_never_panic(bytes in prop::collection::vec(0_u8..4, 0..300)) {
        check_accepted_by_solana(&bytes);
    }

    #[test]
    fn lengths_are_read_as_solana_reads_them(length in any::<[u8; 3]>()) {
        // The length of the data of the only instruction, with as many bytes as it announces where that fits.
        let mut bytes = to_bytes(&legacy_transaction((1, 0, 0), &[address(1), address(2)], vec![instruction(1, &[], &[])]));
        bytes.pop();
        bytes.extend_from_slice(&length);
        bytes.resize(MAX_TRANSACTION_SIZE_BYTES, 0);
        for end in 0..bytes.len() {
            check_accepted_by_solana(&bytes[..end]);
        }
    }
}

/// Every single byte of a transaction set to every value.
#[test]
fn every_one_byte_change_is_judged_as_by_solana_or_more_strictly() {
    let keys = [address(1), address(2), address(3), address(4)];
    let instructions = vec![instruction(3, &[0, 1, 2], &[9, 9]), instruction(2, &[], &[])];
    let legacy = legacy_transaction((2, 1, 1), &keys, instructions);
    for transaction in [legacy.clone(), as_v0(legacy)] {
        let good = to_bytes(&transaction);
        for position in 0..good.len() {
            let mut bytes = good.clone();
            for value in 0..=255 {
                bytes[position] = value;
                check_accepted_by_solana(&bytes);
            }
        }
    }
}

fn base() -> VersionedTransaction {
    let keys = [address(1), address(2), address(3)];
    legacy_transaction((2, 1, 1), &keys, vec![instruction(2, &[0, 1, 1], &[5])])
}

pub(super) fn check_refused(bytes: &[u8], expected: &SanitizeError) {
    assert_eq!(&sanitize(bytes).unwrap_err(), expected, "{expected}");
}

/// A change to [`base`].
fn with(change: impl FnOnce(&mut VersionedTransaction)) -> Vec<u8> {
    let mut transaction = base();
    change(&mut transaction);
    to_bytes(&transaction)
}

fn with_message(change: impl FnOnce(&mut legacy::Message)) -> Vec<u8> {
    with(|transaction| match &mut transaction.message {
        VersionedMessage::Legacy(message) => change(message),
        _ => panic!("not a legacy message"),
    })
}

/// Offset of the message of [`base`]: two signatures and their count.
const MESSAGE: usize = 1 + 2 * 64;

#[test]
fn each_broken_length_is_named() {
    use SanitizeError as E;
    let good = to_bytes(&base());
    let replaced = |position: usize, with: &[u8]| {
        let mut bytes = good.clone();
        bytes.splice(position..=position, with.iter().copied());
        bytes
    };
    let instruction_count = MESSAGE + 3 + 1 + 3 * 32 + 32;
    assert_eq!(good[instruction_count], 1);
    let cases = [
        (vec![0; 1_233], E::TooLong { size_bytes: 1_233 }),
        (vec![], E::Truncated { offset: 0, needed_bytes: 1 }),
        (good[..MESSAGE - 1].to_vec(), E::Truncated { offset: 1, needed_bytes: 128 }),
        (good[..MESSAGE].to_vec(), E::Truncated { offset: MESSAGE, needed_bytes: 1 }),
        (good[..MESSAGE + 2].to_vec(), E::Truncated { offset: MESSAGE + 1, needed_bytes: 2 }),
        (good[..MESSAGE + 99].to_vec(), E::Truncated { offset: MESSAGE + 4, needed_bytes: 96 }),
        (good[..instruction_count - 1].to_vec(), E::Truncated { offset: MESSAGE + 100, needed_bytes: 32 }),
        (good[..good.len() - 1].to_vec(), E::Truncated { offset: good.len() - 1, needed_bytes: 1 }),
        (replaced(0, &[0x82, 0]), E::AliasedLength { offset: 0 }),
        (replaced(0, &[0x82, 0x80, 0]), E::AliasedLength { offset: 0 }),
        (replaced(MESSAGE + 3, &[0x83, 0]), E::AliasedLength { offset: MESSAGE + 3 }),
        (replaced(instruction_count, &[0x81, 0x80, 4]), E::LengthOverflow { offset: instruction_count }),
        (replaced(instruction_count, &[0x81, 0x80, 0x80]), E::LengthOverflow { offset: instruction_count }),
        ([good.as_slice(), &[0, 0]].concat(), E::TrailingBytes { offset: good.len(), extra_bytes: 2 }),
    ];
    for (bytes, expected) in cases {
        check_refused(&bytes, &expected);
    }
}

#[test]
fn each_broken_rule_is_named() {
    use SanitizeError as E;
    let cases = [
        (
            with(|t| t.signatures.truncate(1)),
            E::SignatureCount { signature_count: 1, required_signature_count: 2 },
        ),
        (
            with(|t| t.signatures.push(Signature::default())),
            E::SignatureCount { signature_count: 3, required_signature_count: 2 },
        ),
        (to_bytes(&legacy_transaction((0, 0, 0), &[address(1)], vec![])), E::NoSigner),
        (
            with_message(|m| m.header.num_readonly_signed_accounts = 2),
            E::NoWritableSigner { readonly_signed_count: 2, required_signature_count: 2 },
        ),
        (
            with_message(|m| m.header.num_readonly_unsigned_accounts = 2),
            E::TooFewKeys { header_key_count: 4, key_count: 3 },
        ),
        (with_message(|m| m.account_keys.truncate(1)), E::TooFewKeys { header_key_count: 3, key_count: 1 }),
        (with_message(|m| m.account_keys[2] = address(1)), E::DuplicateKey { first_index: 0, index: 2 }),
        (with_message(|m| m.account_keys[1] = address(1)), E::DuplicateKey { first_index: 0, index: 1 }),
        (with_message(|m| m.account_keys[2] = address(2)), E::DuplicateKey { first_index: 1, index: 2 }),
        (
            with_message(|m| m.instructions = vec![instruction(1, &[], &[]); 65]),
            E::TooManyInstructions { instruction_count: 65 },
        ),
        (
            with_message(|m| m.instructions[0].program_id_index = 0),
            E::PayerIsProgram { instruction_index: 0 },
        ),
        (
            with_message(|m| m.instructions.push(instruction(3, &[], &[]))),
            E::ProgramIndex { instruction_index: 1, program_index: 3, key_count: 3 },
        ),
        (
            with_message(|m| m.instructions.push(instruction(1, &[2, 0, 255, 9], &[]))),
            E::AccountIndex { instruction_index: 1, position: 2, account_index: 255, key_count: 3 },
        ),
    ];
    for (bytes, expected) in cases {
        check_refused(&bytes, &expected);
    }
    // More keys than fit a transaction: only their count is read.
    let mut bytes = to_bytes(&base());
    bytes[MESSAGE + 3] = 65;
    check_refused(&bytes, &E::TooManyKeys { key_count: 65 });
    let mut bytes = to_bytes(&as_v0(base()));
    bytes[MESSAGE] = 0x81;
    check_refused(&bytes, &E::SignaturesBeforeV1 { offset: MESSAGE });
    bytes[MESSAGE] = 0x82;
    check_refused(&bytes, &E::UnsupportedVersion { version: 2, offset: MESSAGE });
    bytes[MESSAGE] = 0xff;
    check_refused(&bytes, &E::UnsupportedVersion { version: 127, offset: MESSAGE });
}

/// Sound for Solana's `sanitize`, refused here: each by a rule that Solana applies elsewhere, but for address tables,
/// which this ledger does not have.
#[test]
fn where_this_ledger_is_stricter() {
    let duplicate = with_message(|m| m.account_keys[2] = m.account_keys[1]);
    let many_instructions = with_message(|m| m.instructions = vec![instruction(1, &[], &[]); 65]);
    let long = with_message(|m| m.instructions[0].data = vec![0; 1_232]);
    let mut trailing = to_bytes(&base());
    trailing.push(0);
    let mut tables = as_v0(base());
    if let VersionedMessage::V0(message) = &mut tables.message {
        message.address_table_lookups = vec![MessageAddressTableLookup {
            account_key: address(9),
            writable_indexes: vec![1],
            readonly_indexes: vec![],
        }];
    }
    for bytes in [duplicate, many_instructions, long, trailing, to_bytes(&tables)] {
        assert!(from_bytes(&bytes).unwrap().0.sanitize().is_ok());
        assert!(sanitize(&bytes).is_err());
    }
    check_refused(&to_bytes(&tables), &SanitizeError::AddressTableLookups { lookup_count: 1 });
}

#[test]
fn the_largest_transactions_are_accepted() {
    // 34 keys and 64 instructions in 1,232 bytes, and not one byte more.
    let keys: Vec<Address> = (0..34).map(address).collect();
    let mut instructions = vec![instruction(33, &[], &[]); 64];
    let overhead =
        to_bytes(&legacy_transaction((1, 0, 33), &keys[..30], vec![instruction(29, &[], &[]); 64])).len();
    let room = MAX_TRANSACTION_SIZE_BYTES.checked_sub(overhead);
    assert!(room.is_none(), "30 keys and 64 instructions do not fit");
    let keys = &keys[..24];
    for instruction in &mut instructions {
        instruction.program_id_index = 23;
    }
    let size_bytes = to_bytes(&legacy_transaction((1, 0, 23), keys, instructions.clone())).len();
    instructions[63].data = vec![0; MAX_TRANSACTION_SIZE_BYTES - size_bytes - 1];
    let bytes = to_bytes(&legacy_transaction((1, 0, 23), keys, instructions.clone()));
    assert_eq!(bytes.len(), MAX_TRANSACTION_SIZE_BYTES);
    assert_eq!(sanitized(&bytes).instructions().count(), 64);
    instructions[63].data.push(0);
    let bytes = to_bytes(&legacy_transaction((1, 0, 23), keys, instructions));
    check_refused(&bytes, &SanitizeError::TooLong { size_bytes: 1_233 });
}
