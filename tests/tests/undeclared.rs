//! A transaction that touches what it did not declare, or may not change, fails with an error that names the account
//! and the rule; and nothing else happens: every other account is as before, and the payer has paid its fee.

use sealane_probe::{ACCOUNT_SIGNER, ACCOUNT_WRITABLE, RawCall, Script};
use sealane_runtime::outcome::Failure;
use sealane_sdk::ids::{system_program, sysvar, token};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::MAX_ACCOUNT_DATA_SIZE_BYTES;
use sealane_sdk::{Account, Address};
use sealane_tests::harness::{Accounts, explain};
use sealane_tests::programs::{PROBE, TWIN, loaded_data_limit, probe, probe_account, unit_limit};
use sealane_tests::{Harness, User};
use sealane_vm::{CallError, Privilege, Rule};
use solana_system_interface::instruction as system;
use std::sync::Arc;

/// The probe's own, with data.
const MINE: Address = Address::new_from_array([1; 32]);
/// The probe's own, with data, 10 MiB of it.
const LARGE: Address = Address::new_from_array([2; 32]);
/// The probe's own, its data all zero.
const BLANK: Address = Address::new_from_array([3; 32]);
/// The twin's, its data all zero.
const FOREIGN: Address = Address::new_from_array([4; 32]);

/// Positions in every script's account list: `MINE`, `BLANK` and `LARGE` belong to the probe; 2 is the twin's; 3 is the
/// payer, 4 the probe, 5 the twin.
const MINE_AT: u8 = 0;
const BLANK_AT: u8 = 1;
const FOREIGN_AT: u8 = 2;
const PAYER_AT: u8 = 3;
const PROBE_AT: u8 = 4;
const TWIN_AT: u8 = 5;
const LARGE_AT: u8 = 6;

fn harness() -> Harness {
    Harness::with_accounts([
        (MINE, Account { lamports: 50_000_000, ..probe_account(b"all of this is mine") }),
        (LARGE, probe_account(&vec![7; MAX_ACCOUNT_DATA_SIZE_BYTES])),
        (BLANK, Account { lamports: 50_000_000, ..probe_account(&[0; 16]) }),
        (FOREIGN, Account { owner: TWIN, lamports: 50_000_000, ..probe_account(&[0; 16]) }),
    ])
}

/// Which of the accounts the transaction declares writable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declared {
    Writable,
    ReadOnly,
}

fn call(payer: &User, declared: Declared, script: Script) -> Instruction {
    let account = |address: Address| match declared {
        Declared::Writable => AccountMeta::new(address, false),
        Declared::ReadOnly => AccountMeta::new_readonly(address, false),
    };
    let accounts = vec![
        account(MINE),
        account(BLANK),
        account(FOREIGN),
        AccountMeta::new(payer.address, true),
        AccountMeta::new_readonly(PROBE, false),
        AccountMeta::new_readonly(TWIN, false),
        account(LARGE),
    ];
    probe(accounts, script)
}

/// Every account but the payer's and the sysvars.
fn others(harness: &Harness, payer: &User) -> Accounts {
    let mut accounts = harness.accounts();
    accounts.retain(|address, account: &mut Arc<Account>| {
        *address != payer.address && account.owner != sysvar::ID
    });
    accounts
}

/// Sends what must fail in its last instruction with `expected`, and looks at every account.
#[track_caller]
fn check(
    harness: &mut Harness,
    name: &str,
    instructions: &[Instruction],
    signers: &[&User],
    expected: CallError,
) {
    let payer = signers[0];
    let (before, lamports) = (others(harness, payer), harness.lamports(&payer.address));
    let (failure, receipt) = harness.fail(instructions, signers);
    let last = u8::try_from(instructions.len() - 1).unwrap();
    match failure {
        Failure::Call { instruction_index, error, .. } => {
            assert_eq!(error, expected, "{name}\n{}", explain(&receipt));
            assert_eq!(instruction_index, last, "{name}");
        }
        other => panic!("{name}: {other}"),
    }
    if let CallError::Rule { rule, account } = expected {
        let text = receipt.body.failure.as_ref().unwrap().to_string();
        assert!(text.contains(&account.to_string()) && text.contains(&rule.to_string()), "{name}: {text}");
    }
    assert_eq!(others(harness, payer), before, "{name}: something else was touched");
    assert_eq!(harness.lamports(&payer.address), lamports - receipt.body.fee_lamports, "{name}: the payer");
    assert_eq!(receipt.body.fee_lamports, 5_000 * signers.len() as u64, "{name}: the fee");
}

/// What a script does, and the error it must end with.
type Case = (&'static str, Script, CallError);

const fn breaks(name: &'static str, script: Script, rule: Rule, account: Address) -> Case {
    (name, script, CallError::Rule { rule, account })
}

/// Each script runs as the last instruction, after others that change what they may: that is rolled back as well.
#[track_caller]
fn check_all(declared: Declared, cases: impl IntoIterator<Item = Case>) {
    let mut harness = harness();
    let payer = Harness::user(0);
    for (name, script, expected) in cases {
        let mut instructions = vec![unit_limit(1_400_000)];
        if declared == Declared::Writable {
            let good = Script::new().write_data(BLANK_AT, 0, b"good").move_lamports(MINE_AT, BLANK_AT, 7);
            // The data is all zero again: cases give the account away.
            let more = Script::new().write_data(BLANK_AT, 4, b"more").write_data(BLANK_AT, 0, &[0; 16]);
            instructions.extend([good, more].map(|script| call(&payer, declared, script)));
        }
        instructions.push(call(&payer, declared, script));
        check(&mut harness, name, &instructions, &[&payer], expected);
    }
}

#[test]
fn read_only_accounts_stay_as_they_are() {
    let script = Script::new;
    let cases = [
        breaks("data", script().write_data(MINE_AT, 0, b"X"), Rule::ReadOnlyData, MINE),
        breaks("size", script().resize(MINE_AT, 1), Rule::ReadOnlyData, MINE),
        breaks("a window", script().write_window(LARGE_AT, 5_000_000, b"X"), Rule::ReadOnlyData, LARGE),
        breaks("lamports out", script().move_lamports(MINE_AT, PAYER_AT, 1), Rule::ReadOnlyLamports, MINE),
        breaks(
            "lamports in",
            script().move_lamports(PAYER_AT, FOREIGN_AT, 1),
            Rule::ReadOnlyLamports,
            FOREIGN,
        ),
        breaks("owner", script().assign(BLANK_AT, &TWIN), Rule::ReadOnlyOwner, BLANK),
        breaks("all of it", script().close(MINE_AT, PAYER_AT), Rule::ReadOnlyData, MINE),
    ];
    check_all(Declared::ReadOnly, cases);
}

#[test]
fn accounts_of_other_programs_stay_as_they_are() {
    let script = Script::new;
    let payer = Harness::user(0).address;
    let cases = [
        breaks("lamports", script().move_lamports(FOREIGN_AT, MINE_AT, 1), Rule::ForeignLamports, FOREIGN),
        breaks("the payer, who signed", script().set_lamports(PAYER_AT, 1), Rule::ForeignLamports, payer),
        breaks("data", script().write_data(FOREIGN_AT, 3, b"X"), Rule::ForeignData, FOREIGN),
        breaks("size", script().resize(FOREIGN_AT, 8), Rule::ForeignData, FOREIGN),
        breaks("owner", script().assign(FOREIGN_AT, &PROBE), Rule::ForeignOwner, FOREIGN),
    ];
    check_all(Declared::Writable, cases);
}

#[test]
fn changes_to_own_accounts_have_bounds() {
    let script = Script::new;
    let (mine_size, largest) = (19, 10 * 1024 * 1024);
    let cases = [
        breaks("given away with data", script().assign(MINE_AT, &TWIN), Rule::OwnerWithData, MINE),
        breaks("growth", script().resize(MINE_AT, mine_size + 10_241), Rule::GrowthPerCall, MINE),
        breaks(
            "growth in steps",
            script().resize(MINE_AT, 10_000).resize(MINE_AT, 20_000),
            Rule::GrowthPerCall,
            MINE,
        ),
        breaks("larger than any", script().resize(LARGE_AT, largest + 1), Rule::DataTooLarge, LARGE),
        breaks("reads beyond", script().read_window(LARGE_AT, largest - 4, 8), Rule::DataOutOfBounds, LARGE),
        breaks("writes beyond", script().write_window(MINE_AT, 15, b"12345"), Rule::DataOutOfBounds, MINE),
        ("lamports from nowhere", script().set_lamports(MINE_AT, 60_000_000), CallError::UnbalancedLamports),
        ("lamports to nowhere", script().set_lamports(MINE_AT, 40_000_000), CallError::UnbalancedLamports),
    ];
    check_all(Declared::Writable, cases);
}

/// A program has no name for an account that its instruction does not list: neither to read it nor to write it.
#[test]
fn accounts_that_are_not_listed_cannot_be_reached() {
    let raw = |call| Script::new().raw(call, [40, 0, 0, 8, 0]);
    let cases = [
        ("read", raw(RawCall::AccountRead), CallError::NoSuchAccount(40)),
        ("written", raw(RawCall::AccountWrite), CallError::NoSuchAccount(40)),
        (
            "resized",
            Script::new().raw(RawCall::AccountResize, [40, 8, 0, 0, 0]),
            CallError::NoSuchAccount(40),
        ),
    ];
    check_all(Declared::Writable, cases);
}

#[test]
fn nested_calls_get_no_more_than_their_caller_has() {
    let write = Script::new().write_data(0, 0, b"X").into_bytes();
    let invoke = |program, flags, data: &[u8]| Script::new().invoke(program, &[(MINE_AT, flags)], data, &[]);
    let escalation = |privilege| CallError::PrivilegeEscalation { privilege, account: MINE };
    let seeds = Script::new().invoke(
        PROBE_AT,
        &[(MINE_AT, ACCOUNT_SIGNER)],
        &[],
        &[&[b"vault", &[0], &vault_bump()]],
    );
    check_all(
        Declared::ReadOnly,
        [(
            "read-only made writable",
            invoke(PROBE_AT, ACCOUNT_WRITABLE, &write),
            escalation(Privilege::Writable),
        )],
    );
    let cases = [
        ("a signature out of nothing", invoke(PROBE_AT, ACCOUNT_SIGNER, &[]), escalation(Privilege::Signer)),
        ("the seeds of another address", seeds, escalation(Privilege::Signer)),
        breaks("passed on as read-only", invoke(PROBE_AT, 0, &write), Rule::ReadOnlyData, MINE),
        breaks("by another program", invoke(TWIN_AT, ACCOUNT_WRITABLE, &write), Rule::ForeignData, MINE),
    ];
    check_all(Declared::Writable, cases);
}

/// What the caller did wrong before a nested call is found before the nested call.
#[test]
fn nested_calls_need_a_caller_in_order() {
    let nested = |script: Script| script.invoke(TWIN_AT, &[], &[], &[]);
    let back = Script::new().invoke(0, &[], &[], &[]).into_bytes();
    let made_up = nested(Script::new().set_lamports(MINE_AT, 60_000_000)).set_lamports(MINE_AT, 50_000_000);
    let cases = [
        breaks(
            "another's data",
            nested(Script::new().write_data(FOREIGN_AT, 0, b"X")),
            Rule::ForeignData,
            FOREIGN,
        ),
        ("lamports made up for its time", made_up, CallError::UnbalancedLamports),
        ("no program", Script::new().invoke(MINE_AT, &[], &[], &[]), CallError::NotCallable(MINE)),
        (
            "back into a program that waits",
            Script::new().invoke(TWIN_AT, &[(PROBE_AT, 0)], &back, &[]),
            CallError::Reentrancy(PROBE),
        ),
    ];
    check_all(Declared::Writable, cases);
}

fn vault_bump() -> [u8; 1] {
    [Address::find_program_address(&[b"vault", &[0]], &PROBE).1]
}

#[test]
fn built_in_programs_obey_as_well() {
    let mut harness = harness();
    let (payer, other) = (Harness::user(0), Harness::user(1));
    let mut transfer = system::transfer(&payer.address, &other.address, 1);
    transfer.accounts[1].is_writable = false;
    let rule = CallError::Rule { rule: Rule::ReadOnlyLamports, account: other.address };
    check(&mut harness, "a transfer to a read-only account", &[transfer], &[&payer], rule);

    let mut assign = system::assign(&other.address, &PROBE);
    assign.accounts[0].is_writable = false;
    let rule = CallError::Rule { rule: Rule::ReadOnlyOwner, account: other.address };
    check(&mut harness, "a read-only account assigned", &[assign], &[&payer, &other], rule);

    let mut allocate = system::allocate(&other.address, 8);
    allocate.accounts[0].is_writable = false;
    let rule = CallError::Rule { rule: Rule::ReadOnlyData, account: other.address };
    check(&mut harness, "a read-only account allocated", &[allocate], &[&payer, &other], rule);
}

#[test]
fn a_transaction_grows_by_20_mib_at_most() {
    let mut harness = harness();
    let (payer, fresh) = (Harness::user(0), [100, 101, 102].map(Harness::user));
    let sizes = [MAX_ACCOUNT_DATA_SIZE_BYTES as u64, MAX_ACCOUNT_DATA_SIZE_BYTES as u64, 1];
    let instructions: Vec<Instruction> =
        fresh.iter().zip(sizes).map(|(user, size)| system::allocate(&user.address, size)).collect();
    let signers: Vec<&User> = [&payer].into_iter().chain(&fresh).collect();
    let rule = CallError::Rule { rule: Rule::GrowthPerTransaction, account: fresh[2].address };
    check(&mut harness, "one byte too many", &instructions, &signers, rule);
}

#[test]
fn the_token_program_cannot_write_what_is_read_only() {
    use sealane_tests::generators::{mint_account, token_account};
    let (payer, mint) = (Harness::user(0), Address::new_from_array([9; 32]));
    let holdings = [10, 11].map(|number| Address::new_from_array([number; 32]));
    let mut harness = Harness::with_accounts([
        (mint, Account::with_data(token::ID, mint_account(&payer.address, 2_000))),
        (holdings[0], Account::with_data(token::ID, token_account(&mint, &payer.address, 1_000))),
        (holdings[1], Account::with_data(token::ID, token_account(&mint, &payer.address, 1_000))),
    ]);
    for position in [0, 1] {
        let mut transfer =
            sealane_token::builders::transfer(&holdings[0], &holdings[1], &payer.address, &[], 10);
        transfer.accounts[position].is_writable = false;
        let rule = CallError::Rule { rule: Rule::ReadOnlyData, account: holdings[position] };
        check(&mut harness, "a read-only holding", &[transfer], &[&payer], rule);
    }
}

#[test]
fn a_reader_sees_and_an_absent_account_is_empty() {
    let mut harness = harness();
    let (payer, absent) = (Harness::user(0), Address::new_from_array([99; 32]));
    let accounts = vec![AccountMeta::new_readonly(MINE, false), AccountMeta::new_readonly(absent, false)];
    let script = Script::new().expect_data(0, 0, b"all of this").expect_lamports(1, 0).inspect(1);
    let receipt = harness.succeed(&[probe(accounts, script)], &[&payer]);
    let (_, data) = receipt.body.return_data.unwrap();
    assert_eq!(&data[11..43], system_program::ID.as_ref(), "nothing belongs to the system program");
    assert_eq!(harness.account(&absent), None, "looking at it does not make it");
}

#[test]
fn loading_more_than_the_limit_fails() {
    let mut harness = harness();
    let payer = Harness::user(0);
    let accounts = vec![AccountMeta::new_readonly(LARGE, false)];
    let instructions = [loaded_data_limit(1_000_000), probe(accounts, Script::new())];
    let (failure, receipt) = harness.fail(&instructions, &[&payer]);
    match failure {
        Failure::LoadedDataTooLarge { size_bytes, limit_bytes: 1_000_000 } => {
            assert!(size_bytes >= MAX_ACCOUNT_DATA_SIZE_BYTES as u64, "{size_bytes}");
        }
        other => panic!("{other}"),
    }
    assert_eq!(receipt.body.units_consumed, 0, "no instruction ran");
}
