//! The counter, the example of a declared program, in the vm: what its instructions do and cost, and what each of its rules
//! says when it is broken.

use sealane_counter::{
    CloseAddresses, Counter, CounterError, CounterV1, CreateAddresses, ID, IncrementAddresses,
    MigrateAddresses, SEED, builders, discriminators,
};
use sealane_runtime::receipt::Receipt;
use sealane_sdk::guest::AccountData;
use sealane_sdk::guest::declared::ConstraintError;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Account, Address, ProgramError, bytemuck, limits};
use sealane_tests::programs::{PROBE, replaced};
use sealane_tests::{Harness, User};

/// Units of create, increment and close. They follow the compiler, the SDK and the prices; what must not happen is that they
/// grow unseen.
const UNITS: [u64; 3] = [6_614, 2_619, 2_254];

fn address(authority: &User) -> (Address, u8) {
    Address::find_program_address(&[SEED, authority.address.as_ref()], &ID)
}

fn harness(accounts: impl IntoIterator<Item = (Address, Account)>) -> Harness {
    Harness::with_program(ID, sealane_artifacts::COUNTER, accounts)
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

/// A counter's account, as it stands at 3 of 5.
fn account(authority: &User, change: impl FnOnce(&mut Counter)) -> (Address, Account) {
    let (address, bump) = address(authority);
    let mut counter = Counter::zeroed();
    (counter.authority, counter.count, counter.limit) = (authority.address, 3, 5);
    counter.bump = bump;
    change(&mut counter);
    (address, Account::with_data(ID, bytemuck::bytes_of(&counter).to_vec()))
}

fn old_account(authority: &User) -> (Address, Account) {
    let (address, bump) = address(authority);
    let mut counter = CounterV1::zeroed();
    (counter.authority, counter.count, counter.bump) = (authority.address, 3, bump);
    (address, Account::with_data(ID, bytemuck::bytes_of(&counter).to_vec()))
}

fn counter(harness: &Harness, address: &Address) -> Counter {
    bytemuck::pod_read_unaligned(&harness.data(address))
}

fn lines(receipt: &Receipt) -> Vec<String> {
    receipt.logs.lines()
}

#[test]
fn a_counter_is_made_counts_and_is_closed() {
    let user = Harness::user(0);
    let mut harness = harness([]);
    let (at, bump) = address(&user);
    let before = harness.lamports(&user.address);

    let mut units = Vec::new();
    let receipt = harness.succeed(&[create(&user, Some(10))], &[&user]);
    units.push(receipt.body.units_consumed);
    let made = counter(&harness, &at);
    assert_eq!((made.authority, made.count, made.limit, made.bump), (user.address, 0, 10, bump));
    let rent = limits::rent_exempt_minimum_lamports(Counter::SIZE_BYTES);
    assert_eq!(harness.account(&at).map(|account| (account.owner, account.lamports)), Some((ID, rent)));

    let receipt = harness.succeed(&[increment(&user, 7)], &[&user]);
    units.push(receipt.body.units_consumed);
    assert_eq!(counter(&harness, &at).count, 7);
    assert_eq!(receipt.body.return_data, Some((ID, 7_u64.to_le_bytes().to_vec())));

    let receipt = harness.succeed(&[close(&user)], &[&user]);
    units.push(receipt.body.units_consumed);
    assert_eq!(units, UNITS, "units of create, increment, close");
    assert_eq!(harness.account(&at), None);
    assert_eq!(harness.lamports(&user.address), before - 3 * limits::LAMPORTS_PER_SIGNATURE);
    harness.succeed(&[create(&user, None)], &[&user]);
    assert_eq!(counter(&harness, &at).limit, u64::MAX, "a closed counter can be made again");
}

#[test]
fn an_event_is_logged_for_clients() {
    let user = Harness::user(0);
    let mut harness = harness([account(&user, |_| {})]);
    let receipt = harness.succeed(&[increment(&user, 2)], &[&user]);
    let event = <sealane_counter::Incremented as sealane_sdk::guest::declared::Event>::DISCRIMINATOR;
    let bytes = [&event[..], user.address.as_ref(), &2_u64.to_le_bytes(), &5_u64.to_le_bytes()].concat();
    let expected = format!("Program data: {}", base64(&bytes));
    assert!(lines(&receipt).contains(&expected), "{expected}\n{:#?}", lines(&receipt));
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4_usize {
            let is_there = position <= chunk.len();
            let sign = SIGNS[(word >> (18 - 6 * position) & 63) as usize];
            text.push(if is_there { char::from(sign) } else { '=' });
        }
    }
    text
}

#[test]
fn a_counter_of_the_first_version_is_migrated() {
    let user = Harness::user(0);
    let mut harness = harness([old_account(&user)]);
    let (at, bump) = address(&user);
    let migrate = builders::migrate(&MigrateAddresses { authority: user.address });
    harness.succeed(&[migrate.clone(), increment(&user, 1)], &[&user]);
    let counter = counter(&harness, &at);
    assert_eq!((counter.count, counter.limit, counter.bump), (4, u64::MAX, bump));
    let rent = limits::rent_exempt_minimum_lamports(Counter::SIZE_BYTES);
    assert_eq!(harness.lamports(&at), rent, "its authority paid for what it has grown");

    let (failure, receipt) = harness.fail(&[migrate], &[&user]);
    assert!(failure.to_string().contains("3002"), "{failure}");
    let expected = "Program log: Error: migrate: account counter: holds data of another type";
    assert!(lines(&receipt).iter().any(|line| line == expected), "{:#?}", lines(&receipt));
}

/// What the transaction fails with, and that the log has the line.
#[track_caller]
fn check(
    harness: &mut Harness,
    instruction: Instruction,
    signers: &[&User],
    error: impl Into<ProgramError>,
    line: &str,
) {
    let (failure, receipt) = harness.fail(&[instruction], signers);
    let expected = format!("Program log: Error: {line}");
    assert!(lines(&receipt).contains(&expected), "{expected}\n{failure}\n{:#?}", lines(&receipt));
    let ProgramError::Custom(number) = error.into() else { panic!("a number is expected") };
    assert!(failure.to_string().contains(&format!("its own error {number} ")), "{number}: {failure}");
}

#[test]
fn every_broken_rule_says_which_it_is() {
    use ConstraintError as E;
    let [user, other, third] = [0, 1, 2].map(Harness::user);
    let probe = Account::with_data(PROBE, vec![0; Counter::SIZE_BYTES]);
    let foreign = Address::new_from_array([99; 32]);
    let mut harness = harness([account(&user, |_| {}), old_account(&other), (foreign, probe)]);
    let (at, _) = address(&user);

    let again = create(&user, None);
    let rule = "create: account counter: is in use: `init` makes accounts that are not there yet";
    check(&mut harness, again, &[&user], E::AccountDiscriminatorAlreadySet, rule);
    let elsewhere = replaced(create(&third, None), 1, at);
    let rule = "create: account counter: its address is not the one that its seeds derive";
    check(&mut harness, elsewhere, &[&third], E::ConstraintSeeds, rule);
    let no_program = replaced(create(&third, None), 2, PROBE);
    let rule = "create: account system_program: must be the system program";
    check(&mut harness, no_program, &[&third], E::InvalidProgramId, rule);

    let rule = "increment: account counter: is not made yet";
    check(&mut harness, increment(&third, 1), &[&third], E::AccountNotInitialized, rule);
    let stolen = replaced(increment(&third, 1), 1, foreign);
    let rule = "increment: account counter: must belong to this program";
    check(&mut harness, stolen, &[&third], E::AccountOwnedByWrongProgram, rule);
    let rule = "increment: account counter: holds an older version of its data: it must be migrated first";
    check(&mut harness, increment(&other, 1), &[&other], E::AccountDiscriminatorMismatch, rule);
    let not_mine = replaced(increment(&third, 1), 1, at);
    let rule = "increment: account counter: its address is not the one that its seeds and bump derive";
    check(&mut harness, not_mine, &[&third], E::ConstraintSeeds, rule);

    let mut unsigned = increment(&user, 1);
    unsigned.accounts[0].is_signer = false;
    let rule = "increment: account authority: must sign";
    check(&mut harness, unsigned, &[&third], E::AccountNotSigner, rule);
    let mut read_only = increment(&user, 1);
    read_only.accounts[1].is_writable = false;
    let rule = "increment: account counter: must be writable";
    check(&mut harness, read_only, &[&user], E::ConstraintMut, rule);
    let mut alone = increment(&user, 1);
    alone.accounts.truncate(1);
    let rule = "increment: account counter: is missing: the instruction got too few accounts";
    check(&mut harness, alone, &[&user], E::AccountNotEnoughKeys, rule);

    let mut short = increment(&user, 1);
    short.data.truncate(12);
    let rule = "increment: argument by: expected a u64 (8 bytes)";
    check(&mut harness, short, &[&user], E::InstructionDidNotDeserialize, rule);
    let mut unknown = increment(&user, 1);
    unknown.data[..8].fill(9);
    let rule = "No instruction has this discriminator.";
    check(&mut harness, unknown, &[&user], E::InstructionFallbackNotFound, rule);

    let rule = "increment: Adding nothing changes nothing.";
    check(&mut harness, increment(&user, 0), &[&user], CounterError::Nothing, rule);
    let rule = "increment: The counter has reached its limit.";
    check(&mut harness, increment(&user, 3), &[&user], CounterError::LimitReached, rule);
    harness.succeed(&[increment(&user, 2)], &[&user]);
    let rule = "increment: account counter: constraint = counter.load()?.count < counter.load()?.limit does not hold";
    check(&mut harness, increment(&user, 1), &[&user], CounterError::LimitReached, rule);
}

#[test]
fn a_counter_that_names_somebody_else_is_refused() {
    let [user, other] = [0, 1].map(Harness::user);
    let mut harness = harness([account(&user, |counter| counter.authority = other.address)]);
    for instruction in [increment(&user, 1), close(&user)] {
        let name = if instruction.data[..8] == discriminators::CLOSE { "close" } else { "increment" };
        let rule = format!("{name}: account counter: has_one = authority does not hold");
        check(&mut harness, instruction, &[&user], CounterError::NotYours, &rule);
    }
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
