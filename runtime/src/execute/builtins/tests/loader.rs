//! The upgradeable loader: the way of a program through its life, and each instruction's errors.

use super::{Accounts, Call, Ran, accounts, address, call, check_changes, check_error, rule, run, sysvars};
use crate::execute::builtins::{program_bytes, program_data_address};
use sealane_sdk::ids::bpf_loader_upgradeable as loader;
use sealane_sdk::limits::{MAX_ACCOUNT_DATA_SIZE_BYTES, rent_exempt_minimum_lamports};
use sealane_sdk::{Account, Address, ProgramError};
use sealane_vm::{CallError, Rule};
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use solana_loader_v3_interface::{get_program_data_address, instruction as build};

/// Room for modules in the data accounts of these tests, in bytes.
const ROOM_BYTES: usize = 2_000;

fn payer() -> Address {
    address(1)
}

fn program() -> Address {
    address(2)
}

fn buffer() -> Address {
    address(3)
}

fn authority() -> Address {
    address(4)
}

pub(super) fn other() -> Address {
    address(5)
}

fn data_address() -> Address {
    get_program_data_address(&program())
}

/// A program whose last bytes are `filler`, a data segment.
pub(super) fn module(filler: &[u8]) -> Vec<u8> {
    let filler: String = filler.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let text = format!(
        r#"(module
            (memory (export "memory") 1)
            (global (export "__heap_base") i32 (i32.const 1024))
            (func (export "entrypoint") (param i32) (result i64) i64.const 0)
            (data (i32.const 0) "{filler}"))"#
    );
    wat::parse_str(text).unwrap()
}

/// An account of the loader: Solana's bytes for the state in the first `head_bytes`, then `rest`.
fn owned(state: &State, head_bytes: usize, rest: &[u8]) -> Account {
    let mut data = bincode::serde::encode_to_vec(state, bincode::config::legacy()).unwrap();
    data.resize(head_bytes, 0);
    data.extend_from_slice(rest);
    Account::with_data(loader::ID, data)
}

pub(super) fn buffer_account(authority: Option<Address>, bytes: &[u8]) -> Account {
    owned(&State::Buffer { authority_address: authority }, 37, bytes)
}

/// A data account with room, deployed in block `slot`.
pub(super) fn data_account(slot: u64, authority: Option<Address>, module: &[u8]) -> Account {
    let state = State::ProgramData { slot, upgrade_authority_address: authority };
    let mut account = owned(&state, 45, module);
    account.data.resize(45 + ROOM_BYTES, 0);
    account.lamports = rent_exempt_minimum_lamports(45 + ROOM_BYTES);
    account
}

pub(super) fn program_account() -> Account {
    Account { executable: true, ..owned(&State::Program { programdata_address: data_address() }, 36, &[]) }
}

pub(super) fn new_program_account() -> Account {
    owned(&State::Uninitialized, 36, &[])
}

fn closed_buffer() -> Account {
    let mut account = buffer_account(Some(authority()), &[]);
    account.lamports = 0;
    account
}

/// A buffer with `bytes` and a new program, before they are deployed.
fn before_deploy(bytes: &[u8]) -> Accounts {
    accounts([
        (payer(), Account::system(100_000_000)),
        (program(), new_program_account()),
        (buffer(), buffer_account(Some(authority()), bytes)),
    ])
}

fn deploy(max_data_len: usize) -> Call {
    let instructions =
        build::deploy_with_max_program_len(&payer(), &program(), &buffer(), &authority(), 1, max_data_len);
    call!(instructions.unwrap().pop().unwrap())
}

/// A program deployed in block 1, and a buffer with its successor.
fn before_upgrade(bytes: &[u8]) -> Accounts {
    accounts([
        (program(), program_account()),
        (data_address(), data_account(1, Some(authority()), &module(&[1; 300]))),
        (buffer(), buffer_account(Some(authority()), bytes)),
    ])
}

fn upgrade() -> Call {
    call!(build::upgrade(&program(), &buffer(), &authority(), &other()))
}

#[track_caller]
fn succeeds<const N: usize>(call: &Call, before: &Accounts, changed: [(Address, Account); N]) -> Ran {
    check_changes(call, before, &sysvars(2), changed)
}

#[track_caller]
fn fails(call: &Call, before: &Accounts, expected: impl Into<CallError>) {
    check_error(call, before, &sysvars(2), expected);
}

fn with(mut accounts: Accounts, address: Address, account: Account) -> Accounts {
    accounts.insert(address, account);
    accounts
}

#[test]
fn instructions_that_are_none() {
    for data in [
        vec![],
        vec![1, 0, 0, 0],
        vec![8, 0, 0, 0],
        vec![1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0],
    ] {
        let call = Call { program: loader::ID, accounts: vec![], data };
        fails(&call, &Accounts::new(), ProgramError::InvalidInstructionData);
    }
}

#[test]
fn initialize_buffer() {
    let [_, initialize] =
        <[_; 2]>::try_from(build::create_buffer(&payer(), &buffer(), &authority(), 1, 10).unwrap()).unwrap();
    let call = call!(initialize);
    let new = owned(&State::Uninitialized, 37, &[0; 10]);
    let before = accounts([(buffer(), new.clone())]);
    let ran = succeeds(&call, &before, [(buffer(), buffer_account(Some(authority()), &[0; 10]))]);
    assert_eq!(ran.units, 2_370);
    fails(&call.clone().cut(1), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call, &ran.accounts, ProgramError::AccountAlreadyInitialized);
    fails(&call, &accounts([(buffer(), Account::default())]), ProgramError::InvalidAccountData);
    fails(
        &call,
        &accounts([(buffer(), owned(&State::Uninitialized, 36, &[]))]),
        rule(Rule::DataOutOfBounds, buffer()),
    );
    fails(
        &call,
        &accounts([(buffer(), Account { owner: other(), ..new })]),
        rule(Rule::ForeignData, buffer()),
    );
}

#[test]
fn write() {
    let call = |offset, bytes: &[u8]| call!(build::write(&buffer(), &authority(), offset, bytes.to_vec()));
    let before = accounts([(buffer(), buffer_account(Some(authority()), &[0; 6]))]);
    succeeds(
        &call(2, &[7, 8, 9]),
        &before,
        [(buffer(), buffer_account(Some(authority()), &[0, 0, 7, 8, 9, 0]))],
    );
    succeeds(&call(6, &[]), &before, []);
    fails(&call(0, &[1]).cut(1), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call(0, &[1]).unsigned(1), &before, ProgramError::MissingRequiredSignature);
    fails(&call(0, &[1]).with(1, other()), &before, ProgramError::IncorrectAuthority);
    fails(&call(0, &[1]).read_only(0), &before, rule(Rule::ReadOnlyData, buffer()));
    fails(&call(4, &[1, 2, 3]), &before, ProgramError::AccountDataTooSmall);
    fails(&call(u32::MAX, &[1]), &before, ProgramError::AccountDataTooSmall);
    fails(&call(0, &[1]), &accounts([(buffer(), buffer_account(None, &[0]))]), ProgramError::Immutable);
    fails(&call(0, &[1]), &accounts([(buffer(), program_account())]), ProgramError::InvalidAccountData);
}

#[test]
fn deploy_makes_a_program() {
    for module in [module(&[1; 20]), module(&[0; 20])] {
        let before = before_deploy(&module);
        let minimum = rent_exempt_minimum_lamports(45 + ROOM_BYTES);
        let left = before[&payer()].lamports + before[&buffer()].lamports - minimum;
        let data_account = data_account(2, Some(authority()), &module);
        let ran = succeeds(
            &deploy(ROOM_BYTES),
            &before,
            [
                (payer(), Account::system(left)),
                (buffer(), closed_buffer()),
                (program(), program_account()),
                (data_address(), data_account.clone()),
            ],
        );
        assert_eq!(ran.units, 2_370 + 150 + module.len() as u64);
        assert_eq!(program_data_address(&ran.accounts[&program()]), Some(data_address()));
        assert_eq!(program_bytes(&ran.accounts[&program()], Some(&data_account)), Some(&module[..]));
    }
}

#[test]
fn deploy_refuses() {
    let module = module(&[1; 20]);
    let before = before_deploy(&module);
    let call = deploy(ROOM_BYTES);
    for count in 0..8 {
        fails(&call.clone().cut(count), &before, ProgramError::NotEnoughAccountKeys);
    }
    fails(&call.clone().with(4, other()), &before, ProgramError::InvalidArgument);
    fails(&call.clone().with(5, other()), &before, ProgramError::InvalidArgument);
    fails(&call.clone().with(1, other()), &before, ProgramError::InvalidArgument);
    fails(&call.clone().with(6, other()), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().with(7, other()), &before, ProgramError::IncorrectAuthority);
    fails(&call.clone().unsigned(7), &before, ProgramError::MissingRequiredSignature);
    fails(&call.clone().read_only(2), &before, rule(Rule::ReadOnlyData, program()));
    let escalation = |privilege, account| CallError::PrivilegeEscalation { privilege, account };
    fails(&call.clone().unsigned(0), &before, escalation(sealane_vm::Privilege::Signer, payer()));
    fails(&call.clone().read_only(1), &before, escalation(sealane_vm::Privilege::Writable, data_address()));
    fails(&deploy(module.len() - 1), &before, ProgramError::AccountDataTooSmall);
    fails(&deploy(MAX_ACCOUNT_DATA_SIZE_BYTES - 44), &before, ProgramError::InvalidArgument);
    fails(&deploy(usize::MAX), &before, ProgramError::InvalidArgument);

    let cases = [
        (program(), program_account(), ProgramError::AccountAlreadyInitialized.into()),
        (program(), owned(&State::Uninitialized, 35, &[]), ProgramError::AccountDataTooSmall.into()),
        (
            program(),
            Account { lamports: 1, ..new_program_account() },
            ProgramError::AccountNotRentExempt.into(),
        ),
        (program(), Account { owner: other(), ..new_program_account() }, rule(Rule::ForeignData, program())),
        (buffer(), new_program_account(), ProgramError::InvalidArgument.into()),
        (buffer(), buffer_account(None, &module), ProgramError::IncorrectAuthority.into()),
        (buffer(), buffer_account(Some(authority()), &[]), ProgramError::InvalidAccountData.into()),
        (buffer(), buffer_account(Some(authority()), &module[1..]), ProgramError::InvalidAccountData.into()),
        (buffer(), buffer_account(Some(authority()), &[0; 100]), ProgramError::InvalidAccountData.into()),
        (payer(), Account::system(1), ProgramError::Custom(1).into()),
        (data_address(), Account::system(1), ProgramError::Custom(0).into()),
    ];
    for (address, account, expected) in cases {
        let expected: CallError = expected;
        fails(&call, &with(before.clone(), address, account), expected);
    }
    let huge = with(before, buffer(), buffer_account(Some(authority()), &vec![0; 1_400_000]));
    fails(&deploy(1_400_000), &huge, CallError::OutOfUnits);
}

#[test]
fn a_refused_module_says_why() {
    let ran = run(&deploy(ROOM_BYTES), &before_deploy(&[1; 100]), &sysvars(2));
    assert_eq!(ran.result, Err(ProgramError::InvalidAccountData.into()));
    let reason = sealane_vm::validate::validate(&[1; 100]).unwrap_err();
    assert!(ran.logs.contains(&reason.to_string()), "{:?}", ran.logs);
}

#[test]
fn upgrade_replaces_the_module() {
    // Shorter than the old one, and ending in zeros.
    for new in [module(&[2; 20]), module(&[0; 20]), module(&[3; 400])] {
        let before = before_upgrade(&new);
        let spilled = before[&buffer()].lamports;
        let data_account = data_account(2, Some(authority()), &new);
        let ran = succeeds(
            &upgrade(),
            &before,
            [
                (data_address(), data_account.clone()),
                (buffer(), closed_buffer()),
                (other(), Account::system(spilled)),
            ],
        );
        assert_eq!(ran.units, 2_370 + new.len() as u64);
        assert_eq!(program_bytes(&ran.accounts[&program()], Some(&data_account)), Some(&new[..]));
        check_error(
            &upgrade(),
            &with(ran.accounts, buffer(), before[&buffer()].clone()),
            &sysvars(2),
            ProgramError::InvalidArgument,
        );
    }
}

#[test]
fn upgrade_refuses() {
    let new = module(&[2; 20]);
    let before = before_upgrade(&new);
    let call = upgrade();
    for count in 0..7 {
        fails(&call.clone().cut(count), &before, ProgramError::NotEnoughAccountKeys);
    }
    fails(&call.clone().with(4, other()), &before, ProgramError::InvalidArgument);
    fails(&call.clone().with(5, other()), &before, ProgramError::InvalidArgument);
    fails(&call.clone().with(6, other()), &before, ProgramError::IncorrectAuthority);
    fails(&call.clone().unsigned(6), &before, ProgramError::MissingRequiredSignature);
    fails(&call.clone().read_only(1), &before, ProgramError::InvalidArgument);
    fails(&call.clone().read_only(0), &before, rule(Rule::ReadOnlyData, data_address()));
    fails(&call.clone().with(3, buffer()), &before, ProgramError::AccountBorrowFailed);
    fails(&call.clone().with(3, data_address()), &before, ProgramError::AccountBorrowFailed);
    check_error(&call, &before, &sysvars(1), ProgramError::InvalidArgument);

    let poor = |lamports| Account { lamports, ..data_account(1, Some(authority()), &new) };
    let elsewhere = owned(&State::Program { programdata_address: other() }, 36, &[]);
    let cases = [
        (program(), new_program_account(), ProgramError::InvalidAccountData),
        (program(), elsewhere, ProgramError::InvalidArgument),
        (program(), Account { owner: other(), ..program_account() }, ProgramError::IncorrectProgramId),
        (buffer(), new_program_account(), ProgramError::InvalidArgument),
        (buffer(), buffer_account(Some(other()), &new), ProgramError::IncorrectAuthority),
        (buffer(), buffer_account(Some(authority()), &[]), ProgramError::InvalidAccountData),
        (buffer(), buffer_account(Some(authority()), &new[1..]), ProgramError::InvalidAccountData),
        (
            buffer(),
            buffer_account(Some(authority()), &[0; ROOM_BYTES + 1]),
            ProgramError::AccountDataTooSmall,
        ),
        (data_address(), poor(1), ProgramError::InsufficientFunds),
        (data_address(), data_account(1, None, &new), ProgramError::Immutable),
        (data_address(), data_account(1, Some(other()), &new), ProgramError::IncorrectAuthority),
        (
            data_address(),
            buffer_account(Some(authority()), &[0; ROOM_BYTES]),
            ProgramError::InvalidAccountData,
        ),
    ];
    for (address, account, expected) in cases {
        fails(&call, &with(before.clone(), address, account), expected);
    }
}

#[test]
fn set_authority_of_a_buffer() {
    let before = accounts([(buffer(), buffer_account(Some(authority()), &[1]))]);
    let after = [(buffer(), buffer_account(Some(other()), &[1]))];
    let call = call!(build::set_buffer_authority(&buffer(), &authority(), &other()));
    let checked = call!(build::set_buffer_authority_checked(&buffer(), &authority(), &other()));
    succeeds(&call, &before, after.clone());
    succeeds(&checked, &before, after);
    fails(&call.clone().cut(2), &before, ProgramError::IncorrectAuthority);
    fails(&checked.clone().cut(2), &before, ProgramError::NotEnoughAccountKeys);
    fails(&checked.clone().unsigned(2), &before, ProgramError::MissingRequiredSignature);
    for call in [call, checked] {
        fails(&call.clone().cut(1), &before, ProgramError::NotEnoughAccountKeys);
        fails(&call.clone().unsigned(1), &before, ProgramError::MissingRequiredSignature);
        fails(&call.clone().with(1, payer()), &before, ProgramError::IncorrectAuthority);
        fails(&call, &accounts([(buffer(), buffer_account(None, &[1]))]), ProgramError::Immutable);
        fails(&call, &accounts([(buffer(), program_account())]), ProgramError::InvalidArgument);
        fails(&call, &accounts([(buffer(), new_program_account())]), ProgramError::InvalidArgument);
    }
}

#[test]
fn set_authority_of_a_program() {
    let before = accounts([(data_address(), data_account(1, Some(authority()), &[1]))]);
    let after = [(data_address(), data_account(1, Some(other()), &[1]))];
    let call = call!(build::set_upgrade_authority(&program(), &authority(), Some(&other())));
    let checked = call!(build::set_upgrade_authority_checked(&program(), &authority(), &other()));
    succeeds(&call, &before, after.clone());
    succeeds(&checked, &before, after);
    for call in [call, checked] {
        fails(&call.clone().unsigned(1), &before, ProgramError::MissingRequiredSignature);
        fails(&call.clone().with(1, payer()), &before, ProgramError::IncorrectAuthority);
        let immutable = accounts([(data_address(), data_account(1, None, &[1]))]);
        fails(&call, &immutable, ProgramError::Immutable);
    }
    // Without a new authority the program is immutable for ever; the old address stays where it was, unread.
    let call = call!(build::set_upgrade_authority(&program(), &authority(), None));
    let ran = run(&call, &before, &sysvars(2));
    assert_eq!(ran.result, Ok(()));
    assert_eq!(ran.accounts[&data_address()].data[12], 0);
    assert_eq!(ran.accounts[&data_address()].data[45..], before[&data_address()].data[45..]);
    fails(&call, &ran.accounts, ProgramError::Immutable);
}

#[test]
fn close_a_buffer() {
    let call = call!(build::close(&buffer(), &other(), &authority()));
    let account = buffer_account(Some(authority()), &[1; 10]);
    let lamports = account.lamports;
    let before = accounts([(buffer(), account)]);
    let gone = Account { lamports: 0, ..owned(&State::Uninitialized, 4, &[]) };
    succeeds(&call, &before, [(buffer(), gone.clone()), (other(), Account::system(lamports))]);
    fails(&call.clone().cut(1), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().cut(2), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().with(1, buffer()), &before, ProgramError::InvalidArgument);
    fails(&call.clone().with(2, payer()), &before, ProgramError::IncorrectAuthority);
    fails(&call.clone().unsigned(2), &before, ProgramError::MissingRequiredSignature);
    fails(&call.clone().read_only(0), &before, rule(Rule::ReadOnlyData, buffer()));
    fails(&call, &accounts([(buffer(), buffer_account(None, &[1]))]), ProgramError::Immutable);
    fails(&call, &accounts([(buffer(), program_account())]), ProgramError::InvalidArgument);
    // Nobody need sign to close what was never initialized.
    let before = accounts([(buffer(), new_program_account())]);
    let lamports = before[&buffer()].lamports;
    let call = call!(build::close_any(&buffer(), &other(), None, None));
    succeeds(&call, &before, [(buffer(), gone), (other(), Account::system(lamports))]);
}

#[test]
fn close_a_program() {
    let call = call!(build::close_any(&data_address(), &other(), Some(&authority()), Some(&program())));
    let before = before_upgrade(&[]);
    let lamports = before[&data_address()].lamports;
    let gone = Account { lamports: 0, ..owned(&State::Uninitialized, 4, &[]) };
    let ran = succeeds(&call, &before, [(data_address(), gone), (other(), Account::system(lamports))]);
    assert_eq!(program_bytes(&ran.accounts[&program()], ran.accounts.get(&data_address())), None);
    assert_eq!(program_bytes(&ran.accounts[&program()], None), None);

    fails(&call.clone().cut(3), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call.clone().read_only(3), &before, ProgramError::InvalidArgument);
    fails(&call.clone().unsigned(2), &before, ProgramError::MissingRequiredSignature);
    check_error(&call, &before, &sysvars(1), ProgramError::InvalidArgument);
    let elsewhere = owned(&State::Program { programdata_address: other() }, 36, &[]);
    let cases = [
        (program(), new_program_account(), ProgramError::InvalidArgument),
        (program(), elsewhere, ProgramError::InvalidArgument),
        (program(), Account { owner: other(), ..program_account() }, ProgramError::IncorrectProgramId),
        (data_address(), data_account(1, None, &[]), ProgramError::Immutable),
    ];
    for (address, account, expected) in cases {
        fails(&call, &with(before.clone(), address, account), expected);
    }
}

#[test]
fn extend() {
    let call = |bytes| call!(build::extend_program(&program(), Some(&payer()), bytes));
    let before = with(before_upgrade(&[]), payer(), Account::system(100_000));
    let old = &before[&data_address()];
    let mut extended = data_account(2, Some(authority()), &module(&[1; 300]));
    extended.data.extend([0; 10]);
    extended.lamports = old.lamports + 10 * 6_960;
    let changed = [(data_address(), extended.clone()), (payer(), Account::system(100_000 - 69_600))];
    let ran = succeeds(&call(10), &before, changed);
    assert_eq!(ran.units, 2_370 + 150);
    // Who has paid before need not pay now.
    let paid = with(before.clone(), data_address(), Account { lamports: extended.lamports, ..old.clone() });
    succeeds(&call!(build::extend_program(&program(), None, 10)), &paid, [(data_address(), extended)]);

    fails(&call(0), &before, ProgramError::InvalidInstructionData);
    fails(&call(10).cut(1), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call(10).cut(3), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call(10).with(2, other()), &before, ProgramError::NotEnoughAccountKeys);
    fails(&call(10).read_only(0), &before, ProgramError::InvalidArgument);
    fails(&call(10).read_only(1), &before, ProgramError::InvalidArgument);
    fails(&call(u32::MAX), &before, ProgramError::InvalidRealloc);
    fails(&call(1_000), &before, ProgramError::Custom(1));
    check_error(&call(10), &before, &sysvars(1), ProgramError::InvalidArgument);
    let cases = [
        (program(), Account { owner: other(), ..program_account() }, ProgramError::InvalidAccountOwner),
        (program(), new_program_account(), ProgramError::InvalidAccountData),
        (
            program(),
            owned(&State::Program { programdata_address: other() }, 36, &[]),
            ProgramError::InvalidArgument,
        ),
        (data_address(), data_account(1, None, &[]), ProgramError::Immutable),
        (data_address(), buffer_account(None, &[]), ProgramError::InvalidAccountData),
        (data_address(), Account { owner: other(), ..old.clone() }, ProgramError::InvalidAccountOwner),
    ];
    for (address, account, expected) in cases {
        fails(&call(10), &with(before.clone(), address, account), expected);
    }
}
