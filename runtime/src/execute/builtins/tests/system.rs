//! The system program, but for nonces: each instruction's success, and each of its errors.

use super::{
    Accounts, Call, accounts, address, call, check_changes, check_error, custom, rule, run, sysvars,
};
use sealane_sdk::ids::system_program;
use sealane_sdk::limits::MAX_ACCOUNT_DATA_SIZE_BYTES;
use sealane_sdk::{Account, Address, ProgramError};
use sealane_vm::Rule;
use solana_system_interface::instruction as build;

const SEED: &str = "a seed";

fn payer() -> Address {
    address(1)
}

fn new() -> Address {
    address(2)
}

fn owner() -> Address {
    address(9)
}

/// The payer with 1,000 lamports, alone.
fn rich() -> Accounts {
    accounts([(payer(), Account::system(1_000))])
}

/// What the payer derives with the seed for the owner.
fn derived() -> Address {
    Address::create_with_seed(&payer(), SEED, &owner()).unwrap()
}

fn owned(lamports: u64, size_bytes: usize) -> Account {
    Account { lamports, owner: owner(), executable: false, data: vec![0; size_bytes] }
}

#[track_caller]
fn succeeds<const N: usize>(call: &Call, before: &Accounts, changed: [(Address, Account); N]) {
    let ran = check_changes(call, before, &sysvars(1), changed);
    assert_eq!(ran.units, 150);
    let mut longer = call.clone();
    longer.data.extend([1, 2, 3]);
    assert_eq!(
        run(&longer, before, &sysvars(1)).accounts,
        ran.accounts,
        "bytes behind the instruction are ignored"
    );
}

#[track_caller]
fn fails(call: &Call, before: &Accounts, expected: impl Into<sealane_vm::CallError>) {
    check_error(call, before, &sysvars(1), expected);
}

#[test]
fn instructions_that_are_none() {
    for data in [vec![], vec![2], vec![14, 0, 0, 0], vec![2, 0, 0, 0, 1], vec![255; 60]] {
        let call = Call { program: system_program::ID, accounts: vec![], data };
        fails(&call, &rich(), ProgramError::InvalidInstructionData);
    }
    // A seed that is not UTF-8, and one that is longer than any transaction.
    let mut call = call!(build::assign_with_seed(&derived(), &payer(), SEED, &owner()));
    let seed_start = 4 + 32 + 8;
    call.data[seed_start] = 0xff;
    fails(&call, &rich(), ProgramError::InvalidInstructionData);
    let call = call!(build::assign_with_seed(&derived(), &payer(), &"x".repeat(1_232), &owner()));
    fails(&call, &rich(), ProgramError::InvalidInstructionData);
}

#[test]
fn create_account() {
    let call = |lamports, space| call!(build::create_account(&payer(), &new(), lamports, space, &owner()));
    let both = [(payer(), Account::system(400)), (new(), owned(600, 50))];
    succeeds(&call(600, 50), &rich(), both);
    succeeds(&call(0, 0), &rich(), [(new(), owned(0, 0))]);

    fails(&call(1, 1).cut(1), &rich(), ProgramError::NotEnoughAccountKeys);
    fails(&call(1, 1).unsigned(1), &rich(), ProgramError::MissingRequiredSignature);
    fails(&call(1, 1).unsigned(0), &rich(), ProgramError::MissingRequiredSignature);
    fails(&call(1_001, 1), &rich(), custom(1));
    fails(&call(1, MAX_ACCOUNT_DATA_SIZE_BYTES as u64 + 1), &rich(), custom(3));
    fails(&call(1, u64::MAX), &rich(), custom(3));
    fails(&call(1, 1).read_only(1), &rich(), rule(Rule::ReadOnlyData, new()));
    fails(&call(1, 1).read_only(0), &rich(), rule(Rule::ReadOnlyLamports, payer()));
    for taken in [Account::system(1), owned(0, 0), Account { data: vec![1], ..Account::default() }] {
        let mut before = rich();
        before.insert(new(), taken);
        fails(&call(1, 1), &before, custom(0));
    }
    let with_data = accounts([(payer(), Account { data: vec![0], ..Account::system(1_000) })]);
    fails(&call(1, 1), &with_data, ProgramError::InvalidArgument);
    let foreign = accounts([(payer(), owned(1_000, 0))]);
    fails(&call(1, 1), &foreign, rule(Rule::ForeignLamports, payer()));
}

#[test]
fn create_account_with_seed() {
    let call = |to: &Address, seed: &str| {
        call!(build::create_account_with_seed(&payer(), to, &payer(), seed, 600, 50, &owner()))
    };
    let both = [(payer(), Account::system(400)), (derived(), owned(600, 50))];
    succeeds(&call(&derived(), SEED), &rich(), both.clone());

    let base = address(5);
    let to = Address::create_with_seed(&base, SEED, &owner()).unwrap();
    let by_base = call!(build::create_account_with_seed(&payer(), &to, &base, SEED, 600, 50, &owner()));
    succeeds(&by_base, &rich(), [both[0].clone(), (to, owned(600, 50))]);
    fails(&by_base.unsigned(2), &rich(), ProgramError::MissingRequiredSignature);

    fails(&call(&derived(), SEED).cut(1), &rich(), ProgramError::NotEnoughAccountKeys);
    fails(&call(&derived(), SEED).unsigned(0), &rich(), ProgramError::MissingRequiredSignature);
    fails(&call(&derived(), "another"), &rich(), custom(5));
    fails(&call(&derived(), &"x".repeat(33)), &rich(), custom(0));
}

#[test]
fn seeds_for_an_owner_that_looks_like_a_marker_derive_nothing() {
    let mut marked = [7; 32];
    marked[11..].copy_from_slice(b"ProgramDerivedAddress");
    let call = call!(build::assign_with_seed(&new(), &payer(), SEED, &Address::from(marked)));
    fails(&call, &rich(), custom(2));
}

#[test]
fn create_account_allow_prefund() {
    let call = |lamports| {
        let payer = payer();
        let payer_and_lamports = (lamports > 0).then_some((&payer, lamports));
        call!(build::create_account_allow_prefund(&new(), payer_and_lamports, 50, &owner()))
    };
    let mut before = rich();
    before.insert(new(), Account::system(70));
    succeeds(&call(30), &before, [(payer(), Account::system(970)), (new(), owned(100, 50))]);
    succeeds(&call(0), &before, [(new(), owned(70, 50))]);

    fails(&call(30).cut(1), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call(0).cut(0), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call(30).unsigned(0), &before, ProgramError::MissingRequiredSignature);
    fails(&call(30).unsigned(1), &before, ProgramError::MissingRequiredSignature);
    fails(&call(1_001), &before, custom(1));
    before.insert(new(), owned(70, 0));
    fails(&call(0), &before, custom(0));
}

#[test]
fn assign() {
    let call = call!(build::assign(&payer(), &owner()));
    succeeds(&call, &rich(), [(payer(), owned(1_000, 0))]);
    let already = accounts([(payer(), owned(1_000, 0))]);
    succeeds(&call.clone().unsigned(0), &already, []);
    fails(&call.clone().cut(0), &rich(), ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().unsigned(0), &rich(), ProgramError::MissingRequiredSignature);
    fails(&call.clone().read_only(0), &rich(), rule(Rule::ReadOnlyOwner, payer()));
    let foreign = accounts([(payer(), Account { owner: address(8), ..Account::system(1) })]);
    fails(&call, &foreign, rule(Rule::ForeignOwner, payer()));
    let with_data = accounts([(payer(), Account { data: vec![0, 1], ..Account::system(1) })]);
    fails(&call, &with_data, rule(Rule::OwnerWithData, payer()));
}

#[test]
fn assign_with_seed() {
    let call = |seed: &str| call!(build::assign_with_seed(&derived(), &payer(), seed, &owner()));
    let before = accounts([(derived(), Account::system(3))]);
    succeeds(&call(SEED), &before, [(derived(), owned(3, 0))]);
    fails(&call(SEED).cut(0), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call(SEED).unsigned(1), &before, ProgramError::MissingRequiredSignature);
    fails(&call("another"), &before, custom(5));
    fails(&call(&"x".repeat(33)), &before, custom(0));
}

#[test]
fn allocate() {
    let call = |space| call!(build::allocate(&payer(), space));
    succeeds(&call(70), &rich(), [(payer(), Account { data: vec![0; 70], ..Account::system(1_000) })]);
    fails(&call(1).cut(0), &rich(), ProgramError::NotEnoughAccountKeys);
    fails(&call(1).unsigned(0), &rich(), ProgramError::MissingRequiredSignature);
    fails(&call(1).read_only(0), &rich(), rule(Rule::ReadOnlyData, payer()));
    fails(&call(MAX_ACCOUNT_DATA_SIZE_BYTES as u64 + 1), &rich(), custom(3));
    fails(&call(1), &accounts([(payer(), owned(5, 0))]), custom(0));
    fails(&call(1), &accounts([(payer(), Account { data: vec![0], ..Account::system(1) })]), custom(0));
}

#[test]
fn allocate_with_seed() {
    let call =
        |seed: &str, space| call!(build::allocate_with_seed(&derived(), &payer(), seed, space, &owner()));
    let before = accounts([(derived(), Account::system(3))]);
    succeeds(&call(SEED, 40), &before, [(derived(), owned(3, 40))]);
    fails(&call(SEED, 40).cut(0), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call(SEED, 40).unsigned(1), &before, ProgramError::MissingRequiredSignature);
    fails(&call("another", 40), &before, custom(5));
    fails(&call(SEED, u64::MAX), &before, custom(3));
    fails(&call(SEED, 40), &accounts([(derived(), owned(3, 0))]), custom(0));
}

#[test]
fn transfer() {
    let call = |lamports| call!(build::transfer(&payer(), &new(), lamports));
    succeeds(&call(1_000), &rich(), [(payer(), Account::system(0)), (new(), Account::system(1_000))]);
    let ran = check_changes(&call(0), &rich(), &sysvars(1), []);
    assert_eq!(ran.units, 150);
    let to_oneself = call!(build::transfer(&payer(), &payer(), 5));
    succeeds(&to_oneself, &rich(), [(payer(), Account::system(1_000))]);

    fails(&call(1).cut(1), &rich(), ProgramError::NotEnoughAccountKeys);
    fails(&call(1).unsigned(0), &rich(), ProgramError::MissingRequiredSignature);
    fails(&call(1_001), &rich(), custom(1));
    fails(&call(1).read_only(0), &rich(), rule(Rule::ReadOnlyLamports, payer()));
    fails(&call(1).read_only(1), &rich(), rule(Rule::ReadOnlyLamports, new()));
    let with_data = accounts([(payer(), Account { data: vec![0], ..Account::system(1_000) })]);
    fails(&call(1), &with_data, ProgramError::InvalidArgument);
    fails(&call(1), &accounts([(payer(), owned(1_000, 0))]), rule(Rule::ForeignLamports, payer()));
    let mut full = rich();
    full.insert(new(), Account::system(u64::MAX));
    fails(&call(1), &full, ProgramError::ArithmeticOverflow);

    let ran = run(&call(1_001), &rich(), &sysvars(1));
    assert_eq!(ran.logs[1], "Transfer: insufficient lamports 1000, need 1001");
}

#[test]
fn transfer_with_seed() {
    let call = |seed: &str, lamports| {
        call!(build::transfer_with_seed(&derived(), &payer(), seed.to_owned(), &owner(), &new(), lamports))
    };
    let before = accounts([(derived(), Account::system(300))]);
    succeeds(&call(SEED, 100), &before, [(derived(), Account::system(200)), (new(), Account::system(100))]);
    fails(&call(SEED, 1).cut(2), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call(SEED, 1).unsigned(1), &before, ProgramError::MissingRequiredSignature);
    fails(&call("another", 1), &before, custom(5));
    fails(&call(&"x".repeat(33), 1), &before, custom(0));
    fails(&call(SEED, 301), &before, custom(1));
    fails(&call(SEED, 1), &accounts([(derived(), owned(300, 4))]), ProgramError::InvalidArgument);
}
