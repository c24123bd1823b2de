//! SPL Stake Pool 2.2 with a validator, on Solana's own stake program 5.1: a stake account is put in, another one is split off
//! and taken out again, and every lamport is accounted for.
//!
//! There is one epoch, so stake that is delegated stays on its way to become active. That is enough for all that the pool does
//! within an epoch. What takes several is out of reach: that stake earns, that transient stake arrives, that the pool counts anew.

use super::stake_pool::{
    ID, MANAGER_TOKENS, MINT, POOL, RESERVE, STAKE, STAKE_HISTORY, STAKE_SIZE_BYTES, USER_TOKENS, VALIDATORS,
    authority, deposit, harness, supply, totals,
};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Account, Address, ProgramError, ids};
use sealane_tests::{Harness, User, solana_programs};
use solana_system_interface::instruction as system;

const VOTE_PROGRAM: Address = Address::from_str_const("Vote111111111111111111111111111111111111111");
const STAKE_CONFIG: Address = Address::from_str_const("StakeConfig11111111111111111111111111111111");
const VOTE: Address = Address::new_from_array([67; 32]);
const COMPUTE_BUDGET: Address = Address::from_str_const("ComputeBudget111111111111111111111111111111");
const SOL: u64 = 1_000_000_000;
/// What the pool leaves in each validator's stake beside the rent: the least that Solana's stake program lets one delegate.
const MINIMUM_STAKE_LAMPORTS: u64 = SOL;

/// A vote account of the third version, in which nobody has voted yet.
fn vote_account() -> Account {
    let mut data = vec![0; 3_762];
    data[0] = 2;
    Account::with_data(VOTE_PROGRAM, data)
}

fn rent() -> u64 {
    rent_exempt_minimum_lamports(STAKE_SIZE_BYTES)
}

fn validator_stake() -> Address {
    Address::find_program_address(&[VOTE.as_ref(), POOL.as_ref()], &ID).0
}

fn deposit_authority() -> Address {
    Address::find_program_address(&[POOL.as_ref(), b"deposit"], &ID).0
}

fn writable(address: Address) -> AccountMeta {
    AccountMeta::new(address, false)
}

fn readonly(address: Address) -> AccountMeta {
    AccountMeta::new_readonly(address, false)
}

fn signer(user: &User) -> AccountMeta {
    AccountMeta::new_readonly(user.address, true)
}

fn pool(tag: u8, arguments: &[u8], accounts: Vec<AccountMeta>) -> Instruction {
    Instruction { program_id: ID, accounts, data: [&[tag], arguments].concat() }
}

fn stake(tag: u32, arguments: &[&[u8]], accounts: Vec<AccountMeta>) -> Instruction {
    Instruction { program_id: STAKE, accounts, data: [&tag.to_le_bytes(), &arguments.concat()[..]].concat() }
}

/// As many units as a transaction may have.
fn many_units() -> Instruction {
    let data = [&[2], &1_400_000_u32.to_le_bytes()[..]].concat();
    Instruction { program_id: COMPUTE_BUDGET, accounts: vec![], data }
}

fn add_validator(manager: &User) -> Instruction {
    let accounts = vec![
        writable(POOL),
        signer(manager),
        writable(RESERVE),
        readonly(authority()),
        writable(VALIDATORS),
        writable(validator_stake()),
        readonly(VOTE),
        readonly(ids::rent::ID),
        readonly(ids::clock::ID),
        readonly(STAKE_HISTORY),
        readonly(STAKE_CONFIG),
        readonly(ids::system_program::ID),
        readonly(STAKE),
    ];
    pool(1, &[0; 4], accounts)
}

/// A stake account at `place`, paid and owned by `user`, delegated to the validator, and then given to the pool.
fn stake_for_the_pool(user: &User, place: &User, lamports: u64) -> Vec<Instruction> {
    let (key, size) = (user.address.as_ref(), u64::try_from(STAKE_SIZE_BYTES).expect("a size"));
    let authorize = |kind: u32| {
        let accounts = vec![writable(place.address), readonly(ids::clock::ID), signer(user)];
        stake(1, &[deposit_authority().as_ref(), &kind.to_le_bytes()], accounts)
    };
    let delegate = vec![
        writable(place.address),
        readonly(VOTE),
        readonly(ids::clock::ID),
        readonly(STAKE_HISTORY),
        readonly(STAKE_CONFIG),
        signer(user),
    ];
    vec![
        system::create_account(&user.address, &place.address, lamports, size, &STAKE),
        stake(0, &[key, key, &[0; 48]], vec![writable(place.address), readonly(ids::rent::ID)]),
        stake(2, &[], delegate),
        authorize(0),
        authorize(1),
    ]
}

fn deposit_stake(from: Address) -> Instruction {
    let accounts = vec![
        writable(POOL),
        writable(VALIDATORS),
        readonly(deposit_authority()),
        readonly(authority()),
        writable(from),
        writable(validator_stake()),
        writable(RESERVE),
        writable(USER_TOKENS),
        writable(MANAGER_TOKENS),
        writable(USER_TOKENS),
        writable(MINT),
        readonly(ids::clock::ID),
        readonly(STAKE_HISTORY),
        readonly(ids::token::ID),
        readonly(STAKE),
    ];
    pool(9, &[], accounts)
}

fn withdraw_stake(user: &User, to: Address, tokens: u64) -> Instruction {
    let accounts = vec![
        writable(POOL),
        writable(VALIDATORS),
        readonly(authority()),
        writable(validator_stake()),
        writable(to),
        readonly(user.address),
        signer(user),
        writable(USER_TOKENS),
        writable(MANAGER_TOKENS),
        writable(MINT),
        readonly(ids::clock::ID),
        readonly(ids::token::ID),
        readonly(STAKE),
    ];
    pool(10, &tokens.to_le_bytes(), accounts)
}

/// A pool with ten SOL of user 2's and one validator.
fn with_validator() -> Harness {
    let mut harness = harness(Some(solana_programs::stake()), [(VOTE, vote_account())]);
    let [manager, user] = [1, 2].map(Harness::user);
    harness.succeed(&[deposit(&user, 10 * SOL)], &[&user]);
    harness.succeed(&[many_units(), add_validator(&manager)], &[&manager]);
    harness
}

fn lamports(harness: &Harness) -> [u64; 2] {
    [RESERVE, validator_stake()].map(|place| harness.lamports(&place))
}

#[test]
fn a_validator_is_added_from_the_reserve() {
    let mut harness = with_validator();
    let share = rent() + MINIMUM_STAKE_LAMPORTS;
    assert_eq!(lamports(&harness), [rent() + 10 * SOL - share, share]);
    let data = harness.data(&validator_stake());
    assert_eq!((data.len(), &data[..4]), (STAKE_SIZE_BYTES, &2_u32.to_le_bytes()[..]), "it is delegated");
    // Behind state, rent and lockup stand whom it is delegated to, and how much.
    assert_eq!(
        (&data[124..156], &data[156..164]),
        (VOTE.as_ref(), &MINIMUM_STAKE_LAMPORTS.to_le_bytes()[..])
    );
    let again =
        harness.program_error(&[many_units(), add_validator(&Harness::user(1))], &[&Harness::user(1)]);
    assert!(matches!(again, ProgramError::Custom(_)), "it is there already: {again}");
    assert_eq!(totals(&harness), [10 * SOL; 2]);
}

#[test]
fn stake_goes_in_and_out() {
    let mut harness = with_validator();
    let (user, given, taken) = (Harness::user(2), Harness::user(200), Harness::user(201));
    let before = harness.lamports(&user.address);
    let (reserve, validator) = (lamports(&harness)[0], lamports(&harness)[1]);
    let put_in = 5 * SOL + rent();
    let mut fees =
        harness.succeed(&stake_for_the_pool(&user, &given, put_in), &[&user, &given]).body.fee_lamports;
    assert_eq!(harness.lamports(&given.address), put_in);
    fees += harness.succeed(&[many_units(), deposit_stake(given.address)], &[&user]).body.fee_lamports;
    assert!(harness.account(&given.address).is_none(), "it was merged");
    assert_eq!(lamports(&harness).iter().sum::<u64>(), reserve + validator + put_in);
    // A tenth is the fee, half of which is the referrer's, who is the user.
    let tokens = [9_500_000_000 + put_in - put_in / 20, 500_000_000 + put_in / 20];
    assert_eq!([USER_TOKENS, MANAGER_TOKENS].map(|place| harness.token_amount(&place)), tokens);
    assert_eq!((totals(&harness), supply(&harness)), ([10 * SOL + put_in; 2], 10 * SOL + put_in));

    // A fifth of the tokens is the manager's; for the rest stake is split off.
    let size = u64::try_from(STAKE_SIZE_BYTES).expect("a size");
    let create = system::create_account(&user.address, &taken.address, rent(), size, &STAKE);
    let withdraw = withdraw_stake(&user, taken.address, 2 * SOL);
    fees += harness.succeed(&[many_units(), create, withdraw], &[&user, &taken]).body.fee_lamports;
    let taken_out = 2 * SOL - 2 * SOL / 5;
    assert_eq!(harness.lamports(&taken.address), rent() + taken_out);
    let tokens = [tokens[0] - 2 * SOL, tokens[1] + 2 * SOL / 5];
    assert_eq!([USER_TOKENS, MANAGER_TOKENS].map(|place| harness.token_amount(&place)), tokens);
    assert_eq!(totals(&harness), [10 * SOL + put_in - taken_out; 2]);
    assert_eq!(lamports(&harness).iter().sum::<u64>(), reserve + validator + put_in - taken_out);

    // It is the user's stake again: taken from the validator, it can be had as lamports.
    let deactivate = stake(5, &[], vec![writable(taken.address), readonly(ids::clock::ID), signer(&user)]);
    let all = vec![
        writable(taken.address),
        AccountMeta::new(user.address, false),
        readonly(ids::clock::ID),
        readonly(STAKE_HISTORY),
        signer(&user),
    ];
    let all = stake(4, &[&(rent() + taken_out).to_le_bytes()], all);
    fees += harness.succeed(&[deactivate, all], &[&user]).body.fee_lamports;
    assert!(harness.account(&taken.address).is_none());
    assert_eq!(harness.lamports(&user.address), before - put_in + taken_out - fees);
}

#[test]
fn what_is_delegated_cannot_be_withdrawn() {
    let mut harness = with_validator();
    let (user, place) = (Harness::user(2), Harness::user(202));
    let mut instructions = stake_for_the_pool(&user, &place, SOL + rent());
    instructions.truncate(3);
    harness.succeed(&instructions, &[&user, &place]);
    let withdraw = |lamports: u64| {
        let accounts = vec![
            writable(place.address),
            AccountMeta::new(user.address, false),
            readonly(ids::clock::ID),
            readonly(STAKE_HISTORY),
            signer(&user),
        ];
        stake(4, &[&lamports.to_le_bytes()], accounts)
    };
    assert_eq!(harness.program_error(&[withdraw(1)], &[&user]), ProgramError::InsufficientFunds);
    let foreign =
        stake(5, &[], vec![writable(place.address), readonly(ids::clock::ID), signer(&Harness::user(3))]);
    let error = harness.program_error(&[foreign], &[&Harness::user(3)]);
    assert_eq!(error, ProgramError::MissingRequiredSignature);
}
