//! A simulation says exactly what the next block would do, and leaves no trace.
//!
//! `SEALANE_CASES=100 cargo test -p sealane-tests --test simulate` tries more random ledgers.

use sealane_probe::Script;
use sealane_runtime::error::PayerError;
use sealane_runtime::ingest::ReplayError;
use sealane_runtime::ledger::AccountChange;
use sealane_runtime::simulate::{Freshness, SimulateError, SimulateOptions, Simulation};
use sealane_runtime::{Rejection, RootPolicy, RuntimeConfig, Signatures};
use sealane_sdk::ids::{system_program, sysvar};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Account, Address};
use sealane_tests::Harness;
use sealane_tests::generators::{BlockGenerator, Contention};
use sealane_tests::harness::{Accounts, FUNDED_LAMPORTS};
use sealane_tests::programs::{PROBE, probe, probe_account};
use solana_system_interface::instruction as system;
use std::sync::Arc;

const CASE_COUNT: u64 = 20;
const TRANSACTION_COUNT: usize = 50;
const FEE: u64 = 5_000;
const DATA: Address = Address::new_from_array([0xD1; 32]);
const OTHER: Address = Address::new_from_array([0xD2; 32]);

fn harness() -> Harness {
    Harness::with_accounts([DATA, OTHER].map(|address| (address, probe_account(&[0; 8]))))
}

/// `accounts` with `changes` made to them.
fn after(mut accounts: Accounts, changes: &[AccountChange]) -> Accounts {
    for (address, account) in changes {
        let before = accounts.get(address);
        assert_ne!(before, account.as_ref(), "{address} is said to change, and does not");
        match account {
            Some(account) => drop(accounts.insert(*address, Arc::clone(account))),
            None => drop(accounts.remove(address)),
        }
    }
    accounts
}

fn without_sysvars(mut accounts: Accounts) -> Accounts {
    accounts.retain(|_, account| account.owner != sysvar::ID);
    accounts
}

#[track_caller]
fn simulate(harness: &Harness, bytes: &[u8]) -> Simulation {
    let options = SimulateOptions::checked(harness.unix_time);
    harness.runtime.simulate(bytes, options).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn rejection(harness: &Harness, bytes: &[u8], options: SimulateOptions) -> Rejection {
    match harness.runtime.simulate(bytes, options) {
        Err(SimulateError::Rejected(rejection)) => rejection,
        other => panic!("it should be rejected, not {other:?}"),
    }
}

/// Every kind of transaction the generators know, on ledgers that go on: simulated, then in a block of its own.
#[test]
fn a_simulation_is_what_the_block_gives() {
    let cases = std::env::var("SEALANE_CASES").map_or(CASE_COUNT, |text| text.parse().expect("a number"));
    let (mut succeeded, mut failed, mut rejected) = (0, 0, 0);
    for seed in 0..cases {
        let contention = Contention::STEPS[usize::try_from(seed).unwrap() % Contention::STEPS.len()];
        let mut generator = BlockGenerator::new(seed, contention);
        let config = RuntimeConfig { roots: RootPolicy::Skip, ..Harness::config() };
        let mut harness = Harness::with(config, &generator.world.genesis.clone());
        for _ in 0..TRANSACTION_COUNT {
            let bytes = generator.block(&harness.runtime, 1).remove(0);
            let kind = generator.kinds()[0];
            let before = harness.accounts();
            let options = SimulateOptions::checked(harness.unix_time);
            let simulated = harness.runtime.simulate(&bytes, options);
            assert_eq!(harness.accounts(), before, "seed {seed}, {kind}: the ledger stays as it is");
            match (harness.send_bytes(&bytes), simulated) {
                (Ok(receipt), Ok(simulation)) => {
                    assert_eq!(simulation.receipt, receipt, "seed {seed}, {kind}");
                    let expected = without_sysvars(after(before, &simulation.changes));
                    assert_eq!(without_sysvars(harness.accounts()), expected, "seed {seed}, {kind}");
                    *(if receipt.body.succeeded() { &mut succeeded } else { &mut failed }) += 1;
                }
                (Err(rejection), Err(SimulateError::Rejected(simulated))) => {
                    assert_eq!(simulated, rejection, "seed {seed}, {kind}");
                    rejected += 1;
                }
                (block, simulated) => panic!("seed {seed}, {kind}: {block:?}, but simulated {simulated:?}"),
            }
        }
    }
    println!("{succeeded} succeeded, {failed} failed, {rejected} were rejected");
    assert!(succeeded > 10 * cases && failed > 3 * cases && rejected > cases, "they say something");
}

/// One account is written, one is looked at, one comes, one goes, one is changed and changed back.
#[test]
fn a_simulation_tells_what_changes() {
    let harness = harness();
    let (payer, fresh) = (Harness::user(0), Harness::user(100));
    let lamports = rent_exempt_minimum_lamports(8);
    let accounts = [DATA, OTHER, payer.address, fresh.address];
    let accounts: Vec<AccountMeta> =
        accounts.map(|address| AccountMeta::new(address, address == fresh.address)).to_vec();
    let script = Script::new().write_data(3, 0, b"written").write_data(1, 0, &[9]).write_data(1, 0, &[0]);
    let instructions = [
        system::create_account(&payer.address, &fresh.address, lamports, 8, &PROBE),
        probe(accounts, script.close(0, 2).set_return_data(b"back")),
    ];
    let bytes = harness.sign(&instructions, &[&payer, &fresh]);
    let simulation = simulate(&harness, &bytes);
    assert_eq!(simulation, simulate(&harness, &bytes), "and again");
    let body = &simulation.receipt.body;
    assert_eq!((&body.failure, body.fee_lamports), (&None, 2 * FEE));
    assert_eq!(body.return_data, Some((PROBE, b"back".to_vec())));
    let closed_lamports = harness.lamports(&DATA);
    let created = Account { lamports, owner: PROBE, executable: false, data: b"written\0".to_vec() };
    let paid = Account::system(FUNDED_LAMPORTS - 2 * FEE - lamports + closed_lamports);
    let mut changes = simulation.changes.clone();
    changes.sort_by_key(|(address, _)| *address);
    let mut expected =
        vec![(payer.address, Some(Arc::new(paid))), (fresh.address, Some(Arc::new(created))), (DATA, None)];
    expected.sort_by_key(|(address, _)| *address);
    assert_eq!(changes, expected);
    let mut touched = simulation.touched;
    touched.sort();
    let mut all = [payer.address, fresh.address, DATA, OTHER, PROBE, system_program::ID];
    all.sort();
    assert_eq!(touched, all);
}

#[test]
fn of_a_failure_only_the_fee_stays() {
    let harness = harness();
    let payer = Harness::user(0);
    let accounts = || vec![AccountMeta::new(DATA, false)];
    let never_run = probe(vec![AccountMeta::new(OTHER, false)], Script::new().write_data(0, 0, b"never"));
    let failing = probe(accounts(), Script::new().write_data(0, 0, b"gone").return_code(7));
    let simulation = simulate(&harness, &harness.sign(&[failing, never_run], &[&payer]));
    assert!(!simulation.receipt.body.succeeded());
    let paid = Account::system(FUNDED_LAMPORTS - FEE);
    assert_eq!(simulation.changes, [(payer.address, Some(Arc::new(paid)))]);
    assert!(simulation.touched.contains(&DATA) && !simulation.touched.contains(&OTHER));
}

#[test]
fn what_is_not_checked_does_not_matter() {
    let mut harness = harness();
    let payer = Harness::user(0);
    let pay = |lamports| -> [Instruction; 1] {
        [system::transfer(&payer.address, &Harness::user(1).address, lamports)]
    };
    let time = harness.unix_time;
    let mut unsigned = harness.sign(&pay(1), &[&payer]);
    unsigned[1..65].fill(0);
    let checked = SimulateOptions::checked(time);
    assert!(matches!(rejection(&harness, &unsigned, checked), Rejection::Verify(_)));
    let unsigned_ok = SimulateOptions { signatures: Signatures::Skip, ..checked };
    let simulation = harness.runtime.simulate(&unsigned, unsigned_ok).unwrap();
    assert_eq!(simulation.receipt, simulate(&harness, &harness.sign(&pay(1), &[&payer])).receipt);

    let sent = harness.sign(&pay(2), &[&payer]);
    let receipt = harness.send_bytes(&sent).unwrap();
    let checked = SimulateOptions::checked(harness.unix_time);
    let again = Rejection::Replay(ReplayError::AlreadyProcessed);
    assert_eq!(rejection(&harness, &sent, checked), again);
    harness.empty_blocks(200);
    let checked = SimulateOptions::checked(harness.unix_time);
    let old = Rejection::Replay(ReplayError::BlockhashNotFound);
    assert_eq!(rejection(&harness, &sent, checked), old);
    let replaced = SimulateOptions { freshness: Freshness::Replace, ..checked };
    assert_eq!(harness.runtime.simulate(&sent, replaced).unwrap().receipt, receipt);
    let both = harness.runtime.simulate(&sent, SimulateOptions::unchecked(harness.unix_time));
    assert_eq!(both.unwrap().receipt, receipt);
}

#[test]
fn what_cannot_run_is_rejected_whatever_is_checked() {
    let harness = harness();
    let options = SimulateOptions::unchecked(harness.unix_time);
    assert!(matches!(rejection(&harness, &[1, 2, 3], options), Rejection::Sanitize(_)));
    let poor = Harness::user(99);
    let pay = system::transfer(&poor.address, &DATA, 1);
    let expected = Rejection::Payer { payer: poor.address, reason: PayerError::Missing };
    assert_eq!(rejection(&harness, &harness.sign(&[pay], &[&poor]), options), expected);
    let early = harness.runtime.simulate(&[], SimulateOptions::checked(-1));
    let parent_unix_time = harness.runtime.last_header().unix_time;
    assert!(matches!(
        early,
        Err(SimulateError::TimeRunsBackwards { unix_time: -1, parent_unix_time: parent })
            if parent == parent_unix_time
    ));
}

/// The clock is that of the time asked for, the number that of the next block.
#[test]
fn a_simulation_has_the_next_blocks_sysvars() {
    let mut harness = harness();
    harness.empty_blocks(3);
    let payer = Harness::user(0);
    let read = probe(Vec::new(), Script::new().read_sysvar(sealane_sdk::abi::SysvarId::Clock, 0, 40));
    let bytes = harness.sign(&[read], &[&payer]);
    let simulation = harness.runtime.simulate(&bytes, SimulateOptions::checked(1_234)).unwrap();
    let (_, clock) = simulation.receipt.body.return_data.expect("the clock");
    assert_eq!(clock[..8], 4_u64.to_le_bytes());
    assert_eq!(clock[32..], 1_234_i64.to_le_bytes());
}
