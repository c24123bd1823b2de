//! The inferred access list is the smallest that works, and says what is wrong with the one declared. Cases worked by hand,
//! and random transactions; for all of them, every smaller choice of writable accounts is tried and found wanting.
//!
//! `SEALANE_CASES=100 cargo test -p sealane-tests --test infer_access` tries more random ledgers.

use sealane_probe::{ACCOUNT_WRITABLE, Script};
use sealane_runtime::error::PayerError;
use sealane_runtime::execute::builtins::nonce::durable_nonce;
use sealane_runtime::ingest::SanitizeError;
use sealane_runtime::outcome::Failure;
use sealane_runtime::simulate::{InferredAccess, SimulateError, Verdict};
use sealane_runtime::{Rejection, RootPolicy, RuntimeConfig};
use sealane_sdk::abi::SysvarId;
use sealane_sdk::ids::{instructions, system_program, token};
use sealane_sdk::instruction::{AccountMeta, Hash, Instruction};
use sealane_sdk::{Account, Address};
use sealane_tests::generators::{BlockGenerator, Contention, mint_account, nonce_data, token_account};
use sealane_tests::oracles::{Effects, check_inferred, effects_with, instructions_of};
use sealane_tests::programs::{PROBE, TWIN, loaded_data_limit, probe, probe_account};
use sealane_tests::user::{MessageVersion, from_bytes, sign, signed, to_bytes, usual_config, version_of};
use sealane_tests::{Harness, User};
use sealane_token::builders as tokens;
use sealane_token::instruction::CheckedAmount;
use solana_message::VersionedMessage;
use solana_system_interface::instruction as system;
use std::collections::BTreeSet;

const CASE_COUNT: u64 = 40;
const TRANSACTION_COUNT: usize = 30;

/// The probe's own.
const MINE: Address = Address::new_from_array([1; 32]);
/// The probe's own.
const ALSO_MINE: Address = Address::new_from_array([2; 32]);
/// The twin's.
const FOREIGN: Address = Address::new_from_array([4; 32]);
const MINT: Address = Address::new_from_array([5; 32]);
/// A token account of user 0's.
const SOURCE: Address = Address::new_from_array([6; 32]);
/// A token account of user 1's.
const DESTINATION: Address = Address::new_from_array([7; 32]);
/// A nonce of user 0's.
const NONCE: Address = Address::new_from_array([8; 32]);

fn nonce_value() -> [u8; 32] {
    durable_nonce(&[0xA5; 32])
}

fn harness() -> Harness {
    let [payer, other] = [0, 1].map(|number| Harness::user(number).address);
    let token = |data: Vec<u8>| Account::with_data(token::ID, data);
    Harness::with_accounts([
        (MINE, probe_account(&[0; 16])),
        (ALSO_MINE, probe_account(&[0; 16])),
        (FOREIGN, Account { owner: TWIN, ..probe_account(&[0; 16]) }),
        (MINT, token(mint_account(&payer, 100))),
        (SOURCE, token(token_account(&MINT, &payer, 100))),
        (DESTINATION, token(token_account(&MINT, &other, 0))),
        (NONCE, Account::with_data(system_program::ID, nonce_data(&payer, &nonce_value()))),
    ])
}

/// What is expected of a case; addresses in any order, the payer left out.
#[derive(Clone, Debug)]
struct Expected {
    verdict: Verdict,
    writes: Vec<Address>,
    too_wide: Vec<Address>,
    too_narrow: Vec<Address>,
    unused: Vec<Address>,
}

fn works(writes: &[Address], too_wide: &[Address]) -> Expected {
    Expected {
        verdict: Verdict::WorksAsDeclared,
        writes: writes.to_vec(),
        too_wide: too_wide.to_vec(),
        too_narrow: Vec::new(),
        unused: Vec::new(),
    }
}

fn works_with_more(writes: &[Address], too_narrow: &[Address]) -> Expected {
    let expected = works(writes, &[]);
    Expected { verdict: Verdict::WorksWithMore, too_narrow: too_narrow.to_vec(), ..expected }
}

fn fails(writes: &[Address], too_wide: &[Address]) -> Expected {
    Expected { verdict: Verdict::Fails, ..works(writes, too_wide) }
}

fn sorted(addresses: &[Address]) -> Vec<Address> {
    let mut addresses = addresses.to_vec();
    addresses.sort();
    addresses
}

#[track_caller]
fn infer(harness: &Harness, bytes: &[u8]) -> InferredAccess {
    let before = harness.accounts();
    let inferred = harness.runtime.infer_access(bytes, harness.unix_time);
    assert_eq!(harness.accounts(), before, "the ledger stays as it is");
    inferred.unwrap_or_else(|error| panic!("{error}"))
}

/// Infers, compares, tries all other choices, and sends the transaction with the list as a client would.
#[track_caller]
fn check_bytes(bytes: &[u8], signers: &[&User], expected: &Expected) -> InferredAccess {
    let mut harness = harness();
    let inferred = infer(&harness, bytes);
    assert_eq!(inferred, infer(&harness, bytes), "the same again");
    assert_eq!(inferred.verdict, expected.verdict, "{inferred:#?}");
    assert_eq!(sorted(&inferred.access.writes[1..]), sorted(&expected.writes), "written");
    assert_eq!(sorted(&inferred.too_wide), sorted(&expected.too_wide), "too wide");
    assert_eq!(sorted(&inferred.too_narrow), sorted(&expected.too_narrow), "too narrow");
    assert_eq!(sorted(&inferred.unused), sorted(&expected.unused), "unused");
    check_inferred(&harness.runtime, harness.unix_time, bytes, &inferred);
    let message = from_bytes(&inferred.transaction).message;
    let receipt = harness.send_bytes(&to_bytes(&signed(message, signers))).expect("it runs");
    assert_eq!(receipt, inferred.simulation.receipt, "and so it does");
    inferred
}

#[track_caller]
fn check_signed(instructions: &[Instruction], signers: &[&User], expected: &Expected) {
    let ledger = harness();
    let version_1 = MessageVersion::V1(usual_config(instructions));
    for version in [MessageVersion::Legacy, MessageVersion::V0, version_1] {
        let bytes = sign(instructions, signers, ledger.blockhash(), version);
        let inferred = check_bytes(&bytes, signers, expected);
        let payer = &signers[0].address;
        let by_hand = ledger.runtime.infer_instructions(payer, instructions, ledger.unix_time).unwrap();
        assert_eq!(by_hand.verdict, inferred.verdict);
        assert_eq!(sorted(&by_hand.access.writes), sorted(&inferred.access.writes));
        assert_eq!(sorted(&by_hand.access.reads), sorted(&inferred.access.reads));
        assert_eq!(sorted(&by_hand.too_wide), sorted(&inferred.too_wide));
        assert_eq!(sorted(&by_hand.too_narrow), sorted(&inferred.too_narrow));
    }
    check_all_choices(&ledger, instructions, signers[0], expected);
}

/// Programs that do not look at flags: a choice of writable accounts works if, and only if, it holds the smallest.
#[track_caller]
fn check_all_choices(ledger: &Harness, instructions: &[Instruction], payer: &User, expected: &Expected) {
    let choose = |writes: &BTreeSet<Address>| {
        let version = MessageVersion::Legacy;
        effects_with(&ledger.runtime, ledger.unix_time, &payer.address, instructions, version, writes)
    };
    let metas = instructions.iter().flat_map(|instruction| &instruction.accounts);
    let all: BTreeSet<Address> =
        metas.map(|meta| meta.pubkey).filter(|address| *address != payer.address).collect();
    let needed: BTreeSet<Address> = expected.writes.iter().copied().collect();
    let effects = choose(&needed);
    for choice in 0..1_usize << all.len() {
        let chosen = all.iter().enumerate().filter(|(index, _)| choice >> index & 1 == 1);
        let chosen: BTreeSet<Address> = chosen.map(|(_, address)| *address).collect();
        assert_eq!(choose(&chosen) == effects, needed.is_subset(&chosen), "{chosen:?}");
    }
}

/// Paid by user 0.
#[track_caller]
fn check(instructions: &[Instruction], expected: &Expected) {
    check_signed(instructions, &[&Harness::user(0)], expected);
}

fn writable(addresses: &[Address]) -> Vec<AccountMeta> {
    addresses.iter().map(|address| AccountMeta::new(*address, false)).collect()
}

fn read_only(addresses: &[Address]) -> Vec<AccountMeta> {
    addresses.iter().map(|address| AccountMeta::new_readonly(*address, false)).collect()
}

fn script() -> Script {
    Script::new()
}

#[test]
fn a_transfer_needs_its_two_accounts() {
    let [payer, other] = [0, 1].map(|number| Harness::user(number).address);
    let mut transfer = system::transfer(&payer, &other, 5);
    check(&[transfer.clone()], &works(&[other], &[]));
    transfer.accounts.extend(writable(&[MINE, system_program::ID]));
    check(&[transfer.clone()], &works(&[other], &[MINE]));
    transfer.accounts[1].is_writable = false;
    transfer.accounts[2].is_writable = false;
    check(&[transfer], &works_with_more(&[other], &[other]));
}

#[test]
fn a_token_transfer_reads_its_mint() {
    let payer = Harness::user(0).address;
    let seven = CheckedAmount { amount: 7, decimals: 6 };
    let mut transfer = tokens::transfer_checked(&SOURCE, &MINT, &DESTINATION, &payer, &[], seven);
    check(&[transfer.clone()], &works(&[SOURCE, DESTINATION], &[]));
    transfer.accounts[1].is_writable = true;
    check(&[transfer.clone()], &works(&[SOURCE, DESTINATION], &[MINT]));
    transfer.accounts[0].is_writable = false;
    transfer.accounts[2].is_writable = false;
    let expected = works_with_more(&[SOURCE, DESTINATION], &[SOURCE, DESTINATION]);
    check(&[transfer], &Expected { too_wide: vec![MINT], ..expected });
}

/// Whether a right is needed is for the ledger to say, not for what an account looks like afterwards.
#[test]
fn writing_what_stood_there_needs_what_the_ledger_asks_for() {
    let both = || writable(&[MINE, ALSO_MINE]);
    let same = script().write_data(0, 0, &[0; 4]);
    check(&[probe(both(), same)], &works(&[], &[MINE, ALSO_MINE]));
    let window = script().write_window(0, 0, &[0; 4]);
    check(&[probe(both(), window)], &works(&[MINE], &[ALSO_MINE]));
    let back = [script().write_data(1, 0, &[1]), script().write_data(1, 0, &[0])];
    check(&back.map(|script| probe(both(), script)), &works(&[ALSO_MINE], &[MINE]));
    let window = script().write_window(0, 0, &[0; 4]).read_data(1, 0, 4);
    check(&[probe(read_only(&[MINE, ALSO_MINE]), window)], &works_with_more(&[MINE], &[MINE]));
}

/// A nested call that is to see an account as writable needs the right even if nothing is then changed.
#[test]
fn nested_calls_need_what_they_pass_on() {
    let accounts = |writable: bool| {
        let mut accounts = read_only(&[MINE, ALSO_MINE, FOREIGN, TWIN]);
        accounts.iter_mut().for_each(|account| account.is_writable = writable);
        accounts
    };
    let inner = script().write_data(1, 0, b"hi").into_bytes();
    let pass_on = |flags: [u8; 2], inner: &[u8]| {
        let [mine, foreign] = flags;
        script().invoke(3, &[(0, mine), (2, foreign)], inner, &[])
    };
    let written = || pass_on([0, ACCOUNT_WRITABLE], &inner);
    check(&[probe(accounts(true), written())], &works(&[FOREIGN], &[MINE, ALSO_MINE, TWIN]));
    check(&[probe(accounts(false), written())], &works_with_more(&[FOREIGN], &[FOREIGN]));
    let in_vain = || pass_on([ACCOUNT_WRITABLE; 2], &[]);
    check(&[probe(accounts(true), in_vain())], &works(&[MINE, FOREIGN], &[ALSO_MINE, TWIN]));
    check(&[probe(accounts(false), in_vain())], &works_with_more(&[MINE, FOREIGN], &[MINE, FOREIGN]));
}

/// The system program says `InvalidArgument` and names nobody.
#[test]
fn an_account_that_no_error_names_is_found_by_trying() {
    let payer = Harness::user(0).address;
    let mut advance = system::advance_nonce_account(&NONCE, &payer);
    advance.accounts[0].is_writable = false;
    let touch = probe(writable(&[MINE, ALSO_MINE]), script().write_data(1, 0, &[7]));
    let expected = works_with_more(&[NONCE, ALSO_MINE], &[NONCE]);
    check(&[advance, touch], &Expected { too_wide: vec![MINE], ..expected });
}

#[test]
fn signers_may_be_declared_too_wide_and_too_narrow() {
    let [payer, other, third] = [0, 1, 2].map(Harness::user);
    let mut transfer = system::transfer(&other.address, &MINE, 5);
    transfer.accounts[0].is_writable = false;
    transfer.accounts.push(AccountMeta::new(third.address, true));
    let expected = works_with_more(&[other.address, MINE], &[other.address]);
    let expected = Expected { too_wide: vec![third.address], ..expected };
    check_signed(&[transfer], &[&payer, &other, &third], &expected);
}

#[test]
fn a_failure_is_told_with_what_it_takes_to_get_there() {
    let accounts = || writable(&[MINE, ALSO_MINE, FOREIGN]);
    let own_error = script().read_data(0, 0, 4).return_code(7);
    check(&[probe(accounts(), own_error)], &fails(&[], &[MINE, ALSO_MINE, FOREIGN]));
    let written_first = [script().write_data(0, 0, &[7]), script().return_code(7)];
    let calls = written_first.map(|script| probe(accounts(), script));
    check(&calls, &fails(&[MINE], &[ALSO_MINE, FOREIGN]));
    let not_mine = script().write_data(2, 0, &[7]);
    check(&[probe(accounts(), not_mine)], &fails(&[FOREIGN], &[MINE, ALSO_MINE]));
}

/// As declared it fails for want of a right; with all rights it fails for another reason, and that is told.
#[test]
fn the_failure_behind_a_missing_right_is_told() {
    let calls = [script().write_data(0, 0, &[7]), script().return_code(7)];
    let calls = calls.map(|script| probe(read_only(&[MINE, ALSO_MINE]), script));
    let expected = Expected { too_narrow: vec![MINE], ..fails(&[MINE], &[]) };
    check(&calls, &expected);
}

/// A program that is called cannot be declared writable, whoever asks.
#[test]
fn no_list_lets_a_called_program_be_written() {
    let accounts = writable(&[MINE, PROBE]);
    let nested = script().invoke(1, &[(1, ACCOUNT_WRITABLE), (0, ACCOUNT_WRITABLE)], &[], &[]);
    let ledger = harness();
    let bytes = ledger.sign(&[probe(accounts, nested)], &[&Harness::user(0)]);
    let inferred = check_bytes(&bytes, &[&Harness::user(0)], &fails(&[], &[MINE]));
    let text = inferred.simulation.receipt.body.failure.unwrap().to_string();
    assert!(text.contains(&PROBE.to_string()) && text.contains("writable"), "{text}");
}

/// The bytes of `instructions` whose message also lists the accounts of `more`, which nothing mentions.
fn with_unmentioned(instructions: &[Instruction], more: Vec<AccountMeta>, signers: &[&User]) -> Vec<u8> {
    let mentioning = probe(more, script());
    let all: Vec<Instruction> = instructions.iter().cloned().chain([mentioning]).collect();
    let mut message = from_bytes(&harness().sign(&all, signers)).message;
    match &mut message {
        VersionedMessage::Legacy(legacy) => drop(legacy.instructions.pop()),
        other => panic!("{other:?}"),
    }
    to_bytes(&signed(message, signers))
}

#[test]
fn what_no_instruction_mentions_can_be_left_out() {
    let (payer, other) = (Harness::user(0), Harness::user(1));
    let write = probe(writable(&[MINE]), script().write_data(0, 0, &[7]));
    let more = || {
        let mut more = writable(&[SOURCE, MINE]);
        more.extend(read_only(&[MINT, TWIN]));
        more
    };
    let bytes = with_unmentioned(std::slice::from_ref(&write), more(), &[&payer]);
    let expected = Expected { unused: vec![SOURCE, MINT, TWIN], ..works(&[MINE], &[]) };
    check_bytes(&bytes, &[&payer], &expected);

    // A signature says who agrees: it stays, to be read.
    let mut signed_too = more();
    signed_too.push(AccountMeta::new(other.address, true));
    let bytes = with_unmentioned(&[write], signed_too, &[&payer, &other]);
    let expected = Expected { too_wide: vec![other.address], ..expected };
    let inferred = check_bytes(&bytes, &[&payer, &other], &expected);
    assert!(inferred.access.reads.contains(&other.address));
}

/// A program reads the instructions sysvar through the host if the transaction lists it, mentioned or not.
#[test]
fn what_is_missed_is_not_left_out() {
    let payer = Harness::user(0);
    let read = probe(Vec::new(), script().read_sysvar(SysvarId::Instructions, 0, 2));
    let bytes = with_unmentioned(&[read], read_only(&[instructions::ID, MINT]), &[&payer]);
    let ledger = harness();
    let inferred = infer(&ledger, &bytes);
    assert_eq!(inferred.verdict, Verdict::WorksAsDeclared);
    assert_eq!(inferred.unused, [MINT]);
    assert!(inferred.access.reads.contains(&instructions::ID) && inferred.is_minimal);
    assert_eq!(inferred.simulation.receipt.body.return_data, Some((PROBE, vec![1, 0])));
}

/// What a program returns is part of what must stay the same, and this one returns the flag itself.
#[test]
fn a_flag_that_a_program_shows_is_kept() {
    let show = probe(writable(&[MINE, ALSO_MINE]), script().inspect(0));
    let ledger = harness();
    let inferred = infer(&ledger, &ledger.sign(&[show], &[&Harness::user(0)]));
    assert_eq!((inferred.access.writes[1..].to_vec(), inferred.too_wide), (vec![MINE], vec![ALSO_MINE]));
    assert!(inferred.is_minimal);
}

/// The ledger itself writes a durable nonce, even if nothing else of the transaction happens.
#[test]
fn a_durable_nonce_stays_writable() {
    let payer = Harness::user(0);
    let instructions = [system::advance_nonce_account(&NONCE, &payer.address), loaded_data_limit(1)];
    let value = Hash::new_from_array(nonce_value());
    let bytes = sign(&instructions, &[&payer], value, MessageVersion::Legacy);
    let mut ledger = harness();
    let inferred = infer(&ledger, &bytes);
    assert!(matches!(inferred.simulation.receipt.body.failure, Some(Failure::LoadedDataTooLarge { .. })));
    assert_eq!(inferred.access.writes, [payer.address, NONCE]);
    let message = from_bytes(&inferred.transaction).message;
    let receipt = ledger.send_bytes(&to_bytes(&signed(message, &[&payer]))).expect("the nonce is good");
    assert_eq!(receipt, inferred.simulation.receipt);
    // On a recent blockhash the same instructions advance it as any instruction would: it is not reached.
    let bytes = ledger.sign(&instructions, &[&payer]);
    assert_eq!(infer(&ledger, &bytes).access.writes, [payer.address]);
}

#[test]
fn what_cannot_run_is_rejected() {
    let ledger = harness();
    let poor = Harness::user(99);
    let pay = system::transfer(&poor.address, &MINE, 1);
    let expected = Rejection::Payer { payer: poor.address, reason: PayerError::Missing };
    let rejection = |result: Result<InferredAccess, SimulateError>| match result {
        Err(SimulateError::Rejected(rejection)) => rejection,
        other => panic!("it should be rejected, not {other:?}"),
    };
    let time = ledger.unix_time;
    let by_bytes = ledger.runtime.infer_access(&ledger.sign(std::slice::from_ref(&pay), &[&poor]), time);
    assert_eq!(rejection(by_bytes), expected);
    assert_eq!(rejection(ledger.runtime.infer_instructions(&poor.address, &[pay], time)), expected);

    let payer = Harness::user(0).address;
    let many: Vec<Address> = (0..64).map(|byte| Address::new_from_array([100 + byte; 32])).collect();
    let cases = [
        (vec![probe(writable(&many), script())], SanitizeError::TooManyKeys { key_count: 66 }),
        (vec![probe(Vec::new(), script().append(&[0; 2_000]))], SanitizeError::TooLong { size_bytes: 2_000 }),
        (vec![probe(Vec::new(), script()); 65], SanitizeError::TooManyInstructions { instruction_count: 65 }),
        (
            vec![Instruction { program_id: payer, accounts: Vec::new(), data: Vec::new() }],
            SanitizeError::PayerIsProgram { instruction_index: 0 },
        ),
    ];
    for (instructions, error) in cases {
        let result = ledger.runtime.infer_instructions(&payer, &instructions, time);
        assert_eq!(rejection(result), Rejection::Sanitize(error));
    }
}

/// Every kind of transaction the generators know, on ledgers that go on.
#[test]
fn inferred_lists_work_and_nothing_smaller_does() {
    let cases = std::env::var("SEALANE_CASES").map_or(CASE_COUNT, |text| text.parse().expect("a number"));
    let (mut verdicts, mut choices, mut too_wide, mut too_narrow) = ([0; 3], 0, 0, 0);
    for seed in 0..cases {
        let contention = Contention::STEPS[usize::try_from(seed).unwrap() % Contention::STEPS.len()];
        let mut generator = BlockGenerator::new(seed, contention);
        let config = RuntimeConfig { roots: RootPolicy::Skip, ..Harness::config() };
        let mut harness = Harness::with(config, &generator.world.genesis.clone());
        for _ in 0..TRANSACTION_COUNT {
            let bytes = generator.block(&harness.runtime, 1).remove(0);
            println!("seed {seed}, {}", generator.kinds()[0]);
            if let Ok(inferred) = harness.runtime.infer_access(&bytes, harness.unix_time) {
                choices += check_inferred(&harness.runtime, harness.unix_time, &bytes, &inferred);
                verdicts[inferred.verdict as usize] += 1;
                too_wide += inferred.too_wide.len();
                too_narrow += check_narrowed(&harness, &bytes, &inferred);
            }
            harness.block(&[bytes]);
        }
    }
    println!("verdicts {verdicts:?}, {choices} choices, {too_wide} too wide, {too_narrow} found again");
    let enough = usize::try_from(cases).unwrap();
    assert!(verdicts[Verdict::WorksAsDeclared as usize] > 5 * enough, "most work: {verdicts:?}");
    assert!(verdicts[Verdict::Fails as usize] > enough, "many fail: {verdicts:?}");
    assert!(too_wide > enough && too_narrow > enough && choices > 50 * enough, "they say something");
}

/// With nothing declared writable, what works is found to need the same accounts. How many were found.
fn check_narrowed(harness: &Harness, bytes: &[u8], inferred: &InferredAccess) -> usize {
    if inferred.verdict != Verdict::WorksAsDeclared || inferred.access.writes.len() == 1 {
        return 0;
    }
    if matches!(version_of(bytes), MessageVersion::V1(_)) {
        // A list of instructions makes a legacy transaction, which may ask for something else, or be too short.
        return 0;
    }
    let (payer, instructions) = instructions_of(bytes);
    let found = harness.runtime.infer_instructions(&payer, &instructions, harness.unix_time).unwrap();
    if Effects::of(&found.simulation) != Effects::of(&inferred.simulation) {
        // The program shows the flags it saw, and with everything writable it saw others.
        return 0;
    }
    assert_eq!(found.verdict, Verdict::WorksWithMore);
    assert_eq!(sorted(&found.access.writes), sorted(&inferred.access.writes));
    assert_eq!(sorted(&found.too_narrow), sorted(&inferred.access.writes[1..]));
    found.too_narrow.len()
}
