//! What a test ledger promises beyond sending: time, going back, accounts from files, trees of calls, blocks, modules built here.

use sealane_sdk::bytemuck::bytes_of;
use sealane_sdk::ids::{clock, token};
use sealane_sdk::{Account, Address, macros};
use sealane_testing::{CallEnd, Draft, START_UNIX_TIME, TestLedger, User, Verdict, build, system};

fn pay(from: &User, to: &User, lamports: u64) -> Draft {
    Draft::new(&[system::transfer(&from.address, &to.address, lamports)], &[from])
}

fn ledger() -> (TestLedger, [User; 3]) {
    let mut ledger = TestLedger::new();
    let users = ["alice", "bob", "carol"].map(|name| ledger.user(name));
    (ledger, users)
}

/// Slot and unix time as a program reads them in the block that was made last.
fn clock_of(ledger: &TestLedger) -> (u64, i64) {
    let data = ledger.data(&clock::ID);
    let word = |offset: usize| data[offset..offset + 8].try_into().expect("eight bytes");
    (u64::from_le_bytes(word(0)), i64::from_le_bytes(word(32)))
}

#[test]
fn slots_and_time_are_what_programs_see() {
    let mut ledger = TestLedger::new();
    ledger.empty_block();
    assert_eq!(clock_of(&ledger), (1, START_UNIX_TIME));
    ledger.warp_to_slot(500);
    ledger.advance_time(3_600);
    ledger.empty_block();
    assert_eq!(clock_of(&ledger), (500, START_UNIX_TIME + 3_600));
    ledger.warp_to_time(77);
    ledger.empty_block();
    assert_eq!(clock_of(&ledger).1, 77, "the past, too");
    let slot = ledger.slot();
    ledger.expire_blockhash();
    assert_eq!(ledger.slot(), slot + 150);
}

#[test]
fn a_signed_transaction_runs_once_until_it_is_too_old() {
    let (mut ledger, [alice, bob, _]) = ledger();
    let payment = system::transfer(&alice.address, &bob.address, 5);
    let first = ledger.sign(std::slice::from_ref(&payment), &[&alice]);
    ledger.send_bytes(&first).expect_success();
    let rejection = ledger.send_bytes(&first).expect_rejection();
    assert!(rejection.to_string().contains("processed before"), "{rejection}");
    ledger.expire_blockhash();
    let rejection = ledger.send_bytes(&first).expect_rejection();
    assert!(rejection.to_string().contains("not recent"), "{rejection}");
    ledger.succeed(&[payment], &[&alice]);
}

#[test]
fn going_back_takes_everything_back() {
    let (mut ledger, [alice, bob, _]) = ledger();
    let snapshot = ledger.snapshot();
    let (accounts, blockhash, slot) = (ledger.accounts(), ledger.blockhash(), ledger.slot());
    let bytes = ledger.sign(&pay(&alice, &bob, 5).instructions, &[&alice]);
    let first = ledger.send_bytes(&bytes).expect_success().receipt;
    let after = ledger.accounts();
    assert_ne!(after, accounts);
    for _ in 0..2 {
        ledger.advance_time(9);
        ledger.restore(&snapshot);
        assert_eq!(
            (ledger.accounts(), ledger.blockhash(), ledger.slot()),
            (accounts.clone(), blockhash, slot)
        );
        assert_eq!(ledger.unix_time, START_UNIX_TIME);
        // The same transaction is fresh again, and does the same.
        assert_eq!(ledger.send_bytes(&bytes).expect_success().receipt, first);
        assert_eq!(ledger.accounts(), after);
    }
}

#[test]
fn a_simulation_tells_the_same_and_changes_nothing() {
    let (mut ledger, [alice, bob, _]) = ledger();
    let payment = [system::transfer(&alice.address, &bob.address, 5)];
    let before = ledger.accounts();
    let simulated = ledger.simulate(&payment, &[&alice]);
    assert_eq!(ledger.accounts(), before);
    assert_eq!(simulated.receipt, ledger.send(&payment, &[&alice]).receipt);
    let poor = User::named("poor");
    let rejected = ledger.simulate(&payment, &[&poor, &alice]);
    assert!(matches!(rejected.verdict, Verdict::Rejected(_)), "{rejected}");
    assert!(rejected.to_string().starts_with("rejected: fee payer "), "{rejected}");
}

#[test]
fn a_block_gives_each_transaction_its_own_result() {
    let (mut ledger, [alice, bob, carol]) = ledger();
    let poor = User::named("poor");
    let drafts =
        [pay(&alice, &bob, 1), pay(&poor, &bob, 1), pay(&bob, &carol, u64::MAX), pay(&carol, &alice, 2)];
    let results = ledger.send_block(&drafts);
    let ends: Vec<&str> = results
        .iter()
        .map(|result| match result.verdict {
            Verdict::Succeeded => "succeeded",
            Verdict::Failed(_) => "failed",
            Verdict::Rejected(_) => "rejected",
        })
        .collect();
    assert_eq!(ends, ["succeeded", "rejected", "failed", "succeeded"]);
    let error = results[2].error().expect("an error of the system program");
    assert_eq!((error.number, error.name.as_str()), (Some(1), "ResultWithNegativeLamports"));
}

#[test]
fn dumps_are_written_and_read_again_one_by_one_and_by_the_folder() {
    let (mut ledger, _) = ledger();
    let folder = tempfile::tempdir().expect("a folder");
    let addresses = [5, 6].map(|number| Address::new_from_array([number; 32]));
    for (number, address) in (1..).zip(addresses) {
        ledger.set_account(
            address,
            Account { lamports: 1_000_000 * number, ..Account::with_data(token::ID, vec![1, 2, 3]) },
        );
        let file = folder.path().join(format!("{number}.json"));
        std::fs::write(file, ledger.dump(&address)).expect("a file");
    }
    let mut other = TestLedger::new();
    assert_eq!(other.load_dumps(folder.path()), addresses);
    assert_eq!(other.load_dumps(folder.path().join("2.json")), addresses[1..]);
    for address in addresses {
        assert!(other.account(&address).is_some());
        assert_eq!(other.account(&address), ledger.account(&address));
    }
    other.remove_account(&addresses[0]);
    assert_eq!(other.account(&addresses[0]), None);
}

/// The associated-token program calls others: that is told as a tree.
#[test]
fn nested_calls_are_told_as_a_tree_with_units_and_names() {
    let (mut ledger, [alice, bob, _]) = ledger();
    let gold = ledger.create_mint("gold", &alice, 2);
    let make = sealane_associated_token::builders::create(&alice.address, &bob.address, &gold, &token::ID);
    let made = ledger.succeed(std::slice::from_ref(&make), &[&alice]);
    let names: Vec<String> = made.all_calls().into_iter().map(|call| made.name_of(call)).collect();
    assert_eq!(names.first().map(String::as_str), Some("associated_token::create"));
    assert!(names.iter().any(|name| name == "token::initialize_account3"), "{names:?}");
    let [top] = &made.calls[..] else { panic!("one instruction, {} calls", made.calls.len()) };
    assert!(top.inner().count() >= 2, "{made}");
    let below: u64 = top.inner().map(|call| call.units).sum();
    assert!(below > 0 && below < top.units, "{below} of {}", top.units);
    assert_eq!(top.units, made.units);
    assert!(top.flat().iter().all(|call| call.end == CallEnd::Succeeded));

    let failed = ledger.fail(&[make], &[&alice]);
    assert_eq!(failed.calls[0].inner().count(), 0, "it is refused before anything is called");
    let missing = failed.cause().expect("it failed").to_string();
    assert!(missing.starts_with("associated_token::create: "), "{missing}");
}

#[test]
fn a_failure_below_is_told_of_the_program_that_failed() {
    let (mut ledger, [alice, bob, _]) = ledger();
    let gold = ledger.create_mint("gold", &alice, 2);
    let hers = ledger.create_token_account(&gold, &alice.address, &alice);
    let his = ledger.create_token_account(&gold, &bob.address, &alice);
    let transfer = sealane_token::builders::transfer(&hers, &his, &alice.address, &[], 5);
    let failed = ledger.fail(&[transfer], &[&alice]);
    let cause = failed.cause().expect("it failed").to_string();
    assert_eq!(cause, "token::transfer: insufficient funds [InsufficientFunds, 1]");
    failed.expect_error(sealane_token::error::TokenError::InsufficientFunds);
}

#[test]
#[should_panic(expected = "cannot be deployed")]
fn what_no_node_would_deploy_is_refused() {
    TestLedger::new().deploy(&Address::new_unique(), b"\0asm\x01\0\0\0");
}

/// What is built when a test runs is, byte for byte, what is built for nodes.
#[test]
fn a_crate_is_built_as_for_a_node_and_once() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../programs/counter");
    let built = build::crate_module(manifest, "sealane-counter");
    assert!(*built == *sealane_artifacts::COUNTER, "{} bytes", built.len());
    let again = build::crate_module(manifest, "sealane-counter");
    assert!(std::sync::Arc::ptr_eq(&built, &again));
    let upgraded = Address::new_unique();
    let mut ledger = TestLedger::new();
    ledger.deploy_upgradeable(&upgraded, &built, &Address::new_unique());
    ledger.deploy_file(&Address::new_unique(), write(&built).path());
    let alice = ledger.user("alice");
    let call = sealane_sdk::instruction::Instruction {
        program_id: upgraded,
        accounts: Vec::new(),
        data: Vec::new(),
    };
    ledger.fail(&[call], &[&alice]).expect_log("shorter than a discriminator");
}

fn write(module: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), module).expect("it can be written");
    file
}

/// The head of data that may be longer.
#[macros::account(tail)]
pub struct Log {
    /// How many entries there are.
    pub count: u64,
}

#[test]
fn a_head_is_read_and_changed_and_what_follows_it_stays() {
    let (mut ledger, [alice, ..]) = ledger();
    let address = Address::new_unique();
    let data = |count| {
        let mut head = Log::zeroed();
        head.count = count;
        [bytes_of(&head), &[7; 9]].concat()
    };
    ledger.set_account(address, Account::with_data(alice.address, data(2)));
    assert_eq!(ledger.load::<Log>(&address).count, 2);
    ledger.change::<Log>(&address, |log| log.count = 3);
    assert_eq!(ledger.data(&address), data(3));
}
