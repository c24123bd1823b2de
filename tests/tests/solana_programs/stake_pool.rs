//! SPL Stake Pool 2.2 without validators: a pool is made, users put lamports in and take them out. What stands where Solana's
//! stake program is withdraws from the pool's reserve and does nothing else; with the real one see `stake_pool_validators.rs`.

use super::{blank, harness_with, held};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Account, Address, ProgramError, ids};
use sealane_tests::generators::{mint_account, token_account};
use sealane_tests::{Harness, User, solana_programs};
use sealane_token::state::{Mint, load};

pub(super) const ID: Address = Address::from_str_const("SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy");
pub(super) const STAKE: Address = Address::from_str_const("Stake11111111111111111111111111111111111111");
pub(super) const STAKE_HISTORY: Address =
    Address::from_str_const("SysvarStakeHistory1111111111111111111111111");

pub(super) const POOL: Address = Address::new_from_array([61; 32]);
pub(super) const VALIDATORS: Address = Address::new_from_array([62; 32]);
pub(super) const RESERVE: Address = Address::new_from_array([63; 32]);
pub(super) const MINT: Address = Address::new_from_array([64; 32]);
pub(super) const MANAGER_TOKENS: Address = Address::new_from_array([65; 32]);
pub(super) const USER_TOKENS: Address = Address::new_from_array([66; 32]);
const POOL_SIZE_BYTES: usize = 611;
pub(super) const STAKE_SIZE_BYTES: usize = 200;
const MAX_VALIDATORS: u32 = 10;
/// A head, and so much for each validator.
const VALIDATORS_SIZE_BYTES: usize = 9 + 73 * MAX_VALIDATORS as usize;
/// Where the pool's totals stand in its state: lamports, then tokens.
const TOTALS_OFFSET: usize = 1 + 3 * 32 + 1 + 5 * 32;
/// A tenth of what is put in, and a fifth of what is taken out; half of the former is the referrer's.
const DEPOSIT_FEE: [u64; 2] = [10, 1];
const WITHDRAWAL_FEE: [u64; 2] = [5, 1];
const REFERRAL_PERCENT: u8 = 50;

pub(super) fn authority() -> Address {
    Address::find_program_address(&[POOL.as_ref(), b"withdraw"], &ID).0
}

/// A stake account that is initialized, whose staker and withdrawer is the pool.
fn reserve() -> Account {
    let mut data = 1_u32.to_le_bytes().to_vec();
    data.extend(rent_exempt_minimum_lamports(STAKE_SIZE_BYTES).to_le_bytes());
    data.extend_from_slice(authority().as_ref());
    data.extend_from_slice(authority().as_ref());
    data.resize(STAKE_SIZE_BYTES, 0);
    Account::with_data(STAKE, data)
}

pub(super) fn harness(
    stake_program: Option<&[u8]>,
    more: impl IntoIterator<Item = (Address, Account)>,
) -> Harness {
    let (manager, user) = (Harness::user(1).address, Harness::user(2).address);
    let mut mint = mint_account(&authority(), 0);
    // Decimals, which must be those of lamports, and no authority that freezes.
    mint[44] = 9;
    mint[46..82].fill(0);
    let mut accounts = vec![
        (POOL, blank(ID, POOL_SIZE_BYTES)),
        (VALIDATORS, blank(ID, VALIDATORS_SIZE_BYTES)),
        (RESERVE, reserve()),
        (MINT, held(mint)),
        (MANAGER_TOKENS, held(token_account(&MINT, &manager, 0))),
        (USER_TOKENS, held(token_account(&MINT, &user, 0))),
    ];
    accounts.extend(more);
    if let Some(module) = stake_program {
        let mut genesis = sealane_runtime::ledger::Genesis { accounts: Vec::new(), ..Harness::genesis() };
        genesis.add_program(STAKE, module);
        accounts.extend(genesis.accounts);
    }
    let mut harness = harness_with(ID, solana_programs::stake_pool(), accounts);
    let manager = Harness::user(1);
    harness.succeed(&[initialize(&manager)], &[&manager]);
    harness
}

fn initialize(manager: &User) -> Instruction {
    let mut data = vec![0];
    for fee in [[0, 0], WITHDRAWAL_FEE, DEPOSIT_FEE] {
        data.extend(fee.as_flattened_bytes());
    }
    data.push(REFERRAL_PERCENT);
    data.extend(MAX_VALIDATORS.to_le_bytes());
    let accounts = vec![
        AccountMeta::new(POOL, false),
        AccountMeta::new_readonly(manager.address, true),
        AccountMeta::new_readonly(manager.address, false),
        AccountMeta::new_readonly(authority(), false),
        AccountMeta::new(VALIDATORS, false),
        AccountMeta::new_readonly(RESERVE, false),
        AccountMeta::new(MINT, false),
        AccountMeta::new(MANAGER_TOKENS, false),
        AccountMeta::new_readonly(ids::token::ID, false),
    ];
    Instruction { program_id: ID, accounts, data }
}

/// Puts lamports in; the user is the referrer.
pub(super) fn deposit(user: &User, lamports: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new(POOL, false),
        AccountMeta::new_readonly(authority(), false),
        AccountMeta::new(RESERVE, false),
        AccountMeta::new(user.address, true),
        AccountMeta::new(USER_TOKENS, false),
        AccountMeta::new(MANAGER_TOKENS, false),
        AccountMeta::new(USER_TOKENS, false),
        AccountMeta::new(MINT, false),
        AccountMeta::new_readonly(ids::system_program::ID, false),
        AccountMeta::new_readonly(ids::token::ID, false),
    ];
    Instruction { program_id: ID, accounts, data: [&[14], &lamports.to_le_bytes()[..]].concat() }
}

/// Takes lamports out for pool tokens.
fn withdraw(user: &User, tokens: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new(POOL, false),
        AccountMeta::new_readonly(authority(), false),
        AccountMeta::new_readonly(user.address, true),
        AccountMeta::new(USER_TOKENS, false),
        AccountMeta::new(RESERVE, false),
        AccountMeta::new(user.address, false),
        AccountMeta::new(MANAGER_TOKENS, false),
        AccountMeta::new(MINT, false),
        AccountMeta::new_readonly(ids::clock::ID, false),
        AccountMeta::new_readonly(STAKE_HISTORY, false),
        AccountMeta::new_readonly(STAKE, false),
        AccountMeta::new_readonly(ids::token::ID, false),
    ];
    Instruction { program_id: ID, accounts, data: [&[16], &tokens.to_le_bytes()[..]].concat() }
}

/// Numbers as bytes.
trait AsFlattenedBytes {
    fn as_flattened_bytes(&self) -> Vec<u8>;
}

impl AsFlattenedBytes for [u64; 2] {
    fn as_flattened_bytes(&self) -> Vec<u8> {
        self.iter().flat_map(|number| number.to_le_bytes()).collect()
    }
}

/// The pool's own count: lamports, tokens.
pub(super) fn totals(harness: &Harness) -> [u64; 2] {
    let data = harness.data(&POOL);
    [0, 8].map(|offset| {
        u64::from_le_bytes(*data[TOTALS_OFFSET + offset..].first_chunk().expect("a pool is longer"))
    })
}

pub(super) fn supply(harness: &Harness) -> u64 {
    load::<Mint>(&harness.data(&MINT)).expect("a mint").supply()
}

#[test]
fn lamports_go_in_and_out() {
    let mut harness = harness(Some(solana_programs::stake_withdraw()), []);
    let user = Harness::user(2);
    let rent = rent_exempt_minimum_lamports(STAKE_SIZE_BYTES);
    assert_eq!((totals(&harness), harness.lamports(&RESERVE)), ([0, 0], rent));

    let before = harness.lamports(&user.address);
    let mut fees = harness.succeed(&[deposit(&user, 10_000_000_000)], &[&user]).body.fee_lamports;
    // A tenth is the fee, half of which comes back to the referrer.
    let tokens = [USER_TOKENS, MANAGER_TOKENS].map(|place| harness.token_amount(&place));
    assert_eq!(tokens, [9_500_000_000, 500_000_000]);
    assert_eq!((totals(&harness), supply(&harness)), ([10_000_000_000; 2], 10_000_000_000));
    assert_eq!(harness.lamports(&RESERVE), rent + 10_000_000_000);

    fees += harness.succeed(&[withdraw(&user, 1_000_000_000)], &[&user]).body.fee_lamports;
    // A fifth of the tokens is the manager's; the rest is burned.
    let tokens = [USER_TOKENS, MANAGER_TOKENS].map(|place| harness.token_amount(&place));
    assert_eq!(tokens, [8_500_000_000, 700_000_000]);
    assert_eq!((totals(&harness), supply(&harness)), ([9_200_000_000; 2], 9_200_000_000));
    assert_eq!(harness.lamports(&RESERVE), rent + 9_200_000_000);
    assert_eq!(harness.lamports(&user.address), before - 10_000_000_000 + 800_000_000 - fees);

    // More than one has.
    let error = harness.program_error(&[withdraw(&user, 8_500_000_001)], &[&user]);
    assert_eq!(error, ProgramError::Custom(1), "InsufficientFunds, SPL Token's or the pool's own");
}

/// Nothing can be taken out where there is no stake program: the transaction fails and changes nothing.
#[test]
fn without_a_stake_program_lamports_stay_in() {
    let mut harness = harness(None, []);
    let user = Harness::user(2);
    harness.succeed(&[deposit(&user, 5_000_000_000)], &[&user]);
    let before = [POOL, RESERVE, USER_TOKENS, MINT].map(|place| harness.account(&place));
    let (failure, _) = harness.fail(&[withdraw(&user, 1_000_000_000)], &[&user]);
    assert!(failure.to_string().contains(&STAKE.to_string()), "{failure}");
    assert_eq!([POOL, RESERVE, USER_TOKENS, MINT].map(|place| harness.account(&place)), before);
}
