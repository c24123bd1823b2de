//! Fees: what a transaction pays, who may pay, payers that run dry while the block executes, and the collector.

use sealane_probe::Script;
use sealane_runtime::Rejection;
use sealane_runtime::error::PayerError;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Account, Address};
use sealane_tests::harness::Accounts;
use sealane_tests::programs::{probe, probe_account, unit_limit, unit_price};
use sealane_tests::{Harness, User};
use solana_system_interface::instruction as system;

const COLLECTOR: Address = Address::new_from_array([0xFE; 32]);

fn nothing() -> Instruction {
    probe(Vec::new(), Script::new())
}

#[test]
fn fees_are_signatures_and_price_times_requested_units() {
    let [payer, second, third] = [0, 1, 2].map(Harness::user);
    let move_from = |user: &User| system::transfer(&user.address, &payer.address, 0);
    let cases: [(&str, Vec<Instruction>, Vec<&User>, u64); 7] = [
        ("one signature", vec![nothing()], vec![&payer], 5_000),
        (
            "three signatures",
            vec![move_from(&second), move_from(&third)],
            vec![&payer, &second, &third],
            15_000,
        ),
        ("a price on the default of one instruction", vec![nothing(), unit_price(1)], vec![&payer], 5_001),
        ("a price on two", vec![nothing(), nothing(), unit_price(10)], vec![&payer], 5_004),
        ("rounded up", vec![unit_price(1), unit_limit(150_000), nothing()], vec![&payer], 5_001),
        ("not rounded", vec![unit_price(20), unit_limit(50_000), nothing()], vec![&payer], 5_001),
        (
            "above the cap",
            vec![unit_price(1_000_000), unit_limit(u32::MAX), nothing()],
            vec![&payer],
            1_405_000,
        ),
    ];
    let mut harness = Harness::new();
    for (name, instructions, signers, expected) in cases {
        let before = harness.lamports(&payer.address);
        let receipt = harness.succeed(&instructions, &signers);
        assert_eq!(receipt.body.fee_lamports, expected, "{name}");
        assert_eq!(harness.lamports(&payer.address), before - expected, "{name}");
    }
}

#[test]
fn a_failed_transaction_pays_the_same() {
    let mut harness = Harness::new();
    let payer = Harness::user(0);
    let before = harness.lamports(&payer.address);
    let failing = probe(Vec::new(), Script::new().return_code(1));
    let (_, receipt) = harness.fail(&[unit_price(1_000_000), unit_limit(1_000), failing], &[&payer]);
    assert_eq!(receipt.body.fee_lamports, 6_000);
    assert_eq!(harness.lamports(&payer.address), before - 6_000);
}

#[test]
fn payers_that_cannot_pay_are_rejected() {
    let payer = Harness::user(900);
    let minimum = rent_exempt_minimum_lamports(0);
    let cases = [
        ("nothing", None, PayerError::Missing),
        (
            "too little",
            Some(Account::system(4_999)),
            PayerError::InsufficientForFee { available: 4_999, fee: 5_000 },
        ),
        (
            "the rest too little",
            Some(Account::system(minimum + 4_999)),
            PayerError::InsufficientForRent { remaining: minimum - 1, minimum },
        ),
        ("a program's account", Some(probe_account(b"data")), PayerError::NotSystem),
        (
            "a system account with data",
            Some(Account::with_data(Address::default(), vec![0; 8])),
            PayerError::NotSystem,
        ),
    ];
    for (name, account, expected) in cases {
        let mut harness = Harness::with_accounts(account.map(|account| (payer.address, account)));
        let before = harness.account(&payer.address);
        let rejection = harness.reject(&[nothing()], &[&payer]);
        assert_eq!(rejection, Rejection::Payer { payer: payer.address, reason: expected }, "{name}");
        assert_eq!(harness.account(&payer.address), before, "{name}: a rejected transaction pays nothing");
    }
}

#[test]
fn the_last_lamport_can_be_spent() {
    let payer = Harness::user(900);
    for lamports in [5_000, 6_000, rent_exempt_minimum_lamports(0) + 5_000] {
        let mut harness = Harness::with_accounts([(payer.address, Account::system(lamports))]);
        harness.succeed(&[nothing()], &[&payer]);
        let left = (lamports > 5_000).then(|| Account::system(lamports - 5_000));
        assert_eq!(harness.account(&payer.address).as_deref(), left.as_ref(), "of {lamports}");
    }
}

/// Four transactions of a payer who can pay for two: the others are left out, in the block's order, and the replica
/// that replays the block agrees.
#[test]
fn a_payer_runs_dry_while_the_block_executes() {
    let payer = Harness::user(900);
    let start = || Harness::with_accounts([(payer.address, Account::system(10_000))]);
    let (mut harness, mut replica) = (start(), start());
    let transactions: Vec<Vec<u8>> = (0..4_u64)
        .map(|number| {
            let script = Script::new().log(number.to_string());
            harness.sign(&[probe(Vec::new(), script)], &[&payer])
        })
        .collect();
    let executed = harness.block(&transactions);
    let kept: Vec<&[u8]> = executed.block.transactions.iter().collect();
    assert_eq!(kept, [&transactions[0][..], &transactions[1]]);
    assert_eq!(executed.block.batches, [0, 1]);
    assert_eq!(executed.critical_path_count, 2);
    let missing = Rejection::Payer { payer: payer.address, reason: PayerError::Missing };
    assert_eq!(executed.rejected, [(2, missing.clone()), (3, missing)]);
    let replayed = replica.runtime.replay_block(&executed.block).unwrap();
    assert_eq!(replayed.hash, executed.hash);
    // Both know which transactions have run and which have not.
    let rich = Harness::user(0);
    for harness in [&mut harness, &mut replica] {
        harness.unix_time = 2;
        harness.succeed(&[system::transfer(&rich.address, &payer.address, 10_000_000)], &[&rich]);
        let again = harness.block(&transactions);
        let indices: Vec<usize> = again.rejected.iter().map(|(index, _)| *index).collect();
        assert_eq!(indices, [0, 1]);
    }
    assert_eq!(harness.blockhash(), replica.blockhash());
}

#[test]
fn the_collector_is_paid_at_the_end_of_the_block() {
    let genesis = Harness::genesis().with_fee_collector(COLLECTOR);
    let mut harness = Harness::with(Harness::config(), &genesis);
    let sum =
        |accounts: &Accounts| accounts.values().map(|account| u128::from(account.lamports)).sum::<u128>();
    let before = sum(&harness.accounts());
    let users = [0, 1, 2].map(Harness::user);
    // The collector's balance does not change while the block runs, so transactions that pay it do not conflict.
    let look = |user: &User| {
        let accounts = vec![sealane_sdk::instruction::AccountMeta::new_readonly(COLLECTOR, false)];
        harness.sign(&[probe(accounts, Script::new().expect_lamports(0, 0))], &[user])
    };
    let transactions = users.each_ref().map(look);
    let executed = harness.block(&transactions);
    assert_eq!(executed.block.batches, [0, 0, 0]);
    assert!(executed.block.receipts.iter().all(|receipt| receipt.body.succeeded()));
    assert_eq!(harness.lamports(&COLLECTOR), 15_000);
    assert_eq!(sum(&harness.accounts()), before, "nothing is burned");
    harness.empty_blocks(1);
    assert_eq!(harness.lamports(&COLLECTOR), 15_000, "a block without fees pays nothing");
}

/// The collector may itself take part in the block: what the block did to it comes first, then the fees.
#[test]
fn the_collector_can_pay_and_be_paid() {
    let collector = Harness::user(0);
    let genesis = Harness::genesis().with_fee_collector(collector.address);
    let mut harness = Harness::with(Harness::config(), &genesis);
    let before = harness.lamports(&collector.address);
    harness.succeed(&[system::transfer(&collector.address, &Harness::user(1).address, 100)], &[&collector]);
    assert_eq!(harness.lamports(&collector.address), before - 100, "its own fee comes back");
}

#[test]
fn without_a_collector_fees_are_burned() {
    let mut harness = Harness::new();
    let sum =
        |accounts: &Accounts| accounts.values().map(|account| u128::from(account.lamports)).sum::<u128>();
    let before = sum(&harness.accounts());
    harness.succeed(&[nothing()], &[&Harness::user(0)]);
    assert_eq!(sum(&harness.accounts()), before - 5_000);
}
