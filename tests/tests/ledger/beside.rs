//! What stands beside the one who makes blocks: transactions checked before, replay protection that follows the durable blocks, and
//! simulations on them. Each answers as the runtime itself does.

use crate::tables::{config, genesis, memory};
use sealane_runtime::face::HistoryPolicy;
use sealane_runtime::ingest::{ReplayError, sanitize};
use sealane_runtime::simulate::{SimulateOptions, Simulation};
use sealane_runtime::{Balances, CheckedTransaction, Ledger, LedgerConfig, Rejection, RuntimeConfig};
use sealane_tests::Harness;
use sealane_tests::generators::{BlockGenerator, Contention};
use sealane_tests::user::{MessageVersion, sign};
use solana_system_interface::instruction as system;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

const BLOCK_COUNT: usize = 8;
const TRANSACTION_COUNT: usize = 60;

fn ledger(genesis: &sealane_runtime::ledger::Genesis) -> Ledger {
    let config = config(2, HistoryPolicy::All);
    let runtime = RuntimeConfig { balances: Balances::Record, ..config.runtime };
    Ledger::create_in(memory(), LedgerConfig { runtime, ..config }, genesis).expect("a ledger")
}

/// Both outcomes as text: errors are no values to compare.
fn told<T: std::fmt::Debug, E: std::fmt::Display>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

/// The same transactions twice: on one ledger as bytes, on the other checked before. The blocks are the same, and so is all that
/// is said beside the second while it goes on.
#[test]
fn what_stands_beside_a_ledger_answers_as_it_does() {
    let (mut refused, mut accepted, mut simulated) = (0, 0, 0);
    for seed in 0..4 {
        let contention = Contention::STEPS[usize::try_from(seed).unwrap() % Contention::STEPS.len()];
        let mut generator = BlockGenerator::new(seed, contention);
        let (mut plain, mut ledger) = (ledger(&generator.world.genesis), ledger(&generator.world.genesis));
        let (checker, follower) = (ledger.checker(), ledger.follower());
        let simulator = ledger.simulator(follower.clone(), 1).expect("a simulator");
        let mut before: Vec<Vec<u8>> = Vec::new();
        for unix_time in 1..=i64::try_from(BLOCK_COUNT).unwrap() {
            let mut transactions = generator.block(ledger.runtime(), TRANSACTION_COUNT);
            transactions.extend(before.drain(..).step_by(7));
            for bytes in &transactions {
                let Ok(transaction) = sanitize(bytes) else { continue };
                let expected = ledger.runtime().replay().check(&transaction);
                assert_eq!(follower.check(&transaction), expected, "seed {seed}, block {unix_time}");
            }
            for bytes in transactions.iter().step_by(5) {
                let options = SimulateOptions::checked(unix_time);
                let expected = told(ledger.runtime().simulate(bytes, options));
                assert_eq!(told(simulator.simulate(bytes, options)), expected, "seed {seed}, {unix_time}");
                simulated += usize::from(expected.is_ok());
            }
            let inferred = told(simulator.infer_access(&transactions[0], unix_time));
            assert_eq!(inferred, told(ledger.runtime().infer_access(&transactions[0], unix_time)));

            let checked: Vec<CheckedTransaction> = transactions
                .iter()
                .filter_map(|bytes| match checker.check(bytes.clone()) {
                    Ok(checked) => Some(checked),
                    Err(Rejection::Sanitize(_) | Rejection::Verify(_) | Rejection::Budget(_)) => None,
                    Err(other) => panic!("bytes alone do not tell: {other}"),
                })
                .collect();
            let expected = plain.execute_block(unix_time, &transactions).expect("a block");
            let by_bytes = expected.rejected.iter().filter(|(_, rejection)| {
                matches!(rejection, Rejection::Sanitize(_) | Rejection::Verify(_) | Rejection::Budget(_))
            });
            assert_eq!(by_bytes.count(), transactions.len() - checked.len(), "the same are refused");
            let references: Vec<&CheckedTransaction> = checked.iter().collect();
            let found = ledger.execute_checked_ahead(unix_time, &references).expect("a block");
            let found = found.wait().expect("it is durable");
            assert_eq!(found.hash, expected.hash, "seed {seed}, block {unix_time}");
            assert_eq!(found.block, expected.block, "seed {seed}, block {unix_time}");
            assert_eq!(follower.catch_up().expect("it follows"), found.block.header.number);
            refused += transactions.len() - checked.len();
            accepted += checked.len();
            before = transactions;
        }
    }
    assert!(refused > 0 && accepted > 1_000 && simulated > 100, "{refused}, {accepted}, {simulated}");
}

/// A signature of which one bit is other is refused, whichever bit, and nothing makes a checked transaction of it.
#[test]
fn nothing_is_checked_that_is_not_signed() {
    let mut ledger = ledger(&genesis());
    let (from, to) = (Harness::user(0), Harness::user(1));
    let transfer = system::transfer(&from.address, &to.address, 1_000_000);
    let good = sign(&[transfer], &[&from], ledger.last_hash(), MessageVersion::Legacy);
    let checker = ledger.checker();
    let checked = checker.check(good.clone()).expect("it is good");
    assert_eq!(checked.bytes(), good);
    assert_eq!((checked.signature(), checked.fee_lamports()), (good[1..65].try_into().unwrap(), 5_000));
    for bit in 0..512 {
        let mut altered = good.clone();
        altered[1 + bit / 8] ^= 1 << (bit % 8);
        let refused = checker.check(altered);
        assert!(matches!(refused, Err(Rejection::Verify(_))), "bit {bit}: {refused:?}");
    }
    let executed = ledger.execute_checked_ahead(1, &[&checked, &checked]).expect("a block").wait().unwrap();
    assert_eq!(executed.block.receipts.len(), 1);
    assert!(
        matches!(executed.rejected[..], [(1, Rejection::Replay(ReplayError::AlreadyProcessed))]),
        "checked is not fresh: {:?}",
        executed.rejected
    );
}

/// A blockhash is good for as many blocks as the follower says, and not for one more.
#[test]
fn the_last_block_of_a_blockhash_is_told_truly() {
    let mut genesis = genesis();
    genesis.rules.blockhash_age_blocks = 5;
    let mut ledger = ledger(&genesis);
    let follower = ledger.follower();
    let nothing: [&[u8]; 0] = [];
    ledger.execute_block(1, &nothing).unwrap();
    let (from, to) = (Harness::user(0), Harness::user(1));
    let hash = ledger.last_hash();
    let transfer = |lamports| {
        sign(
            &[system::transfer(&from.address, &to.address, lamports)],
            &[&from],
            hash,
            MessageVersion::Legacy,
        )
    };
    follower.catch_up().unwrap();
    let last_valid = follower.last_valid_block(&hash).expect("it is recent");
    for number in 2..=last_valid + 2 {
        let executed = ledger.execute_block(1, &[transfer(number)]).unwrap();
        assert_eq!(executed.block.receipts.len(), usize::from(number <= last_valid), "block {number}");
        follower.catch_up().unwrap();
        assert_eq!(follower.last_valid_block(&hash), (number < last_valid).then_some(last_valid));
    }
}

/// Two accounts send each other lamports while a third party simulates a transaction that names both: what stands before it is
/// of one block, so the sum is always the same; and blocks go on meanwhile.
#[test]
fn simulations_see_whole_blocks_while_others_are_made() {
    let mut ledger = ledger(&genesis());
    let follower = ledger.follower();
    let simulator = ledger.simulator(follower, 1).expect("a simulator");
    let [payer, left, right, other] = [0, 1, 2, 3].map(Harness::user);
    let looks = [
        system::transfer(&left.address, &other.address, 1),
        system::transfer(&right.address, &other.address, 1),
    ];
    let bytes = sign(&looks, &[&payer, &left, &right], ledger.last_hash(), MessageVersion::Legacy);
    let sum = |simulation: &Simulation| -> u64 {
        let balances = simulation.receipt.balances.unpack().expect("they are recorded");
        let both = simulation.keys.iter().zip(&balances.lamports_before);
        both.filter(|(key, _)| [left.address, right.address].contains(key))
            .map(|(_, lamports)| lamports)
            .sum()
    };
    let simulate = || simulator.simulate(&bytes, SimulateOptions::unchecked(1)).expect("it runs");
    let expected = sum(&simulate());
    let is_done = AtomicBool::new(false);
    let different = thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut seen = std::collections::BTreeSet::new();
            while !is_done.load(Ordering::Relaxed) {
                let simulation = simulate();
                assert_eq!(sum(&simulation), expected, "the two are of one block");
                let balances = simulation.receipt.balances.unpack().unwrap();
                seen.insert(balances.lamports_before);
            }
            seen.len()
        });
        for lamports in 1..200 {
            let transfer = system::transfer(&left.address, &right.address, lamports);
            let bytes = sign(&[transfer], &[&payer, &left], ledger.last_hash(), MessageVersion::Legacy);
            ledger.execute_block(1, &[bytes]).expect("a block");
        }
        is_done.store(true, Ordering::Relaxed);
        looking.join().expect("it saw whole blocks")
    });
    assert!(different > 5, "it saw several blocks: {different}");
}

/// Many threads check at the same time, good and bad transactions: each gets the answer that its transaction has alone.
#[test]
fn those_who_check_together_get_the_answers_they_would_get_alone() {
    let ledger = ledger(&genesis());
    let checker = ledger.checker();
    let (from, to) = (Harness::user(0), Harness::user(1));
    let inputs: Vec<Vec<u8>> = (0_u64..400)
        .map(|number| {
            let transfer = system::transfer(&from.address, &to.address, number);
            let mut bytes = sign(&[transfer], &[&from], ledger.last_hash(), MessageVersion::Legacy);
            match number % 5 {
                0 => *bytes.last_mut().unwrap() ^= 1,
                1 => bytes.truncate(100),
                2 => bytes[40] ^= 0x10,
                _ => (),
            }
            bytes
        })
        .collect();
    let alone: Vec<_> = inputs.iter().map(|bytes| checker.check(bytes.clone())).collect();
    assert_eq!(alone.iter().filter(|answer| answer.is_ok()).count(), 160);
    let boxed = inputs.iter().map(|bytes| bytes.clone().into_boxed_slice()).collect();
    assert_eq!(checker.check_all(boxed), alone);
    thread::scope(|scope| {
        for start in 0..16 {
            let (checker, inputs, alone) = (checker.clone(), &inputs, &alone);
            scope.spawn(move || {
                for step in 0..inputs.len() {
                    let index = (start * 25 + step) % inputs.len();
                    assert_eq!(checker.check(inputs[index].clone()), alone[index], "transaction {index}");
                }
            });
        }
    });
}
