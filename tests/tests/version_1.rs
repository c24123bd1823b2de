//! Version-1 transactions, which ask for their compute budget in the message and name up to 64 accounts: what they are
//! granted, what they pay, and that nothing in their bytes can be changed.

use sealane_probe::Script;
use sealane_runtime::ingest::SanitizeError;
use sealane_runtime::ledger::Block;
use sealane_runtime::outcome::Failure;
use sealane_runtime::{ExecutedBlock, Rejection};
use sealane_sdk::ids::{compute_budget, instructions};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::MAX_V1_TRANSACTION_SIZE_BYTES;
use sealane_sdk::{Account, Address};
use sealane_tests::programs::{PROBE, probe, probe_account, unit_price};
use sealane_tests::user::{MessageVersion, sign, usual_config};
use sealane_tests::{Harness, User};
use solana_message::v1::TransactionConfig;
use solana_system_interface::instruction as system;

/// Where the cell with this number is.
fn cell(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

/// A ledger with so many cells, numbered from 1.
fn harness(cell_count: u8) -> Harness {
    let mut genesis = Harness::genesis();
    let cells = (1..=cell_count).map(|number| (cell(number), probe_account(&[number; 16])));
    genesis.accounts.extend(cells);
    Harness::with(Harness::config(), &genesis)
}

fn bytes(harness: &Harness, calls: &[Instruction], payer: &User, config: TransactionConfig) -> Vec<u8> {
    sign(calls, &[payer], harness.blockhash(), MessageVersion::V1(config))
}

fn nothing() -> Instruction {
    probe(Vec::new(), Script::new())
}

/// A call that multiplies the last of so many cells.
fn wide(cell_count: u8) -> Instruction {
    let accounts = (1..=cell_count).map(|number| AccountMeta::new(cell(number), false)).collect();
    probe(accounts, Script::new().multiply_add(cell_count - 1, 0, 3, 1))
}

#[test]
fn all_64_keys_can_be_used() {
    let payer = Harness::user(0);
    let mut harness = harness(63);
    let send = |harness: &mut Harness, calls: &[Instruction]| {
        let bytes = bytes(harness, calls, &payer, usual_config(calls));
        harness.send_bytes(&bytes)
    };
    let receipt = send(&mut harness, &[wide(62)]).unwrap();
    assert!(receipt.body.succeeded(), "{receipt:?}");
    let data = harness.runtime.account(&cell(62)).unwrap().unwrap().data.clone();
    assert_eq!(data[..8], (u64::from_le_bytes([62; 8]).wrapping_mul(3).wrapping_add(1)).to_le_bytes());
    let rejection = send(&mut harness, &[wide(63)]).unwrap_err();
    assert_eq!(rejection, Rejection::Sanitize(SanitizeError::TooManyKeys { key_count: 65 }));
}

#[test]
fn the_configuration_decides_the_fee() {
    let payer = Harness::user(0);
    let none = TransactionConfig::empty();
    let usual = usual_config(&[nothing()]);
    // A price in an instruction means nothing; a failed transaction pays the same.
    let cases = [
        (vec![nothing()], usual, 5_000),
        (vec![nothing()], usual.with_priority_fee(123_456), 128_456),
        (vec![nothing(), unit_price(1_000_000)], usual.with_priority_fee(7), 5_007),
        (vec![nothing()], none.with_priority_fee(7), 5_007),
    ];
    let mut harness = Harness::new();
    for (calls, config, expected) in cases {
        let before = harness.lamports(&payer.address);
        let receipt = harness.send_bytes(&bytes(&harness, &calls, &payer, config)).unwrap();
        assert_eq!(receipt.body.fee_lamports, expected, "{config:?}");
        assert_eq!(harness.lamports(&payer.address), before - expected, "{config:?}");
    }
    let all = bytes(&harness, &[nothing()], &payer, usual.with_priority_fee(u64::MAX));
    assert!(matches!(harness.send_bytes(&all).unwrap_err(), Rejection::Payer { .. }));
}

#[test]
fn what_is_not_asked_for_is_not_granted() {
    let payer = Harness::user(0);
    let usual = usual_config(&[nothing()]);
    let mut harness = Harness::new();
    let mut failure = |config: TransactionConfig| {
        let bytes = bytes(&harness, &[nothing()], &payer, config);
        harness.send_bytes(&bytes).unwrap().body.failure
    };
    assert_eq!(failure(usual), None);
    let no_units = failure(TransactionConfig { compute_unit_limit: None, ..usual });
    assert!(matches!(no_units, Some(Failure::Call { instruction_index: 0, .. })), "{no_units:?}");
    let no_data = failure(TransactionConfig { loaded_accounts_data_size_limit: None, ..usual });
    assert!(matches!(no_data, Some(Failure::LoadedDataTooLarge { limit_bytes: 0, .. })), "{no_data:?}");
}

/// To other versions such instructions are refused; here they are calls that do nothing, and cost what such calls cost.
#[test]
fn malformed_compute_budget_instructions_are_called_and_do_nothing() {
    let payer = Harness::user(0);
    let mut harness = Harness::new();
    let call = |data: &[u8]| Instruction {
        program_id: compute_budget::ID,
        accounts: Vec::new(),
        data: data.to_vec(),
    };
    let calls =
        [nothing(), call(&[]), call(&[99]), call(&[1, 0, 0, 0, 0]), call(&[4, 0, 0, 0, 0]), call(&[2, 1])];
    let legacy = harness.sign(&calls, &[&payer]);
    assert!(matches!(harness.send_bytes(&legacy).unwrap_err(), Rejection::Budget(_)));
    let mut units = |calls: &[Instruction]| {
        let bytes = bytes(&harness, calls, &payer, usual_config(calls));
        let receipt = harness.send_bytes(&bytes).unwrap();
        assert!(receipt.body.succeeded(), "{receipt:?}");
        receipt.body.units_consumed
    };
    let (one, two, six) = (units(&calls[..1]), units(&calls[..2]), units(&calls));
    assert!(two > one, "a call of the compute-budget program has a price");
    assert_eq!(six - one, 5 * (two - one));
}

/// The sysvar of the instructions with as many accounts as its 16-bit places allow: it is larger than what is copied into
/// a program's memory.
#[test]
fn the_instructions_sysvar_may_be_as_long_as_its_places_reach() {
    let payer = Harness::user(0);
    let mut harness = harness(1);
    let call = |count: usize, data: &[u8]| Instruction {
        program_id: PROBE,
        accounts: vec![AccountMeta::new(cell(1), false); count],
        data: data.to_vec(),
    };
    let mut calls = vec![call(250, &[]); 7];
    let mut last = call(200, &Script::new().read_window(200, 64_000, 64).into_bytes());
    last.accounts.push(AccountMeta::new_readonly(instructions::ID, false));
    calls.push(last);
    let transaction = bytes(&harness, &calls, &payer, usual_config(&calls));
    let receipt = harness.send_bytes(&transaction).unwrap();
    assert!(receipt.body.succeeded(), "{receipt:?}");
    calls.push(call(100, &[]));
    let transaction = bytes(&harness, &calls, &payer, usual_config(&calls));
    let rejection = harness.send_bytes(&transaction).unwrap_err();
    assert!(
        matches!(rejection, Rejection::Sanitize(SanitizeError::InstructionsSysvarTooLong { .. })),
        "{rejection}"
    );
}

#[test]
fn no_bit_can_be_changed() {
    let [from, to] = [0, 1].map(Harness::user);
    let mut harness = Harness::new();
    let calls = [system::transfer(&from.address, &to.address, 5)];
    let config = usual_config(&calls).with_priority_fee(9).with_heap_size(64 * 1_024);
    let good = bytes(&harness, &calls, &from, config);
    let spoiled: Vec<Vec<u8>> = (0..good.len() * 8)
        .map(|bit| {
            let mut bytes = good.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        })
        .collect();
    let executed = harness.block(&spoiled);
    assert_eq!(executed.block.receipts, [], "all are rejected");
    assert!(harness.send_bytes(&good).unwrap().body.succeeded());
}

/// A block of the largest transactions goes through its encoding to a replica.
#[test]
fn blocks_of_the_largest_transactions_are_replayed() {
    let mut harness = harness(62);
    let mut replica = self::harness(62);
    let transaction = |harness: &Harness, number: u64| {
        let log = |size_bytes: usize| {
            let mut call = wide(62);
            call.data =
                Script::new().multiply_add(61, 0, 3, 1).set_return_data(&vec![7; size_bytes]).into_bytes();
            bytes(harness, &[call], &Harness::user(number), usual_config(&[nothing()]))
        };
        log(MAX_V1_TRANSACTION_SIZE_BYTES - log(0).len())
    };
    let transactions: Vec<Vec<u8>> = (0..5).map(|number| transaction(&harness, number)).collect();
    assert!(transactions.iter().all(|bytes| bytes.len() == MAX_V1_TRANSACTION_SIZE_BYTES));
    let ExecutedBlock { block, rejected, .. } = harness.block(&transactions);
    assert_eq!(rejected, []);
    let config = bincode::config::standard();
    let encoded = bincode::serde::encode_to_vec(&*block, config).unwrap();
    let (decoded, _): (Block, usize) = bincode::serde::decode_from_slice(&encoded, config).unwrap();
    assert_eq!(replica.runtime.replay_block(&decoded).unwrap().block, block);
    let account: Option<Account> =
        replica.runtime.account(&cell(62)).unwrap().map(|account| (*account).clone());
    assert_eq!(account, harness.runtime.account(&cell(62)).unwrap().map(|account| (*account).clone()));
}
