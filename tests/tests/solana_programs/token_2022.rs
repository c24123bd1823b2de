//! SPL Token-2022 12, whose entrypoint is pinocchio's: extensions of a mint and of accounts, a fee on each transfer that is
//! withheld, harvested and withdrawn, and a mint that is closed when nothing is left of it.

use super::{blank, harness_with};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Address, ProgramError};
use sealane_tests::{Harness, User, solana_programs};

const ID: Address = Address::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
const MINT: Address = Address::new_from_array([71; 32]);
const ALICE: Address = Address::new_from_array([72; 32]);
const BOB: Address = Address::new_from_array([73; 32]);
const TREASURY: Address = Address::new_from_array([74; 32]);

const DECIMALS: u8 = 6;
/// A fortieth of each transfer, a whole token at most.
const FEE_BASIS_POINTS: u16 = 250;
const MAX_FEE: u64 = 1_000_000;

/// An account of SPL Token's size, one byte that says what it is, and the extensions, each behind four bytes of head.
const MINT_SIZE_BYTES: usize = 165 + 1 + (4 + 32) + (4 + 108);
const ACCOUNT_SIZE_BYTES: usize = 165 + 1 + (4 + 8);
const WITHHELD_OFFSET: usize = 165 + 1 + 4;
const IMMUTABLE_OWNER: u16 = 7;

const TOKEN_ERROR_MINT_HAS_SUPPLY: u32 = 28;
const TOKEN_ERROR_FEE_MISMATCH: u32 = 32;
const TOKEN_ERROR_ACCOUNT_HAS_WITHHELD_TRANSFER_FEES: u32 = 35;

fn call(accounts: Vec<AccountMeta>, parts: &[&[u8]]) -> Instruction {
    Instruction { program_id: ID, accounts, data: parts.concat() }
}

fn writable(address: Address) -> AccountMeta {
    AccountMeta::new(address, false)
}

fn signer(user: &User) -> AccountMeta {
    AccountMeta::new_readonly(user.address, true)
}

fn transfer(from: Address, to: Address, owner: &User, amount: u64) -> Instruction {
    let accounts = vec![writable(from), AccountMeta::new_readonly(MINT, false), writable(to), signer(owner)];
    call(accounts, &[&[12], &amount.to_le_bytes(), &[DECIMALS]])
}

fn transfer_with_fee(owner: &User, amount: u64, fee: u64) -> Instruction {
    let accounts =
        vec![writable(ALICE), AccountMeta::new_readonly(MINT, false), writable(BOB), signer(owner)];
    call(accounts, &[&[26, 1], &amount.to_le_bytes(), &[DECIMALS], &fee.to_le_bytes()])
}

fn burn(from: Address, owner: &User, amount: u64) -> Instruction {
    call(vec![writable(from), writable(MINT), signer(owner)], &[&[8], &amount.to_le_bytes()])
}

fn close(account: Address, to: Address, owner: &User) -> Instruction {
    call(vec![writable(account), writable(to), signer(owner)], &[&[9]])
}

/// A mint of user 0's with both extensions, and an account of it for each of users 1, 2 and 0.
fn harness() -> Harness {
    let accounts = [
        (MINT, MINT_SIZE_BYTES),
        (ALICE, ACCOUNT_SIZE_BYTES),
        (BOB, ACCOUNT_SIZE_BYTES),
        (TREASURY, ACCOUNT_SIZE_BYTES),
    ];
    let accounts = accounts.map(|(address, size)| (address, blank(ID, size)));
    let mut harness = harness_with(ID, solana_programs::token_2022(), accounts);
    let authority = Harness::user(0);
    let key = authority.address.as_ref();
    let mut instructions = vec![
        call(vec![writable(MINT)], &[&[25, 1], key]),
        call(
            vec![writable(MINT)],
            &[&[26, 0, 1], key, &[1], key, &FEE_BASIS_POINTS.to_le_bytes(), &MAX_FEE.to_le_bytes()],
        ),
        call(vec![writable(MINT)], &[&[20, DECIMALS], key, &[0]]),
    ];
    for (account, user) in [(ALICE, 1), (BOB, 2), (TREASURY, 0)] {
        let accounts = vec![writable(account), AccountMeta::new_readonly(MINT, false)];
        instructions.push(call(accounts, &[&[18], Harness::user(user).address.as_ref()]));
    }
    harness.succeed(&instructions, &[&authority]);
    harness
}

fn number(data: &[u8], offset: usize) -> u64 {
    u64::from_le_bytes(*data[offset..].first_chunk().expect("the account is longer"))
}

/// Amount and withheld fees of each account.
fn balances(harness: &Harness) -> [(u64, u64); 3] {
    [ALICE, BOB, TREASURY].map(|address| {
        let data = harness.data(&address);
        (number(&data, 64), number(&data, WITHHELD_OFFSET))
    })
}

fn supply(harness: &Harness) -> u64 {
    number(&harness.data(&MINT), 36)
}

#[test]
fn a_fee_is_withheld_harvested_and_withdrawn() {
    let mut harness = harness();
    let [authority, alice, bob] = [0, 1, 2].map(Harness::user);
    let mint = call(
        vec![writable(MINT), writable(ALICE), signer(&authority)],
        &[&[7], &1_000_000_000_u64.to_le_bytes()],
    );
    harness.succeed(&[mint], &[&authority]);
    assert_eq!((supply(&harness), balances(&harness)[0]), (1_000_000_000, (1_000_000_000, 0)));

    // A fortieth, rounded up.
    harness.succeed(&[transfer(ALICE, BOB, &alice, 10_000_001)], &[&alice]);
    assert_eq!(balances(&harness), [(989_999_999, 0), (9_750_000, 250_001), (0, 0)]);
    // A fortieth would be more than the most.
    harness.succeed(&[transfer(ALICE, BOB, &alice, 100_000_000)], &[&alice]);
    assert_eq!(balances(&harness), [(889_999_999, 0), (108_750_000, 1_250_001), (0, 0)]);
    let error = harness.program_error(&[transfer_with_fee(&alice, 1_000_000, 24_999)], &[&alice]);
    assert_eq!(error, ProgramError::Custom(TOKEN_ERROR_FEE_MISMATCH));
    harness.succeed(&[transfer_with_fee(&alice, 1_000_000, 25_000)], &[&alice]);
    assert_eq!(balances(&harness), [(888_999_999, 0), (109_725_000, 1_275_001), (0, 0)]);

    // Anyone may harvest; only the authority withdraws.
    harness.succeed(&[call(vec![writable(MINT), writable(BOB)], &[&[26, 4]])], &[&bob]);
    assert_eq!(balances(&harness)[1], (109_725_000, 0));
    let withdraw = |user: &User| call(vec![writable(MINT), writable(TREASURY), signer(user)], &[&[26, 2]]);
    harness.program_error(&[withdraw(&bob)], &[&bob]);
    harness.succeed(&[withdraw(&authority)], &[&authority]);
    assert_eq!(balances(&harness), [(888_999_999, 0), (109_725_000, 0), (1_275_001, 0)]);
    assert_eq!(supply(&harness), 1_000_000_000, "fees are tokens as well");
}

#[test]
fn what_is_empty_can_be_closed() {
    let mut harness = harness();
    let [authority, alice, bob] = [0, 1, 2].map(Harness::user);
    let mint =
        call(vec![writable(MINT), writable(ALICE), signer(&authority)], &[&[7], &10_000_u64.to_le_bytes()]);
    harness.succeed(&[mint, transfer(ALICE, BOB, &alice, 10_000)], &[&authority, &alice]);
    assert_eq!(balances(&harness), [(0, 0), (9_750, 250), (0, 0)]);

    let error = harness.program_error(&[close(MINT, authority.address, &authority)], &[&authority]);
    assert_eq!(error, ProgramError::Custom(TOKEN_ERROR_MINT_HAS_SUPPLY));
    let error = harness.program_error(&[burn(BOB, &bob, 9_750), close(BOB, bob.address, &bob)], &[&bob]);
    assert_eq!(error, ProgramError::Custom(TOKEN_ERROR_ACCOUNT_HAS_WITHHELD_TRANSFER_FEES));

    let before = [0, 2].map(|user| harness.lamports(&Harness::user(user).address));
    let harvest = call(vec![writable(MINT), writable(BOB)], &[&[26, 4]]);
    let mut fees = [0; 2];
    fees[1] += harness
        .succeed(&[burn(BOB, &bob, 9_750), harvest, close(BOB, bob.address, &bob)], &[&bob])
        .body
        .fee_lamports;
    let withdraw = call(vec![writable(MINT), writable(TREASURY), signer(&authority)], &[&[26, 2]]);
    let ends = [withdraw, burn(TREASURY, &authority, 250), close(MINT, authority.address, &authority)];
    fees[0] += harness.succeed(&ends, &[&authority]).body.fee_lamports;
    assert!(harness.account(&MINT).is_none() && harness.account(&BOB).is_none());
    let returned = [MINT_SIZE_BYTES, ACCOUNT_SIZE_BYTES].map(rent_exempt_minimum_lamports);
    for ((user, before), (fee, lamports)) in
        [0, 2].into_iter().zip(before).zip(fees.into_iter().zip(returned))
    {
        assert_eq!(harness.lamports(&Harness::user(user).address), before - fee + lamports);
    }
}

#[test]
fn it_says_how_large_an_account_must_be() {
    let mut harness = harness();
    let user = Harness::user(1);
    for (extensions, size) in [(vec![], ACCOUNT_SIZE_BYTES), (vec![IMMUTABLE_OWNER], ACCOUNT_SIZE_BYTES + 4)]
    {
        let list: Vec<u8> = extensions.iter().flat_map(|extension: &u16| extension.to_le_bytes()).collect();
        let ask = call(vec![AccountMeta::new_readonly(MINT, false)], &[&[21], &list]);
        let receipt = harness.succeed(&[ask], &[&user]);
        // It answers with a `usize`, which has four bytes here.
        let answer = u32::try_from(size).expect("it is small").to_le_bytes().to_vec();
        assert_eq!(receipt.body.return_data, Some((ID, answer)));
    }
    // Without the extension's room an account of this mint cannot be made.
    let accounts =
        vec![(MINT, harness.account(&MINT).expect("the mint").as_ref().clone()), (ALICE, blank(ID, 165))];
    let mut small = harness_with(ID, solana_programs::token_2022(), accounts);
    let initialize =
        call(vec![writable(ALICE), AccountMeta::new_readonly(MINT, false)], &[&[18], user.address.as_ref()]);
    assert_eq!(small.program_error(&[initialize], &[&user]), ProgramError::InvalidAccountData);
}
