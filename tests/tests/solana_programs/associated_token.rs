//! SPL Associated Token Account 8, which calls the system program and SPL Token.

use super::harness;
use sealane_associated_token::builders::{
    associated_token_address, create, create_idempotent, recover_nested,
};
use sealane_sdk::ids::token;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Account, Address};
use sealane_tests::Harness;
use sealane_tests::generators::{mint_account, token_account};
use sealane_token::builders as tokens;
use sealane_token::state::{State, TokenAccount};
use sealane_vm::CallError;

const MINT: Address = Address::new_from_array([1; 32]);

fn with_mint() -> Harness {
    let authority = Harness::user(0).address;
    harness([(MINT, Account::with_data(token::ID, mint_account(&authority, 0)))])
}

#[test]
fn an_account_is_created_by_nested_calls() {
    let mut harness = with_mint();
    let (payer, wallet) = (Harness::user(0), Harness::user(1));
    let address = associated_token_address(&wallet.address, &MINT, &token::ID);
    let before = harness.lamports(&payer.address);
    let receipt = harness.succeed(&[create(&payer.address, &wallet.address, &MINT, &token::ID)], &[&payer]);
    let account = harness.account(&address).expect("the account");
    assert_eq!(account.owner, token::ID);
    assert_eq!(account.data, token_account(&MINT, &wallet.address, 0));
    let minimum = rent_exempt_minimum_lamports(TokenAccount::SIZE_BYTES);
    assert_eq!(account.lamports, minimum);
    assert_eq!(harness.lamports(&payer.address), before - minimum - receipt.body.fee_lamports);
    // It asks the token program for the size, has the system program make the account, and initializes it.
    assert!(receipt.body.inner_calls.len() >= 4, "{:#?}", receipt.body.inner_calls);
    assert!(receipt.body.inner_calls.iter().all(|call| call.stack_height == 2));
}

#[test]
fn creating_it_again() {
    let mut harness = with_mint();
    let (payer, wallet) = (Harness::user(0), Harness::user(1));
    harness.succeed(&[create_idempotent(&payer.address, &wallet.address, &MINT, &token::ID)], &[&payer]);
    let before = harness.accounts();
    harness.succeed(&[create_idempotent(&payer.address, &wallet.address, &MINT, &token::ID)], &[&payer]);
    let address = associated_token_address(&wallet.address, &MINT, &token::ID);
    assert_eq!(harness.accounts().get(&address), before.get(&address), "nothing happened to it");
    let again = create(&payer.address, &wallet.address, &MINT, &token::ID);
    let error = harness.call_error(&[again], &[&payer]);
    assert!(matches!(error, CallError::Returned(_)), "{error}");
}

#[test]
fn tokens_go_in_and_out() {
    let mut harness = with_mint();
    let (payer, wallet) = (Harness::user(0), Harness::user(1));
    let [from, to] = [&wallet, &payer].map(|user| associated_token_address(&user.address, &MINT, &token::ID));
    for user in [&wallet, &payer] {
        harness.succeed(&[create(&payer.address, &user.address, &MINT, &token::ID)], &[&payer]);
    }
    harness.succeed(&[tokens::mint_to(&MINT, &from, &payer.address, &[], 500)], &[&payer]);
    harness.succeed(&[tokens::transfer(&from, &to, &wallet.address, &[], 123)], &[&wallet]);
    assert_eq!([from, to].map(|account| harness.token_amount(&account)), [377, 123]);
}

/// An account of an associated account's: the program signs for the wallet's account to get the tokens out.
#[test]
fn a_nested_account_is_recovered() {
    let mut harness = with_mint();
    let (payer, wallet) = (Harness::user(0), Harness::user(1));
    let owner = associated_token_address(&wallet.address, &MINT, &token::ID);
    let nested = associated_token_address(&owner, &MINT, &token::ID);
    for holder in [&wallet.address, &owner] {
        harness.succeed(&[create(&payer.address, holder, &MINT, &token::ID)], &[&payer]);
    }
    harness.succeed(&[tokens::mint_to(&MINT, &nested, &payer.address, &[], 77)], &[&payer]);
    let before = harness.lamports(&wallet.address);
    let recover = recover_nested(&wallet.address, &MINT, &MINT, &token::ID);
    let receipt = harness.succeed(&[recover], &[&wallet]);
    assert_eq!(harness.token_amount(&owner), 77);
    assert!(harness.account(&nested).is_none());
    let rent = rent_exempt_minimum_lamports(TokenAccount::SIZE_BYTES);
    assert_eq!(harness.lamports(&wallet.address), before + rent - receipt.body.fee_lamports);
}
