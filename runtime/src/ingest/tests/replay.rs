//! Replay protection: what is fresh, for how long, and that only a pushed block changes anything.

use super::*;
use crate::ingest::{Age, RecentBlockRecord, ReplayError, ReplayRecordError, ReplayState};
use sealane_sdk::ids::{recent_blockhashes, system_program};

fn hash(number: u8) -> Hash {
    Hash::new_from_array([number; 32])
}

/// A state with the blockhashes 1 to `count`, 1 being the oldest.
fn state(lifetime_blocks: usize, count: u8) -> ReplayState {
    let mut state = ReplayState::new(lifetime_blocks);
    for number in 1..=count {
        state.push_block(hash(number));
    }
    state
}

/// The bytes of a transaction by `signer_count` signers under a blockhash, with a first signature.
fn transfer(blockhash: u8, signature: u8, signer_count: u8) -> Vec<u8> {
    let keys: Vec<Address> = (1..=4).map(address).collect();
    let mut transaction = legacy_transaction((signer_count, 0, 1), &keys, vec![instruction(3, &[0], &[])]);
    transaction.message.set_recent_blockhash(hash(blockhash));
    transaction.signatures[0] = Signature::from([signature; 64]);
    to_bytes(&transaction)
}

fn nonce_transaction(blockhash: u8, signature: u8, header: (u8, u8, u8), data: &[u8]) -> Vec<u8> {
    let keys = [address(1), address(2), system_program::ID, recent_blockhashes::ID];
    let mut transaction = legacy_transaction(header, &keys, vec![instruction(2, &[1, 3, 0], data)]);
    transaction.message.set_recent_blockhash(hash(blockhash));
    transaction.signatures[0] = Signature::from([signature; 64]);
    to_bytes(&transaction)
}

#[track_caller]
fn check(state: &ReplayState, bytes: &[u8], expected: Result<Age, ReplayError>) {
    assert_eq!(state.check(&sanitized(bytes)), expected);
}

fn push(state: &mut ReplayState, blockhash: u8, transactions: &[&[u8]]) {
    for bytes in transactions {
        state.admit(&sanitized(bytes)).unwrap();
    }
    state.push_block(hash(blockhash));
}

const SEEN: Result<Age, ReplayError> = Err(ReplayError::AlreadyProcessed);
const UNKNOWN: Result<Age, ReplayError> = Err(ReplayError::BlockhashNotFound);

#[test]
fn a_blockhash_is_good_for_its_lifetime() {
    for lifetime in [1, 2, 150] {
        let mut state = ReplayState::new(usize::from(lifetime));
        check(&state, &transfer(1, 1, 1), UNKNOWN);
        state.push_block(hash(1));
        for number in 2..=lifetime + 1 {
            check(&state, &transfer(1, 1, 1), Ok(Age::Recent));
            state.push_block(hash(number));
        }
        check(&state, &transfer(1, 1, 1), UNKNOWN);
        let newest_first: Vec<Hash> = (2..=lifetime + 1).rev().map(hash).collect();
        assert_eq!(state.recent_blockhashes().collect::<Vec<_>>(), newest_first);
    }
}

#[test]
fn a_processed_transaction_is_refused_as_long_as_its_blockhash_is_recent() {
    let mut state = state(5, 2);
    push(&mut state, 3, &[&transfer(1, 1, 1), &transfer(2, 2, 1)]);
    for number in 4..=6 {
        check(&state, &transfer(2, 2, 1), SEEN);
        check(&state, &transfer(2, 1, 1), Ok(Age::Recent));
        state.push_block(hash(number));
    }
    check(&state, &transfer(1, 1, 1), UNKNOWN);
    check(&state, &transfer(2, 2, 1), SEEN);
    state.push_block(hash(7));
    check(&state, &transfer(2, 2, 1), UNKNOWN);
}

#[test]
fn a_block_that_came_to_nothing_leaves_no_trace() {
    let mut state = state(5, 2);
    let nonce = nonce_transaction(9, 5, (1, 0, 2), &[4, 0, 0, 0]);
    push(&mut state, 3, &[&transfer(1, 1, 1), &transfer(1, 2, 2)]);
    let before: Vec<_> = state.records().collect();
    let others = [transfer(1, 3, 1), transfer(2, 1, 1), transfer(1, 4, 3), nonce];
    for round in 0..3 {
        for bytes in &others {
            assert!(state.admit(&sanitized(bytes)).is_ok(), "round {round}");
            check(&state, bytes, SEEN);
            assert_eq!(state.admit(&sanitized(bytes)), SEEN);
        }
        state.withdraw(&sanitized(&others[round]));
        state.abandon_block();
        assert_eq!(state.records().collect::<Vec<_>>(), before);
    }
    for bytes in &others {
        assert!(state.check(&sanitized(bytes)).is_ok());
    }
    push(&mut state, 4, &others.each_ref().map(Vec::as_slice));
    others.iter().for_each(|bytes| check(&state, bytes, SEEN));
}

#[test]
fn a_withdrawn_transaction_may_come_again() {
    let mut state = state(5, 1);
    let nonce = nonce_transaction(9, 5, (1, 0, 2), &[4, 0, 0, 0]);
    push(&mut state, 2, &[&transfer(1, 9, 1)]);
    let transactions = [transfer(1, 1, 1), transfer(1, 2, 2), transfer(1, 3, 1), nonce];
    for bytes in &transactions {
        state.admit(&sanitized(bytes)).unwrap();
    }
    for withdrawn in [1, 2, 2, 3] {
        state.withdraw(&sanitized(&transactions[withdrawn]));
    }
    // What stands in a committed block, or was never admitted, is left alone.
    state.withdraw(&sanitized(&transfer(1, 9, 1)));
    state.withdraw(&sanitized(&transfer(1, 8, 1)));
    assert_eq!(state.admit(&sanitized(&transactions[1])), Ok(Age::Recent));
    assert_eq!(state.admit(&sanitized(&transactions[1])), SEEN);
    state.push_block(hash(3));
    check(&state, &transactions[0], SEEN);
    check(&state, &transactions[1], SEEN);
    check(&state, &transactions[2], Ok(Age::Recent));
    check(&state, &transactions[3], Ok(Age::DurableNonce { nonce_account_index: 1 }));
    check(&state, &transfer(1, 9, 1), SEEN);
}

/// A co-signed message is known whatever its first signature: else the payer, who alone can make a second one, could
/// run again what the other signers have signed once.
#[test]
fn a_co_signed_message_runs_once_whatever_its_first_signature() {
    let mut state = state(5, 1);
    state.admit(&sanitized(&transfer(1, 1, 2))).unwrap();
    assert_eq!(state.admit(&sanitized(&transfer(1, 2, 2))), SEEN);
    state.push_block(hash(2));
    check(&state, &transfer(1, 3, 2), SEEN);
    // The payer of a message that nobody else signed speaks for itself alone.
    push(&mut state, 3, &[&transfer(1, 4, 1)]);
    check(&state, &transfer(1, 5, 1), Ok(Age::Recent));
}

#[test]
fn durable_nonces_are_found_by_solanas_rule() {
    let state = state(5, 1);
    let advance = [4, 0, 0, 0];
    let nonce = Ok(Age::DurableNonce { nonce_account_index: 1 });
    check(&state, &nonce_transaction(9, 1, (1, 0, 2), &advance), nonce);
    check(&state, &nonce_transaction(9, 1, (1, 0, 2), &[4, 0, 0, 0, 0]), nonce);
    // A recent blockhash needs no nonce.
    check(&state, &nonce_transaction(1, 1, (1, 0, 2), &advance), Ok(Age::Recent));
    // Not writable, other instructions, too short.
    check(&state, &nonce_transaction(9, 1, (1, 0, 3), &advance), UNKNOWN);
    check(&state, &nonce_transaction(9, 1, (1, 0, 2), &[5, 0, 0, 0]), UNKNOWN);
    check(&state, &nonce_transaction(9, 1, (1, 0, 2), &[4, 0, 0]), UNKNOWN);
    // Another program, no accounts, not the first instruction.
    let keys = [address(1), address(2), system_program::ID, address(3)];
    let advance = |program, accounts: &[u8]| instruction(program, accounts, &[4, 0, 0, 0]);
    let others = [
        vec![advance(3, &[1, 3, 0])],
        vec![advance(2, &[])],
        vec![],
        vec![instruction(3, &[], &[]), advance(2, &[1])],
    ];
    for instructions in others {
        check(&state, &to_bytes(&legacy_transaction((1, 0, 2), &keys, instructions)), UNKNOWN);
    }
}

#[test]
fn a_durable_nonce_transaction_is_remembered_for_the_window_and_no_longer() {
    let mut state = state(3, 1);
    let bytes = nonce_transaction(9, 1, (1, 0, 2), &[4, 0, 0, 0]);
    let nonce = Age::DurableNonce { nonce_account_index: 1 };
    assert_eq!(state.admit(&sanitized(&bytes)), Ok(nonce));
    assert_eq!(state.admit(&sanitized(&bytes)), SEEN);
    state.push_block(hash(2));
    for number in 3..=5 {
        check(&state, &bytes, SEEN);
        state.push_block(hash(number));
    }
    check(&state, &bytes, Ok(nonce));
}

#[test]
fn a_blockhash_that_comes_back_keeps_what_was_processed_under_it() {
    let mut state = state(3, 1);
    push(&mut state, 2, &[&transfer(1, 1, 1)]);
    for _ in 0..4 {
        state.push_block(hash(1));
        check(&state, &transfer(1, 1, 1), SEEN);
        check(&state, &transfer(1, 2, 1), Ok(Age::Recent));
    }
}

fn restored(lifetime: usize, state: &ReplayState) -> ReplayState {
    let mut restored = ReplayState::new(lifetime);
    for record in state.records() {
        restored.push_record(record).expect("what a state gives, a state takes");
    }
    restored
}

#[test]
fn what_is_restored_refuses_what_the_original_refuses() {
    let nonce = nonce_transaction(99, 1, (1, 0, 2), &[4, 0, 0, 0]);
    let (co_signed, same_message) = (transfer(1, 2, 2), transfer(1, 3, 2));
    let mut original = state(3, 1);
    push(&mut original, 2, &[&nonce, &co_signed]);
    let mut copy = restored(3, &original);
    for number in 3..=6 {
        for bytes in [&nonce, &co_signed, &same_message] {
            check(&copy, bytes, original.check(&sanitized(bytes)));
        }
        assert!(copy.recent_blockhashes().eq(original.recent_blockhashes()));
        original.push_block(hash(number));
        copy.push_block(hash(number));
    }
    let fresh = Ok(Age::DurableNonce { nonce_account_index: 1 });
    check(&copy, &nonce, fresh);
}

#[test]
fn records_that_no_state_gives_are_refused() {
    fn record(blockhash: u8, signatures: &[u8], messages: &[u8], nonces: &[u8]) -> RecentBlockRecord {
        RecentBlockRecord {
            blockhash: hash(blockhash),
            signatures: signatures.iter().map(|number| [*number; 64]).collect(),
            messages: messages.iter().map(|number| [*number; 32]).collect(),
            nonce_signatures: nonces.iter().map(|number| [*number; 64]).collect(),
        }
    }
    let second = |second: RecentBlockRecord, expected| {
        let mut state = ReplayState::new(3);
        state.push_record(record(1, &[1, 2], &[4], &[9, 8])).unwrap();
        let before: Vec<RecentBlockRecord> = state.records().collect();
        assert_eq!(state.push_record(second), Err(expected));
        assert_eq!(state.records().collect::<Vec<_>>(), before, "nothing has changed");
    };
    second(record(1, &[], &[], &[]), ReplayRecordError::BlockhashTwice(hash(1)));
    second(record(2, &[2, 1], &[], &[]), ReplayRecordError::SignatureOrder(hash(2)));
    second(record(2, &[1, 1], &[], &[]), ReplayRecordError::SignatureOrder(hash(2)));
    second(record(2, &[1, 2], &[7, 6], &[]), ReplayRecordError::MessageOrder(hash(2)));
    second(record(2, &[1], &[6, 7], &[]), ReplayRecordError::MoreMessages(hash(2)));
    second(record(2, &[], &[], &[5, 5]), ReplayRecordError::NonceSignatureTwice(hash(2)));
    second(record(2, &[], &[], &[5, 8]), ReplayRecordError::NonceSignatureTwice(hash(2)));
    let mut state = state(3, 3);
    let error = ReplayRecordError::TooManyBlocks { lifetime_blocks: 3 };
    assert_eq!(state.push_record(record(4, &[], &[], &[])), Err(error));
}

/// The state against a plain list of everything that ever ran.
mod model {
    use super::*;

    fn check(lifetime: usize, blocks: &[Vec<(u8, u8)>]) {
        let mut state = state(lifetime, 1);
        let mut hashes = vec![1_u8];
        let mut processed: Vec<(u8, u8)> = Vec::new();
        for (number, transactions) in (2_u8..).zip(blocks) {
            for &(age, signature) in transactions {
                let blockhash = number.saturating_sub(age);
                let is_recent = hashes.iter().rev().take(lifetime).any(|hash| *hash == blockhash);
                let is_known = processed.contains(&(blockhash, signature));
                let expected = match (is_recent, is_known) {
                    (false, _) => UNKNOWN,
                    (true, true) => SEEN,
                    (true, false) => Ok(Age::Recent),
                };
                let bytes = transfer(blockhash, signature, 1);
                assert_eq!(state.admit(&sanitized(&bytes)), expected);
                if expected.is_ok() {
                    processed.push((blockhash, signature));
                }
            }
            state.push_block(hash(number));
            hashes.push(number);
            // What is written down and read back goes on like the original.
            let restored = restored(lifetime, &state);
            assert!(restored.records().eq(state.records()), "records of records are the same");
            if number % 2 == 0 {
                state = restored;
            }
        }
    }

    proptest! {
        #[test]
        fn the_state_agrees_with_a_plain_list(
            lifetime in 1_usize..6,
            blocks in prop::collection::vec(prop::collection::vec((0_u8..8, 0_u8..4), 0..6), 0..20),
        ) {
            check(lifetime, &blocks);
        }
    }
}
