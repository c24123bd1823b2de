//! Nonce instructions, and the bytes of nonce accounts against Solana's own type.

use super::{Accounts, accounts, address, call, check_changes, check_error, custom, rule, sysvars};
use crate::execute::builtins::nonce;
use sealane_sdk::ids::rent;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Account, Address, ProgramError};
use sealane_vm::{CallError, Rule, Sysvars};
use solana_nonce::state::{Data, DurableNonce, State};
use solana_nonce::versions::Versions;
use solana_system_interface::instruction as build;

const MINIMUM: u64 = rent_exempt_minimum_lamports(80);

fn nonce_address() -> Address {
    address(2)
}

fn authority() -> Address {
    address(3)
}

fn recipient() -> Address {
    address(4)
}

/// Solana's bytes for a nonce made from the blockhash of block `number` (see `sysvars`), in an account of 80 bytes.
fn nonce_data(authority: Address, number: u8, version: fn(Box<State>) -> Versions) -> Vec<u8> {
    let value = DurableNonce::from_blockhash(&[number; 32].into());
    let state = version(Box::new(State::Initialized(Data::new(authority, value, 5_000))));
    bincode::serde::encode_to_vec(&state, bincode::config::legacy()).unwrap()
}

fn nonce_account(lamports: u64, data: Vec<u8>) -> Account {
    Account { data, ..Account::system(lamports) }
}

fn with_nonce(account: Account) -> Accounts {
    accounts([(nonce_address(), account)])
}

/// A nonce made in block 1, with 100 lamports more than the minimum.
fn initialized() -> Accounts {
    with_nonce(nonce_account(MINIMUM + 100, nonce_data(authority(), 1, Versions::Current)))
}

fn uninitialized(lamports: u64) -> Accounts {
    with_nonce(nonce_account(lamports, vec![0; 80]))
}

/// The sysvars of a ledger without a block.
fn no_blockhashes() -> Sysvars {
    crate::ledger::sysvars::block_sysvars(0, 0, &[], &[]).values
}

#[track_caller]
fn fails(call: &super::Call, before: &Accounts, expected: impl Into<CallError>) {
    check_error(call, before, &sysvars(2), expected);
}

#[test]
fn what_the_executor_reads() {
    let blockhash = [1; 32];
    let stored = &initialized()[&nonce_address()];
    let data = nonce::read(stored).unwrap();
    assert_eq!(data.authority, authority());
    assert_eq!(data.durable_nonce, nonce::durable_nonce(&blockhash));
    assert_eq!(data.durable_nonce, DurableNonce::from_blockhash(&blockhash.into()).as_hash().to_bytes());
    assert_eq!(data.lamports_per_signature, 5_000);
    assert!(nonce::is_nonce_account(stored));
    let advanced = nonce::advanced(stored, &[2; 32]).unwrap();
    assert_eq!(advanced.to_vec(), nonce_data(authority(), 2, Versions::Current));

    let cases = [
        (Account::system(1), false),
        (nonce_account(1, vec![0; 80]), false),
        (nonce_account(1, nonce_data(authority(), 1, Versions::Legacy)), true),
        (nonce_account(1, nonce_data(authority(), 1, Versions::Current)[..79].to_vec()), false),
        (Account { owner: address(9), ..stored.clone() }, false),
        (nonce_account(1, [vec![2, 0, 0, 0, 1, 0, 0, 0], vec![0; 72]].concat()), false),
        (nonce_account(1, [vec![1, 0, 0, 0, 2, 0, 0, 0], vec![0; 72]].concat()), false),
    ];
    for (account, may_pay) in cases {
        assert_eq!(nonce::read(&account), None, "{account:?}");
        assert_eq!(nonce::advanced(&account, &[2; 32]), None, "{account:?}");
        assert_eq!(nonce::is_nonce_account(&account), may_pay, "{account:?}");
    }
}

#[test]
fn create_and_initialize() {
    let [create, initialize] =
        <[_; 2]>::try_from(build::create_nonce_account(&address(1), &nonce_address(), &authority(), MINIMUM))
            .unwrap();
    let before = accounts([(address(1), Account::system(MINIMUM))]);
    let created = check_changes(
        &call!(create),
        &before,
        &sysvars(2),
        [(address(1), Account::system(0)), (nonce_address(), nonce_account(MINIMUM, vec![0; 80]))],
    );
    let call = call!(initialize);
    let expected = nonce_account(MINIMUM, nonce_data(authority(), 2, Versions::Current));
    check_changes(&call, &created.accounts, &sysvars(2), [(nonce_address(), expected)]);

    let before = uninitialized(MINIMUM);
    check_error(&call, &before, &no_blockhashes(), custom(6));
    fails(&call.clone().cut(0), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().cut(1), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().cut(2), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().with(1, address(8)), &before, ProgramError::InvalidArgument);
    fails(&call.clone().with(2, address(8)), &before, ProgramError::InvalidArgument);
    fails(&call.clone().read_only(0), &before, ProgramError::InvalidArgument);
    fails(&call, &initialized(), ProgramError::InvalidAccountData);
    fails(&call, &uninitialized(MINIMUM - 1), ProgramError::InsufficientFunds);
    fails(&call, &with_nonce(nonce_account(MINIMUM, vec![0; 7])), ProgramError::InvalidAccountData);
    let too_small = with_nonce(nonce_account(MINIMUM, vec![0; 79]));
    fails(&call, &too_small, rule(Rule::DataOutOfBounds, nonce_address()));
    let foreign = with_nonce(Account { owner: address(9), ..nonce_account(MINIMUM, vec![0; 80]) });
    fails(&call, &foreign, rule(Rule::ForeignData, nonce_address()));
}

#[test]
fn advance() {
    let call = call!(build::advance_nonce_account(&nonce_address(), &authority()));
    let expected = nonce_account(MINIMUM + 100, nonce_data(authority(), 2, Versions::Current));
    check_changes(&call, &initialized(), &sysvars(2), [(nonce_address(), expected.clone())]);
    // A legacy nonce becomes a current one as it advances.
    let legacy = with_nonce(nonce_account(MINIMUM + 100, nonce_data(authority(), 1, Versions::Legacy)));
    check_changes(&call, &legacy, &sysvars(2), [(nonce_address(), expected)]);

    check_error(&call, &initialized(), &sysvars(1), custom(7));
    check_error(&call, &initialized(), &no_blockhashes(), custom(6));
    fails(&call.clone().cut(0), &initialized(), ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().cut(1), &initialized(), ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().with(1, rent::ID), &initialized(), ProgramError::InvalidArgument);
    fails(&call.clone().read_only(0), &initialized(), ProgramError::InvalidArgument);
    fails(&call.clone().unsigned(2), &initialized(), ProgramError::MissingRequiredSignature);
    fails(&call.clone().with(2, address(8)), &initialized(), ProgramError::MissingRequiredSignature);
    fails(&call, &uninitialized(MINIMUM), ProgramError::InvalidAccountData);
    fails(&call, &with_nonce(Account::system(1)), ProgramError::InvalidAccountData);
}

#[test]
fn withdraw() {
    let call = |lamports| {
        call!(build::withdraw_nonce_account(&nonce_address(), &authority(), &recipient(), lamports))
    };
    let data = nonce_data(authority(), 1, Versions::Current);
    let some = [(nonce_address(), nonce_account(MINIMUM, data.clone())), (recipient(), Account::system(100))];
    check_changes(&call(100), &initialized(), &sysvars(2), some);
    // Withdrawing everything makes the nonce uninitialized; what stood behind the state stays.
    let mut emptied = data;
    emptied[4] = 0;
    let all = [(nonce_address(), nonce_account(0, emptied)), (recipient(), Account::system(MINIMUM + 100))];
    check_changes(&call(MINIMUM + 100), &initialized(), &sysvars(2), all);

    check_error(&call(MINIMUM + 100), &initialized(), &sysvars(1), custom(7));
    fails(&call(101), &initialized(), ProgramError::InsufficientFunds);
    fails(&call(MINIMUM + 101), &initialized(), ProgramError::InsufficientFunds);
    fails(&call(u64::MAX), &initialized(), ProgramError::InsufficientFunds);
    fails(&call(1).cut(1), &initialized(), ProgramError::NotEnoughAccountKeys);
    fails(&call(1).cut(2), &initialized(), ProgramError::NotEnoughAccountKeys);
    fails(&call(1).cut(3), &initialized(), ProgramError::NotEnoughAccountKeys);
    fails(&call(1).with(2, rent::ID), &initialized(), ProgramError::InvalidArgument);
    fails(&call(1).with(3, address(8)), &initialized(), ProgramError::InvalidArgument);
    fails(&call(1).read_only(0), &initialized(), ProgramError::InvalidArgument);
    fails(&call(1).unsigned(4), &initialized(), ProgramError::MissingRequiredSignature);
    fails(&call(1), &with_nonce(Account::system(5)), ProgramError::InvalidAccountData);

    // Before it is initialized, the account itself signs.
    let by_itself = |lamports| call(lamports).with(4, nonce_address());
    let some = [(nonce_address(), nonce_account(40, vec![0; 80])), (recipient(), Account::system(60))];
    check_changes(&by_itself(60), &uninitialized(100), &sysvars(2), some);
    fails(&by_itself(101), &uninitialized(100), ProgramError::InsufficientFunds);
    fails(&call(60), &uninitialized(100), ProgramError::MissingRequiredSignature);
}

#[test]
fn authorize() {
    let new = address(7);
    let call = call!(build::authorize_nonce_account(&nonce_address(), &authority(), &new));
    for version in [Versions::Current as fn(_) -> _, Versions::Legacy] {
        let account = |authority| nonce_account(MINIMUM, nonce_data(authority, 1, version));
        let before = with_nonce(account(authority()));
        check_changes(&call, &before, &sysvars(2), [(nonce_address(), account(new))]);
    }
    fails(&call.clone().cut(0), &initialized(), ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().read_only(0), &initialized(), ProgramError::InvalidArgument);
    fails(&call.clone().unsigned(1), &initialized(), ProgramError::MissingRequiredSignature);
    fails(&call, &uninitialized(MINIMUM), ProgramError::InvalidAccountData);
}

#[test]
fn upgrade() {
    let call = call!(build::upgrade_nonce_account(nonce_address()));
    let legacy = nonce_data(authority(), 1, Versions::Legacy);
    let decoded: Versions = bincode::serde::decode_from_slice(&legacy, bincode::config::legacy()).unwrap().0;
    let upgraded =
        bincode::serde::encode_to_vec(decoded.upgrade().unwrap(), bincode::config::legacy()).unwrap();
    let before = with_nonce(nonce_account(1, legacy.clone()));
    check_changes(&call, &before, &sysvars(2), [(nonce_address(), nonce_account(1, upgraded))]);
    fails(&call.clone().cut(0), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().read_only(0), &before, ProgramError::InvalidArgument);
    fails(&call, &initialized(), ProgramError::InvalidArgument);
    fails(&call, &uninitialized(1), ProgramError::InvalidArgument);
    let foreign = with_nonce(Account { owner: address(9), ..nonce_account(1, legacy) });
    fails(&call, &foreign, ProgramError::InvalidAccountOwner);
    fails(&call, &with_nonce(Account::system(1)), ProgramError::InvalidAccountData);
}
