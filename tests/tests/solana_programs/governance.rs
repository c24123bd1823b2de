//! SPL Governance 4: a realm over a token, whose holders deposit, propose, vote and have the proposal carried out: a transfer
//! out of a treasury that only the governance can sign for.

use super::{harness_with, held};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Address, ids};
use sealane_tests::generators::{mint_account, token_account};
use sealane_tests::programs::unit_limit;
use sealane_tests::{Harness, User, solana_programs};
use sealane_token::builders as tokens;

const ID: Address = Address::from_str_const("GovER5Lthms3bLBqWub97yVrMmEogzX7xNjdXpPPCVZw");
const NAME: &str = "Realm of the test";
const MINT: Address = Address::new_from_array([71; 32]);
const TREASURY: Address = Address::new_from_array([72; 32]);
const RECIPIENT: Address = Address::new_from_array([73; 32]);
const PROPOSAL_SEED: Address = Address::new_from_array([74; 32]);
/// What the two voters have; together they are all there is.
const VOTES: [u64; 2] = [700, 300];
const TREASURE: u64 = 5_000;
const PAID: u64 = 1_234;

fn derive(seeds: &[&[u8]]) -> Address {
    Address::find_program_address(seeds, &ID).0
}

fn realm() -> Address {
    derive(&[b"governance", NAME.as_bytes()])
}

fn realm_config() -> Address {
    derive(&[b"realm-config", realm().as_ref()])
}

fn holding() -> Address {
    derive(&[b"governance", realm().as_ref(), MINT.as_ref()])
}

fn governance() -> Address {
    derive(&[b"account-governance", realm().as_ref(), TREASURY.as_ref()])
}

fn record(owner: &Address) -> Address {
    derive(&[b"governance", realm().as_ref(), MINT.as_ref(), owner.as_ref()])
}

fn proposal() -> Address {
    derive(&[b"governance", governance().as_ref(), MINT.as_ref(), PROPOSAL_SEED.as_ref()])
}

fn transaction() -> Address {
    derive(&[b"governance", proposal().as_ref(), &[0], &[0, 0]])
}

fn voter(number: usize) -> User {
    Harness::user(1 + number as u64)
}

/// The tokens of a voter.
fn wallet(number: usize) -> Address {
    Address::new_from_array([80 + u8::try_from(number).expect("two voters"); 32])
}

const fn changed(address: Address) -> AccountMeta {
    AccountMeta { pubkey: address, is_signer: false, is_writable: true }
}

const fn read(address: Address) -> AccountMeta {
    AccountMeta { pubkey: address, is_signer: false, is_writable: false }
}

fn payer(user: &User) -> AccountMeta {
    AccountMeta::new(user.address, true)
}

fn signer(user: &User) -> AccountMeta {
    AccountMeta::new_readonly(user.address, true)
}

fn text(words: &str) -> Vec<u8> {
    let size = u32::try_from(words.len()).expect("a short text").to_le_bytes();
    [&size, words.as_bytes()].concat()
}

fn create_realm(user: &User) -> Instruction {
    let accounts = vec![
        changed(realm()),
        read(user.address),
        read(MINT),
        changed(holding()),
        payer(user),
        read(ids::system_program::ID),
        read(ids::token::ID),
        read(ids::rent::ID),
        changed(realm_config()),
    ];
    // No council; one token to make a governance; all tokens count; both kinds of token liquid, without a plugin.
    let full_supply = 10_000_000_000_u64.to_le_bytes();
    let data = [&[0][..], &text(NAME), &[0], &1_u64.to_le_bytes(), &[0], &full_supply, &[0; 6]].concat();
    Instruction { program_id: ID, accounts, data }
}

fn deposit(number: usize) -> Instruction {
    let user = voter(number);
    let accounts = vec![
        read(realm()),
        changed(holding()),
        changed(wallet(number)),
        signer(&user),
        signer(&user),
        changed(record(&user.address)),
        payer(&user),
        read(ids::system_program::ID),
        read(ids::token::ID),
        read(realm_config()),
    ];
    Instruction { program_id: ID, accounts, data: [&[1][..], &VOTES[number].to_le_bytes()].concat() }
}

fn create_governance(user: &User) -> Instruction {
    let accounts = vec![
        read(realm()),
        changed(governance()),
        read(TREASURY),
        read(record(&user.address)),
        payer(user),
        read(ids::system_program::ID),
        signer(user),
        read(realm_config()),
    ];
    let data = [
        // Sixty per cent of all tokens decide, one token proposes, nothing has to be waited for, a day to vote.
        &[4, 0, 60][..],
        &1_u64.to_le_bytes(),
        &0_u32.to_le_bytes(),
        &86_400_u32.to_le_bytes(),
        // A vote is over once nothing can change it; no council, no vetoes.
        &[0, 2, 2],
        &u64::MAX.to_le_bytes(),
        &[0, 2],
        &0_u32.to_le_bytes(),
        &[10],
    ];
    Instruction { program_id: ID, accounts, data: data.concat() }
}

fn create_proposal(user: &User) -> Instruction {
    let accounts = vec![
        read(realm()),
        changed(proposal()),
        changed(governance()),
        changed(record(&user.address)),
        read(MINT),
        signer(user),
        payer(user),
        read(ids::system_program::ID),
        read(realm_config()),
        changed(derive(&[b"proposal-deposit", proposal().as_ref(), user.address.as_ref()])),
    ];
    // A single choice of one option, which can also be denied.
    let data = [
        &[6][..],
        &text("Pay"),
        &text("https://example.com"),
        &[0],
        &1_u32.to_le_bytes(),
        &text("yes"),
        &[1],
        PROPOSAL_SEED.as_ref(),
    ];
    Instruction { program_id: ID, accounts, data: data.concat() }
}

/// What the proposal does: the treasury pays.
fn payment() -> Instruction {
    tokens::transfer(&TREASURY, &RECIPIENT, &governance(), &[], PAID)
}

fn insert_transaction(user: &User) -> Instruction {
    let accounts = vec![
        read(governance()),
        changed(proposal()),
        read(record(&user.address)),
        signer(user),
        changed(transaction()),
        payer(user),
        read(ids::system_program::ID),
        read(ids::rent::ID),
    ];
    let payment = payment();
    let mut data = [&[9, 0][..], &0_u16.to_le_bytes(), &0_u32.to_le_bytes(), &1_u32.to_le_bytes()].concat();
    data.extend_from_slice(payment.program_id.as_ref());
    data.extend(u32::try_from(payment.accounts.len()).expect("few").to_le_bytes());
    for meta in &payment.accounts {
        data.extend_from_slice(meta.pubkey.as_ref());
        data.extend([u8::from(meta.is_signer), u8::from(meta.is_writable)]);
    }
    data.extend(u32::try_from(payment.data.len()).expect("little").to_le_bytes());
    data.extend(payment.data);
    Instruction { program_id: ID, accounts, data }
}

fn sign_off(user: &User) -> Instruction {
    let record = read(record(&user.address));
    let accounts = vec![read(realm()), read(governance()), changed(proposal()), signer(user), record];
    Instruction { program_id: ID, accounts, data: vec![12] }
}

/// Votes yes, or denies.
fn vote(number: usize, approve: bool) -> Instruction {
    let user = voter(number);
    let record_of_voter = record(&user.address);
    let accounts = vec![
        read(realm()),
        changed(governance()),
        changed(proposal()),
        changed(record(&voter(0).address)),
        changed(record_of_voter),
        signer(&user),
        changed(derive(&[b"governance", proposal().as_ref(), record_of_voter.as_ref()])),
        read(MINT),
        payer(&user),
        read(ids::system_program::ID),
        read(realm_config()),
    ];
    let choice: &[u8] = if approve { &[0, 1, 0, 0, 0, 0, 100] } else { &[1] };
    Instruction { program_id: ID, accounts, data: [&[13], choice].concat() }
}

fn execute() -> Instruction {
    let payment = payment();
    let mut accounts =
        vec![read(governance()), changed(proposal()), changed(transaction()), read(payment.program_id)];
    // The governance signs within.
    accounts.extend(payment.accounts.into_iter().map(|meta| AccountMeta { is_signer: false, ..meta }));
    Instruction { program_id: ID, accounts, data: vec![16] }
}

/// A realm whose voters have deposited, with a governance, and a proposal that is voted on.
fn proposed() -> Harness {
    let authority = Harness::user(0).address;
    let accounts = [
        (MINT, held(mint_account(&authority, VOTES[0] + VOTES[1]))),
        (TREASURY, held(token_account(&MINT, &governance(), TREASURE))),
        (RECIPIENT, held(token_account(&MINT, &authority, 0))),
        (wallet(0), held(token_account(&MINT, &voter(0).address, VOTES[0]))),
        (wallet(1), held(token_account(&MINT, &voter(1).address, VOTES[1]))),
    ];
    let mut harness = harness_with(ID, solana_programs::governance(), accounts);
    let proposer = voter(0);
    let mut send = |instruction, user: &User| {
        harness.succeed(&[unit_limit(1_400_000), instruction], &[user]);
    };
    send(create_realm(&proposer), &proposer);
    send(deposit(0), &proposer);
    send(deposit(1), &voter(1));
    send(create_governance(&proposer), &proposer);
    send(create_proposal(&proposer), &proposer);
    send(insert_transaction(&proposer), &proposer);
    send(sign_off(&proposer), &proposer);
    let kept = [holding(), wallet(0), wallet(1)].map(|place| harness.token_amount(&place));
    assert_eq!(kept, [VOTES[0] + VOTES[1], 0, 0]);
    harness
}

fn paid(harness: &Harness) -> [u64; 2] {
    [TREASURY, RECIPIENT].map(|place| harness.token_amount(&place))
}

#[test]
fn what_is_voted_for_is_carried_out_once() {
    let mut harness = proposed();
    let anyone = Harness::user(5);
    let limit = unit_limit(1_400_000);
    let too_early = harness.call_error(&[limit.clone(), execute()], &[&anyone]);
    println!("before the vote: {too_early}");
    assert_eq!(paid(&harness), [TREASURE, 0]);

    harness.succeed(&[limit.clone(), vote(0, true)], &[&voter(0)]);
    let receipt = harness.succeed(&[limit.clone(), execute()], &[&anyone]);
    assert_eq!(paid(&harness), [TREASURE - PAID, PAID]);
    assert!(
        receipt.body.inner_calls.iter().any(|call| call.stack_height == 2),
        "the token program is called"
    );

    let again = harness.call_error(&[limit, execute()], &[&anyone]);
    println!("a second time: {again}");
    assert_eq!(paid(&harness), [TREASURE - PAID, PAID]);
}

#[test]
fn what_is_voted_down_is_not() {
    let mut harness = proposed();
    let limit = unit_limit(1_400_000);
    harness.succeed(&[limit.clone(), vote(1, true)], &[&voter(1)]);
    harness.succeed(&[limit.clone(), vote(0, false)], &[&voter(0)]);
    harness.call_error(&[limit, execute()], &[&Harness::user(5)]);
    assert_eq!(paid(&harness), [TREASURE, 0]);
}
