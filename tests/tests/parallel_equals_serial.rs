//! The claim that everything rests on: executing a block in parallel gives what executing it one transaction after
//! another gives, in receipts, every account and all roots; with any number of workers, kept instances or new ones,
//! under any contention.
//!
//! `SEALANE_CASES=1000 cargo test -p sealane-tests --test parallel_equals_serial` tries more; `SEALANE_SEED=17` tries
//! one seed again.

use sealane_runtime::Rejection;
use sealane_runtime::receipt::Receipt;
use sealane_tests::generators::{Contention, KINDS};
use sealane_tests::oracles::{Step, check_chain};
use sealane_tests::user::from_bytes;
use solana_message::VersionedMessage;
use std::collections::BTreeMap;

const CASE_COUNT: u64 = 200;
const BLOCK_COUNT: u32 = 3;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

#[test]
fn parallel_equals_serial() {
    let seeds = match variable("SEALANE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..variable("SEALANE_CASES").unwrap_or(CASE_COUNT),
    };
    let mut tally = Tally::default();
    for seed in seeds {
        println!(
            "seed {seed}; again with: SEALANE_SEED={seed} cargo test -p sealane-tests --test parallel_equals_serial"
        );
        let contention = Contention::STEPS[usize::try_from(seed).unwrap() % Contention::STEPS.len()];
        let transaction_count = 10 + usize::try_from(seed * 7 % 31).unwrap();
        check_chain(seed, contention, BLOCK_COUNT, transaction_count, &mut |step, kinds| {
            tally.add(step, kinds)
        });
    }
    println!("{tally:#?}");
    if variable("SEALANE_SEED").is_none() {
        tally.check_that_blocks_say_something();
    }
}

/// What occurred in all blocks: random tests that test nothing would pass as well.
#[derive(Debug, Default)]
struct Tally {
    /// For each kind of transaction: how many succeeded, failed and were rejected.
    kinds: BTreeMap<&'static str, [usize; 3]>,
    failed: BTreeMap<String, usize>,
    rejected: BTreeMap<String, usize>,
    inner_calls: usize,
    deepest: u8,
    /// Executed transactions of version 1.
    version_1_count: usize,
    /// Those of them that succeeded and named more accounts than fit into another version.
    wide_count: usize,
}

/// No other version has room for more keys.
const MAX_NARROW_KEYS: usize = 35;

const SUCCEEDED: usize = 0;
const FAILED: usize = 1;
const REJECTED: usize = 2;

impl Tally {
    fn add(&mut self, step: &Step, kinds: &[&'static str]) {
        let rejected: BTreeMap<usize, &Rejection> =
            step.executed.rejected.iter().map(|(index, rejection)| (*index, rejection)).collect();
        let block = &step.executed.block;
        for (bytes, receipt) in block.transactions.iter().zip(&block.receipts) {
            let message = from_bytes(bytes).message;
            let is_version_1 = matches!(message, VersionedMessage::V1(_));
            let is_wide = message.static_account_keys().len() > MAX_NARROW_KEYS;
            assert!(is_version_1 || !is_wide, "no more fit");
            self.version_1_count += usize::from(is_version_1);
            self.wide_count += usize::from(is_wide && receipt.body.succeeded());
        }
        let mut receipts = block.receipts.iter();
        for (index, kind) in kinds.iter().enumerate() {
            let outcome = if let Some(rejection) = rejected.get(&index) {
                *self.rejected.entry(words(&format!("{rejection:?}"))).or_default() += 1;
                REJECTED
            } else {
                self.add_receipt(receipts.next().expect("a receipt for each that was not rejected"))
            };
            self.kinds.entry(kind).or_default()[outcome] += 1;
        }
    }

    fn add_receipt(&mut self, receipt: &Receipt) -> usize {
        self.inner_calls += receipt.body.inner_calls.len();
        let deepest = receipt.body.inner_calls.iter().map(|call| call.stack_height).max();
        self.deepest = self.deepest.max(deepest.unwrap_or(0));
        let Some(failure) = &receipt.body.failure else { return SUCCEEDED };
        *self.failed.entry(words(&format!("{failure:?}"))).or_default() += 1;
        FAILED
    }

    fn check_that_blocks_say_something(&self) {
        let sum = |outcome: usize| self.kinds.values().map(|counts| counts[outcome]).sum::<usize>();
        let (succeeded, failed, rejected) = (sum(SUCCEEDED), sum(FAILED), sum(REJECTED));
        assert!(succeeded > failed && succeeded < 4 * failed, "most transactions succeed, many fail");
        assert!(rejected > 0 && rejected < failed, "some are rejected");
        assert!(self.inner_calls > succeeded / 5, "programs call each other");
        assert_eq!(self.deepest, 5, "as deep as they may");
        assert!(self.version_1_count > (succeeded + failed) / 5, "many have version 1");
        assert!(self.wide_count > succeeded / 50, "some are wide");
        for kind in KINDS {
            let counts = self.kinds.get(kind.name).copied().unwrap_or_default();
            assert!(
                counts[SUCCEEDED] > counts[FAILED] / 4,
                "{}: enough of them succeed: {counts:?}",
                kind.name
            );
            assert!(counts[FAILED] > 0, "{}: some fail: {counts:?}", kind.name);
        }
        for name in ["Rule", "Trap", "OutOfUnits", "Returned", "PrivilegeEscalation", "BelowRentExemption"] {
            assert!(self.failed.keys().any(|key| key.contains(name)), "some fail with {name}");
        }
        for name in ["Sanitize", "Verify", "Replay", "Payer", "Nonce"] {
            assert!(self.rejected.keys().any(|key| key.contains(name)), "some are rejected for {name}");
        }
    }
}

/// The names in a debug text, without numbers and addresses.
fn words(text: &str) -> String {
    let error = text.split("error: ").nth(1).unwrap_or(text);
    let words = error
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.len() < 30 && word.starts_with(char::is_uppercase));
    words.take(2).collect::<Vec<_>>().join(" ")
}
