//! Parallel equals serial where programs of both ABIs call each other: random blocks on a ledger where the probe's twin speaks
//! Solana's ABI, with scripts that nest in both directions, fail, run out of units and share hot accounts; and what one
//! user's call leaves in memory is not seen by the next one's.

use sealane_probe::Script;
use sealane_runtime::outcome::Failure;
use sealane_runtime::receipt::Receipt;
use sealane_runtime::{InstancePolicy, RuntimeConfig};
use sealane_sdk::Address;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_tests::generators::Contention;
use sealane_tests::oracles::{Step, check_chain_from};
use sealane_tests::programs::{PROBE, TWIN, unit_limit};
use sealane_tests::user::from_bytes;
use sealane_tests::{Harness, solana_programs};
use sealane_vm::CallError;
use std::collections::BTreeMap;

const CASE_COUNT: u64 = 48;
const BLOCK_COUNT: u32 = 3;
const TRANSACTION_COUNT: usize = 40;

#[test]
fn parallel_equals_serial() {
    let mut seen = Seen::default();
    for seed in 0..CASE_COUNT {
        println!("seed {seed}");
        let contention = Contention::STEPS[usize::try_from(seed).unwrap() % Contention::STEPS.len()];
        let programs = solana_programs::replace_twin;
        check_chain_from(seed, contention, (BLOCK_COUNT, TRANSACTION_COUNT), programs, &mut |step, _| {
            seen.add(step);
        });
    }
    println!("{seen:#?}");
    seen.check_that_abis_met();
}

/// What occurred in all blocks.
#[derive(Debug, Default)]
struct Seen {
    /// Calls by caller and callee, with what became of their transactions: succeeded, failed.
    calls: BTreeMap<(&'static str, &'static str), [usize; 2]>,
    /// Failures of the twin itself.
    failed: BTreeMap<&'static str, usize>,
}

impl Seen {
    fn add(&mut self, step: &Step) {
        let block = &step.executed.block;
        for (bytes, receipt) in block.transactions.iter().zip(&block.receipts) {
            self.add_transaction(bytes, receipt);
        }
    }

    fn add_transaction(&mut self, bytes: &[u8], receipt: &Receipt) {
        let message = from_bytes(bytes).message;
        let keys = message.static_account_keys();
        let outcome = usize::from(!receipt.body.succeeded());
        let mut callers: Vec<Address> = Vec::new();
        for inner in &receipt.body.inner_calls {
            let height = usize::from(inner.stack_height);
            let top = &message.instructions()[usize::from(inner.instruction_index)];
            callers.truncate(height - 1);
            if height == 2 {
                callers = vec![keys[usize::from(top.program_id_index)]];
            }
            let callee = keys[usize::from(inner.program_index)];
            let caller = callers[height - 2];
            self.calls.entry((name(&caller), name(&callee))).or_default()[outcome] += 1;
            callers.push(callee);
        }
        if let Some(Failure::Call { error, program, .. }) = &receipt.body.failure
            && *program == TWIN
        {
            *self.failed.entry(kind(error)).or_default() += 1;
        }
    }

    fn check_that_abis_met(&self) {
        for direction in [("native", "Solana's"), ("Solana's", "native"), ("Solana's", "Solana's")] {
            let [succeeded, failed] = self.calls.get(&direction).copied().unwrap_or_default();
            // Scripts that nest do a lot that can go wrong: most fail.
            assert!(succeeded >= 1 && failed >= 10, "{direction:?}: {succeeded} succeeded, {failed} failed");
        }
        for kind in ["out of units", "trap", "rule", "returned"] {
            assert!(self.failed.contains_key(kind), "Solana's program fails: {kind}: {:?}", self.failed);
        }
    }
}

fn name(program: &Address) -> &'static str {
    match *program {
        PROBE => "native",
        TWIN => "Solana's",
        _ => "built in",
    }
}

fn kind(error: &CallError) -> &'static str {
    match error {
        CallError::OutOfUnits => "out of units",
        CallError::Trap(_) => "trap",
        CallError::Rule { .. } => "rule",
        CallError::Returned(_) => "returned",
        _ => "other",
    }
}

/// Bytes that stand nowhere by themselves.
const SECRET: [u8; 8] = *b"\xC5secret\xC5";
/// The memory that the twin's instances have.
const MEMORY_BYTES: u32 = 4 * 65_536;

/// One user's calls write a secret wherever they can, and end in every way; the next user's read all memory there is. On kept
/// instances they find what they find on new ones, and never the secret.
#[test]
fn nothing_of_a_call_is_seen_by_the_next() {
    let [mut kept, mut fresh] = [InstancePolicy::Kept, InstancePolicy::Fresh].map(ledger);
    let mut read_count = 0;
    for round in 0..12_u32 {
        let ends = [
            Script::new(),
            Script::new().return_code(7),
            Script::new().unreachable(),
            Script::new().burn(1 << 40),
            Script::new().grow_memory(1).poke(MEMORY_BYTES + 4096, &SECRET.repeat(100)),
            Script::new().recurse(100),
        ];
        let end = ends[round as usize % ends.len()].clone().into_bytes();
        // From somewhere else each time, in steps of a page of the machine's.
        let places = (0..12).map(|step| 2048 + round * 512 + step * 16_384);
        let script = places.fold(Script::new(), |script, place| script.poke(place, &SECRET));
        let leave = call(script.append(&end), &[]);
        for ledger in [&mut kept, &mut fresh] {
            // Whether it succeeds is its own affair.
            let user = Harness::user(0);
            ledger.send(&[unit_limit(100_000), leave.clone()], &[&user]).expect("it is executed");
        }
        for place in (0..MEMORY_BYTES).step_by(16 * 1024) {
            for offset in [0, 1024, 13 * 1024] {
                let look = call(Script::new().peek(place + offset, 1024), &[]);
                let [kept, fresh] = [&mut kept, &mut fresh].map(|ledger| read(ledger, &look));
                assert_eq!(kept, fresh, "round {round}, at {}", place + offset);
                if let Some(bytes) = kept {
                    read_count += 1;
                    assert!(bytes.windows(SECRET.len()).all(|window| window != SECRET), "round {round}");
                }
            }
        }
    }
    assert!(read_count > 500, "most of the memory is there to be read: {read_count}");
}

fn ledger(instances: InstancePolicy) -> Harness {
    let mut genesis = Harness::genesis();
    solana_programs::replace_twin(&mut genesis);
    Harness::with(RuntimeConfig { workers: 1, instances, ..Harness::config() }, &genesis)
}

fn call(script: Script, accounts: &[AccountMeta]) -> Instruction {
    Instruction { program_id: TWIN, accounts: accounts.to_vec(), data: script.into_bytes() }
}

/// The bytes that another user's call finds; `None` where there is no memory.
fn read(ledger: &mut Harness, look: &Instruction) -> Option<Vec<u8>> {
    let receipt = ledger.send(std::slice::from_ref(look), &[&Harness::user(1)]).expect("it is executed");
    receipt.body.return_data.map(|(_, bytes)| bytes)
}
