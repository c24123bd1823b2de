//! Every constraint, kept and broken: what a call fails with, and the line that says which rule of which account of which
//! instruction it was. The program runs natively, without a vm; `programs/faults/tests/` and `programs/counter/tests/` run them in it.
#![expect(missing_docs, missing_debug_implementations, reason = "the program is for this test alone")]

use sealane_sdk::guest::region::{Region, RegionAccount};
use sealane_sdk::ids::system_program;
use sealane_sdk::prelude::*;
use sealane_sdk::{Account as Owned, bytemuck};

declare_id!("Ru1es11111111111111111111111111111111111111");

const OTHER_PROGRAM: Address = Address::new_from_array([77; 32]);
const TREASURY: Address = Address::new_from_array([78; 32]);
const OWNER: Address = Address::new_from_array([3; 32]);

#[program(errors = RuleError)]
pub mod rules {
    use super::*;

    pub fn check(context: Context<Check>, id: u16, text: &str) -> Result {
        require!(text.len() < 10, RuleError::LongText);
        require!(context.bumps.derived == context.bumps.searched, RuleError::Other);
        require!(context.remaining_accounts.len() == usize::from(id), ConstraintError::RequireViolated);
        if let Some(optional) = &context.accounts.optional {
            require!(optional.load()?.number == 5, RuleError::Other);
        }
        Ok(())
    }

    pub fn write(context: Context<Write>) -> Result {
        let Write { one, other, .. } = &context.accounts;
        one.load_mut()?.number += 1;
        other.load_mut()?.number += 1;
        Ok(())
    }

    pub fn repeat(context: Context<Repeat>) -> Result {
        let Repeat { one, other } = &context.accounts;
        one.load_mut()?.number += 1;
        other.load_mut()?.number += 1;
        // Only one writer at a time, where both are the same account.
        let first = one.load_mut()?;
        require!(other.load_mut().is_err() && other.load().is_err(), RuleError::Other);
        drop(first);
        Ok(())
    }

    pub fn close(_context: Context<Close>) -> Result {
        Ok(())
    }
}

#[derive(Accounts)]
#[instruction(id: u16)]
pub struct Check {
    pub owner: Signer,
    #[account(signer, executable)]
    pub program: UncheckedAccount,
    #[account(address = TREASURY)]
    pub treasury: UncheckedAccount,
    #[account(owner = OTHER_PROGRAM @ RuleError::Other)]
    pub foreign: UncheckedAccount,
    pub wallet: SystemAccount,
    #[account(seeds = [b"seed", owner, id, thing.tag], bump = thing.bump)]
    pub derived: UncheckedAccount,
    #[account(seeds = [b"seed", owner, id, thing.tag], bump)]
    pub searched: UncheckedAccount,
    #[account(
        mut,
        has_one = owner,
        constraint = thing.load()?.number != 7 && id < 3,
        constraint = thing.load()?.number != 8 @ RuleError::Eight,
    )]
    pub thing: Account<Thing>,
    #[account(constraint = optional.load()?.number > 0 @ RuleError::Other)]
    pub optional: Option<Account<Thing>>,
}

#[derive(Accounts)]
pub struct Write {
    #[account(mut)]
    pub one: Account<Thing>,
    #[account(mut)]
    pub other: Account<Thing>,
}

#[derive(Accounts)]
pub struct Repeat {
    #[account(mut)]
    pub one: Account<Thing>,
    #[account(mut, dup)]
    pub other: Account<Thing>,
}

#[derive(Accounts)]
pub struct Close {
    #[account(mut)]
    pub owner: Signer,
    #[account(mut, close = owner)]
    pub thing: Account<Thing>,
    #[account(mut, close = owner)]
    pub optional: Option<Account<Thing>>,
}

#[account]
pub struct Thing {
    pub owner: Address,
    pub number: u64,
    pub tag: [u8; 4],
    pub bump: u8,
    pub padding: [u8; 3],
}

#[account]
pub struct OtherThing {
    pub owner: Address,
    pub number: u64,
    pub rest: u64,
}

#[error_code]
pub enum RuleError {
    #[msg("The text is too long.")]
    LongText,
    #[msg("Eight is not allowed.")]
    Eight,
    #[msg("Something else.")]
    Other,
}

/// A call that succeeds until it is changed.
struct Case {
    accounts: Vec<RegionAccount>,
    data: Vec<u8>,
}

const OWNER_AT: usize = 0;
const PROGRAM_AT: usize = 1;
const TREASURY_AT: usize = 2;
const FOREIGN_AT: usize = 3;
const WALLET_AT: usize = 4;
const DERIVED_AT: usize = 5;
const SEARCHED_AT: usize = 6;
const THING_AT: usize = 7;
const OPTIONAL_AT: usize = 8;

fn item(address: Address, account: Owned) -> RegionAccount {
    RegionAccount { address, account, signer: false, writable: false }
}

fn thing(change: impl FnOnce(&mut Thing)) -> Owned {
    let mut thing = Thing::zeroed();
    (thing.owner, thing.number, thing.tag) = (OWNER, 5, *b"tag!");
    thing.bump = derived().1;
    change(&mut thing);
    Owned::with_data(ID, bytemuck::bytes_of(&thing).to_vec())
}

fn derived() -> (Address, u8) {
    Address::find_program_address(&[b"seed", OWNER.as_ref(), &1_u16.to_le_bytes(), b"tag!"], &ID)
}

fn change_thing(account: &mut RegionAccount, change: impl FnOnce(&mut Thing)) {
    change(bytemuck::from_bytes_mut(&mut account.account.data));
}

impl Case {
    fn check() -> Self {
        let plain = |seed: u8| item(Address::new_from_array([seed; 32]), Owned::system(1));
        let mut program = plain(40);
        (program.account.executable, program.signer) = (true, true);
        let mut owner = item(OWNER, Owned::system(1));
        owner.signer = true;
        let mut written = item(Address::new_from_array([50; 32]), thing(|_| {}));
        written.writable = true;
        let derived = item(derived().0, Owned::system(1));
        let accounts = vec![
            owner,
            program,
            item(TREASURY, Owned::system(1)),
            item(Address::new_from_array([41; 32]), Owned::with_data(OTHER_PROGRAM, vec![1])),
            plain(42),
            derived.clone(),
            derived,
            written,
            item(ID, Owned::default()),
            plain(43),
        ];
        let data = [&discriminators::CHECK[..], &1_u16.to_le_bytes(), &[4, 0, 0, 0], b"text"].concat();
        Self { accounts, data }
    }

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "what is expected is written where it is called")]
    fn run(&self, expected: ProgramResult, line: &str) -> Region {
        let mut region = Region::new(&ID, &self.accounts, &self.data);
        let (result, log) = region.run_logged(process);
        let (for_clients, rest): (Vec<_>, Vec<_>) =
            log.into_iter().partition(|line| line.starts_with("AnchorError "));
        assert_eq!((&result, rest.join("\n").as_str()), (&expected, line));
        check_line_for_clients(&result, line, &for_clients);
        region
    }
}

/// What fails with a number that has a name says it once more in Anchor's words, with the account that the other line names.
#[track_caller]
fn check_line_for_clients(result: &ProgramResult, line: &str, for_clients: &[String]) {
    let unnamed = ProgramError::from(ConstraintError::RequireViolated);
    let number = match result {
        Err(ProgramError::Custom(number)) if *result != Err(unnamed) => number,
        _ => return assert!(for_clients.is_empty(), "{for_clients:?}"),
    };
    let [found] = for_clients else { panic!("one line is for clients: {for_clients:?}") };
    let account = line.split_once(": account ").and_then(|(_, rest)| rest.split_once(": "));
    let start = match account {
        Some((account, _)) => format!("AnchorError caused by account: {account}. Error Code: "),
        None => "AnchorError occurred. Error Code: ".to_owned(),
    };
    let name = <RuleError as ErrorCode>::name(*number)
        .or_else(|| <ConstraintError as ErrorCode>::name(*number))
        .expect("it has a name");
    let start = format!("{start}{name}. Error Number: {number}. Error Message: ");
    let message = found.strip_prefix(&start).and_then(|rest| rest.strip_suffix('.'));
    let message = message.unwrap_or_else(|| panic!("{found} begins with {start}"));
    if let Some(text) = <RuleError as ErrorCode>::text(*number) {
        assert_eq!(message, text, "clients compare it with the description's");
    }
    assert!(!message.is_empty());
}

/// Changes one thing about the good call; gives what it fails with and what it says then.
#[track_caller]
fn broken(change: impl FnOnce(&mut Case), error: impl Into<ProgramError>, line: &str) {
    let mut case = Case::check();
    change(&mut case);
    case.run(Err(error.into()), line);
}

#[test]
fn a_call_that_keeps_every_rule_succeeds() {
    Case::check().run(Ok(()), "");
    let mut with_optional = Case::check();
    with_optional.accounts[OPTIONAL_AT] = item(Address::new_from_array([51; 32]), thing(|_| {}));
    with_optional.run(Ok(()), "");
}

#[test]
fn types_of_accounts_are_checked() {
    use ConstraintError as E;
    broken(
        |case| case.accounts[OWNER_AT].signer = false,
        E::AccountNotSigner,
        "Error: check: account owner: must sign",
    );
    broken(
        |case| case.accounts[WALLET_AT].account.owner = OTHER_PROGRAM,
        E::AccountNotSystemOwned,
        "Error: check: account wallet: must belong to the system program",
    );
    let thing = "Error: check: account thing: ";
    for (change, error, rule) in [
        ((|account| account.data.clear()) as fn(&mut Owned), E::AccountNotInitialized, "is not made yet"),
        (
            |account| account.owner = OTHER_PROGRAM,
            E::AccountOwnedByWrongProgram,
            "must belong to this program",
        ),
        (|account| account.data[..8].fill(0), E::AccountNotInitialized, "holds nothing yet"),
        (
            |account| account.data[..8].copy_from_slice(&OtherThing::DISCRIMINATOR),
            E::AccountDiscriminatorMismatch,
            "holds data of another type",
        ),
        (
            |account| account.data.push(0),
            E::AccountDidNotDeserialize,
            "has data of another size than its type",
        ),
    ] {
        broken(|case| change(&mut case.accounts[THING_AT].account), error, &format!("{thing}{rule}"));
    }
    broken(
        |case| case.accounts.truncate(THING_AT),
        E::AccountNotEnoughKeys,
        "Error: check: account thing: is missing: the instruction got too few accounts",
    );
}

#[test]
fn constraints_are_checked() {
    use ConstraintError as E;
    broken(
        |case| case.accounts[PROGRAM_AT].signer = false,
        E::ConstraintSigner,
        "Error: check: account program: must sign",
    );
    broken(
        |case| case.accounts[PROGRAM_AT].account.executable = false,
        E::ConstraintExecutable,
        "Error: check: account program: must be a program",
    );
    broken(
        |case| case.accounts[TREASURY_AT].address = OTHER_PROGRAM,
        E::ConstraintAddress,
        "Error: check: account treasury: address = TREASURY does not hold",
    );
    broken(
        |case| case.accounts[FOREIGN_AT].account.owner = system_program::ID,
        RuleError::Other,
        "Error: check: account foreign: owner = OTHER_PROGRAM does not hold",
    );
    broken(
        |case| case.accounts[DERIVED_AT].address = OTHER_PROGRAM,
        E::ConstraintSeeds,
        "Error: check: account derived: its address is not the one that its seeds and bump derive",
    );
    broken(
        |case| case.accounts[SEARCHED_AT].address = OTHER_PROGRAM,
        E::ConstraintSeeds,
        "Error: check: account searched: its address is not the one that its seeds derive",
    );
    broken(
        |case| case.accounts[THING_AT].writable = false,
        E::ConstraintMut,
        "Error: check: account thing: must be writable",
    );
    broken(
        |case| change_thing(&mut case.accounts[THING_AT], |thing| thing.owner = TREASURY),
        E::ConstraintHasOne,
        "Error: check: account thing: has_one = owner does not hold",
    );
    broken(
        |case| change_thing(&mut case.accounts[THING_AT], |thing| thing.number = 7),
        E::ConstraintRaw,
        "Error: check: account thing: constraint = thing.load()?.number != 7 && id < 3 does not hold",
    );
    broken(
        |case| change_thing(&mut case.accounts[THING_AT], |thing| thing.number = 8),
        RuleError::Eight,
        "Error: check: account thing: constraint = thing.load()?.number != 8 does not hold",
    );
    broken(
        |case| {
            let empty = thing(|thing| thing.number = 0);
            case.accounts[OPTIONAL_AT] = item(Address::new_from_array([51; 32]), empty);
        },
        RuleError::Other,
        "Error: check: account optional: constraint = optional.load()?.number > 0 does not hold",
    );
}

#[test]
fn arguments_are_checked() {
    use ConstraintError as E;
    broken(
        |case| case.data.truncate(9),
        E::InstructionDidNotDeserialize,
        "Error: check: argument id: expected a u16 (2 bytes)",
    );
    broken(
        |case| case.data[14] = 0xFF,
        E::InstructionDidNotDeserialize,
        "Error: check: argument text: expected text (its size in bytes as a u32, then UTF-8)",
    );
    broken(
        |case| case.data.push(0),
        E::InstructionDidNotDeserialize,
        "Error: check: there are bytes behind the last argument",
    );
    broken(
        |case| case.data.truncate(7),
        E::InstructionMissing,
        "Error: The instruction data is shorter than a discriminator.",
    );
    broken(
        |case| case.data[0] ^= 1,
        E::InstructionFallbackNotFound,
        "Error: No instruction has this discriminator.",
    );
    let long = [&discriminators::CHECK[..], &1_u16.to_le_bytes(), &[10, 0, 0, 0], b"0123456789"].concat();
    broken(|case| case.data = long, RuleError::LongText, "Error: check: The text is too long.");
    broken(|case| case.accounts.truncate(OPTIONAL_AT + 1), E::RequireViolated, "Error: check");
}

#[test]
fn one_account_in_two_written_fields_is_refused_unless_declared() {
    let mut account = item(Address::new_from_array([50; 32]), thing(|_| {}));
    account.writable = true;
    let mut other = account.clone();
    other.address = TREASURY;
    let case = |accounts: [&RegionAccount; 2], discriminator: [u8; 8]| Case {
        accounts: accounts.map(Clone::clone).to_vec(),
        data: discriminator.to_vec(),
    };
    let number =
        |region: &Region, index| bytemuck::pod_read_unaligned::<Thing>(&region.account(index).data).number;

    let region = case([&account, &other], discriminators::WRITE).run(Ok(()), "");
    assert_eq!([number(&region, 0), number(&region, 1)], [6, 6]);
    case([&account, &account], discriminators::WRITE).run(
        Err(ConstraintError::ConstraintDuplicateMutableAccount.into()),
        "Error: write: account other: is the same account as one: two are to be written (`dup` allows one)",
    );
    // The program goes on, twice.
    let lent = "Error: account 0: its data is lent out already";
    let region = case([&account, &account], discriminators::REPEAT).run(Ok(()), &format!("{lent}\n{lent}"));
    assert_eq!([number(&region, 0), number(&region, 1)], [7, 7], "both saw the same data");
}

#[test]
fn what_is_closed_is_emptied_and_paid_out() {
    let mut owner = item(OWNER, Owned::system(1));
    (owner.signer, owner.writable) = (true, true);
    let mut closed = item(Address::new_from_array([50; 32]), thing(|_| {}));
    closed.writable = true;
    let rent = closed.account.lamports;
    let absent = RegionAccount { writable: true, ..item(ID, Owned::default()) };
    let mut other = closed.clone();
    other.address = TREASURY;
    for (optional, total) in [(absent, 1 + rent), (other, 1 + 2 * rent)] {
        let accounts = vec![owner.clone(), closed.clone(), optional];
        let case = Case { accounts, data: discriminators::CLOSE.to_vec() };
        let region = case.run(Ok(()), "");
        assert_eq!(region.account(0).lamports, total);
        assert_eq!(region.account(1), Owned::default());
    }
}
