//! An escrow written with pinocchio 0.9, which calls SPL Token and signs by seeds: two parties exchange tokens, and every
//! lamport that was put down comes back.

use super::{harness_with, held};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Address, ProgramError, ids};
use sealane_tests::generators::{mint_account, token_account};
use sealane_tests::{Harness, User, solana_programs};
use sealane_vm::CallError;

const PROGRAM: Address = Address::new_from_array([78; 32]);
const OFFERED: Address = Address::new_from_array([90; 32]);
const WANTED: Address = Address::new_from_array([91; 32]);
const MAKER_GIVES: Address = Address::new_from_array([92; 32]);
const MAKER_GETS: Address = Address::new_from_array([93; 32]);
const TAKER_GIVES: Address = Address::new_from_array([94; 32]);
const TAKER_GETS: Address = Address::new_from_array([95; 32]);

const AMOUNT: u64 = 700;
const PRICE: u64 = 41;

fn escrow(maker: &Address) -> (Address, u8) {
    Address::find_program_address(&[b"escrow", maker.as_ref()], &PROGRAM)
}

fn vault(maker: &Address) -> (Address, u8) {
    Address::find_program_address(&[b"vault", escrow(maker).0.as_ref()], &PROGRAM)
}

fn harness() -> (Harness, User, User) {
    let [maker, taker] = [1, 2].map(Harness::user);
    let mint = |supply| held(mint_account(&Harness::user(0).address, supply));
    let tokens = |mint, owner: &User, amount| held(token_account(&mint, &owner.address, amount));
    let accounts = [
        (OFFERED, mint(1_000)),
        (WANTED, mint(100)),
        (MAKER_GIVES, tokens(OFFERED, &maker, 1_000)),
        (MAKER_GETS, tokens(WANTED, &maker, 0)),
        (TAKER_GIVES, tokens(WANTED, &taker, 100)),
        (TAKER_GETS, tokens(OFFERED, &taker, 0)),
    ];
    (harness_with(PROGRAM, solana_programs::pinocchio_escrow(), accounts), maker, taker)
}

fn make(maker: &User) -> Instruction {
    let ((escrow, bump), (vault, vault_bump)) = (escrow(&maker.address), vault(&maker.address));
    let accounts = vec![
        AccountMeta::new(maker.address, true),
        AccountMeta::new(escrow, false),
        AccountMeta::new(vault, false),
        AccountMeta::new_readonly(OFFERED, false),
        AccountMeta::new_readonly(WANTED, false),
        AccountMeta::new(MAKER_GIVES, false),
        AccountMeta::new_readonly(ids::token::ID, false),
        AccountMeta::new_readonly(ids::system_program::ID, false),
    ];
    let numbers = [AMOUNT, PRICE].map(u64::to_le_bytes).concat();
    Instruction { program_id: PROGRAM, accounts, data: [&[0, bump, vault_bump], &numbers[..]].concat() }
}

fn take(taker: &User, maker: &Address) -> Instruction {
    let accounts = vec![
        AccountMeta::new(taker.address, true),
        AccountMeta::new(*maker, false),
        AccountMeta::new(escrow(maker).0, false),
        AccountMeta::new(vault(maker).0, false),
        AccountMeta::new(TAKER_GETS, false),
        AccountMeta::new(TAKER_GIVES, false),
        AccountMeta::new(MAKER_GETS, false),
        AccountMeta::new_readonly(ids::token::ID, false),
    ];
    Instruction { program_id: PROGRAM, accounts, data: vec![1] }
}

fn amounts(harness: &Harness) -> [u64; 4] {
    [MAKER_GIVES, MAKER_GETS, TAKER_GIVES, TAKER_GETS].map(|place| harness.token_amount(&place))
}

#[test]
fn two_parties_exchange() {
    let (mut harness, maker, taker) = harness();
    let before = [&maker, &taker].map(|user| harness.lamports(&user.address));
    let fee = harness.succeed(&[make(&maker)], &[&maker]).body.fee_lamports;
    let (escrow, vault) = (escrow(&maker.address), vault(&maker.address).0);
    let state = [maker.address.as_ref(), WANTED.as_ref(), &PRICE.to_le_bytes(), &[escrow.1]].concat();
    assert_eq!(harness.data(&escrow.0), state);
    assert_eq!(harness.data(&vault), token_account(&OFFERED, &escrow.0, AMOUNT));
    assert_eq!(amounts(&harness), [300, 0, 100, 0]);

    let receipt = harness.succeed(&[take(&taker, &maker.address)], &[&taker]);
    assert_eq!(amounts(&harness), [300, 41, 59, 700]);
    assert!(harness.account(&vault).is_none() && harness.account(&escrow.0).is_none());
    assert_eq!(receipt.body.inner_calls.len(), 3, "two transfers, and the vault is closed");
    let after = [&maker, &taker].map(|user| harness.lamports(&user.address));
    assert_eq!(after, [before[0] - fee, before[1] - receipt.body.fee_lamports]);
}

#[test]
fn what_is_refused() {
    let (mut harness, maker, taker) = harness();
    let (failure, _) = harness.fail(&[take(&taker, &maker.address)], &[&taker]);
    assert!(failure.to_string().contains(&PROGRAM.to_string()), "there is nothing to take yet: {failure}");
    harness.succeed(&[make(&maker)], &[&maker]);
    // The same escrow a second time: the system program says that there is one.
    let error = harness.call_error(&[make(&maker)], &[&maker]);
    assert!(matches!(error, CallError::Returned(_)), "{error}");

    let mut cheap = take(&taker, &maker.address);
    cheap.accounts[6].pubkey = TAKER_GIVES;
    let error = harness.program_error(&[cheap], &[&taker]);
    assert_eq!(error, ProgramError::InvalidArgument, "the taker would pay itself");
    let mut poor = take(&taker, &maker.address);
    poor.accounts[5].pubkey = MAKER_GIVES;
    harness.program_error(&[poor], &[&taker]);
    assert_eq!(amounts(&harness), [300, 0, 100, 0]);
}
