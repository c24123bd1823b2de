//! The counter on a test ledger: what its instructions do and cost, what each of its rules says when it is broken, and what runs side
//! by side. An example to copy for tests of a program.

use sealane_counter::{
    CloseAddresses, Counter, CounterError, CounterV1, CreateAddresses, ID, IncrementAddresses, Incremented,
    MigrateAddresses, SEED, builders,
};
use sealane_sdk::guest::AccountData;
use sealane_sdk::guest::declared::ConstraintError;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Account, Address, ProgramError, limits};
use sealane_testing::orders::{Party, check_orders};
use sealane_testing::{Draft, TestLedger, User, assert_conflicts, assert_parallel, deploy_crate};

/// Units of create, increment and close. They follow the compiler, the SDK and the prices; what must not happen is that they
/// grow unseen.
const UNITS: [u64; 3] = [6_589, 2_603, 2_260];

fn address(authority: &User) -> (Address, u8) {
    Address::find_program_address(&[SEED, authority.address.as_ref()], &ID)
}

fn create(authority: &User, limit: Option<u64>) -> Instruction {
    builders::create(&CreateAddresses { authority: authority.address }, limit)
}

fn increment(authority: &User, by: u64) -> Instruction {
    builders::increment(&IncrementAddresses { authority: authority.address }, by)
}

fn close(authority: &User) -> Instruction {
    builders::close(&CloseAddresses { authority: authority.address })
}

/// A ledger with the counter, and three users.
fn ledger() -> (TestLedger, [User; 3]) {
    let mut ledger = TestLedger::new();
    deploy_crate!(ledger, ::sealane_counter);
    let users = ["alice", "bob", "carol"].map(|name| ledger.user(name));
    (ledger, users)
}

/// Puts a counter there that stands at 3 of 5.
fn set(ledger: &mut TestLedger, authority: &User) -> Address {
    let (at, bump) = address(authority);
    ledger.set::<Counter>(at, ID, |counter| {
        (counter.authority, counter.count, counter.limit) = (authority.address, 3, 5);
        counter.bump = bump;
    });
    at
}

/// Puts a counter of the first version there.
fn set_old(ledger: &mut TestLedger, authority: &User) -> Address {
    let (at, bump) = address(authority);
    ledger.set::<CounterV1>(at, ID, |counter| {
        (counter.authority, counter.count, counter.bump) = (authority.address, 3, bump);
    });
    at
}

#[test]
fn a_counter_is_made_counts_and_is_closed() {
    let (mut ledger, [alice, ..]) = ledger();
    let (at, bump) = address(&alice);
    let before = ledger.lamports(&alice.address);

    let created = ledger.succeed(&[create(&alice, Some(10))], &[&alice]);
    let made: Counter = ledger.load(&at);
    assert_eq!((made.authority, made.count, made.limit, made.bump), (alice.address, 0, 10, bump));
    assert_eq!(ledger.lamports(&at), limits::rent_exempt_minimum_lamports(Counter::SIZE_BYTES));

    let event = Incremented { authority: alice.address, by: 7, count: 7 };
    let incremented = ledger.succeed(&[increment(&alice, 7)], &[&alice]).expect_event(&event);
    assert_eq!(incremented.returned::<u64>(), 7);
    assert_eq!(
        incremented.events(),
        [format!("Incremented {{ authority: {}, by: 7, count: 7 }}", alice.address)]
    );
    assert_eq!(ledger.load::<Counter>(&at).count, 7);

    let closed = ledger.succeed(&[close(&alice)], &[&alice]);
    assert_eq!([created.units, incremented.units, closed.units], UNITS, "units of create, increment, close");
    assert_eq!(ledger.account(&at), None);
    assert_eq!(ledger.lamports(&alice.address), before - 3 * limits::LAMPORTS_PER_SIGNATURE);
    ledger.succeed(&[create(&alice, None)], &[&alice]);
    assert_eq!(ledger.load::<Counter>(&at).limit, u64::MAX, "a closed counter can be made again");
}

#[test]
fn a_counter_of_the_first_version_is_migrated() {
    let (mut ledger, [alice, ..]) = ledger();
    let at = set_old(&mut ledger, &alice);
    let migrate = builders::migrate(&MigrateAddresses { authority: alice.address });
    ledger.succeed(&[migrate.clone(), increment(&alice, 1)], &[&alice]);
    let counter: Counter = ledger.load(&at);
    assert_eq!((counter.count, counter.limit, counter.bump), (4, u64::MAX, address(&alice).1));
    let rent = limits::rent_exempt_minimum_lamports(Counter::SIZE_BYTES);
    assert_eq!(ledger.lamports(&at), rent, "its authority paid for what it has grown");

    let again =
        ledger.send(&[migrate], &[&alice]).expect_error(ConstraintError::AccountDiscriminatorMismatch);
    again.expect_cause("migrate: account counter: holds data of another type");
}

/// The instruction with another account at a position.
fn replaced(mut instruction: Instruction, position: usize, address: Address) -> Instruction {
    instruction.accounts[position].pubkey = address;
    instruction
}

/// Demands an error, and the line that says why.
#[track_caller]
fn check(
    ledger: &mut TestLedger,
    instruction: Instruction,
    signer: &User,
    error: impl Into<ProgramError>,
    cause: &str,
) {
    ledger.send(&[instruction], &[signer]).expect_error(error).expect_cause(&format!("counter::{cause}"));
}

#[test]
fn every_broken_rule_says_which_it_is() {
    use ConstraintError as E;
    let (mut ledger, [alice, bob, carol]) = ledger();
    let at = set(&mut ledger, &alice);
    set_old(&mut ledger, &bob);
    let foreign = Address::new_from_array([99; 32]);
    let program = Address::new_from_array([98; 32]);
    ledger.set_account(foreign, Account::with_data(program, vec![0; Counter::SIZE_BYTES]));

    let rule = "create: account counter: is in use: `init` makes accounts that are not there yet";
    check(&mut ledger, create(&alice, None), &alice, E::AccountDiscriminatorAlreadySet, rule);
    let elsewhere = replaced(create(&carol, None), 1, at);
    let rule = "create: account counter: its address is not the one that its seeds derive";
    check(&mut ledger, elsewhere, &carol, E::ConstraintSeeds, rule);
    let no_program = replaced(create(&carol, None), 2, program);
    let rule = "create: account system_program: must be the system program";
    check(&mut ledger, no_program, &carol, E::InvalidProgramId, rule);

    let rule = "increment: account counter: is not made yet";
    check(&mut ledger, increment(&carol, 1), &carol, E::AccountNotInitialized, rule);
    let stolen = replaced(increment(&carol, 1), 1, foreign);
    let rule = "increment: account counter: must belong to this program";
    check(&mut ledger, stolen, &carol, E::AccountOwnedByWrongProgram, rule);
    let rule = "increment: account counter: holds an older version of its data: it must be migrated first";
    check(&mut ledger, increment(&bob, 1), &bob, E::AccountDiscriminatorMismatch, rule);
    let not_hers = replaced(increment(&carol, 1), 1, at);
    let rule = "increment: account counter: its address is not the one that its seeds and bump derive";
    check(&mut ledger, not_hers, &carol, E::ConstraintSeeds, rule);

    let mut unsigned = increment(&alice, 1);
    unsigned.accounts[0].is_signer = false;
    let rule = "increment: account authority: must sign";
    check(&mut ledger, unsigned, &carol, E::AccountNotSigner, rule);
    let mut read_only = increment(&alice, 1);
    read_only.accounts[1].is_writable = false;
    let rule = "increment: account counter: must be writable";
    check(&mut ledger, read_only, &alice, E::ConstraintMut, rule);
    let mut alone = increment(&alice, 1);
    alone.accounts.truncate(1);
    let rule = "increment: account counter: is missing: the instruction got too few accounts";
    check(&mut ledger, alone, &alice, E::AccountNotEnoughKeys, rule);

    let mut short = increment(&alice, 1);
    short.data.truncate(12);
    let rule = "increment: argument by: expected a u64 (8 bytes)";
    check(&mut ledger, short, &alice, E::InstructionDidNotDeserialize, rule);

    let rule = "increment: Adding nothing changes nothing.";
    check(&mut ledger, increment(&alice, 0), &alice, CounterError::Nothing, rule);
    let rule = "increment: The counter has reached its limit.";
    check(&mut ledger, increment(&alice, 3), &alice, CounterError::LimitReached, rule);
    ledger.succeed(&[increment(&alice, 2)], &[&alice]);
    let rule = "increment: account counter: constraint = counter.load()?.count < counter.load()?.limit does not hold";
    check(&mut ledger, increment(&alice, 1), &alice, CounterError::LimitReached, rule);

    ledger.change::<Counter>(&at, |counter| counter.authority = bob.address);
    for (name, instruction) in [("increment", increment(&alice, 1)), ("close", close(&alice))] {
        let rule = format!("{name}: account counter: has_one = authority does not hold");
        check(&mut ledger, instruction, &alice, CounterError::NotYours, &rule);
    }
}

/// Each counter has its own account, so nobody waits for anybody else.
#[test]
fn counters_of_different_people_run_side_by_side() {
    let (mut ledger, [alice, bob, _]) = ledger();
    let (hers, _) = address(&alice);
    ledger.name(&hers, "alice's counter");
    assert_parallel!(ledger, increment(&alice, 1), increment(&bob, 1));
    assert_conflicts!(ledger, increment(&alice, 1), increment(&alice, 2), on = hers);
    let explained = ledger.explain(&[increment(&alice, 1), increment(&bob, 1), increment(&alice, 2)]);
    assert_eq!(explained.batches, [0, 0, 1], "{explained}");
}

/// In whatever order somebody counts, closes and begins anew: no counter goes beyond its limit.
#[test]
fn no_order_takes_a_counter_beyond_its_limit() {
    let (mut ledger, [alice, ..]) = ledger();
    let at = set(&mut ledger, &alice);
    let draft = |instruction| Draft::new(&[instruction], &[&alice]);
    let parties = [
        Party::new("counting", [1, 2, 3, 4].map(|by| draft(increment(&alice, by)))),
        Party::new("beginning anew", [close(&alice), create(&alice, Some(2))].map(draft)),
    ];
    check_orders(&mut ledger, &parties, |ledger| {
        if ledger.account(&at).is_none() {
            return Ok(());
        }
        let Counter { count, limit, .. } = ledger.load(&at);
        if count <= limit { Ok(()) } else { Err(format!("it stands at {count} of {limit}")) }
    });
}

/// What a failing test prints.
#[test]
fn a_failure_is_shown_with_all_there_is_to_know() {
    let (mut ledger, [alice, ..]) = ledger();
    let at = set(&mut ledger, &alice);
    let failed = ledger.fail(&[increment(&alice, 1), increment(&alice, 9), close(&alice)], &[&alice]);
    let shown = failed.to_string();
    let expected = format!(
        "failed: counter::increment: The counter has reached its limit. [LimitReached, 6001]\n  \
         #0 counter::increment  ok, 2,603 units\n      \
         event: Incremented {{ authority: {}, by: 1, count: 4 }}\n",
        alice.address
    );
    assert!(shown.starts_with(&expected), "{shown}");
    for line in [
        format!("      authority: alice ({})", alice.address),
        format!("      counter: {at}"),
        "      log: Error: increment: The counter has reached its limit.".to_owned(),
        "      log: AnchorError occurred. Error Code: LimitReached. Error Number: 6001. Error Message: The counter has reached \
         its limit.."
            .to_owned(),
        "  #2 counter::close  not reached".to_owned(),
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}\n{shown}");
    }
    assert_eq!(
        shown.lines().last(),
        Some(&*format!("  {} units, fee 5,000 lamports", sum(&failed.units_by_instruction())))
    );
}

fn sum(units: &[(String, u64)]) -> String {
    let sum = units.iter().map(|(_, units)| units).sum::<u64>();
    format!("{},{:03}", sum / 1_000, sum % 1_000)
}

/// The tutorial generates a client from this.
#[test]
fn the_description_has_the_published_form() {
    let json = sealane_counter::idl().to_json();
    let read: anchor_lang_idl_spec::Idl = serde_json::from_str(&json).expect("it has the specified form");
    let written = serde_json::to_string_pretty(&read).expect("the types write JSON");
    assert_eq!(written, json, "field for field, in the same order");
    let names: Vec<&str> = read.accounts.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, ["Counter", "CounterV1"]);
    assert_eq!(read.accounts[0].discriminator, Counter::DISCRIMINATOR);
}
