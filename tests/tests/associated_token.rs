//! The associated token program from end to end: accounts at addresses derived from wallet and mint, made by calls to
//! the system and token programs.

use sealane_associated_token::builders::{
    associated_token_address, create, create_idempotent, recover_nested,
};
use sealane_sdk::ids::{associated_token, token};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Account, Address, ProgramError};
use sealane_tests::Harness;
use sealane_tests::generators::{mint_account, token_account};
use sealane_token::builders as tokens;
use sealane_token::state::{State, TokenAccount};
use sealane_vm::CallError;
use solana_system_interface::instruction as system;

const MINT: Address = Address::new_from_array([1; 32]);
const OTHER_MINT: Address = Address::new_from_array([2; 32]);

fn harness() -> Harness {
    let authority = Harness::user(0).address;
    let mint = || Account::with_data(token::ID, mint_account(&authority, 0));
    Harness::with_accounts([(MINT, mint()), (OTHER_MINT, mint())])
}

#[test]
fn an_account_is_created_at_its_address() {
    let mut harness = harness();
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
    let calls = &receipt.body.inner_calls;
    assert!(
        !calls.is_empty() && calls.iter().all(|call| call.instruction_index == 0 && call.stack_height == 2)
    );
}

#[test]
fn creating_it_again() {
    let mut harness = harness();
    let (payer, wallet) = (Harness::user(0), Harness::user(1));
    let instruction = |builder: fn(&Address, &Address, &Address, &Address) -> _| {
        builder(&payer.address, &wallet.address, &MINT, &token::ID)
    };
    harness.succeed(&[instruction(create_idempotent)], &[&payer]);
    let before = harness.accounts();
    harness.succeed(&[instruction(create_idempotent)], &[&payer]);
    let address = associated_token_address(&wallet.address, &MINT, &token::ID);
    assert_eq!(harness.accounts().get(&address), before.get(&address), "nothing happened to it");
    let error = harness.call_error(&[instruction(create)], &[&payer]);
    assert!(matches!(error, CallError::Returned(_)), "{error}");
}

/// Lamports sent to the address before the account exists must not stand in the way.
#[test]
fn an_address_with_lamports_can_still_be_created() {
    let mut harness = harness();
    let (payer, wallet) = (Harness::user(0), Harness::user(1));
    let address = associated_token_address(&wallet.address, &MINT, &token::ID);
    for lamports in [rent_exempt_minimum_lamports(0), 10_000_000] {
        harness.succeed(&[system::transfer(&payer.address, &address, lamports)], &[&payer]);
    }
    let held = harness.lamports(&address);
    harness.succeed(&[create(&payer.address, &wallet.address, &MINT, &token::ID)], &[&payer]);
    assert_eq!(harness.data(&address), token_account(&MINT, &wallet.address, 0));
    assert_eq!(harness.lamports(&address), held, "there was enough already");
}

#[test]
fn tokens_go_in_and_out() {
    let mut harness = harness();
    let (payer, wallet) = (Harness::user(0), Harness::user(1));
    let [from, to] = [&wallet, &payer].map(|user| associated_token_address(&user.address, &MINT, &token::ID));
    let instructions = [
        create(&payer.address, &wallet.address, &MINT, &token::ID),
        create_idempotent(&payer.address, &payer.address, &MINT, &token::ID),
        tokens::mint_to(&MINT, &from, &payer.address, &[], 100),
        tokens::transfer(&from, &to, &wallet.address, &[], 30),
    ];
    harness.succeed(&instructions, &[&payer, &wallet]);
    assert_eq!([from, to].map(|address| harness.token_amount(&address)), [70, 30]);
}

#[test]
fn another_address_is_refused() {
    let mut harness = harness();
    let payer = Harness::user(0);
    let mut instruction = create(&payer.address, &Harness::user(1).address, &MINT, &token::ID);
    instruction.accounts[1].pubkey = associated_token_address(&Harness::user(2).address, &MINT, &token::ID);
    assert_eq!(harness.program_error(&[instruction], &[&payer]), ProgramError::InvalidSeeds);
}

#[test]
fn a_mint_that_is_none_is_refused() {
    let mut harness = harness();
    let payer = Harness::user(0);
    let no_mint = Address::new_from_array([55; 32]);
    let instruction = create(&payer.address, &Harness::user(1).address, &no_mint, &token::ID);
    let (_, receipt) = harness.fail(&[instruction], &[&payer]);
    assert!(!receipt.body.succeeded());
    let address = associated_token_address(&Harness::user(1).address, &no_mint, &token::ID);
    assert_eq!(harness.account(&address), None);
}

/// Tokens sent to an associated account *of an associated account*: only the program can sign for the owner.
#[test]
fn nested_accounts_are_recovered() {
    let mut harness = harness();
    let (payer, wallet) = (Harness::user(0), Harness::user(1));
    let owner_account = associated_token_address(&wallet.address, &OTHER_MINT, &token::ID);
    let nested = associated_token_address(&owner_account, &MINT, &token::ID);
    let destination = associated_token_address(&wallet.address, &MINT, &token::ID);
    harness.succeed(
        &[
            create(&payer.address, &wallet.address, &OTHER_MINT, &token::ID),
            create(&payer.address, &owner_account, &MINT, &token::ID),
            create(&payer.address, &wallet.address, &MINT, &token::ID),
            tokens::mint_to(&MINT, &nested, &payer.address, &[], 77),
        ],
        &[&payer],
    );
    let recover = recover_nested(&wallet.address, &OTHER_MINT, &MINT, &token::ID);
    let mut unsigned = recover.clone();
    unsigned.accounts[5].is_signer = false;
    assert_eq!(harness.program_error(&[unsigned], &[&payer]), ProgramError::MissingRequiredSignature);
    let before = harness.lamports(&wallet.address);
    let receipt = harness.succeed(&[recover], &[&payer, &wallet]);
    assert_eq!(harness.token_amount(&destination), 77);
    assert_eq!(harness.account(&nested), None, "the nested account is closed");
    let minimum = rent_exempt_minimum_lamports(TokenAccount::SIZE_BYTES);
    assert_eq!(harness.lamports(&wallet.address), before + minimum, "its lamports go to the wallet");
    let programs: std::collections::BTreeSet<u8> =
        receipt.body.inner_calls.iter().map(|call| call.program_index).collect();
    assert_eq!(programs.len(), 1, "it calls the token program alone");
}

#[test]
fn it_needs_the_programs_it_calls() {
    let mut harness = harness();
    let payer = Harness::user(0);
    for position in [4, 5] {
        let mut instruction = create(&payer.address, &Harness::user(1).address, &MINT, &token::ID);
        instruction.accounts[position].pubkey = associated_token::ID;
        let address = instruction.accounts[1].pubkey;
        harness.fail(&[instruction], &[&payer]);
        assert_eq!(harness.account(&address), None, "without the program at position {position}");
    }
}
