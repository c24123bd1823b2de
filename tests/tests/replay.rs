//! Replay protection: a blockhash is good for exactly 150 blocks, and no transaction runs twice.

use sealane_runtime::Rejection;
use sealane_runtime::ingest::ReplayError;
use sealane_sdk::limits::MAX_BLOCKHASH_AGE_BLOCKS;
use sealane_tests::Harness;
use sealane_tests::user::{MessageVersion, message, sign, signed, to_bytes, usual_config};
use solana_system_interface::instruction as system;

fn transfer(harness: &Harness, lamports: u64) -> Vec<u8> {
    let [from, to] = [0, 1].map(Harness::user);
    harness.sign(&[system::transfer(&from.address, &to.address, lamports)], &[&from])
}

fn replay(rejection: &Rejection) -> &ReplayError {
    match rejection {
        Rejection::Replay(error) => error,
        other => panic!("rejected for another reason: {other}"),
    }
}

/// The hash of block n is good in blocks n + 1 to n + 150.
#[test]
fn a_blockhash_is_good_for_150_blocks() {
    assert_eq!(MAX_BLOCKHASH_AGE_BLOCKS, 150);
    let mut harness = Harness::new();
    let (last_good, too_late) = (transfer(&harness, 1), transfer(&harness, 2));
    harness.empty_blocks(149);
    assert!(harness.send_bytes(&last_good).unwrap().body.succeeded(), "in the 150th block");
    let rejection = harness.send_bytes(&too_late).unwrap_err();
    assert_eq!(replay(&rejection), &ReplayError::BlockhashNotFound, "in the 151st");
    let rejection = harness.send_bytes(&last_good).unwrap_err();
    assert_eq!(replay(&rejection), &ReplayError::BlockhashNotFound, "what has run cannot run again");
}

#[test]
fn the_age_can_be_set() {
    let mut genesis = Harness::genesis();
    genesis.rules.blockhash_age_blocks = 2;
    let mut harness = Harness::with(Harness::config(), &genesis);
    let transactions = [1, 2, 3].map(|lamports| transfer(&harness, lamports));
    harness.send_bytes(&transactions[0]).unwrap();
    harness.send_bytes(&transactions[1]).unwrap();
    let rejection = harness.send_bytes(&transactions[2]).unwrap_err();
    assert_eq!(replay(&rejection), &ReplayError::BlockhashNotFound);
}

#[test]
fn no_transaction_runs_twice() {
    let mut harness = Harness::new();
    let to = Harness::user(1).address;
    let before = harness.lamports(&to);
    let first = transfer(&harness, 10);
    let executed = harness.block(&[&first, &first, &transfer(&harness, 11), &first]);
    let indices: Vec<usize> = executed.rejected.iter().map(|(index, _)| *index).collect();
    assert_eq!(indices, [1, 3], "within a block");
    for age in 1..150 {
        let executed = harness.block(&[&first]);
        let (_, rejection) = &executed.rejected[0];
        assert_eq!(replay(rejection), &ReplayError::AlreadyProcessed, "{age} blocks later");
    }
    assert_eq!(harness.lamports(&to), before + 21);
}

#[test]
fn a_failed_transaction_has_run_as_well() {
    let mut harness = Harness::new();
    let failing = transfer(&harness, u64::MAX);
    assert!(!harness.send_bytes(&failing).unwrap().body.succeeded());
    let rejection = harness.send_bytes(&failing).unwrap_err();
    assert_eq!(replay(&rejection), &ReplayError::AlreadyProcessed, "it has paid its fee once");
}

/// A payer that was dry in one block can have its transaction run in the next: a rejected one has not been seen.
#[test]
fn a_rejected_transaction_may_be_sent_again() {
    let mut harness = Harness::new();
    let (rich, late) = (Harness::user(0), Harness::user(700));
    let bytes = harness.sign(&[system::transfer(&late.address, &rich.address, 1)], &[&late]);
    assert!(matches!(harness.send_bytes(&bytes).unwrap_err(), Rejection::Payer { .. }));
    harness.succeed(&[system::transfer(&rich.address, &late.address, 10_000_000)], &[&rich]);
    assert!(harness.send_bytes(&bytes).unwrap().body.succeeded());
    assert!(matches!(harness.send_bytes(&bytes).unwrap_err(), Rejection::Replay(_)));
}

/// The same message signed by all again, with a new first signature: whoever pays alone cannot run it a second time.
#[test]
fn a_message_signed_by_several_runs_once() {
    let mut harness = Harness::new();
    let (payer, other) = (Harness::user(0), Harness::user(1));
    let instructions = [system::transfer(&other.address, &payer.address, 5)];
    for version in [MessageVersion::Legacy, MessageVersion::V1(usual_config(&instructions))] {
        let message = message(&instructions, &payer, harness.blockhash(), version);
        let bytes = to_bytes(&signed(message, &[&payer, &other]));
        let executed = harness.block(&[&bytes, &bytes]);
        assert_eq!(executed.block.receipts.len(), 1);
        assert!(harness.send_bytes(&bytes).is_err());
    }
}

/// The version is part of what is signed: the same instructions in three versions are three transactions.
#[test]
fn each_version_is_another_transaction() {
    let mut harness = Harness::new();
    let [from, to] = [0, 1].map(Harness::user);
    let instructions = [system::transfer(&from.address, &to.address, 3)];
    let versions =
        [MessageVersion::Legacy, MessageVersion::V0, MessageVersion::V1(usual_config(&instructions))];
    let transactions = versions.map(|version| sign(&instructions, &[&from], harness.blockhash(), version));
    let executed = harness.block(&transactions);
    assert_eq!(executed.block.receipts.len(), 3);
    assert!(executed.block.receipts.iter().all(|receipt| receipt.body.succeeded()));
    for bytes in &transactions {
        assert!(matches!(harness.send_bytes(bytes).unwrap_err(), Rejection::Replay(_)), "each of them once");
    }
}
