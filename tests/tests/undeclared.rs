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
#[derive(Clone, Copy)]
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

#[test]
fn programs_change_what_they_may_and_nothing_else() {
    use Declared::{ReadOnly, Writable};
    let rule = |rule, account| CallError::Rule { rule, account };
    let script = Script::new;
    let size = |account: &[u8]| u32::try_from(account.len()).unwrap();
    let cases = [
        (
            "data of a read-only account",
            ReadOnly,
            script().write_data(MINE_AT, 0, b"X"),
            rule(Rule::ReadOnlyData, MINE),
        ),
        (
            "size of a read-only account",
            ReadOnly,
            script().resize(MINE_AT, 1),
            rule(Rule::ReadOnlyData, MINE),
        ),
        (
            "a window on a read-only account",
            ReadOnly,
            script().write_window(LARGE_AT, 5_000_000, b"X"),
            rule(Rule::ReadOnlyData, LARGE),
        ),
        (
            "lamports of a read-only account",
            ReadOnly,
            script().move_lamports(MINE_AT, PAYER_AT, 1),
            rule(Rule::ReadOnlyLamports, MINE),
        ),
        (
            "lamports to a read-only account",
            ReadOnly,
            script().move_lamports(PAYER_AT, FOREIGN_AT, 1),
            rule(Rule::ReadOnlyLamports, FOREIGN),
        ),
        (
            "owner of a read-only account",
            ReadOnly,
            script().assign(BLANK_AT, &TWIN),
            rule(Rule::ReadOnlyOwner, BLANK),
        ),
        (
            "lamports of another's account",
            Writable,
            script().move_lamports(FOREIGN_AT, MINE_AT, 1),
            rule(Rule::ForeignLamports, FOREIGN),
        ),
        (
            "lamports of the payer, who signed",
            Writable,
            script().set_lamports(PAYER_AT, 1_000_000),
            rule(Rule::ForeignLamports, Harness::user(0).address),
        ),
        (
            "data of another's account",
            Writable,
            script().write_data(FOREIGN_AT, 3, b"X"),
            rule(Rule::ForeignData, FOREIGN),
        ),
        (
            "size of another's account",
            Writable,
            script().resize(FOREIGN_AT, 8),
            rule(Rule::ForeignData, FOREIGN),
        ),
        (
            "owner of another's account",
            Writable,
            script().assign(FOREIGN_AT, &PROBE),
            rule(Rule::ForeignOwner, FOREIGN),
        ),
        (
            "an account with data given away",
            Writable,
            script().assign(MINE_AT, &TWIN),
            rule(Rule::OwnerWithData, MINE),
        ),
        (
            "growth beyond a call's",
            Writable,
            script().resize(MINE_AT, size(b"all of this is mine") + 10_241),
            rule(Rule::GrowthPerCall, MINE),
        ),
        (
            "growth in two steps beyond a call's",
            Writable,
            script().resize(MINE_AT, 10_000).resize(MINE_AT, 20_000),
            rule(Rule::GrowthPerCall, MINE),
        ),
        (
            "larger than any account",
            Writable,
            script().resize(LARGE_AT, 10 * 1024 * 1024 + 1),
            rule(Rule::DataTooLarge, LARGE),
        ),
        (
            "a window that reaches beyond the data",
            Writable,
            script().read_window(LARGE_AT, 10 * 1024 * 1024 - 4, 8),
            rule(Rule::DataOutOfBounds, LARGE),
        ),
        (
            "a write that reaches beyond the data",
            Writable,
            script().write_window(MINE_AT, 15, b"12345"),
            rule(Rule::DataOutOfBounds, MINE),
        ),
        (
            "lamports from nowhere",
            Writable,
            script().set_lamports(MINE_AT, 60_000_000),
            CallError::UnbalancedLamports,
        ),
        (
            "lamports to nowhere",
            Writable,
            script().set_lamports(MINE_AT, 40_000_000),
            CallError::UnbalancedLamports,
        ),
        (
            "an account the call does not have",
            Writable,
            script().raw(RawCall::AccountResize, [40, 8, 0, 0, 0]),
            CallError::NoSuchAccount(40),
        ),
    ];
    let mut harness = harness();
    let payer = Harness::user(0);
    for (name, declared, script, expected) in cases {
        // Good changes before the bad one must be rolled back with it.
        let good = Script::new().log("first something good");
        let good = match declared {
            Declared::Writable => good.write_data(BLANK_AT, 0, b"good").move_lamports(MINE_AT, BLANK_AT, 7),
            Declared::ReadOnly => good,
        };
        let mut instructions = vec![unit_limit(1_400_000)];
        if matches!(declared, Declared::Writable) {
            let again = Script::new().write_data(BLANK_AT, 4, b"more").write_data(BLANK_AT, 0, &[0; 16]);
            instructions.push(call(&payer, declared, good));
            instructions.push(call(&payer, declared, again));
        }
        instructions.push(call(&payer, declared, script));
        check(&mut harness, name, &instructions, &[&payer], expected);
    }
}

#[test]
fn nested_calls_never_gain_privileges() {
    use Declared::{ReadOnly, Writable};
    let write = Script::new().write_data(0, 0, b"X").into_bytes();
    let escalation = |privilege, account| CallError::PrivilegeEscalation { privilege, account };
    let rule = |rule, account| CallError::Rule { rule, account };
    let cases = [
        (
            "a read-only account made writable",
            ReadOnly,
            Script::new().invoke(PROBE_AT, &[(MINE_AT, ACCOUNT_WRITABLE)], &write, &[]),
            escalation(Privilege::Writable, MINE),
        ),
        (
            "a signature out of nothing",
            Writable,
            Script::new().invoke(PROBE_AT, &[(MINE_AT, ACCOUNT_SIGNER)], &[], &[]),
            escalation(Privilege::Signer, MINE),
        ),
        (
            "the seeds of another address",
            Writable,
            Script::new().invoke(
                PROBE_AT,
                &[(MINE_AT, ACCOUNT_SIGNER)],
                &[],
                &[&[b"vault", &[0], &vault_bump()]],
            ),
            escalation(Privilege::Signer, MINE),
        ),
        (
            "a writable account passed on as read-only",
            Writable,
            Script::new().invoke(PROBE_AT, &[(MINE_AT, 0)], &write, &[]),
            rule(Rule::ReadOnlyData, MINE),
        ),
        (
            "the caller's account, written by another program",
            Writable,
            Script::new().invoke(TWIN_AT, &[(MINE_AT, ACCOUNT_WRITABLE)], &write, &[]),
            rule(Rule::ForeignData, MINE),
        ),
        (
            "a change that is not the caller's to make, before a nested call",
            Writable,
            Script::new().write_data(FOREIGN_AT, 0, b"X").invoke(TWIN_AT, &[], &[], &[]),
            rule(Rule::ForeignData, FOREIGN),
        ),
        (
            "lamports made up for the time of a nested call",
            Writable,
            Script::new()
                .set_lamports(MINE_AT, 60_000_000)
                .invoke(TWIN_AT, &[], &[], &[])
                .set_lamports(MINE_AT, 50_000_000),
            CallError::UnbalancedLamports,
        ),
        ("no program", Writable, Script::new().invoke(MINE_AT, &[], &[], &[]), CallError::NotCallable(MINE)),
        (
            "back into a program that waits",
            Writable,
            Script::new().invoke(
                TWIN_AT,
                &[(PROBE_AT, 0)],
                &Script::new().invoke(0, &[], &[], &[]).into_bytes(),
                &[],
            ),
            CallError::Reentrancy(PROBE),
        ),
    ];
    let mut harness = harness();
    let payer = Harness::user(0);
    for (name, declared, script, expected) in cases {
        check(&mut harness, name, &[call(&payer, declared, script)], &[&payer], expected);
    }
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
