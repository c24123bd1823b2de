//! Version 1 against Solana's own types: accepted is what they accept, less what the rules beside them refuse; and every
//! refusal says why.

use super::sanitize::{check_accepted_by_solana, check_agrees, check_refused, mutate, mutations};
use super::*;
use crate::ingest::{SanitizeError, sanitize};
use crate::ledger::sysvars::instructions_data;
use sealane_sdk::ids;
use sealane_sdk::limits::{MAX_ACCOUNT_KEYS, MAX_INSTRUCTIONS_SYSVAR_SIZE_BYTES, MAX_SIGNATURES};
use std::collections::BTreeSet;

/// The rules that Solana's types leave to others: those of SIMD-0385, and ours on the instructions sysvar.
fn holds_further_rules(transaction: &VersionedTransaction, size_bytes: usize) -> bool {
    let VersionedMessage::V1(message) = &transaction.message else { return false };
    let keys = &message.account_keys;
    let is_good_heap =
        |size_bytes| size_bytes % 1_024 == 0 && (32 * 1_024..=256 * 1_024).contains(&size_bytes);
    size_bytes <= 4_096
        && transaction.signatures.len() <= 12
        && keys.len() <= 64
        && message.instructions.len() <= 64
        && keys.iter().collect::<BTreeSet<_>>().len() == keys.len()
        && message.config.heap_size.is_none_or(is_good_heap)
        && (sysvar_size_bytes(message) <= 65_535 || !keys.contains(&ids::instructions::ID))
}

/// The size of the sysvar as the ledger makes it.
fn sysvar_size_bytes(message: &v1::Message) -> usize {
    let keys = &message.account_keys;
    let views = message.instructions.iter().map(|instruction| {
        let accounts = instruction.accounts.iter().map(|index| (&keys[usize::from(*index)], false, false));
        (&keys[usize::from(instruction.program_id_index)], accounts, instruction.data.as_slice())
    });
    instructions_data(views).len()
}

/// Accepted exactly if Solana accepts it and it holds the further rules; then read alike.
fn check_as_solana(bytes: &[u8]) {
    if bytes.first() != Some(&v1::V1_PREFIX) {
        return check_accepted_by_solana(bytes);
    }
    let theirs = from_bytes(bytes).map(|(transaction, _)| transaction);
    let theirs = theirs.filter(|transaction| transaction.sanitize().is_ok());
    let expected = theirs.filter(|transaction| holds_further_rules(transaction, bytes.len()));
    match (sanitize(bytes), expected) {
        (Ok(ours), Some(theirs)) => check_agrees(&ours, &theirs),
        (Err(_), None) => {}
        (Ok(_), None) => panic!("accepted, and should not be: {bytes:?}"),
        (Err(error), Some(theirs)) => panic!("refused, and should not be: {error}; {theirs:?}"),
    }
}

/// Transactions around every limit: keys, signatures, instructions, sizes, heaps; some with a key twice, some with the
/// instructions sysvar.
fn wide_transactions() -> impl Strategy<Value = VersionedTransaction> {
    let heap = prop_oneof![
        6 => Just(None),
        3 => (32_u32..=256).prop_map(|kib| Some(kib * 1_024)),
        1 => prop::sample::select(vec![0, 31 * 1_024, 32 * 1_024 + 1, 257 * 1_024]).prop_map(Some),
    ];
    let repeated = prop_oneof![6 => Just(None), 1 => any::<[prop::sample::Index; 2]>().prop_map(Some)];
    let key_count = prop_oneof![3 => 1_usize..=64, 1 => 62_usize..=66];
    let shape = (key_count, any::<[u8; 3]>(), good_configs(), heap, repeated, any::<bool>());
    let usual = (any::<prop::sample::Index>(), 0_usize..40, 0_usize..60);
    let many = (any::<prop::sample::Index>(), 0_usize..=255, 0_usize..4);
    let one = (any::<prop::sample::Index>(), 0_usize..10, 0_usize..4_000);
    let instructions = prop_oneof![
        prop::collection::vec(usual, 0..20),
        prop::collection::vec(many, 0..20),
        prop::collection::vec(one, 0..3),
        prop::collection::vec((any::<prop::sample::Index>(), 0_usize..3, 0_usize..3), 60..67),
    ];
    (shape, instructions).prop_map(
        |((key_count, header, config, heap_size, repeated, names_sysvar), instructions)| {
            let mut keys: Vec<Address> =
                (0..key_count).map(|number| numbered_address(u8::try_from(number).unwrap(), 5)).collect();
            if names_sysvar && key_count > 1 {
                keys[key_count - 1] = ids::instructions::ID;
            }
            if let Some([from, to]) = repeated {
                keys[to.index(key_count)] = keys[from.index(key_count)];
            }
            let key_count = u8::try_from(key_count).unwrap();
            let required = 1 + header[0] % key_count.min(14);
            let header = (required, header[1] % required, header[2] % (key_count - required + 1));
            let to_instruction =
                |(program, account_count, data_size): &(prop::sample::Index, usize, usize)| {
                    let program_index = 1 + program.index(usize::from(key_count) - 1);
                    let accounts: Vec<u8> = (0..*account_count)
                        .map(|at| u8::try_from(at % usize::from(key_count)).unwrap())
                        .collect();
                    instruction(u8::try_from(program_index).unwrap(), &accounts, &vec![9; *data_size])
                };
            let instructions =
                if key_count == 1 { Vec::new() } else { instructions.iter().map(to_instruction).collect() };
            as_v1(legacy_transaction(header, &keys, instructions), TransactionConfig { heap_size, ..config })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn transactions_around_the_limits_are_judged_as_by_solana(transaction in wide_transactions()) {
        check_as_solana(&to_bytes(&transaction));
    }

    #[test]
    fn mutated_transactions_are_judged_as_by_solana(
        transaction in good_transactions(),
        config in good_configs(),
        mutations in prop::collection::vec(mutations(), 1..4),
    ) {
        let transaction = match transaction.message {
            VersionedMessage::Legacy(_) => as_v1(transaction, config),
            _ => transaction,
        };
        let mut bytes = to_bytes(&transaction);
        for mutation in &mutations {
            mutate(&mut bytes, mutation);
        }
        check_as_solana(&bytes);
    }

    #[test]
    fn mutated_wide_transactions_are_judged_as_by_solana(
        transaction in wide_transactions(),
        mutations in prop::collection::vec(mutations(), 1..3),
    ) {
        let mut bytes = to_bytes(&transaction);
        for mutation in &mutations {
            mutate(&mut bytes, mutation);
        }
        check_as_solana(&bytes);
    }

    #[test]
    fn small_arbitrary_bytes_are_judged_as_by_solana(rest in prop::collection::vec(0_u8..4, 0..400)) {
        check_as_solana(&[&[v1::V1_PREFIX], rest.as_slice()].concat());
    }
}

/// The transactions above are not all refused, nor all accepted.
#[test]
fn the_generator_reaches_both_sides_of_the_limits() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut good_count, mut refusals) = (0, BTreeSet::new());
    for _ in 0..1_000 {
        let transaction = wide_transactions().new_tree(&mut runner).unwrap().current();
        match sanitize(&to_bytes(&transaction)) {
            Ok(_) => good_count += 1,
            Err(error) => drop(refusals.insert(format!("{error:?}").split(' ').next().map(str::to_owned))),
        }
    }
    assert!((200..900).contains(&good_count), "{good_count} good ones");
    assert!(refusals.len() >= 7, "{refusals:?}");
}

/// Two signers of three keys, a program called with them, every value of the configuration present.
fn base() -> VersionedTransaction {
    let keys = [address(1), address(2), address(3)];
    let config = TransactionConfig {
        priority_fee: Some(5),
        compute_unit_limit: Some(6),
        loaded_accounts_data_size_limit: Some(7),
        heap_size: Some(64 * 1_024),
    };
    as_v1(legacy_transaction((2, 1, 1), &keys, vec![instruction(2, &[0, 1, 1], &[5, 6])]), config)
}

/// Where things stand in [`base`].
const MASK: usize = 4;
const KEYS: usize = 42;
const VALUES: usize = KEYS + 3 * 32;
const HEADERS: usize = VALUES + 20;
const PAYLOADS: usize = HEADERS + 4;
const SIGNATURES: usize = PAYLOADS + 5;

#[test]
fn the_layout_is_the_documented_one() {
    let bytes = to_bytes(&base());
    assert_eq!(bytes.len(), SIGNATURES + 2 * 64);
    assert_eq!(bytes[..8], [0x81, 2, 1, 1, 0b11111, 0, 0, 0]);
    assert_eq!(bytes[8..40], [7; 32]);
    assert_eq!(bytes[40..42], [1, 3]);
    assert_eq!(bytes[KEYS + 64..VALUES], [3; 32]);
    assert_eq!(bytes[VALUES..VALUES + 12], [5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    assert_eq!(bytes[HEADERS..SIGNATURES], [2, 3, 2, 0, 0, 1, 1, 5, 6]);
    let ours = sanitized(&bytes);
    assert_eq!(ours.message(), &bytes[..SIGNATURES], "signatures stand behind what they sign");
    assert_eq!(ours.signatures().as_flattened(), &bytes[SIGNATURES..]);
}

#[test]
fn each_broken_rule_is_named() {
    use SanitizeError as E;
    let good = to_bytes(&base());
    let set = |at: usize, with: &[u8]| {
        let mut bytes = good.clone();
        bytes[at..at + with.len()].copy_from_slice(with);
        bytes
    };
    let cut = |size_bytes: usize| good[..size_bytes].to_vec();
    let long = [good.as_slice(), &[0; 4_097]].concat()[..4_097].to_vec();
    let heap = VALUES + 16;
    let cases = [
        (long, E::TooLongV1 { size_bytes: 4_097 }),
        (cut(1), E::Truncated { offset: 1, needed_bytes: 3 }),
        (cut(7), E::Truncated { offset: 4, needed_bytes: 4 }),
        (cut(39), E::Truncated { offset: 8, needed_bytes: 32 }),
        (cut(41), E::Truncated { offset: 41, needed_bytes: 1 }),
        (cut(VALUES - 1), E::Truncated { offset: KEYS, needed_bytes: 96 }),
        (cut(VALUES + 7), E::Truncated { offset: VALUES, needed_bytes: 8 }),
        (cut(heap + 3), E::Truncated { offset: heap, needed_bytes: 4 }),
        (cut(HEADERS + 3), E::Truncated { offset: HEADERS, needed_bytes: 4 }),
        (cut(PAYLOADS + 2), E::Truncated { offset: PAYLOADS, needed_bytes: 3 }),
        (cut(PAYLOADS + 4), E::Truncated { offset: PAYLOADS + 3, needed_bytes: 2 }),
        (cut(good.len() - 1), E::Truncated { offset: SIGNATURES, needed_bytes: 128 }),
        ([good.as_slice(), &[0, 0]].concat(), E::TrailingBytes { offset: good.len(), extra_bytes: 2 }),
        (set(1, &[0]), E::NoSigner),
        (set(1, &[13]), E::TooManySignatures { required_signature_count: 13 }),
        (set(2, &[2]), E::NoWritableSigner { readonly_signed_count: 2, required_signature_count: 2 }),
        (set(3, &[2]), E::TooFewKeys { header_key_count: 4, key_count: 3 }),
        (set(MASK, &[0b111111]), E::UnknownConfigBits { mask: 0b111111 }),
        (set(MASK + 3, &[0x80]), E::UnknownConfigBits { mask: 0x8000_001f }),
        (set(MASK, &[0b11101]), E::HalfPriorityFee { mask: 0b11101 }),
        (set(MASK, &[0b11110]), E::HalfPriorityFee { mask: 0b11110 }),
        (set(40, &[65]), E::TooManyInstructions { instruction_count: 65 }),
        (set(41, &[65]), E::TooManyKeys { key_count: 65 }),
        (set(KEYS + 64, &[1; 32]), E::DuplicateKey { first_index: 0, index: 2 }),
        (set(heap, &[0, 124, 0, 0]), E::HeapSize { offset: heap, size_bytes: 31 * 1_024 }),
        (set(heap, &[1, 128, 0, 0]), E::HeapSize { offset: heap, size_bytes: 32 * 1_024 + 1 }),
        (set(heap, &[0, 4, 4, 0]), E::HeapSize { offset: heap, size_bytes: 257 * 1_024 }),
        (set(HEADERS, &[0]), E::PayerIsProgram { instruction_index: 0 }),
        (set(HEADERS, &[3]), E::ProgramIndex { instruction_index: 0, program_index: 3, key_count: 3 }),
        (
            set(PAYLOADS + 1, &[3]),
            E::AccountIndex { instruction_index: 0, position: 1, account_index: 3, key_count: 3 },
        ),
    ];
    for (bytes, expected) in cases {
        check_refused(&bytes, &expected);
        check_as_solana(&bytes);
    }
}

#[test]
fn the_largest_transactions_are_accepted() {
    let keys: Vec<Address> = (1..=64).map(address).collect();
    let with_data = |size_bytes: usize| {
        let instructions = vec![instruction(63, &(0..64).collect::<Vec<u8>>(), &vec![1; size_bytes])];
        to_bytes(&as_v1(legacy_transaction((12, 3, 7), &keys, instructions), TransactionConfig::empty()))
    };
    let room = MAX_V1_TRANSACTION_SIZE_BYTES - with_data(0).len();
    let largest = with_data(room);
    let ours = sanitized(&largest);
    assert_eq!((ours.keys().len(), ours.signatures().len()), (MAX_ACCOUNT_KEYS, MAX_SIGNATURES));
    assert_eq!(ours.instructions().next().unwrap().data.len(), room);
    assert_eq!(crate::ingest::write_locks(&ours).count_ones(), 64 - 3 - 7);
    check_refused(&with_data(room + 1), &SanitizeError::TooLongV1 { size_bytes: 4_097 });
}

#[test]
fn who_names_the_instructions_sysvar_must_keep_it_short() {
    let transaction = |sysvar: Address, data_size_bytes: usize| {
        let keys = [address(1), address(2), sysvar];
        let mut instructions = vec![instruction(1, &[0; 248], &[]); 7];
        instructions.push(instruction(1, &[0; 240], &vec![0; data_size_bytes]));
        as_v1(legacy_transaction((1, 0, 2), &keys, instructions), TransactionConfig::empty())
    };
    let VersionedMessage::V1(message) = transaction(ids::instructions::ID, 0).message else { unreachable!() };
    let room = MAX_INSTRUCTIONS_SYSVAR_SIZE_BYTES - sysvar_size_bytes(&message);
    assert!(sanitize(&to_bytes(&transaction(ids::instructions::ID, room))).is_ok());
    assert!(
        sanitize(&to_bytes(&transaction(address(3), room + 1))).is_ok(),
        "it is not made unless it is named"
    );
    let long = to_bytes(&transaction(ids::instructions::ID, room + 1));
    check_refused(&long, &SanitizeError::InstructionsSysvarTooLong { size_bytes: 65_536 });
}
