//! Rejected, executed and failed, fatal: three things that are never mixed. And a block commits all or nothing.

use sealane_probe::Script;
use sealane_runtime::ledger::{AccountStore, Block, Commit, MemoryStore, StoreError};
use sealane_runtime::outcome::Failure;
use sealane_runtime::{BlockError, ExecutedBlock, Fatal, Rejection, Runtime};
use sealane_sdk::instruction::{AccountMeta, Hash, InstructionError, TransactionError};
use sealane_sdk::{Account, Address};
use sealane_tests::Harness;
use sealane_tests::harness::accounts;
use sealane_tests::programs::{PROBE, TWIN, probe, probe_account};
use sealane_tests::user::{MessageVersion, message, signed, to_bytes};
use sealane_vm::{CallError, Trap};
use solana_system_interface::instruction as system;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const CELL: Address = Address::new_from_array([1; 32]);

fn harness() -> Harness {
    Harness::with_accounts([(CELL, probe_account(&[0; 16]))])
}

fn on_cell(script: Script) -> sealane_sdk::instruction::Instruction {
    let accounts = vec![
        AccountMeta::new(CELL, false),
        AccountMeta::new_readonly(PROBE, false),
        AccountMeta::new_readonly(TWIN, false),
    ];
    probe(accounts, script)
}

#[test]
fn a_block_keeps_what_ran_and_leaves_out_what_could_not() {
    let mut harness = harness();
    let [rich, other] = [0, 1].map(Harness::user);
    let poor = Harness::user(1_000);
    let good = harness.sign(&[on_cell(Script::new().multiply_add(0, 0, 1, 5))], &[&rich]);
    let failing = harness.sign(&[on_cell(Script::new().multiply_add(0, 0, 1, 7).return_code(9))], &[&rich]);
    let unpaid = harness.sign(&[on_cell(Script::new())], &[&poor]);
    let mut forged = harness.sign(&[on_cell(Script::new())], &[&other]);
    forged[5] ^= 1;
    let last = harness.sign(&[on_cell(Script::new().multiply_add(0, 0, 1, 11))], &[&other]);
    let before = [&rich, &other].map(|user| harness.lamports(&user.address));

    let transactions =
        [good.clone(), failing.clone(), vec![1, 2, 3], unpaid, forged, good.clone(), last.clone()];
    let executed = harness.block(&transactions);

    let kept: Vec<&[u8]> = executed.block.transactions.iter().collect();
    assert_eq!(kept, [&good[..], &failing, &last], "rejected ones are not in the block");
    assert_eq!(executed.block.receipts.len(), 3);
    let succeeded: Vec<bool> =
        executed.block.receipts.iter().map(|receipt| receipt.body.succeeded()).collect();
    assert_eq!(succeeded, [true, false, true]);
    let rejected: Vec<(usize, TransactionError)> =
        executed.rejected.iter().map(|(index, rejection)| (*index, rejection.transaction_error())).collect();
    assert_eq!(
        rejected,
        [
            (2, TransactionError::SanitizeFailure),
            (3, TransactionError::AccountNotFound),
            (4, TransactionError::SignatureFailure),
            (5, TransactionError::AlreadyProcessed),
        ]
    );
    assert_eq!(harness.data(&CELL)[..8], 16_u64.to_le_bytes(), "the failed one left nothing behind");
    let after = [&rich, &other].map(|user| harness.lamports(&user.address));
    assert_eq!(after, [before[0] - 10_000, before[1] - 5_000], "failed ones pay, rejected ones do not");
}

#[test]
fn a_failure_says_where_and_why() {
    let nested =
        |script: Script| Script::new().invoke(2, &[(0, 2), (1, 0), (2, 0)], &script.into_bytes(), &[]);
    let cases = [
        ("at the top", Script::new().return_code(7), PROBE, 1, CallError::Returned(7)),
        ("one level down", nested(Script::new().return_code(7)), TWIN, 2, CallError::Returned(7)),
        (
            "after a nested call that was good",
            nested(Script::new()).return_code(8),
            PROBE,
            1,
            CallError::Returned(8),
        ),
        ("a trap below", nested(Script::new().unreachable()), TWIN, 2, CallError::Trap(Trap::Unreachable)),
        ("a panic below", nested(Script::new().panic("no")), TWIN, 2, CallError::Trap(Trap::Panic)),
        ("endless", Script::new().burn(u64::MAX), PROBE, 1, CallError::OutOfUnits),
        (
            "endless recursion",
            Script::new().recurse(u32::MAX),
            PROBE,
            1,
            CallError::Trap(Trap::StackOverflow),
        ),
    ];
    let mut harness = harness();
    let payer = Harness::user(0);
    for (name, script, expected_program, expected_trace, expected_error) in cases {
        let transfer = system::transfer(&payer.address, &Harness::user(1).address, 1);
        let (failure, receipt) = harness.fail(&[transfer, on_cell(script)], &[&payer]);
        let expected = Failure::Call {
            instruction_index: 1,
            trace_index: expected_trace,
            program: expected_program,
            error: expected_error,
        };
        assert_eq!(failure, expected, "{name}");
        let lines = receipt.logs.lines().join("\n");
        assert!(lines.contains(&format!("Program {expected_program} failed")), "{name}: {lines}");
        let is_trap = matches!(expected_error, CallError::Trap(_) | CallError::OutOfUnits);
        assert_eq!(receipt.body.units_consumed == 400_000, is_trap, "{name}: a trap costs all there is");
    }
}

#[test]
fn clients_get_the_errors_they_know() {
    let mut harness = harness();
    let payer = Harness::user(0);
    let cases = [
        (Script::new().return_code(7), InstructionError::Custom(7)),
        (Script::new().return_code(1 << 32), InstructionError::Custom(0)),
        (Script::new().return_code(2 << 32), InstructionError::InvalidArgument),
        (Script::new().unreachable(), InstructionError::ProgramFailedToComplete),
        (Script::new().burn(u64::MAX), InstructionError::ComputationalBudgetExceeded),
    ];
    for (script, expected) in cases {
        let (failure, _) = harness.fail(&[on_cell(script)], &[&payer]);
        assert_eq!(failure.transaction_error(), TransactionError::InstructionError(0, expected));
    }
}

#[test]
fn an_account_below_the_minimum_fails_the_transaction() {
    let mut harness = harness();
    let (payer, new) = (Harness::user(0), Harness::user(500).address);
    let (failure, receipt) = harness.fail(&[system::transfer(&payer.address, &new, 890_879)], &[&payer]);
    assert_eq!(failure, Failure::BelowRentExemption { account_index: 1, account: new });
    assert_eq!(receipt.body.fee_lamports, 5_000);
    assert_eq!(harness.account(&new), None);
    harness.succeed(&[system::transfer(&payer.address, &new, 890_880)], &[&payer]);
    assert_eq!(harness.lamports(&new), 890_880);
}

#[test]
fn a_call_to_no_program_fails_and_is_not_rejected() {
    let mut harness = harness();
    let payer = Harness::user(0);
    for (name, program) in
        [("an account with data", CELL), ("nothing at all", Address::new_from_array([77; 32]))]
    {
        let instruction = sealane_sdk::instruction::Instruction {
            program_id: program,
            accounts: Vec::new(),
            data: Vec::new(),
        };
        assert_eq!(harness.call_error(&[instruction], &[&payer]), CallError::NotCallable(program), "{name}");
    }
}

/// A good block, made by one ledger, for the other to replay.
fn good_block() -> (Harness, Harness, ExecutedBlock) {
    let (mut producer, replica) = (harness(), harness());
    let transactions: Vec<Vec<u8>> = (0..6_u64)
        .map(|number| {
            let user = Harness::user(number % 3);
            producer.sign(&[on_cell(Script::new().multiply_add(0, 0, 3, number))], &[&user])
        })
        .collect();
    let executed = producer.block(&transactions);
    (producer, replica, executed)
}

/// Replays a spoiled block: it is refused as `expected` says, nothing changes, and the good one is taken afterwards.
#[track_caller]
fn check_refused(name: &str, spoil: impl FnOnce(&mut Block), expected: impl FnOnce(&BlockError) -> bool) {
    let (producer, mut replica, executed) = good_block();
    let mut spoiled = Block::clone(&executed.block);
    spoil(&mut spoiled);
    let (before, header) = (replica.accounts(), *replica.runtime.last_header());
    let error = replica.runtime.replay_block(&spoiled).expect_err(name);
    assert!(expected(&error), "{name}: {error:?}");
    assert_eq!(replica.accounts(), before, "{name}: accounts changed");
    assert_eq!(*replica.runtime.last_header(), header, "{name}: the header changed");
    assert_eq!(replica.runtime.state_root().unwrap(), header.roots.unwrap().state, "{name}");
    // The same transactions are still fresh: replay protection has forgotten the refused block.
    let replayed = replica.runtime.replay_block(&executed.block).unwrap();
    assert_eq!(replayed.hash, executed.hash, "{name}");
    assert_eq!(replica.accounts(), producer.accounts(), "{name}");
}

fn push(block: &mut Block, bytes: &[u8]) {
    block.transactions.push(bytes);
    block.batches.push(block.batches.last().map_or(0, |last| last + 1));
    block.receipts.push(block.receipts[0].clone());
}

#[test]
fn a_refused_block_changes_nothing() {
    let mismatch = |expected: &'static str| move |error: &BlockError| matches!(error, BlockError::Mismatch { field } if *field == expected);
    let rejected = |error: &BlockError| matches!(error, BlockError::RejectedInBlock { index: 6, .. });
    check_refused(
        "another number",
        |block| block.header.number += 1,
        |error| matches!(error, BlockError::NotNext { .. }),
    );
    check_refused(
        "another parent",
        |block| block.header.parent = Hash::default(),
        |error| matches!(error, BlockError::NotNext { .. }),
    );
    check_refused(
        "time runs backwards",
        |block| block.header.unix_time = -1,
        |error| matches!(error, BlockError::TimeRunsBackwards { .. }),
    );
    check_refused("other batches", |block| block.batches[5] += 1, mismatch("batches"));
    check_refused("too few batches", |block| block.batches.truncate(5), mismatch("batches"));
    check_refused(
        "another state root",
        |block| block.header.roots.as_mut().unwrap().state = Hash::default(),
        mismatch("state root"),
    );
    check_refused(
        "another receipts root",
        |block| block.header.roots.as_mut().unwrap().receipts = Hash::default(),
        mismatch("receipts root"),
    );
    check_refused(
        "another transactions root",
        |block| block.header.roots.as_mut().unwrap().transactions = Hash::default(),
        mismatch("transactions root"),
    );
    check_refused(
        "no roots",
        |block| block.header.roots = None,
        |error| matches!(error, BlockError::Mismatch { .. }),
    );
    check_refused("garbage among the transactions", |block| push(block, b"garbage"), rejected);
    check_refused(
        "a transaction twice",
        |block| {
            let first = block.transactions.iter().next().unwrap().to_vec();
            push(block, &first);
        },
        rejected,
    );
    check_refused("a payer without lamports", |block| push(block, &unpaid()), rejected);
}

#[test]
fn receipts_that_differ_are_refused() {
    check_refused(
        "another receipt",
        |block| block.receipts[2].body.units_consumed += 1,
        |error| matches!(error, BlockError::Mismatch { .. }),
    );
    check_refused(
        "too few receipts",
        |block| block.receipts.truncate(5),
        |error| matches!(error, BlockError::Mismatch { .. }),
    );
}

/// A transaction for the first block whose payer has nothing: it turns out only when it is its turn.
fn unpaid() -> Vec<u8> {
    harness().sign(&[on_cell(Script::new())], &[&Harness::user(1_000)])
}

#[test]
fn a_missing_signature_is_a_rejection() {
    let mut harness = harness();
    let (payer, other) = (Harness::user(0), Harness::user(1));
    let transfer = system::transfer(&other.address, &payer.address, 1);
    let message = message(&[transfer], &payer, harness.blockhash(), MessageVersion::V0);
    let mut transaction = signed(message, &[&payer, &other]);
    transaction.signatures[1] = transaction.signatures[0];
    let rejection = harness.send_bytes(&to_bytes(&transaction)).unwrap_err();
    assert!(matches!(rejection, Rejection::Verify(_)), "{rejection}");
}

/// A store whose commits fail when told to.
#[derive(Debug, Default)]
struct FailingStore {
    inner: MemoryStore,
    fails: Arc<AtomicBool>,
}

impl AccountStore for FailingStore {
    fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        self.inner.account(address)
    }

    fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        if self.fails.load(Ordering::Relaxed) {
            let source = std::io::Error::other("the disk is gone");
            return Err(StoreError::Io { operation: "commit", source });
        }
        self.inner.commit(commit)
    }

    fn part_count(&self) -> usize {
        self.inner.part_count()
    }

    fn for_each_in_part(
        &self,
        part: usize,
        visit: &mut dyn FnMut(&Address, &Arc<Account>),
    ) -> Result<(), StoreError> {
        self.inner.for_each_in_part(part, visit)
    }
}

#[test]
fn a_fault_of_the_node_is_fatal_and_changes_nothing() {
    let fails = Arc::new(AtomicBool::new(false));
    let store = FailingStore { inner: MemoryStore::default(), fails: Arc::clone(&fails) };
    let mut genesis = Harness::genesis();
    genesis.accounts.push((CELL, probe_account(&[0; 16])));
    let mut runtime = Runtime::with_store(Harness::config(), &genesis, Box::new(store)).unwrap();
    let payer = Harness::user(0);
    let bytes = sealane_tests::user::sign(
        &[on_cell(Script::new().multiply_add(0, 0, 1, 1))],
        &[&payer],
        runtime.last_hash(),
        MessageVersion::Legacy,
    );
    let (before, hash) = (accounts(&runtime), runtime.last_hash());

    fails.store(true, Ordering::Relaxed);
    let error = runtime.produce_block(1, &[&bytes]).unwrap_err();
    assert!(matches!(error, BlockError::Fatal(Fatal::Store(_))), "{error}");
    assert_eq!(accounts(&runtime), before);
    assert_eq!(runtime.last_hash(), hash);

    fails.store(false, Ordering::Relaxed);
    let executed = runtime.produce_block(1, &[&bytes]).unwrap();
    assert_eq!(executed.rejected, [], "the transaction is still fresh");
    assert!(executed.block.receipts[0].body.succeeded());
}

/// A bug of ours unwinds to the block wherever it surfaces. Here the fees would lift a collector over 2^64 lamports, more
/// than any ledger holds; that is noticed after the workers are done, on the caller's thread.
#[test]
fn a_bug_outside_the_workers_is_fatal_and_changes_nothing() {
    let collector = Address::new_from_array([9; 32]);
    let genesis =
        Harness::genesis().with_fee_collector(collector).with_account(collector, Account::system(u64::MAX));
    let mut harness = Harness::with(Harness::config(), &genesis);
    let bytes = harness.sign(
        &[system::transfer(&Harness::user(0).address, &Harness::user(1).address, 5)],
        &[&Harness::user(0)],
    );
    let (hash, before) = (harness.runtime.last_hash(), harness.accounts());
    for attempt in 0..2 {
        let result = harness.runtime.produce_block(1, &[&bytes]);
        assert!(matches!(result, Err(BlockError::Fatal(Fatal::Bug(_)))), "attempt {attempt}: {result:?}");
        assert_eq!(harness.runtime.last_hash(), hash, "attempt {attempt}: no block was made");
        assert_eq!(harness.accounts(), before, "attempt {attempt}: no account was touched");
    }
    harness.runtime.produce_block::<Vec<u8>>(1, &[]).expect("the ledger goes on");
}
